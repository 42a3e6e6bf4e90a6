"""Everything that can be done to a case, by its name: what is written, and who may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.services.flows.house import House

from loanloom.services.context import system_actor
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import cases, doing, starting
from loanloom.services.papers import documents
from loanloom.store import tables


def code_of(raised: pytest.ExceptionInfo[Refused]) -> str:
    return raised.value.problems[0].code


def test_a_request_is_numbered_kept_and_waits_for_its_group(house: House) -> None:
    case_id = house.start()
    case, item = house.kept(case_id), house.item(case_id)
    assert case.number == "R2026000001" and case.subject_kind == "request" and case.subject_id is None
    assert (case.code, case.status, case.amount, case.started_by) == ("S1", "running", 5000, 11)
    assert (item.node, item.role, item.scope, item.unit, item.excluded) == (
        "review", "risk-officer", "all", "east-branch", [11],
    )  # fmt: skip
    assert item.due_at - house.now == timedelta(days=1), "eight working hours"
    assert case.data["account"].keys() == {"closed"}, "a secret field is closed"
    assert {row.user_id for row in house.rows(tables.message)} >= {21, 22}
    assert [row.user_id for row in house.rows(tables.flow_copy)] == [61], "the auditor has a copy"


def test_the_form_judges_a_request_and_not_everybody_starts_it(house: House) -> None:
    with pytest.raises(Refused):
        house.start(amount="0")
    with pytest.raises(Forbidden) as refused:
        house.start(who="risk")
    assert code_of(refused) == "flow.not_a_starter"
    assert starting.possible(house.ctx("manager")).keys() >= {"seal", "meeting", "branches", "letter"}
    assert "seal" not in starting.possible(house.ctx("risk"))
    with pytest.raises(NotFound):
        starting.request(house.ctx("manager"), "business-approval", {})
    assert house.count(tables.flow_case) == 0


def test_the_same_form_sent_twice_starts_one_case(house: House) -> None:
    raw = {"seal_request.amount": "10"}
    first, again = (starting.request(house.ctx("manager"), "seal", raw, idempotency_key="one-form") for _ in range(2))
    assert first == again and house.count(tables.flow_case) == 1


def test_an_approval_moves_on_and_the_end_tells_who_asked(house: House) -> None:
    case_id = house.start()
    done = house.act("risk", case_id, "decide", decision="approve", opinion="fine")
    assert (done.status, done.code, len(done.items)) == ("running", "S2", 1)
    assert house.act("head2", case_id, "decide", decision="approve").outcome == "completed"
    assert house.kept(case_id).ended_at == house.now
    said = {row.user_id: row.title["en"] for row in house.rows(tables.message)}
    assert "completed" in said[11] and said[51].startswith("The seal may be used")
    topics = [row.topic for row in house.rows(tables.outbox)]
    assert topics == [
        "case.started", "item.opened", "case.moved", "item.closed", "item.opened", "case.ended", "item.closed",
    ]  # fmt: skip
    actions = [row.action for row in house.rows(tables.audit_log) if row.action.startswith("case.")]
    assert actions == ["case.started", "case.approve", "case.approve"]


def test_conditions_of_the_flow_see_changed_terms(house: House) -> None:
    case_id = house.start(amount="5000")
    done = house.act("risk", case_id, "decide", decision="approve", terms={"request.amount": "900"})
    assert done.outcome == "completed", "900 need not go to the head"
    with pytest.raises(Refused) as refused:
        house.act("risk", house.start(), "decide", decision="approve", terms={"request.reason": "x"})
    assert code_of(refused) == "flow.may_not_change"
    with pytest.raises(Refused) as refused:
        house.act("risk", house.start(), "decide", decision="approve", terms={"request.amount": "much"})
    assert refused.value.problems[0].field == "request.amount"


def test_what_is_taken_is_nobody_elses(house: House) -> None:
    case_id = house.start()
    house.act("risk", case_id, "take")
    assert house.item(case_id).assignee == 21 and house.item(case_id).claimed_at == house.now
    for command, given in (("decide", {"decision": "approve"}), ("take", {}), ("give_back", {})):
        with pytest.raises(Forbidden) as refused:
            house.act("risk2", case_id, command, **given)
        assert code_of(refused) == "flow.taken", command
    house.act("risk", case_id, "give_back")
    item = house.item(case_id)
    assert (item.assignee, item.claimed_at) == (None, None)
    assert house.act("risk2", case_id, "decide", decision="approve").code == "S2"


def test_a_returned_request_is_changed_and_handed_in_again(house: House) -> None:
    case_id = house.start()
    house.act("risk", case_id, "decide", decision="return", to="asked")
    item = house.item(case_id)
    assert (item.kind, item.assignee) == ("revision", 11)
    with pytest.raises(Refused):
        house.act("manager", case_id, "resubmit", data={"seal_request.amount": "-3"})
    house.act("manager", case_id, "resubmit", data={"seal_request.amount": "400", "seal_request.reason": "less"})
    assert house.kept(case_id).data["amount"] == 400
    assert house.act("risk2", case_id, "decide", decision="approve").outcome == "completed"


def test_a_request_names_only_what_can_be_looked_up(house: House) -> None:
    with pytest.raises(Refused, match="Nothing is found"):
        house.start(for_colleague="nobody-of-ours")
    case_id = house.start(for_colleague="risk")
    house.act("risk", case_id, "decide", decision="return", to="asked")
    with pytest.raises(Refused, match="Nothing is found"):
        house.act("manager", case_id, "resubmit", data={"seal_request.for_colleague": "forged"})
    house.act("manager", case_id, "resubmit", data={"seal_request.for_colleague": "risk2"})
    assert house.kept(case_id).data["for_colleague"] == "risk2"


def test_a_decision_is_taken_back_while_nobody_acted_since(house: House) -> None:
    case_id = house.start()
    house.act("risk", case_id, "decide", decision="approve")
    assert house.kept(case_id).before is not None
    with pytest.raises(Conflict):
        house.act("risk2", case_id, "take_back")
    house.act("risk", case_id, "take_back")
    item = house.item(case_id)
    assert (item.node, item.number, house.kept(case_id).code) == ("review", 3, "S1")
    assert [row.status for row in house.rows(tables.work_item, case_id=case_id)] == ["done", "cancelled", "open"]
    with pytest.raises(Refused) as late:
        house.act("risk", case_id, "take_back")
    assert code_of(late) == "flow.too_late"


def test_a_remark_leaves_the_way_back_open(house: House) -> None:
    case_id = house.start()
    house.act("risk", case_id, "decide", decision="approve")
    house.act("manager", case_id, "comment", opinion="Please be quick")
    house.act("manager", case_id, "urge")
    assert [row.title["en"] for row in house.rows(tables.message, user_id=41)][-1].startswith("Please attend")
    house.act("risk", case_id, "take_back")
    assert house.told(case_id)[-5:] == ["opened", "commented", "urged", "taken_back", "opened"]


def test_signers_come_before_and_go(house: House) -> None:
    case_id = house.start()
    mine = house.item(case_id)
    house.act("risk", case_id, "add_signers", people=[32, 41], when="before", reason="their branch")
    rows = house.rows(tables.work_item, case_id=case_id)
    assert [(row.kind, row.status, row.assignee) for row in rows] == [
        ("approval", "waiting", 21), ("signer", "open", 32), ("signer", "open", 41),
    ]  # fmt: skip
    with pytest.raises(Conflict):
        house.act("risk", case_id, "decide", on=house.one(tables.work_item, id=mine.id), decision="approve")
    house.act("east1b", case_id, "decide", on=rows[1], decision="approve")
    house.act("head2", case_id, "decide", on=rows[2], decision="approve")
    again = house.item(case_id)
    assert (again.id, again.status, again.version) == (mine.id, "open", mine.version + 2)
    assert house.act("risk", case_id, "decide", decision="approve").code == "S2"


def test_missing_material_comes_from_the_makers_and_goes_back_to_who_asked(house: House) -> None:
    case_id = house.start()
    house.act("risk", case_id, "ask_material", reason="the stamp order")
    item = house.item(case_id)
    assert (item.kind, item.assignee) == ("material", 11)
    assert any("Material" in row.title["en"] for row in house.rows(tables.message, user_id=11))
    house.act("manager", case_id, "resubmit", data={})
    assert (house.item(case_id).node, house.item(case_id).kind) == ("review", "approval")


def test_passing_on_and_giving(house: House) -> None:
    case_id = house.start()
    with pytest.raises(Refused) as refused:
        house.act("risk", case_id, "transfer", to=41)
    assert (code_of(refused), refused.value.problems[0].field) == ("flow.wrong_role", "to")
    with pytest.raises(Refused) as refused:
        house.act("risk", case_id, "transfer", to=4711)
    assert code_of(refused) == "flow.unknown_person"
    house.act("risk", case_id, "transfer", to=22, reason="on leave")
    assert (house.item(case_id).assignee, house.item(case_id).role) == (22, "risk-officer")
    with pytest.raises(Forbidden):
        house.act("risk", case_id, "decide", decision="approve")
    with pytest.raises(Forbidden):
        house.act("risk2", case_id, "give", to=21)
    house.act("system", case_id, "give", to=41, reason="ill")
    assert house.item(case_id).assignee == 41
    assert house.act("head2", case_id, "decide", decision="approve").code == "S2"


def test_holding_and_going_on(house: House) -> None:
    case_id = house.start()
    with pytest.raises(Refused):
        house.act("risk", case_id, "suspend", reason=" ")
    house.act("risk", case_id, "suspend", reason="a question")
    assert house.kept(case_id).status == "suspended"
    with pytest.raises(Refused) as refused:
        house.act("risk", case_id, "decide", decision="approve")
    assert code_of(refused) == "flow.suspended"
    house.act("risk2", case_id, "resume")
    assert house.act("risk", case_id, "decide", decision="approve").code == "S2"


def test_only_administrators_jump_and_terminate(house: House) -> None:
    case_id = house.start()
    for command, given in (("jump", {"to": "head"}), ("terminate", {})):
        for who in ("risk", "manager"):
            with pytest.raises(Forbidden):
                house.act(who, case_id, command, reason="because", **given)
    house.act("system", case_id, "jump", to="head", reason="the officer left")
    assert house.item(case_id).node == "head"
    house.act("system", case_id, "terminate", reason="double")
    assert house.kept(case_id).outcome == "terminated"
    assert house.rows(tables.work_item, case_id=case_id, status="open") == []


def test_a_refusal_is_reconsidered_once_and_in_time(house: House) -> None:
    case_id = house.start()
    house.act("risk", case_id, "decide", decision="refuse", opinion="no")
    with pytest.raises(Forbidden):
        house.act("risk2", case_id, "reconsider", reason="it was needed")
    ctx = house.ctx("manager", now=house.now + timedelta(days=11))
    with pytest.raises(Refused) as late:
        cases.act(ctx, case_id, "reconsider", {"reason": "it was needed"})
    assert code_of(late) == "flow.too_late"
    house.act("manager", case_id, "reconsider", reason="it was needed")
    assert (house.kept(case_id).status, house.kept(case_id).ended_at) == ("running", None)
    assert house.item(case_id).kind == "revision"


def test_withdrawing_is_for_its_makers(house: House) -> None:
    case_id = house.start()
    with pytest.raises(Forbidden):
        house.act("risk", case_id, "withdraw")
    house.act("manager", case_id, "withdraw", reason="not needed")
    assert house.kept(case_id).outcome == "withdrawn"
    with pytest.raises(Conflict):
        house.act("manager", case_id, "withdraw")


def test_a_form_then_a_committee_in_turn_whose_minutes_are_written(house: House) -> None:
    case_id = house.start("meeting")
    house.act("manager2", case_id, "resubmit", data={"seal_request.amount": "7", "seal_request.reason": "agenda"})
    statuses = [(row.role, row.status) for row in house.rows(tables.work_item, case_id=case_id, kind="vote")]
    assert statuses == [("risk-officer", "open"), ("approver-2", "waiting")]
    house.act("risk", case_id, "decide", decision="approve")
    house.act("head2", case_id, "decide", decision="approve")
    assert house.item(case_id).kind == "minutes"
    with pytest.raises(Refused):
        house.act("finance", case_id, "record_minutes", minutes=" ")
    house.act("finance", case_id, "record_minutes", minutes="All present agreed.")
    (written,) = house.rows(tables.work_item, case_id=case_id, kind="minutes")
    assert (written.decision, written.opinion) == ("minutes", "All present agreed.")
    assert house.kept(case_id).outcome == "completed"


def test_an_event_sets_two_branches_going_and_both_are_waited_for(house: House) -> None:
    case_id = house.start("branches")
    system = replace(house.ctx("manager"), actor=system_actor())
    with pytest.raises(Conflict):
        cases.act(system, case_id, "happen", {"event": "sealed", "data": {"by": "stranger"}})
    cases.act(system, case_id, "happen", {"event": "sealed", "data": {"by": "clerk"}})
    left, right = house.rows(tables.work_item, case_id=case_id, status="open")
    house.act("head2", case_id, "decide", on=right, decision="approve")
    assert house.act("east1", case_id, "decide", on=left, decision="approve").outcome == "completed"


def test_a_document_node_leaves_its_paper_with_the_case(house: House) -> None:
    case_id = house.start("letter")
    paper = house.one(tables.document)
    assert (paper.subject_kind, paper.subject_id, paper.number) == ("flow_case", case_id, "R2026000001")
    shown = documents.read(house.ctx("risk"), paper.id)
    assert "Test company uses its seal." in str(shown.blocks)
    for who in ("west1", "borrower"):
        with pytest.raises(NotFound):
            documents.read(house.ctx(who), paper.id)


def test_a_deadline_that_decides_is_the_houses_own_word(house: House) -> None:
    case_id = house.start(amount="10")
    item = house.item(case_id)
    with pytest.raises(Forbidden):
        house.act("risk", case_id, "expire", deadline=0)
    system = replace(house.ctx("manager"), actor=system_actor())
    assert cases.act(system, item.id, "expire", {"deadline": 0}).outcome == "completed"
    row = house.one(tables.work_item, id=item.id)
    assert (row.status, row.decision, row.decided_by) == ("done", "expired", None)


@pytest.mark.parametrize("command", sorted(doing.COMMANDS))
def test_a_stranger_can_do_nothing_and_learns_nothing(house: House, command: str) -> None:
    case_id = house.start()
    item, version = house.item(case_id), house.kept(case_id).version
    number = item.id if doing.COMMANDS[command].of == "item" else case_id
    given = {"decision": "approve", "reason": "r", "to": 33, "people": [33], "token": 1, "event": "e", "opinion": "o"}
    for who in ("west1", "borrower"):
        with pytest.raises(NotFound):
            cases.act(house.ctx(who), number, command, given)
    assert house.kept(case_id).version == version


@pytest.mark.parametrize("command", sorted(name for name, one in doing.COMMANDS.items() if one.of == "item"))
def test_nothing_is_done_with_an_item_that_is_closed_or_was_changed(house: House, command: str) -> None:
    case_id = house.start()
    item = house.item(case_id)
    given = {"decision": "approve", "reason": "r", "to": 22, "people": [41], "deadline": 0, "minutes": "m", "number": 9}
    with pytest.raises(Conflict):
        cases.act(house.ctx("system"), item.id, command, given, expected_version=item.version + 1)
    house.act("risk", case_id, "decide", decision="approve")
    with pytest.raises(Conflict):
        cases.act(house.ctx("system"), item.id, command, given)


def test_an_unknown_command_and_arguments_that_are_none_are_said_in_words(house: House) -> None:
    case_id = house.start()
    item = house.item(case_id)
    for command, given, code in (
        ("explode", {}, "flow.command"),
        ("transfer", {"to": "somebody"}, "flow.argument"),
        ("decide", {"decision": "approve", "terms": "all"}, "flow.argument"),
        ("decide", {"decision": "praise"}, "flow.action"),
        ("decide", {"decision": "approve", "chosen": {"head": [41]}}, "flow.no_choice"),
        ("ask_material", {"reason": "x" * 5000}, "flow.argument"),
    ):
        with pytest.raises(Refused) as refused:
            cases.act(house.ctx("risk"), item.id, command, given)
        assert code_of(refused) == code
