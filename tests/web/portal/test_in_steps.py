"""A form in steps from the first to the last by full posts, without script, at both doors: a browser sends what its
page holds, what is typed stays, nobody gets past a mistake."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html
from tests.services.origination.conftest import TRADER
from tests.web.pages import page, post

from loanloom.services.parties import customers

from .conftest import publish
from .test_applying import WANTED, begun, hand_in_papers, manager, row_of

__all__ = ["manager"]
PARTS = {
    "loan": ("amount", "term_months", "method", "purpose", "credit_purpose"),
    "circumstances": ("employment", "german_housing", "property", "savings", "checking_account"),
    "credit": ("credit_history", "other_plans", "other_debtors", "instalment_share"),
}


def typed_in(step: str) -> dict[str, str]:
    return {f"application.{name}": WANTED[f"application.{name}"] for name in PARTS[step]}


class Walk:
    """Somebody before the form, with the page they see: every button sends what the page holds."""

    def __init__(self, browser: Any, url: str) -> None:
        self.browser, self.url, self.status = browser, url, 200
        self.shown = page(browser, url)

    def held(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for name, value in html.fromstring(self.shown).get_element_by_id("form").form_values():
            values.setdefault(name, []).append(value)
        return values

    def press(self, action: str, **typed: str) -> Any:
        buttons = html.fromstring(self.shown).xpath("//form[@id='form']//button[@name='_action']/@value")
        assert action in buttons, buttons
        answer = self.browser.post(self.url, data={**self.held(), **typed, "_action": action})
        self.status, self.shown = answer.status_code, answer.get_data(as_text=True)
        return answer

    def at(self) -> str:
        """The one step that is open, as every part of the page says it."""
        tree = html.fromstring(self.shown)
        open_ = [one.removeprefix("s-") for one in tree.xpath("//fieldset[starts-with(@id,'s-')][not(@hidden)]/@id")]
        marked = tree.xpath("//ol[contains(@class,'steps')]/li[@aria-current='step']/button/@value")
        assert self.held()["_step"] == open_ == [one.removeprefix("step:") for one in marked]
        return str(open_[0])

    def faults(self) -> list[str]:
        return re.findall(r'id="f-application\.(\w+)-error"', self.shown)


@pytest.fixture(params=["portal", "workspace"])
def walk(request, borrower, person, manager, model_company, acting) -> Walk:
    """A draft of a form in three steps, begun at either door, with its papers."""
    publish(model_company, acting, "form", "consumer-application", {"/spec/layout": "steps"})
    kind = {"customer.kind": "person"}
    if request.param == "portal":
        me = borrower(customers.create(manager, {**TRADER, **kind}, although_similar=True))
        url = begun(me)
        hand_in_papers(me, url)
        return Walk(me, url)
    staff = person("relationship-manager", unit="east-lending")
    theirs = acting(model_company, "relationship-manager", unit="east-lending", user_id=staff.user_id)
    customer = customers.create(theirs, {**TRADER, **kind}, although_similar=True)
    made = post(staff, "/applications/new", customer=customer, product="consumer-instalment")
    assert made.status_code == 302, made.get_data(as_text=True)[-2000:]
    hand_in_papers(staff, made.location)
    return Walk(staff, made.location)


def test_on_back_and_on_to_the_end(walk, manager) -> None:
    assert (walk.at(), walk.faults()) == ("loan", []), "nobody is told off on arriving"
    walk.press("step:circumstances", **typed_in("loan"))
    assert (walk.at(), walk.faults()) == ("circumstances", [])
    walk.press("step:loan", **{"application.savings": "A65"})
    assert (walk.at(), walk.faults()) == ("loan", []), "back goes whoever has not finished a step"
    assert walk.held()["application.amount"] == ["1,169.00"]
    walk.shown = page(walk.browser, walk.url)
    assert walk.held()["application.savings"] == ["A65"], "opened again, the draft has what stood on either step"
    walk.press("step:circumstances")
    walk.press("step:credit", **typed_in("circumstances"))
    assert (walk.at(), walk.faults()) == ("credit", [])
    assert walk.press("submit", **typed_in("credit")).status_code == 302, walk.shown[-3000:]
    row = row_of(manager, walk.url)
    assert (row.state, row.amount, row.term_months) == ("approved", 1169, 6)
    assert (row.extra["savings"], row.extra["credit_history"]) == ("A65", "A34"), "of every step"


def test_nobody_gets_past_a_mistake(walk) -> None:
    wrong = {**typed_in("loan"), "application.amount": "many"}
    walk.press("step:circumstances", **wrong)
    assert (walk.at(), walk.faults()) == ("loan", ["amount"])
    assert walk.held()["application.amount"] == ["many"], "what was typed stays to be corrected"
    walk.press("step:credit", **typed_in("loan"))
    assert walk.at() == "circumstances", "over a step that is not done leads to that step"
    assert set(walk.faults()) == set(PARTS["circumstances"]) - {"property"}
    assert walk.held()["application.term_months"] == ["6"]
    walk.press("step:credit", **typed_in("circumstances"))
    assert (walk.at(), walk.faults()) == ("credit", [])


def test_handed_in_too_early_opens_at_the_first_step_with_a_fault(walk, manager) -> None:
    walk.press("step:circumstances", **typed_in("loan"))
    refused = walk.press("submit", **typed_in("circumstances"))
    assert (refused.status_code, walk.at()) == (422, "credit")
    assert set(walk.faults()) == set(PARTS["credit"])
    assert row_of(manager, walk.url).state == "draft"
    assert walk.press("submit", **typed_in("credit")).status_code == 302


def test_a_step_that_does_not_exist_leads_nowhere(walk) -> None:
    sent = {**walk.held(), **typed_in("loan"), "_step": "nowhere", "_action": "step:<b>"}
    answer = walk.browser.post(walk.url, data=sent)
    walk.shown = answer.get_data(as_text=True)
    assert (answer.status_code, walk.at()) == (200, "loan") and "<b>" not in walk.shown
