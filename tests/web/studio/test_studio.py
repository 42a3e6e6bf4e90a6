"""The studio as two people use it: read, change a cell, copy, try, propose, review, put into effect, stop."""

from __future__ import annotations

import io
import re

import pytest

from loanloom.metadata.pointers import slug
from loanloom.services.definitions import catalogue
from loanloom.services.definitions.releases import drafts, history
from loanloom.services.running.surroundings import context_of

ADMIN, REVIEWER = "business-administrator", "risk-officer"
PRODUCT = "/studio/definitions/product/sole-trader-loan/"


def html(answer) -> str:
    return answer.get_data(as_text=True)


def post(browser, path: str, **fields):
    return browser.post(path, data={**fields, "csrf_token": browser.csrf()})


def send(browser, data: bytes):
    """Upload a bundle."""
    fields = {"csrf_token": browser.csrf(), "bundle": (io.BytesIO(data), "c.zip")}
    return browser.post("/studio/changes/bundle", data=fields, content_type="multipart/form-data")


@pytest.fixture
def admin(person):
    return person(ADMIN)


def test_every_kind_and_every_definition_opens_in_both_languages(model_company, person) -> None:
    for language in ("en", "zh"):
        browser = person(ADMIN, language=language)
        shelves = browser.get("/studio/")
        assert shelves.status_code == 200
        assert "indicators." not in html(shelves), "what it is, not how it is written"
        for kind in model_company.registry.kinds:
            page = browser.get(f"/studio/definitions/{kind.key}/")
            assert page.status_code == 200
            assert kind.title[language] in html(page)
            documents = model_company.registry.all(kind.key)
            for document in documents[:1]:
                for view in ("sheet", "used", "history", "text") if language == "en" else ("sheet",):
                    answer = browser.get(f"/studio/definitions/{kind.key}/{document.key}/?view={view}")
                    assert answer.status_code == 200, (kind.key, view)
                    assert document.title[language] in html(answer)


@pytest.mark.parametrize(
    ("definition", "said", "not_said"),
    [
        ("case/consumer-approved", ("申请金额", "等额本息"), ("guarantee_mode", "equal_instalment")),
        ("change_policy/signing", ("审批权限表、价格上限、变更签批规则",), ("price_cap、",)),
        ("report/applications", ("申请金额",), ("application.term_months",)),
    ],
)
def test_a_sheet_calls_fields_and_codes_what_people_call_them(person, definition, said, not_said) -> None:
    page = html(person(ADMIN, language="zh").get(f"/studio/definitions/{definition}/?view=sheet"))
    shown = re.findall(r'class="cell-(?:label|words)[^"]*">(.*?)</span>', page)
    assert [words for words in said if words not in shown] == []
    assert [words for words in not_said if any(one.startswith(words) for one in shown)] == []


def test_search_finds_by_pinyin(admin) -> None:
    found = html(admin.get("/studio/?q=geti"))
    assert "/studio/definitions/product/sole-trader-loan/" in found


def test_a_cell_changes_and_the_preview_follows(admin, model_company) -> None:
    before = html(admin.get(PRODUCT))
    assert "Try one" in before and "Annualised cost" in before
    answer = post(admin, f"{PRODUCT}cell", pointer="/penalty/grace_days", value="3", version="")
    assert answer.status_code == 302
    after = html(admin.get(PRODUCT))
    assert re.search(r'id="c-penalty-grace_days".*?<del>0</del> 3', after, re.DOTALL)
    assert "You see the draft" in after
    source = drafts.text_of(model_company, "product", "sole-trader-loan")
    assert "grace_days: 3" in source


@pytest.mark.parametrize(
    ("pointer", "value", "words"),
    [
        ("/amount/max", "a lot", "is not a number"),
        ("/term/min", "0", "must be at least 1"),
        ("/penalty/grace_days", "1.5", "A whole number is expected"),
        ("/currency", "yuan", "not written as it must be"),
    ],
)
def test_a_cell_that_cannot_be_is_said_at_the_cell(admin, pointer: str, value: str, words: str) -> None:
    answer = post(admin, f"{PRODUCT}cell", pointer=pointer, value=value, version="")
    assert answer.status_code == 422
    assert words in html(answer) and in_cell(answer, pointer) == value, "what was typed stays"
    assert "You see the draft" not in html(answer)


def in_cell(answer, pointer: str) -> str:
    """What stands in the input of a cell."""
    inside = html(answer).partition(f'id="v-{slug(pointer)}"')[2]
    return re.search(r'value="([^"]*)"', inside)[1]


