"""A party out of the house answers one item by its link, and nothing else; staff cannot answer for it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.services.flows.house import ADMINISTRATOR, House

from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import cases, outside
from loanloom.store import tables

PARTNER = "Guarantee Centre A"
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.fixture
def case(house: House) -> int:
    """A request that waits for the partner."""
    return house.start("partnered", partner=PARTNER)


def issued(house: House, case: int, who: str = "manager", **changes: Any) -> str:
    return outside.issue(house.ctx(who, **changes), house.item(case).id).token


def answer(house: House, token: str, decision: str = "approve", **more: Any) -> None:
    version = more.pop("version", None)
    now = more.pop("now", NOW)
    outside.answer(house.database, token, {"decision": decision, **more}, expected_version=version, now=now)


def look(house: House, token: str, now: datetime = NOW) -> outside.Shown:
    return outside.look(house.database, token, now=now)


def test_the_party_sees_its_question_and_answers_it(house: House, case: int):
    token = issued(house, case)
    shown = look(house, token)
    assert (shown.to, shown.number, shown.step["en"]) == (PARTNER, house.kept(case).number, "Consent of the partner")
    assert set(shown.item.actions) == {"approve", "refuse", "return"} and not shown.item.powers
    answer(house, token, opinion="we guarantee it", version=shown.item.version)
    assert house.item(case).node == "head"
    (decided,) = [row for row in house.rows(tables.flow_history, case_id=case) if row.decision == "approve"]
    assert (decided.actor_name, decided.opinion) == (PARTNER, "we guarantee it")
    (told,) = house.rows(tables.audit_log, action="case.approve")
    assert (told.actor_id, told.actor) == (None, f"outside:{PARTNER}")


def test_the_answer_is_given_once(house: House, case: int):
    token = issued(house, case)
    answer(house, token)
    for again in (lambda: look(house, token), lambda: answer(house, token), lambda: answer(house, token, "refuse")):
        with pytest.raises(NotFound):
            again()


def test_a_no_needs_what_the_flow_asks_for(house: House, case: int):
    token = issued(house, case)
    with pytest.raises(Refused) as refused:
        answer(house, token, "refuse")
    assert {one.code for one in refused.value.problems} == {"flow.reason_missing", "flow.opinion_missing"}
    answer(house, token, "refuse", reason="no-quota", opinion="no quota left")
    assert house.kept(case).outcome == "refused"


def test_a_return_goes_to_the_makers_and_the_link_before_opens_nothing_of_the_new_round(house: House, case: int):
    token = issued(house, case)
    answer(house, token, "return", opinion="the amount?")
    assert house.item(case).kind == "revision"
    house.act("manager", case, "resubmit", data={})
    assert house.item(case).outside == PARTNER
    with pytest.raises(NotFound):
        look(house, token)
    answer(house, issued(house, case))
    assert house.item(case).node == "head"


@pytest.mark.parametrize("who", ["risk", "head2", "manager", ADMINISTRATOR])
def test_nobody_of_the_house_answers_for_the_party(house: House, case: int, who: str):
    with pytest.raises((Forbidden, NotFound, Refused)):
        house.act(who, case, "decide", decision="approve")
    with pytest.raises((Forbidden, NotFound, Refused)):
        house.act(who, case, "take")
    assert house.item(case).outside == PARTNER


def test_a_link_opens_its_own_item_alone(house: House, case: int):
    other = house.start("partnered", partner="Guarantee Centre B")
    party = outside._as_party(house.ctx("manager"), house.item(case))
    for item in (house.item(house.start()), house.item(other)):
        if item.number != house.item(case).number or item.outside is None:
            with pytest.raises((Forbidden, NotFound)):
                cases.act(party, item.id, "decide", {"decision": "approve"}, expected_version=item.version)
    for command in ("comment", "withdraw", "terminate", "suspend", "jump"):
        with pytest.raises((Forbidden, NotFound)):
            cases.act(party, case, command, {"reason": "x", "opinion": "x", "to": "head"})


def test_a_forged_token_opens_nothing(house: House, case: int):
    token = issued(house, case)
    company, link, code = token.split(".")
    other = issued(house, house.start("partnered", partner="B"))
    forged = [
        "", ".", "..", "x", f"{company}.{link}.", f"{company}.{link}", f"{company}.{link}.{code[:-1]}",
        f"{company}.{link}.{code}A", f"{company}.{int(link) + 1}.{code}", f"{int(company) + 1}.{link}.{code}",
        f"{company}.{link}.{other.split('.')[2]}", f"{company}.{link}.{code.swapcase()}", f"٣.{link}.{code}",
        f"{company}.{'9' * 30}.{code}", f"-{company}.{link}.{code}", f"{company}.{link}.密码",
    ]  # fmt: skip
    for one in forged:
        with pytest.raises(NotFound):
            look(house, one)
        with pytest.raises(NotFound):
            answer(house, one)
    assert look(house, token).to == PARTNER


def test_a_link_ends_with_its_time_with_a_new_one_and_when_it_is_revoked(house: House, case: int):
    first = issued(house, case)
    ends = look(house, first).expires_at
    with pytest.raises(NotFound):
        look(house, first, now=ends)
    second = issued(house, case, ADMINISTRATOR)
    with pytest.raises(NotFound):
        look(house, first)
    assert look(house, second).to == PARTNER
    outside.revoke(house.ctx("manager"), house.item(case).id)
    with pytest.raises(NotFound):
        answer(house, second)
    with pytest.raises(Conflict):
        outside.revoke(house.ctx("manager"), house.item(case).id)


def test_makers_and_administrators_alone_make_links(house: House, case: int):
    for who in ("risk", "head2", "auditor"):
        with pytest.raises((Forbidden, NotFound)):
            issued(house, case, who)
    plain = house.start()
    with pytest.raises(Refused):
        issued(house, plain)
    withdrawn = house.item(case).id
    house.act("manager", case, "withdraw", reason="no longer needed")
    with pytest.raises((Conflict, Refused)):
        outside.issue(house.ctx("manager"), withdrawn)


def test_a_withdrawn_case_ends_the_link(house: House, case: int):
    token = issued(house, case)
    house.act("manager", case, "withdraw", reason="no longer needed")
    with pytest.raises(NotFound):
        answer(house, token)


def test_the_makers_are_told_that_somebody_out_of_the_house_is_asked(house: House, case: int):
    told = [row.title["en"] for row in house.rows(tables.message)]
    assert any("send it a link" in one for one in told)


def test_an_administrator_gives_the_step_to_somebody_of_the_house(house: House, case: int):
    token = issued(house, case)
    risk = house.ctx("risk").actor.user_id
    house.act(ADMINISTRATOR, case, "give", to=risk, reason="the partner does not answer")
    assert house.item(case).outside is None
    with pytest.raises(NotFound):
        answer(house, token)
    house.act("risk", case, "decide", decision="approve")
    assert house.item(case).node == "head"


def test_revoked_while_they_write_nothing_stands(house: House, case: int):
    token, item = issued(house, case), house.item(case)
    results: list[str] = []
    gate = threading.Barrier(2)

    def party() -> None:
        gate.wait()
        try:
            answer(house, token)
            results.append("answered")
        except NotFound:
            results.append("over")

    def keeper() -> None:
        gate.wait()
        try:
            outside.revoke(house.ctx("manager"), item.id)
            results.append("revoked")
        except (Conflict, Refused):
            results.append("late")

    both = [threading.Thread(target=one) for one in (party, keeper)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(results) in (["answered", "late"], ["over", "revoked"])
    assert (house.item(case).node == "head") == ("answered" in results)


def test_two_answers_at_once_count_once(house: House, case: int):
    token = issued(house, case)
    results: list[str] = []
    gate = threading.Barrier(2)

    def party(decision: str) -> None:
        gate.wait()
        try:
            said = {"reason": "no-quota"} if decision == "refuse" else {}  # a yes has no list of reasons
            answer(house, token, decision, opinion="x", **said)
            results.append(decision)
        except (NotFound, Conflict):
            results.append("over")

    both = [threading.Thread(target=party, args=(one,)) for one in ("approve", "refuse")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(results) in (["approve", "over"], ["over", "refuse"])


def test_the_link_outlives_nothing_it_should_not(house: House, case: int):
    token = issued(house, case)
    late = look(house, token).expires_at + timedelta(seconds=1)
    with pytest.raises(NotFound):
        answer(house, token, now=late)
    assert house.item(case).node == "partner"


def test_a_party_neither_sees_nor_names_people_of_the_house(house: House):
    number = house.start("partner_first", partner=PARTNER)
    token = issued(house, number)
    seen = look(house, token).item
    assert (seen.choosing, seen.transfer_to, seen.signers) == ((), (), ())
    answer(house, token, chosen={"second": "41"}, terms={})
    assert (house.item(number).role, house.item(number).assignee) == ("*administrator", None)


def test_a_party_votes_on_an_application_beside_the_house(house: House):
    made = house.case(state="submitted")
    ctx = house.ctx("manager")
    with ctx.transaction() as connection:
        case = cases.start(ctx, connection, "partnered-loan", ("application", made)).case_id
    theirs = house.one(tables.work_item, case_id=case, status="open", outside="Demo trader")
    ours = house.one(tables.work_item, case_id=case, status="open", role="risk-officer")
    token = outside.issue(ctx, theirs.id).token
    shown = look(house, token)
    assert (shown.customer, shown.item.actions) == ("Demo trader", ("approve", "refuse"))
    with pytest.raises((Forbidden, NotFound)):
        house.act("risk", case, "decide", on=theirs, decision="approve")
    answer(house, token, version=shown.item.version)
    assert house.kept(case).outcome is None
    house.act("risk", case, "decide", on=ours, decision="approve")
    assert house.kept(case).outcome == "approved"
    (sanction,) = house.rows(tables.sanction)
    assert sanction.application_id == made
