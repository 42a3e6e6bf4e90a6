"""The page of a flow: drawn with problems at their steps, and played by somebody who wants to know who would get it."""

from __future__ import annotations

import html as escaping
import re
from dataclasses import replace
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from sqlalchemy import insert, select
from tests.services.origination.conftest import TRADER
from tests.web.people import signs_in

from loanloom.services.access.sign_in import ab_user
from loanloom.services.definitions.releases import drafts
from loanloom.services.flows import starting
from loanloom.services.parties import customers
from loanloom.store import tables

ADMIN = "business-administrator"
FLOW = "business-approval"
PAGE = f"/studio/flows/{FLOW}/"
PEOPLE = {
    "maker": ("relationship-manager", "east"),
    "risk": ("risk-officer", "head-office"),
    "first": ("approver-1", "east"),
    "second": ("approver-2", "head-office"),
}


def html(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return escaping.unescape(answer.get_data(as_text=True))


@pytest.fixture
def office(model_company):
    for name, (role, unit) in PEOPLE.items():
        signs_in(model_company, name, name=f"{name}（演示）", roles=(role,), unit=unit)


@pytest.fixture
def admin(person):
    return person(ADMIN, language="en")


def ask(browser, *did, **facts):
    said = {"starter": "maker", **{f"fact.{name.replace('__', '.')}": value for name, value in facts.items()}}
    return html(browser.get(f"{PAGE}?{urlencode([*said.items(), *(('did', one) for one in did)])}"))


def waiting(page: str) -> str:
    """The cards of what waits."""
    _, _, after = page.partition('<div class="flow-choices">')
    return after.partition('<figure class="flow-figure">')[0]


def test_a_flow_is_drawn_with_links_to_its_steps(admin):
    page = html(admin.get(PAGE))
    assert page.count('class="flow-picture') >= 2 and f"{PAGE}?step=risk_review#step" in page
    step = html(admin.get(f"{PAGE}?step=approval_1"))
    panel = step[step.index('id="step"') :]
    assert "Approver, level 1" in panel
    assert "8 working hours" in panel and "above 100,000 yuan" in panel


def test_it_says_who_would_get_it_which_way_and_how_long(admin, office):
    facts = {"decision__outcome": "refer", "application__amount": "150000"}
    page = ask(admin, **facts)
    assert "risk（演示）" in waiting(page) and "first（演示）" not in waiting(page)
    page = ask(admin, "approve~risk_review~risk~~16", "approve~approval_1~first~~8", **facts)
    assert "second（演示）" in waiting(page), "above 100,000 it goes to the second level"
    assert "24 working hours" in page
    page = ask(
        admin, "approve~risk_review~risk~~16", "approve~approval_1~first~~8", "approve~approval_2~second~~1", **facts
    )
    assert "25 working hours" in page and not waiting(page) and "Ended: approved" in page


def test_another_amount_goes_another_way(admin, office):
    facts = {"decision__outcome": "refer", "application__amount": "80000"}
    page = ask(admin, "approve~risk_review~risk~~2", "approve~approval_1~first~~3", **facts)
    assert "Ended: approved" in page and "5 working hours" in page
    page = ask(admin, decision__outcome="refuse", application__amount="80000")
    assert "Ended: refused" in page, "the rules refuse it before anybody is asked"


def test_returned_it_goes_to_its_maker_and_comes_back(admin, office):
    facts = {"decision__outcome": "refer", "application__amount": "80000"}
    page = ask(admin, "return~risk_review~risk~submitted~1", **facts)
    assert "maker（演示）" in waiting(page) and "Submit" in waiting(page)
    page = ask(admin, "return~risk_review~risk~submitted~1", "resubmit~submitted~maker~~4", **facts)
    assert "risk（演示）" in waiting(page) and "round 2" in page


def test_a_step_that_nobody_may_do_is_said(admin, model_company):
    """The only risk officer made the case: nobody checks what he made himself."""
    signs_in(model_company, "lonely", name="lonely（演示）", roles=("risk-officer",), unit="head-office")
    asked = {"starter": "lonely", "fact.decision.outcome": "refer", "fact.application.amount": "1"}
    cards = waiting(html(admin.get(f"{PAGE}?{urlencode(asked)}")))
    assert "Nobody here may do this" in cards and "lonely（演示）" not in cards


def test_what_cannot_be_is_refused_in_words_not_with_a_stack_trace(admin, office):
    facts = {"decision__outcome": "refer", "application__amount": "a lot"}
    assert "cannot be read" in ask(admin, **facts)
    facts["application__amount"] = "80000"
    assert "nobody here is called" in ask(admin, "approve~risk_review~ghost~~1", **facts).lower()
    for forged in (
        "approve~risk_review~maker~~1",
        "nonsense~x~y~z~q",
        "approve~approval_2~second~~1",
        "~~~~",
        "jump~~maker~approved~0",
    ):
        page = ask(admin, forged, **facts)
        assert "risk（演示）" in waiting(page), f"{forged} changes nothing"


def test_a_broken_draft_is_still_drawn_with_its_problem_at_the_step(admin, model_company, person):
    source = drafts.text_of(model_company, "flow", FLOW)
    drafts.save(
        model_company, "flow", FLOW, source.replace("application.amount > 100000", "application.amout > 100000"), None
    )
    page = html(admin.get(PAGE))
    assert re.search(r'class="flow-node is-possible has-problems" data-node="approval_1"', page)
    assert "amout" in page and "can be played once its mistakes are mended" in page


def test_only_those_who_may_read_definitions_see_it(person):
    assert person("relationship-manager").get(PAGE).status_code in (302, 403)
    assert person(ADMIN).get("/studio/flows/no-such-flow/").status_code == 404


def test_who_stands_in_is_offered_for_whoever_is_away(admin, office, model_company):
    """The play knows today's absences: the delegate is named with the person they speak for."""
    day = model_company.business_date
    with model_company.transaction() as connection:
        ids = {row.username: row.id for row in connection.execute(select(ab_user.c["id", "username"]))}
        row = {"from_user": ids["risk"], "to_user": ids["second"], "starts_on": day, "ends_on": day}
        connection.execute(insert(tables.delegation).values(row))
    facts = {"decision__outcome": "refer", "application__amount": "80000"}
    cards = waiting(ask(admin, **facts))
    assert "for risk（演示）, who is away" in cards and "away today" in cards
    page = ask(admin, "approve~risk_review~second~~1", **facts)
    assert "first（演示）" in waiting(page), "their word moves it on"


def test_a_play_begins_with_a_real_case_that_one_may_see(admin, office, model_company):
    """Its facts as they stand, its starter; not what is about something else, and nothing of what nobody may see."""
    with model_company.transaction() as connection:
        maker = connection.execute(select(ab_user.c.id).where(ab_user.c.username == "maker")).scalar_one()
    roles = ("relationship-manager",)
    actor = replace(model_company.actor, user_id=maker, username="maker", roles=roles, unit="east", scope="all")
    actor = replace(actor, functions=frozenset({"customer.read"}))
    customer = customers.create(model_company, TRADER)
    with model_company.transaction() as connection:
        number = connection.scalar(select(tables.customer.c.number).where(tables.customer.c.id == customer))
    asked = {
        "customer_number": number, "amount": "300000", "months": "12", "guarantee_mode": "mortgage",
        "related_party": "false", "grounds": "growth",
    }  # fmt: skip
    raw = {f"credit_grant.{name}": value for name, value in asked.items()}
    number = starting.request(model_company.as_actor(actor), "credit-grant", raw).number
    page = "/studio/flows/credit-grant/"
    begun = urlsplit(admin.get(f"{page}?case={number}").location)
    said = dict(parse_qsl(begun.query))
    assert (begun.path, said["starter"]) == (page, "maker")
    assert (Decimal(said["fact.request.amount"]), said["fact.request.related_party"]) == (300_000, "false")
    assert "risk（演示）" in waiting(html(admin.get(begun.geturl())))
    assert "There is no case" in html(admin.get(f"{page}?case=R-none"))
    assert "something else than the flow" in html(admin.get(f"{PAGE}?case={number}"))
