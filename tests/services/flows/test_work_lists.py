"""Lists among many items read a page's worth, not what waits; the people named follow their item; keys go through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from tests.services.approval.lender import STAFF
from tests.services.flows import plans
from tests.services.flows.house import House
from tests.services.money.house import counted

from loanloom.services.context import Context
from loanloom.services.flows import worklist
from loanloom.store import tables
from loanloom.testing.postgres import Cluster

ITEM, NAMED = tables.work_item, tables.work_named
MANY, PAGE = 6_000, 20
RISK = STAFF["risk"][0]
FILL = """
INSERT INTO work_item (company_id, case_id, number, node, title, role, scope, unit, department, assignee, candidates,
    escalated, status, due_at, decided_at, decided_by, decision)
SELECT company_id, id, 10 + n, 'review', '{"en": "Review"}',
    CASE WHEN n % 4 < 2 THEN 'risk-officer' END, 'all', 'east-branch', 'east-lending',
    CASE WHEN n % 4 = 2 THEN :me END, CASE WHEN n % 4 = 3 THEN ARRAY[:me, 99] ELSE '{}' END,
    CASE WHEN n % 4 = 1 THEN ARRAY[:me] ELSE '{}' END, CASE WHEN n % 3 = 0 THEN 'done' ELSE 'open' END,
    CASE WHEN n % 5 > 0 THEN now() + n * interval '1 minute' END,
    CASE WHEN n % 3 = 0 THEN now() END, CASE WHEN n % 3 = 0 THEN :me END, CASE WHEN n % 3 = 0 THEN 'approve' END
