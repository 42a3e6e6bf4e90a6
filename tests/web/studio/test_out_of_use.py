"""A definition's later life, as people go through it: a day to come, out of use and back, stopped in an emergency."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.web.pages import page, post

from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import drafts
from loanloom.services.running.surroundings import context_of

ADMIN, REVIEWER, CHIEF = "business-administrator", "risk-officer", "approver-2"


@pytest.fixture
def people(model_company: Context, person):
    return person(ADMIN), person(REVIEWER)


def product_of(ctx: Context) -> str:
    """A product that only its example cases name."""
    for one in ctx.registry.all("product"):
        kinds = {use.kind for use in ctx.registry.used_by("product", one.key)}
        if kinds == {"case"}:
            return one.key
    raise AssertionError("the model company has a product with examples")


def put_up(browser, definition: str, **fields) -> str:
    """As the page proposes it: with everything that goes along."""
    prepared = page(browser, f"/studio/changes/new?definition={definition}")
    chosen = re.findall(r'name="definition" value="([^"]+)"', prepared)
    answer = post(browser, "/studio/changes/new", definition=chosen, name="Change", **fields)
    said = answer.get_data(as_text=True)
    assert answer.status_code == 302, said[said.find('role="alert"') :][:1500]
    return str(answer.headers["Location"])


def signed(reviewer, where: str) -> None:
    digest = page(reviewer, where).partition('name="plan_digest" value="')[2].partition('"')[0]
    assert post(reviewer, f"{where}/approve", plan_digest=digest, opinion="Agreed").status_code == 302


def now(ctx: Context) -> Context:
    return context_of(ctx.database, ctx.company.key)


def test_a_product_goes_out_of_use_with_its_examples_and_comes_back(people, model_company: Context) -> None:
    admin, reviewer = people
    key = product_of(model_company)
    examples = {use.key for use in model_company.registry.used_by("product", key)}
    at = f"/studio/definitions/product/{key}/"
    assert "Its example cases go with it." in page(admin, at)
    post(admin, f"{at}retire")
    assert {one.key for one in drafts.listing(model_company) if one.retire} == {key, *examples}
    where = put_up(admin, f"product/{key}")
    signed(reviewer, where)
    post(reviewer, f"{where}/activate")
    live = now(model_company).registry
    assert live.get("product", key) is None and not [one for one in examples if live.get("case", one)]
    number = page(admin, f"{at}?view=history").partition('name="number" value="')[2].partition('"')[0]
    assert number, "what is out of use can be brought back"
    assert post(admin, f"{at}restore", number=number, version="").status_code == 302
    where = put_up(admin, f"product/{key}")
    signed(reviewer, where)
    post(reviewer, f"{where}/activate")
    assert now(model_company).registry.get("product", key) is not None


def test_what_others_name_says_why_it_cannot_go(people) -> None:
    admin, _ = people
    shown = page(admin, "/studio/definitions/scorecard/consumer-german/?view=used")
    assert "once nothing here names it any more" in shown
    assert 'action="/studio/definitions/scorecard/consumer-german/retire"' not in shown


def test_a_change_waits_for_its_day(people, model_company: Context) -> None:
    admin, reviewer = people
    drafts.change_values(model_company, "scorecard", "consumer-german", {"/title/en": "Card"}, None)
    day = model_company.business_date + timedelta(days=2)
    where = put_up(admin, "scorecard/consumer-german", live_from=day.isoformat())
    signed(reviewer, where)
    assert "takes effect by itself on business date" in page(admin, where)
    assert releases.activate_due(replace(now(model_company), business_date=day - timedelta(days=1))) == []
    assert len(releases.activate_due(replace(now(model_company), business_date=day))) == 1
    assert now(model_company).registry.label("scorecard", "consumer-german", "en") == "Card"


@pytest.mark.parametrize("role", [REVIEWER, CHIEF])
def test_whoever_reviews_may_stop_a_product_at_once(model_company: Context, person, role: str) -> None:
    browser, key = person(role), product_of(model_company)
    at = f"/studio/definitions/product/{key}/"
    assert "Stop taking applications" in page(browser, at)
    assert post(browser, f"{at}stop", reason="A fault in the price").status_code == 302
    assert "This product takes no applications" in page(browser, at)
    assert post(browser, f"{at}resume", reason="Mended").status_code == 302
    assert "This product takes no applications" not in page(browser, at)
