"""The whole configuration is searched by anything it says; a find leads to its place."""

from __future__ import annotations

import html
import re

import pytest
from tests.web.pages import page

from loanloom.services.context import Context
from loanloom.services.definitions import searching
from loanloom.services.definitions.releases import drafts

ADMIN = "business-administrator"


def keys(ctx: Context, words: str, language: str = "en") -> list[tuple[str, str]]:
    return [one.document.identity for one in searching.inside(ctx, words, language)]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("score.points < 595", ("ruleset", "decision-consumer")),
        ("equal_instalment", ("product", "consumer-instalment")),
        ("等额本息", ("product", "consumer-instalment")),
        ("Score below 595", ("ruleset", "decision-consumer")),
        ("BELOW score 595", ("ruleset", "decision-consumer")),
        ("qianzibi qianzi", None),
    ],
)
def test_texts_codes_words_and_formulas_are_found(model_company: Context, words: str, wanted) -> None:
    found = keys(model_company, words)
    assert (wanted in found) if wanted else (found == [])


def test_figures_are_found_as_people_write_them(model_company: Context) -> None:
    registry = model_company.registry
    rate = next(one for one in registry.all("product") if one.key == "consumer-instalment").spec["amount"]["max"]
    for words in (str(rate), f"{rate:,.2f}"):
        assert ("product", "consumer-instalment") in keys(model_company, words)


def test_a_name_is_found_by_its_sound(model_company: Context) -> None:
    field = next(one for one in model_company.registry.entity_fields("application") if one.title["zh"] == "住房")
    assert any(kind == "entity" for kind, _ in keys(model_company, "zhufang")), field


def test_drafts_are_searched_as_they_stand(model_company: Context) -> None:
    assert keys(model_company, "Brand-new wording") == []
    drafts.change_values(
        model_company, "ruleset", "decision-consumer", {"/spec/rules/0/title/en": "Brand-new wording"}, None
    )
    assert keys(model_company, "brand-new") == [("ruleset", "decision-consumer")]


@pytest.mark.parametrize(
    ("words", "anchor"),
    [
        ("Score below 595", r"c-rules-\d+-title"),
        ("equal_instalment", r"c-schedule-methods"),
        ("score.points <", r"c-rules"),
    ],
)
def test_a_find_leads_to_its_cell(person, words: str, anchor: str) -> None:
    admin = person(ADMIN)
    shown = page(admin, f"/studio/?q={words}")
    place = re.search(rf'href="([^"]+)#({anchor}[^"]*)">', html.unescape(shown))
    assert place is not None, shown[shown.find("Said within") :][:3000]
    assert f'id="{place[2]}' in page(admin, place[1])


def test_hostile_words_are_harmless(model_company: Context, person) -> None:
    shown = page(person(ADMIN), "/studio/?q=<script>alert(1)</script> %25 ' \\")
    assert "<script>alert(1)" not in shown and "Nothing fits" in shown
