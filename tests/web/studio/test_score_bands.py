"""Bands of a score card over real cases: counted, followed while one types, kept as a draft."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from pathlib import Path

import pytest

from loanloom.services.context import Context
from loanloom.services.definitions.releases import drafts
from loanloom.services.origination import imports

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "metadata" / "demo" / "german-credit" / "german.csv"
ADMIN = "business-administrator"
CARD = "/studio/definitions/scorecard/consumer-german/"
TERM = 1  # the second characteristic of the card: months, bands to 10, 18, 30, 42 and beyond


def html(answer, status: int = 200) -> str:
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def post(browser, path: str, **fields):
    return browser.post(path, data={"csrf_token": browser.csrf(), "place": TERM, "version": "", **fields})


def counts(page: str, place: int = TERM) -> list[int]:
    """How many cases the rows of a characteristic hold."""
    inside = page.partition(f'id="band-{place}-inside"')[2].partition("</table>")[0]
    return [int(one) for one in re.findall(r'data-label="How many">([\d,]+)<', inside)]


@pytest.fixture
def company(model_company: Context) -> Context:
    lines = DATA.read_bytes().splitlines(keepends=True)[:61]
    assert imports.bring(model_company, "german-credit", b"".join(lines), "german.csv").created == 60
    return model_company


@pytest.fixture
def months() -> list[int]:
    with DATA.open(encoding="utf-8") as source:
        return [int(row["duration"]) for row, _ in zip(csv.DictReader(source), range(60), strict=False)]


@pytest.fixture
def admin(company, person):
    return person(ADMIN)


def within(months: list[int], *borders: int) -> list[int]:
    edges = [-1, *borders, 10_000]
    return [sum(low <= one < high for one in months) for low, high in pairwise(edges)]


def test_every_band_says_how_many_real_cases_it_holds(admin, months) -> None:
    page = html(admin.get(f"{CARD}?view=bands"))
    assert counts(page) == within(months, 10, 18, 30, 42)
    assert "60 cases found" in page
    assert page.count('class="bar"') > 10


def test_counts_and_grades_follow_what_one_types_and_nothing_is_kept(admin, company, months) -> None:
    answer = html(post(admin, f"{CARD}bands/look", **{"border.0": "24", "border.1": "25", "points.0": "40"}))
    assert counts(answer) == within(months, 24, 25, 30, 42)
    assert "live: " in answer and 'hx-swap-oob="innerHTML:#band-grades-box"' in answer
    assert drafts.find(company, "scorecard", "consumer-german") is None


def test_a_moved_border_becomes_a_draft_that_keeps_its_comments(admin, company, months) -> None:
    answer = post(admin, f"{CARD}bands", **{"border.0": "12", "points.4": "-25"})
    assert answer.status_code == 302 and answer.location.endswith("#band-1")
    source = drafts.text_of(company, "scorecard", "consumer-german")
    assert "- {to: 12, points: 15}" in source and "- {from: 12, to: 18, points: 10}" in source
    assert "- {from: 42, points: -25}" in source and "# A47 (holiday)" in source
    assert counts(html(admin.get(f"{CARD}?view=bands"))) == within(months, 12, 18, 30, 42)


def test_a_band_is_split_and_joined_by_buttons_alone(admin, company, months) -> None:
    post(admin, f"{CARD}bands", do="split:2")
    middle = sorted(one for one in months if 18 <= one < 30)
    found = drafts.find(company, "scorecard", "consumer-german")
    border = next(
        int(one) for one in re.findall(r"from: 18, to: (\d+), points: 0", found.source)
    )  # in the middle of those within 18 to 30
    assert sum(one < border for one in middle) <= len(middle) / 2 <= sum(one <= border for one in middle)
    post(admin, f"{CARD}bands", do="join:2", version=found.version)
    assert "{from: 18, to: 30, points: 0}" in drafts.text_of(company, "scorecard", "consumer-german")


def test_a_cut_between_grades_is_looked_at_and_kept(admin, company) -> None:
    page = html(admin.get(f"{CARD}?view=bands"))
    grades = dict(re.findall(r'name="(border\.\d)" [^>]*aria-label="([A-D]) ', page.partition('id="band-grades"')[2]))
    assert set(grades.values()) == {"A", "B", "C"}  # the lowest one begins nowhere
    highest = next(name for name, grade in grades.items() if grade == "A")
    look = html(post(admin, f"{CARD}bands/look", place="grades", **{highest: "9999"}))
    assert "live: " in look and re.search(r'data-label="How many">0<', look)  # nobody has 9,999 points
    assert post(admin, f"{CARD}bands", place="grades", **{highest: "9999"}).location.endswith("#band-grades")
    source = drafts.text_of(company, "scorecard", "consumer-german")
    assert source.count("9999") == 2  # where one begins the other ends
    html(post(admin, f"{CARD}bands/look", place="grades", **{highest: "-5"}), 422)


def test_a_post_that_changes_nothing_makes_no_draft(admin, company) -> None:
    assert post(admin, f"{CARD}bands", **{"border.0": "10"}).status_code == 302
    assert drafts.find(company, "scorecard", "consumer-german") is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"border.0": "20"}, "must be higher than the one before"),
        ({"border.0": "<b>"}, "is not a number"),
        ({"points.0": ""}, None),  # taken out: months below 10 then have no band, which the check says
        ({"place": "99"}, "no longer there"),
        ({"place": "x"}, "no longer there"),
        ({"do": "split:77"}, "no longer there"),
    ],
)
def test_what_cannot_be_is_said_where_it_was_typed(admin, company, fields, words) -> None:
    for way in ("bands", "bands/look"):
        answer = post(admin, f"{CARD}{way}", **fields)
        if words is None:
            assert answer.status_code in (200, 302)
            continue
        if way == "bands/look" and "do" in fields:
            continue
        page = html(answer, 422)
        assert words in page
        assert "<b>" not in page and ('value="&lt;b&gt;"' in page) == ("<b>" in fields.values())


def test_who_was_late_is_told_and_loses_nothing(admin, company) -> None:
    drafts.change_values(
        company, "scorecard", "consumer-german", {"/spec/characteristics/1/bands/0/to": 11,
                                                 "/spec/characteristics/1/bands/1/from": 11}, None)  # fmt: skip
    answer = post(admin, f"{CARD}bands", **{"border.0": "12"})
    assert answer.status_code == 409
    assert 'value="12"' in html(answer, 409)
    assert "to: 11" in drafts.text_of(company, "scorecard", "consumer-german")


def test_an_indicator_is_seen_over_real_cases_with_the_bands_of_its_cards(admin, months) -> None:
    page = html(admin.get("/studio/definitions/indicator/term_months/?view=spread"))
    assert "Consumer card (German credit data)" in page
    assert counts(page) == within(months, 10, 18, 30, 42)
    assert f'<span class="figure-value">{max(months)}</span>' in page
    coded = html(admin.get("/studio/definitions/indicator/savings/?view=spread"))
    assert "100 to under 500 DM" in coded and "Under 100 DM" in coded


def test_cards_without_cases_and_people_who_only_read(model_company, person) -> None:
    reader = person("risk-officer", language="zh")
    for card in model_company.registry.all("scorecard"):
        page = html(reader.get(f"/studio/definitions/scorecard/{card.key}/?view=bands"))
        assert "真实业务" in page
    for indicator in model_company.registry.all("indicator"):
        assert html(reader.get(f"/studio/definitions/indicator/{indicator.key}/?view=spread"))
    assert post(person("finance"), f"{CARD}bands").status_code == 403
