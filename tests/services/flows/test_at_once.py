"""Many at once on one case, and sudden death: exactly one wins, branches lose nothing, nothing is half done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from tests.services.flows.deaths import at_once, dies_at
from tests.services.flows.house import House
from tests.services.money.house import counted

from loanloom.services.context import system_actor
from loanloom.services.errors import Conflict, Forbidden, ServiceError
from loanloom.services.flows import cases, in_bulk, starting
from loanloom.store import tables
from loanloom.store.database import Database

MANY = 8
TRACES = ("flow_case", "work_item", "flow_history", "flow_copy", "message", "outbox", "audit_log", "idempotency")
APPROVE = {"decision": "approve"}
MOST = {"start": 9, "decide": 5, "take": 3, "comment": 6}


@pytest.fixture
def wide(house: House) -> Iterator[House]:
    """The same house through a pool that has room for all of them."""
    opened = Database(house.database.url, pool_size=MANY, vault=house.database.vault)
    house.database, kept = opened, house.database
    yield house
    house.database = kept
    opened.close()


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run these in threads that begin at the same moment; what each gave or raised."""
    barrier = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return work()
        except ServiceError as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_eight_who_decide_one_item_have_one_winner_and_the_others_are_told(wide: House) -> None:
    case_id = wide.start()
    item = wide.item(case_id)

    def decide(number: int) -> Callable[[], Any]:
        who, word = (("risk", "approve"), ("risk2", "refuse"))[number % 2]
        said = {"decision": word, "opinion": "said"}
        return lambda: cases.act(wide.ctx(who), item.id, "decide", said, expected_version=item.version)

    found = together(*(decide(number) for number in range(MANY)))
    won = [one for one in found if not isinstance(one, ServiceError)]
    assert len(won) == 1 and sum(isinstance(one, Conflict) for one in found) == MANY - 1
    assert wide.told(case_id).count("decided") == 1


def test_two_branches_decided_at_the_same_moment_both_count(wide: House) -> None:
    for _ in range(4):
        case_id = wide.start("branches")
        system = replace(wide.ctx("manager"), actor=system_actor())
        cases.act(system, case_id, "happen", {"event": "sealed", "data": {"by": "clerk"}})
        left, right = wide.rows(tables.work_item, case_id=case_id, status="open")
        found = together(
            lambda left=left: cases.act(wide.ctx("east1"), left.id, "decide", APPROVE, expected_version=left.version),
            lambda right=right: cases.act(
                wide.ctx("head2"), right.id, "decide", APPROVE, expected_version=right.version
            ),
        )
        assert not [one for one in found if isinstance(one, ServiceError)], found
        assert sorted(one.outcome or "" for one in found) == ["", "completed"]
        assert wide.told(case_id).count("joined") == 1


def test_deciding_taking_withdrawing_and_terminating_at_once_leave_one_sound_case(wide: House) -> None:
    for _ in range(4):
        case_id = wide.start()
        item = wide.item(case_id)
        together(
            lambda: cases.act(wide.ctx("risk"), item.id, "decide", {"decision": "approve"}),  # noqa: B023
            lambda: cases.act(wide.ctx("risk2"), item.id, "take"),  # noqa: B023
            lambda: cases.act(wide.ctx("manager"), case_id, "withdraw"),  # noqa: B023
            lambda: cases.act(wide.ctx("system"), case_id, "terminate", {"reason": "test"}),  # noqa: B023
            lambda: cases.act(wide.ctx("manager"), case_id, "comment", {"opinion": "now"}),  # noqa: B023
        )
        kept = wide.kept(case_id)
        assert kept.status == "ended" and kept.outcome in ("withdrawn", "terminated")
        assert wide.rows(tables.work_item, case_id=case_id, status="open") == []
        assert wide.told(case_id).count("ended") == 1


def test_one_form_sent_eight_times_is_done_once_and_answered_eight_times(wide: House) -> None:
    case_id = wide.start()
    item = wide.item(case_id)
    found = together(
        *[
            lambda: cases.act(
                wide.ctx("risk"), item.id, "decide", {"decision": "approve"},
                expected_version=item.version, idempotency_key="one-form",
            )
        ]
        * MANY
    )  # fmt: skip
    assert {one.items for one in found} == {found[0].items}
    assert sorted(one.replayed for one in found) == [False] + [True] * (MANY - 1)
    assert wide.told(case_id).count("decided") == 1


def state_of_everything(house: House) -> Any:
    """All that a step of a case touches, as it stands."""
    kept = [(row.id, row.version, row.state) for row in house.rows(tables.flow_case)]
    items = [(row.id, row.version, row.status) for row in house.rows(tables.work_item)]
    return kept, items, {name: house.count(getattr(tables, name)) for name in TRACES}


