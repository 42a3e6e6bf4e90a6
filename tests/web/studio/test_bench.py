"""The test bench on screen: rules, cards, calculations and indicators tried on examples, real cases and typed facts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.web.pages import page

from loanloom.services.context import Actor, Context
from loanloom.services.definitions import bench
from loanloom.services.definitions.releases import drafts
from loanloom.services.origination import imports
from loanloom.store import tables

ROOT = Path(__file__).resolve().parents[3]
ADMIN, CARD = "business-administrator", "/studio/definitions/scorecard/consumer-german/?view=try"
RULES = "/studio/definitions/ruleset/decision-consumer/?view=try"


@pytest.fixture
def admin(model_company: Context, person):
    return person(ADMIN)


def result(shown: str, name: str, side: str = "As it is live") -> str:
    """What came of it under a name."""
    inside = shown.partition(f"<h2>{side}</h2>")[2]
    found = re.search(rf"<dt>{name}</dt><dd><strong>([^<]*)<", inside)
    assert found is not None, inside[:2000]
    return found[1]


def test_an_example_of_the_company_gives_what_its_case_expects(admin) -> None:
    shown = page(admin, f"{CARD}&example=consumer-approved")
    assert (result(shown, "Points"), result(shown, "Grade")) == ("640", "A - good")
    assert 'name="fact.indicators.amount" value="1169"' in shown
    assert re.search(r"\d+ of \d+ points", shown)


def test_nothing_is_said_to_be_missing_before_anything_is_tried(admin) -> None:
    assert 'id="not-begun"' in page(admin, CARD) and "problems" not in page(admin, CARD).partition('id="bench"')[2]
    assert 'id="not-begun"' not in page(admin, f"{CARD}&fact.indicators.amount=1169")


def test_it_speaks_chinese(model_company: Context, person) -> None:
    shown = page(person(ADMIN, language="zh"), f"{RULES}&example=consumer-approved")
    assert "用哪笔业务试" in shown and "按生效版本" in shown and "没有规则命中" in shown


def test_typed_facts_stand_in_place_of_the_case(admin) -> None:
    first = page(admin, f"{CARD}&example=consumer-approved")
    facts = dict(re.findall(r'name="(fact\.indicators\.[a-z_]+)" value="([^"]*)"', first))
    chosen = dict(re.findall(r'<select class="form-select" name="(fact\.[^"]+)">.*?value="([^"]+)" selected', first))
    typed = {**facts, **chosen, "fact.indicators.term_months": "60"}
    query = "&".join(f"{name}={value}" for name, value in typed.items())
    shown = page(admin, f"{CARD}&case=consumer-approved&of=consumer-approved&{query}")
    assert int(result(shown, "Points")) < 640
    assert 'name="fact.indicators.term_months" value="60"' in shown


def test_rules_say_which_of_them_apply_and_why(admin) -> None:
    shown = page(admin, f"{RULES}&example=consumer-approved")
    assert result(shown, "Outcome").lower().startswith("approve")
    assert "No rule applies" in shown and "score 640 &lt; 595: false" in shown and "<details><summary>" in shown
    refused = page(admin, f"{RULES}&example=consumer-at-590")
    assert result(refused, "Outcome").lower().startswith("refuse")
    assert re.search(r"Score below 595</strong><span[^>]*>applies<", refused)


def test_a_draft_stands_beside_what_is_live(admin, model_company: Context) -> None:
    drafts.change_values(model_company, "scorecard", "consumer-german", {"/spec/base": 500}, None)
    shown = page(admin, f"{CARD}&example=consumer-approved")
    assert "The draft says something else than what is live." in shown
    live, draft = result(shown, "Points"), result(shown, "Points", "As the draft has it")
    assert int(live) == 640 and int(draft) != 640


def test_every_definition_that_can_be_tried_comes_to_something_on_an_example(model_company: Context) -> None:
    registry = model_company.registry
    for kind in bench.KINDS:
        for document in registry.all(kind):
            example = _fitting(model_company, kind, document.key)
            tried = bench.bench(model_company, document, registry, document, example, None)
            assert tried.live is not None and tried.draft is None and not tried.problems
            assert tried.live.result or tried.live.problems, document.identity
            assert tried.inputs, document.identity


def _fitting(ctx: Context, kind: str, key: str) -> str:
    """An example of a product that needs a definition."""
    return bench.examples(ctx.registry, ctx.registry.require(kind, key))[0].key


def test_the_examples_are_those_of_products_that_use_what_is_tried(model_company: Context) -> None:
    registry = model_company.registry
    for card in registry.all("scorecard"):
        found = [registry.require("product", one.spec["product"]) for one in bench.examples(registry, card)]
        assert found and all(one.spec["scorecard"] == card.key for one in found), card.key


class TestRealCase:
    @pytest.fixture(autouse=True)
    def applications(self, model_company: Context) -> None:
        lines = (ROOT / "metadata" / "demo" / "german-credit" / "german.csv").read_bytes().splitlines(keepends=True)[:4]
        imports.bring(model_company, "german-credit", b"".join(lines), "german.csv")

    def number(self, ctx: Context) -> tuple[str, int]:
        table = tables.application
        with ctx.transaction() as connection:
            row = connection.execute(select(table.c.number, table.c.amount).order_by(table.c.id).limit(1)).one()
        return row.number, int(row.amount)

    def test_its_facts_are_taken_and_it_is_not_touched(self, model_company: Context, person) -> None:
        number, amount = self.number(model_company)
        shown = page(person("risk-officer"), f"{CARD}&case={number}")
        assert f'name="fact.indicators.amount" value="{amount}"' in shown
        table = tables.application
        with model_company.transaction() as connection:
            kept = connection.execute(select(table.c.score_points).where(table.c.number == number)).scalar_one()
        assert result(shown, "Points") == f"{kept:f}"

    def test_who_may_not_see_it_learns_nothing(self, model_company: Context) -> None:
        number, amount = self.number(model_company)
        reader = Actor(user_id=7, username="reader", name="Reader", functions=frozenset({"definition.read"}))
        card = model_company.registry.require("scorecard", "consumer-german")
        tried = bench.bench(replace(model_company, actor=reader), card, model_company.registry, card, number, None)
        assert [one.code for one in tried.problems] == ["bench.no_case"]
        assert str(amount) not in [one.value for one in tried.inputs]

    def test_a_number_that_does_not_exist_is_said_so(self, admin) -> None:
        shown = page(admin, f"{CARD}&case=A2026-999999")
        assert "There is no application “A2026-999999” that you may see." in shown
        assert "&lt;script&gt;" in page(admin, f"{CARD}&case=<script>alert(1)</script>")


def test_all_that_can_be_tried_is_found_from_the_studio(admin) -> None:
    assert 'href="/studio/bench/"' in page(admin, "/studio/")
    shown = page(admin, "/studio/bench/")
    assert 'href="/studio/definitions/ruleset/decision-consumer/?view=try"' in shown
    assert 'href="/studio/flows/credit-grant/#play"' in shown
