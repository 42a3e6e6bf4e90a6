"""Many at once and sudden death: exactly one wins, nothing is half done. Real threads, real processes, kill -9."""

from __future__ import annotations

import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import event
from tests.services.approval.test_deciding import approved_to_level_1, begin, item_of

from loanloom.services.approval import approvals
from loanloom.services.errors import Conflict, ServiceError
from loanloom.services.flows import cases
from loanloom.store import tables
from loanloom.store.database import Database

DECIDERS = 8
TRACES = ("work_item", "flow_history", "sanction", "message", "outbox", "audit_log", "idempotency", "assessment")


def together(work):
    """Run `work(number)` in eight threads that start at the same moment; what each returned or raised."""
    barrier = Barrier(DECIDERS)

    def one(number):
        barrier.wait()
        try:
            return work(number)
        except ServiceError as error:
            return error

    with ThreadPoolExecutor(DECIDERS) as pool:
        return list(pool.map(one, range(DECIDERS)))


@pytest.fixture
def wide(lender):
    """The same lender through a pool that has room for all of them."""
    opened = Database(lender.database.url, pool_size=DECIDERS, vault=lender.database.vault)
    lender.database, kept = opened, lender.database
    yield lender
    lender.database = kept
    opened.close()


def test_eight_deciders_on_one_item_have_exactly_one_winner(wide):
    application_id = wide.case()
    begin(wide, application_id)
    item = item_of(wide, application_id)

    def decide(number):
        who, what = ("risk", "approve") if number % 2 else ("risk2", "refuse")
        return approvals.decide(
            wide.ctx(who), item.id, what, expected_version=item.version, reason="other" if what == "refuse" else None
        )

    results = together(decide)
    won = [result for result in results if not isinstance(result, ServiceError)]
    assert len(won) == 1 and sum(isinstance(result, Conflict) for result in results) == DECIDERS - 1
    (decided,) = [
        row for row in wide.rows(tables.flow_history, application_id=application_id) if row.event == "decided"
    ]
    assert decided.decision == won[0].decision


def test_one_form_sent_eight_times_is_done_once_and_answered_eight_times(wide):
    application_id = approved_to_level_1(wide)
    item = item_of(wide, application_id)
    results = together(
        lambda number: approvals.decide(
            wide.ctx("east1"), item.id, "approve", expected_version=item.version, idempotency_key="one-form"
        )
    )
    assert {result.sanction_id for result in results} == {wide.one(tables.sanction).id}
    assert Counter(result.replayed for result in results) == {True: DECIDERS - 1, False: 1}


def test_eight_claims_have_one_owner(wide):
    application_id = wide.case()
    begin(wide, application_id)
    item = item_of(wide, application_id)
    results = together(
        lambda number: cases.act(
            wide.ctx("risk" if number % 2 else "risk2"), item.id, "take", expected_version=item.version
        )
    )
    assert sum(isinstance(result, cases.Acted) for result in results) == 1


def state_of_everything(lender):
    """All that a decision touches, as it stands."""
    applications = [(row.state, row.version) for row in lender.rows(tables.application)]
    applications += [(row.state, row.version) for row in lender.rows(tables.flow_case)]
    return applications, {name: lender.count(getattr(tables, name)) for name in TRACES}


def die_at_statement(lender, item, number):
    """Decide in a process of its own which kills itself before its statement `number`; whether it got that far."""
    child = os.fork()
    if child == 0:
        seen = 0

        def count(*args):
            nonlocal seen
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(lender.database.engine, "before_cursor_execute", count)
        event.listen(lender.database.engine, "commit", lambda connection: count())
        try:
            approvals.decide(
                lender.ctx("east1"), item.id, "approve", expected_version=item.version, idempotency_key="fatal"
            )
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_kill_9_before_any_statement_leaves_nothing_half_done(lender):
    application_id = approved_to_level_1(lender)
    item = item_of(lender, application_id)
    before = state_of_everything(lender)
    deaths = 0
    for number in range(1, 60):
        if not die_at_statement(lender, item, number):
            break
        deaths += 1
        assert state_of_everything(lender) == before, f"death before statement {number} left traces"
    assert deaths > 10, "a decision with a sanction takes more statements than that"
    done = approvals.decide(
        lender.ctx("east1"), item.id, "approve", expected_version=item.version, idempotency_key="fatal"
    )
    assert done.replayed, "the last process lived to commit; the same form gets its answer"
    assert lender.one(tables.application, id=application_id).state == "approved"
    assert lender.count(tables.sanction) == 1