@pytest.mark.parametrize("what", ["start", "decide", "take_back"])
def test_kill_9_before_any_statement_leaves_nothing_half_done(house: House, what: str) -> None:
    raw = {"seal_request.amount": "5000"}
    case_id = house.start()
    if what == "take_back":
        house.act("risk", case_id, "decide", decision="approve")
    item = house.item(case_id)
    works: dict[str, Callable[[], Any]] = {
        "start": lambda: starting.request(house.ctx("manager"), "seal", raw, idempotency_key="fatal"),
        "decide": lambda: cases.act(
            house.ctx("risk"), item.id, "decide", {"decision": "approve"}, idempotency_key="fatal"
        ),
        "take_back": lambda: cases.act(house.ctx("risk"), case_id, "take_back", idempotency_key="fatal"),
    }
    before = state_of_everything(house)
    deaths = 0
    for number in range(1, 60):
        if not dies_at(house.database, number, works[what]):
            break
        deaths += 1
        assert state_of_everything(house) == before, f"death before statement {number} left traces"
    assert deaths > 5, "a step takes more statements than that"
    after = state_of_everything(house)
    assert after != before, "the last process lived to commit"
    works[what]()
    assert state_of_everything(house) == after, "the same form gets its answer and does nothing more"


def test_a_step_takes_as_many_statements_for_the_tenth_case_as_for_the_first(house: House) -> None:
    def way() -> dict[str, int]:
        taken = {}
        with counted(house.database) as seen:
            case_id = house.start()
        taken["start"] = len(seen)
        item = house.item(case_id)
        for command, given, on in (
            ("take", {}, item.id),
            ("comment", {"opinion": "seen"}, case_id),
            ("decide", {"decision": "approve"}, item.id),
        ):
            with counted(house.database) as seen:
                cases.act(house.ctx("risk"), on, command, given, idempotency_key=f"{command}:{case_id}")
            taken[command] = len(seen)
        return taken

    way()  # whatever a process learns once
    first = way()
    for _ in range(8):
        way()
    assert way() == first
    assert {name: count for name, count in first.items() if count > MOST[name]} == {}, first


def test_a_case_that_others_changed_meanwhile_is_not_changed_on_old_sight(house: House) -> None:
    case_id = house.start()
    seen = house.kept(case_id).version
    house.act("manager", case_id, "comment", opinion="new facts")
    with pytest.raises(Conflict):
        cases.act(house.ctx("system"), case_id, "terminate", {"reason": "old"}, expected_version=seen)
    with pytest.raises(Forbidden):
        cases.act(house.ctx("risk"), case_id, "terminate", {"reason": "old"}, expected_version=seen + 1)


# --- two processes, each with connections of its own


def test_two_processes_start_one_case_by_one_form(house: House) -> None:
    raw = {"seal_request.amount": "5000"}
    work = lambda: starting.request(house.ctx("manager"), "seal", raw, idempotency_key="one")  # noqa: E731 - twice
    assert at_once(house.database, work, work) == ["done", "done"]
    assert house.count(tables.flow_case) == house.count(tables.work_item) == 1


def test_two_processes_take_one_item_once(house: House) -> None:
    case_id = house.start()
    item = house.item(case_id)
    found = at_once(
        house.database, *(lambda who=who: cases.act(house.ctx(who), item.id, "take") for who in ("risk", "risk2"))
    )
    assert sorted(found) == ["done", "flow.taken"] and house.item(case_id).assignee in (21, 22)


@pytest.mark.parametrize("command", ["withdraw", "terminate"])
def test_a_case_that_ends_while_somebody_decides_is_decided_or_not_but_ends(house: House, command: str) -> None:
    for _ in range(3):
        case_id = house.start()
        item, who = house.item(case_id), "manager" if command == "withdraw" else "system"
        found = at_once(
            house.database,
            lambda item=item: cases.act(house.ctx("risk"), item.id, "decide", APPROVE, expected_version=item.version),
            lambda case_id=case_id, who=who: cases.act(house.ctx(who), case_id, command, {"reason": "x"}),
        )
        assert found[1] == "done" and found[0] in ("done", "flow.item_closed", "flow.ended")
        assert (
            house.kept(case_id).status == "ended" and house.rows(tables.work_item, case_id=case_id, status="open") == []
        )
        assert house.told(case_id).count("decided") == (found[0] == "done")


def test_an_item_passed_on_while_its_holder_decides_is_passed_on_or_decided(house: House) -> None:
    said = {"to": "22", "reason": "away"}
    for _ in range(3):
        case_id = house.start()
        item = house.item(case_id)
        found = at_once(
            house.database,
            lambda item=item: cases.act(house.ctx("risk"), item.id, "decide", APPROVE, expected_version=item.version),
            lambda item=item: cases.act(house.ctx("risk"), item.id, "transfer", said, expected_version=item.version),
        )
        assert sorted(one == "done" for one in found) == [False, True], found
        told = house.told(case_id)
        assert told.count("decided") + told.count("transferred") == 1


def test_two_processes_approve_the_same_items_in_one_go(house: House) -> None:
    made = [house.start() for _ in range(6)]
    chosen = {(row := house.item(case_id)).id: row.version for case_id in made}

    def go(who: str, ids: dict[int, int]) -> Any:
        return lambda: in_bulk.approve(house.ctx(who), ids)

    backwards = dict(reversed(chosen.items()))
    assert at_once(house.database, go("risk", chosen), go("risk2", backwards)) == ["done", "done"]
    assert [house.told(case_id).count("decided") for case_id in made] == [1] * 6