FROM flow_case, generate_series(1, :many) n
"""


@pytest.fixture
def busy(house: House, cluster: Cluster) -> Iterator[House]:
    """A house in which thousands of items wait for the risk officer, in every way there is."""
    house.start()
    engine = cluster.admin_engine(str(house.database.url.database))
    with engine.begin() as connection:
        connection.execute(text(FILL), {"me": RISK, "many": MANY})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE work_item, work_named, flow_case"))
    engine.dispose()
    yield house


def touched(ctx: Context, view: worklist.View, *, shown: int = PAGE, **asked: Any) -> int:
    """How many rows of items a page reads: those it shows and those it throws away."""
    with plans.noted(ctx, "work_item") as seen:
        page = worklist.todo(ctx, view, **asked)
    assert len(page.items) == shown and bool(page.next) is (shown == PAGE)
    assert len(seen) == 1
    return plans.rows_read(ctx, seen, "work_item", "work_named")


@pytest.mark.parametrize("view", ["mine", "group", "done"])
def test_a_page_among_thousands_reads_a_few_rows_wherever_it_is(busy: House, view: worklist.View) -> None:
    """Three ways lead to an item of the group: its desk, its names, its escalation. A page of each, and each line."""
    ctx, after = busy.ctx("risk"), None
    for _ in range(3):
        assert touched(ctx, view, after=after) <= 5 * (PAGE + 1)
        after = worklist.todo(ctx, view, after=after).next


def test_one_case_among_thousands_is_found_without_reading_what_waits(busy: House) -> None:
    one, ctx = busy.start(), busy.ctx("risk")
    (number,) = [row.number for row in busy.rows(tables.flow_case, id=one)]
    assert touched(ctx, "group", shown=1, query=number) <= 5 * 2
    assert [item.case_id for item in worklist.todo(ctx, "group", query=number).items] == [one]
    assert worklist.todo(ctx, "group", query="nobody is called so").items == ()


def test_every_item_is_listed_once_and_what_is_due_first_comes_first(busy: House) -> None:
    ctx, seen, after = busy.ctx("risk"), [], None
    while True:
        page = worklist.todo(ctx, "group", after=after, limit=500)
        seen += page.items
        after = page.next
        if after is None:
            break
    waits = [n for n in range(1, MANY + 1) if n % 3 and n % 4 != 2]
    assert len(seen) == len({item.id for item in seen}) == len(waits) + 1
    due = [item.due_at or worklist.FAR for item in seen]
    assert due == sorted(due)


def test_counts_stop_where_they_say_and_lists_and_counts_take_two_statements_at_most(busy: House) -> None:
    ctx = busy.ctx("risk")
    counts = worklist.waiting_counts(ctx)
    assert (counts.mine, counts.group) == (worklist.MOST, worklist.MOST)
    with ctx.transaction() as connection:
        frame = worklist.frame_counts(ctx, connection)
    assert (frame.mine, frame.group, frame.work) == (worklist.MOST_IN_FRAME,) * 3
    for view, most in (("mine", 1), ("group", 2), ("done", 1)):
        with counted(ctx.database) as sent:
            worklist.todo(ctx, view)  # type: ignore[arg-type]  # one of the views
        assert len([one for one in sent if not one.startswith("BEGIN")]) <= most, view


def test_whoever_is_named_follows_the_item(house: House) -> None:
    """Written by whomever: taken, given back, escalated, done."""
    item = house.item(house.start())

    def waits(**now: Any) -> set[int]:
        with house.ctx("risk").transaction() as connection:
            connection.execute(ITEM.update().where(ITEM.c.id == item.id).values(**now))
        return {row.user_id for row in house.rows(NAMED, item_id=item.id) if row.waits}

    assert waits(role=None, candidates=[5, 6, 6]) == {5, 6}
    assert waits(escalated=[7]) == {5, 6, 7}
    assert waits(assignee=5) == set()
    assert waits(assignee=None) == {5, 6, 7}
    assert waits(candidates=[6], escalated=[]) == {6}
    assert waits(status="done") == set()


@pytest.mark.parametrize("after", ["", "x", "1|2|3", "2026-01-01|5", "2026-01-01T00:00:00+00:00|x", "9|9", f"|{2**70}"])
def test_a_key_that_is_none_leads_to_the_first_page(house: House, after: str) -> None:
    house.start()
    for view in ("mine", "group", "done"):
        page = worklist.todo(house.ctx("risk"), view, after=after)  # type: ignore[arg-type]  # one of the views
        assert len(page.items) == (view == "group")


LEAD = {"role": "risk-officer", "position": "lead", "scope": "all"}
ANY_LEAD = {"role": None, "position": "lead", "scope": "all"}
OF_LENDING = {"role": "relationship-manager", "position": None, "scope": "department", "department": "east-lending"}
OF_EAST = {"role": "relationship-manager", "position": None, "scope": "department", "department": "east-branch"}
OF_WEST = {"role": "relationship-manager", "position": None, "scope": "department", "department": "west-branch"}
OF_NOWHERE = {"role": "risk-officer", "position": None, "scope": "branch", "unit": None}


@pytest.mark.parametrize(
    ("desk", "who", "position", "finds"),
    [
        (LEAD, "risk", "lead", True),
        (LEAD, "risk", None, False),
        (LEAD, "finance", "lead", False),
        (ANY_LEAD, "finance", "lead", True),
        (ANY_LEAD, "finance", "clerk", False),
        (OF_LENDING, "manager2", None, True),
        (OF_EAST, "manager2", None, True),
        (OF_WEST, "manager2", None, False),
        (OF_NOWHERE, "risk", None, False),
    ],
)
def test_role_position_and_place_make_a_desk(
    house: House, desk: dict[str, Any], who: str, position: str | None, finds: bool
) -> None:
    item = house.item(house.start())
    ctx = house.ctx(who)
    with ctx.transaction() as connection:
        connection.execute(ITEM.update().where(ITEM.c.id == item.id).values(excluded=[], **desk))
    ctx = ctx.as_actor(replace(ctx.actor, position=position))
    assert bool(worklist.todo(ctx, "group").items) is finds
    assert worklist.waiting_counts(ctx).group == int(finds)