def test_percent_cells_are_typed_as_percent(admin, model_company) -> None:
    post(admin, f"{PRODUCT}cell", pointer="/penalty/uplift", value="40", version="")
    assert "uplift: 0.4" in drafts.text_of(model_company, "product", "sole-trader-loan")


def test_somebody_who_was_faster_is_named(person) -> None:
    first, second = person(ADMIN), person(ADMIN)
    post(first, f"{PRODUCT}cell", pointer="/penalty/grace_days", value="3", version="")
    late = post(second, f"{PRODUCT}cell", pointer="/penalty/grace_days", value="5", version="")
    assert late.status_code == 422
    assert "Person 1 changed this definition while you had it open" in html(late)
    assert in_cell(late, "/penalty/grace_days") == "5", "their value is told, what oneself typed is still there"
    assert re.search(r'id="c-penalty-grace_days".*?<del>0</del> 3', html(late), re.DOTALL)


def test_a_case_that_comes_out_otherwise_is_led_to_and_goes_up_with_what_it_is_about(admin) -> None:
    farmer, case = "/studio/definitions/product/farmer-loan/", "case/farmer-small-by-rule"
    post(admin, f"{farmer}cell", pointer="/rate/by_grade/A", value="9.5", version="")
    post(admin, f"{PRODUCT}cell", pointer="/penalty/grace_days", value="3", version="")
    before = html(admin.get("/studio/changes/new?definition=product/farmer-loan"))
    assert f'href="/studio/definitions/{case}/"' in before and "Is the new result what you want?" in before
    assert "first instalment is 1825.00, expected 1830." in before and "1 other draft stays a draft." in before
    assert (
        "Product · Farmer household loan" in before
        and "farmer-small-by-rule&#34;" not in before
        and "metadata/" not in before
    ), "no key, no file name"
    post(admin, f"/studio/definitions/{case}/cell", pointer="/expect/schedule/instalment", value="1825", version="")
    after = html(admin.get("/studio/changes/new?definition=product/farmer-loan"))
    assert f'name="definition" value="{case}"' in after and "first instalment is 1825.00" not in after
    assert 'value="product/sole-trader-loan"' not in after


def test_copying_changing_and_lending_with_a_product_takes_two_people(person, model_company) -> None:
    maker, reviewer = person(ADMIN), person(REVIEWER)
    made = post(maker, f"{PRODUCT}copy", key="night-loan", title_en="Night loan", title_zh="夜市贷")
    assert made.headers["Location"].endswith("/studio/definitions/product/night-loan/")
    page = html(maker.get("/studio/definitions/product/night-loan/"))
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    answer = post(
        maker, "/studio/definitions/product/night-loan/cell", pointer="/term/max", value="24", version=version
    )
    assert answer.status_code == 302
    prepared = html(maker.get("/studio/changes/new"))
    assert "Night loan" in prepared and "cases ran and came out as expected" in prepared
    proposed = post(maker, "/studio/changes/new", name="Night markets", note="Asked for", live_from="")
    where = proposed.headers["Location"]
    assert "/studio/changes/" in where
    form = html(reviewer.get(where))
    assert "New: Product Night loan" in form and "Sole-trader card" in form
    digest = re.search(r'name="plan_digest" value="([0-9a-f]{64})"', form)[1]
    assert f'action="{where}/approve"' in form and f'action="{where}/approve"' not in html(maker.get(where))
    assert post(reviewer, f"{where}/approve", plan_digest=digest, opinion="fine").status_code == 302
    assert post(maker, f"{where}/activate").status_code == 403
    assert post(reviewer, f"{where}/activate").status_code == 302
    ctx = context_of(model_company.database, "model-company")
    assert ctx.registry.require("product", "night-loan").at("/term/max") == 24
    assert ctx.registry.require("product", "night-loan").title["zh"] == "夜市贷"
    assert "Night markets" in html(maker.get("/studio/definitions/product/night-loan/?view=history"))


def test_what_is_put_up_is_no_draft_any_more_until_it_is_changed_or_withdrawn(admin, model_company) -> None:
    post(admin, f"{PRODUCT}cell", pointer="/penalty/grace_days", value="3", version="")
    again, box = 'href="/studio/changes/new?definition=', 'value="product/sole-trader-loan"'
    assert again in html(admin.get(PRODUCT)) and box in html(admin.get("/studio/changes/"))
    where = post(admin, "/studio/changes/new", name="Grace").headers["Location"]
    page = html(admin.get(PRODUCT))
    assert again not in page and "A change of this waits" in page, "nobody puts it up twice without knowing"
    assert box not in html(admin.get("/studio/changes/")) and "No drafts" in html(admin.get("/studio/changes/new"))
    entry = next(one for one in catalogue.listing(model_company, kind="product") if one.key == "sole-trader-loan")
    assert entry.states == ("review", "live")
    post(admin, f"{PRODUCT}cell", pointer="/penalty/grace_days", value="4", version="1")
    assert again in html(admin.get(PRODUCT)), "changed meanwhile: a draft again"
    post(admin, f"{PRODUCT}cell", pointer="/penalty/grace_days", value="3", version="2")
    assert box not in html(admin.get("/studio/changes/"))
    post(admin, f"{where}/withdraw")
    assert box in html(admin.get("/studio/changes/"))


def test_the_maker_is_refused_even_by_hand(person, model_company) -> None:
    both = person(ADMIN, REVIEWER)
    post(both, f"{PRODUCT}cell", pointer="/penalty/grace_days", value="3", version="")
    where = post(both, "/studio/changes/new", name="Grace").headers["Location"]
    assert "You made this change" in html(both.get(where))
    (change,) = history.listing(model_company, states=("proposed",))
    answer = post(both, f"{where}/approve", plan_digest=change.plan_digest)
    assert answer.status_code == 403
    assert "Who made a change may not review it" in html(answer)


def test_a_text_with_mistakes_is_kept_and_marked(admin) -> None:
    source = html(admin.get(f"{PRODUCT}?view=text"))
    assert "data-editor" in source
    typed = "apiVersion: loanloom/v1\nkind: product\nkey: sole-trader-loan\ntitle: {en: X, zh: 叉}\nspec: {clas: x}\n"
    answer = post(admin, f"{PRODUCT}text", source=typed, version="")
    assert answer.status_code == 302
    shown = html(admin.get(f"{PRODUCT}?view=text"))
    assert "is not known here" in shown and 'data-goto-line="5"' in shown
    sheet = admin.get(PRODUCT)
    assert sheet.status_code == 200 and "cannot be shown as a sheet" in html(sheet)
    asked = post(admin, f"{PRODUCT}check", source=typed)
    assert {problem["line"] for problem in asked.json["problems"]} == {5}


def test_any_text_is_answered(admin) -> None:
    for typed in ("", "[", "a: 1\na: 2", "kind: page\nkey: other", "{" * 2000):
        assert post(admin, f"{PRODUCT}check", source=typed).status_code == 200
        assert post(admin, f"{PRODUCT}text", source=typed, version="999").status_code in (409, 422)
    assert post(admin, f"{PRODUCT}check", source="\x00").status_code == 400  # no browser sends that


def test_an_emergency_stop_is_at_once(person, model_company) -> None:
    browser = person(REVIEWER, ADMIN)
    assert post(browser, f"{PRODUCT}stop", reason="").status_code == 422
    assert post(browser, f"{PRODUCT}stop", reason="fraud ring").status_code == 302
    page = html(browser.get(PRODUCT))
    assert "This product takes no applications" in page and "fraud ring" in page
    assert post(browser, f"{PRODUCT}stop", reason="again").status_code == 409
    assert post(browser, f"{PRODUCT}resume", reason="cleared").status_code == 302
    assert "takes no applications" not in html(browser.get(PRODUCT))


def test_others_may_look_or_may_not(person) -> None:
    assert person("finance").get("/studio/").status_code == 403
    auditor = person("auditor")
    assert auditor.get(PRODUCT).status_code == 200
    assert "hx-post" not in html(auditor.get(PRODUCT))
    assert post(auditor, f"{PRODUCT}cell", pointer="/term/max", value="9", version="").status_code == 403


def test_the_configuration_leaves_and_comes_back_as_a_file(person) -> None:
    admin = person(ADMIN)
    answer = admin.get("/studio/changes/bundle.zip")
    assert answer.data[:2] == b"PK"
    again = send(admin, answer.data)
    assert again.status_code == 422
    assert "Nothing would change" in html(again)
    hostile = send(admin, b"no zip")
    assert hostile.status_code == 422


@pytest.mark.parametrize(
    ("definition", "view"),
    [
        ("flow/business-approval", "flow"),
        ("form/consumer-application", "design"),
        ("template/loan-contract", "words"),
        ("code_list/industry", "grid"),
        ("agreement/registration", "plain"),
        ("ruleset/five-classes", None),
    ],
)
def test_a_definition_opens_where_one_works_on_it(admin, definition: str, view: str | None) -> None:
    here = f"/studio/definitions/{definition}/"
    opened = f"{here}?view={view}" if view else here
    shown = html(admin.get(here))
    assert re.search(rf'href="{re.escape(opened)}"[^>]*aria-current', shown), "its tab is the one that is open"
    sheet = f"{here}?view=sheet" if view else here
    assert f'href="{sheet}"' in shown, "and its cells are one step away"
