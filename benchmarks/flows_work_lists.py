"""A to-do list of 20, and the counts on every page, among a million work items: through the services, with row-level
security and its transaction. Beside it, in the same run, the shortest statement there is in the same transaction.

The bar is on what nineteen of twenty readers wait by the clock; what else the machine does is in it. The processor time
of a read, PostgreSQL's included, is told beside it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
from sqlalchemy import text

from benchmarks.figure import Figure
from benchmarks.lending_cases import Lender, database_cpu, lender
from loanloom.services.context import Actor, Context
from loanloom.services.flows import worklist

ITEMS, CASES, OPEN = 1_000_000, 200_000, 200_000
READS, WARM = 200, 20
BAR = 20.0
"""Milliseconds, of the slowest in twenty."""
ME, NAMED, ESCALATED = 2, 3, 4
"""Who holds items, who is named among others, to whom items were escalated."""

FILL_CASES = """
INSERT INTO flow_case (company_id, number, flow_key, release_id, subject_kind, product_key, title, amount, currency,
    unit, state, status, started_by)
SELECT {company}, 'B' || n, 'bench', {release}, 'request', 'consumer-loan', '{{"en": "Case", "zh": "业务"}}', n, 'CNY',
    (ARRAY['east', 'west'])[n % 2 + 1], '{{}}', 'running', 1
FROM generate_series(1, {cases}) n
"""
FILL_ITEMS = """
INSERT INTO work_item (company_id, case_id, number, node, title, role, scope, unit, department, assignee, candidates,
    escalated, excluded, status, opened_at, due_at, decided_at, decided_by, decision)
SELECT {company}, (SELECT min(id) FROM flow_case) + n % {cases}, n / {cases} + 1, 'first',
    '{{"en": "First", "zh": "初审"}}', CASE WHEN kind > 1 THEN role END, scope, unit, 'east-lending',
    CASE kind WHEN 0 THEN person END, CASE kind WHEN 1 THEN ARRAY[person, 100] ELSE '{{}}' END,
    CASE kind WHEN 2 THEN ARRAY[person] ELSE '{{}}' END, ARRAY[1000 + person],
    CASE WHEN open THEN 'open' ELSE 'done' END, now() - n * interval '1 minute',
    now() + due * interval '1 minute',
    CASE WHEN NOT open THEN now() - n * interval '1 second' END, CASE WHEN NOT open THEN person END,
    CASE WHEN NOT open THEN 'approve' END
FROM (
    SELECT n, abs(hashint4(n)) % 10 AS kind, 1 + abs(hashint4(n + 1000000)) % 50 AS person,
        (ARRAY['risk-officer', 'approver-1', 'approver-2', 'finance'])[abs(hashint4(n + 2000000)) % 4 + 1] AS role,
        (ARRAY['all', 'branch'])[abs(hashint4(n + 3000000)) % 2 + 1] AS scope,
        (ARRAY['east', 'west'])[abs(hashint4(n + 4000000)) % 2 + 1] AS unit,
        abs(hashint4(n + 5000000)) % 100000 - 30000 AS due, abs(hashint4(n + 6000000)) % {items} < {open} AS open
    FROM generate_series(0, {items} - 1) n
) made
"""


def figures() -> Iterator[Figure]:
    """Milliseconds of the slowest in twenty reads of each list, and of the counts."""
    with lender() as house:
        fill(house)
        floor, _ = _spent(house, lambda: _floor(house.at("risk-officer", ME)))
        for name, read in lists(house).items():
            slow, processor = _spent(house, read)
            yield Figure(
                name=f"{name} among {ITEMS:,} work items, p95", value=slow, unit="ms", ratio=slow / floor,
                peer=f"an empty statement in a transaction ({floor:.1f} ms)", bar=BAR,
                beside=f"processor time of a read {processor:.2f} ms",
            )  # fmt: skip


def lists(house: Lender) -> dict[str, Callable[[], object]]:
    """What is read, by name."""
    me, named, escalated = (house.at("risk-officer", who) for who in (ME, NAMED, ESCALATED))
    later = _far(me, "group", 50)
    alone = [ctx.as_actor(_nobody_else(ctx)) for ctx in (named, escalated)]
    frame = _framed(me)
    return {
        "my list of 20": lambda: _whole(me, "mine"),
        "my group's": lambda: _whole(me, "group"),
        "my group's, 50 pages on": lambda: _whole(me, "group", after=later),
        "those where I am named": lambda: _whole(alone[0], "group"),
        "those escalated to me": lambda: _whole(alone[1], "group"),
        "those I decided": lambda: _whole(me, "done"),
        "my group's overdue": lambda: _whole(me, "group", overdue=True),
        "counts of a page's frame": frame,
        "counts of the to-do page": lambda: worklist.waiting_counts(me),
    }


def _whole(ctx: Context, view: worklist.View, *, after: str | None = None, overdue: bool = False) -> object:
    page = worklist.todo(ctx, view, after=after, overdue=overdue)
    assert len(page.items) == 20, (view, len(page.items))
    return page


def _nobody_else(ctx: Context) -> Actor:
    """The same person without a group: only what names them is theirs."""
    return replace(ctx.actor, roles=(), position=None)


def _framed(ctx: Context) -> Callable[[], object]:
    def read() -> object:
        with ctx.transaction() as connection:
            return worklist.frame_counts(ctx, connection)

    return read


def _far(ctx: Context, view: worklist.View, pages: int) -> str | None:
    after = None
    for _ in range(pages):
        after = worklist.todo(ctx, view, after=after).next
    return after


def _floor(ctx: Context) -> object:
    with ctx.transaction() as connection:
        return connection.execute(text("SELECT 1")).scalar_one()


def _spent(house: Lender, read: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds: nineteen in twenty reads are faster by the clock; the processor time of one, PostgreSQL's too."""
    for _ in range(WARM):
        read()
    taken, processor = [], time.process_time() + database_cpu(house.cluster)
    for _ in range(READS):
        began = time.perf_counter()
        read()
        taken.append(1000 * (time.perf_counter() - began))
    processor = time.process_time() + database_cpu(house.cluster) - processor
    return statistics.quantiles(taken, n=20)[-1], 1000 * processor / READS


def fill(house: Lender, *, items: int = ITEMS, cases: int = CASES, open_: int = OPEN) -> None:
    """Cases, and items of which some are open: for groups, held, naming several people, escalated."""
    ctx = house.at()
    said = {
        "company": ctx.company.id, "release": ctx.company.release_id, "items": items, "cases": cases, "open": open_,
    }  # fmt: skip
    url = house.cluster.admin_url.set(drivername="postgresql", database=house.clone.name)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f"SET loanloom.company_id = '{ctx.company.id}'".encode())
        for statement in (FILL_CASES, FILL_ITEMS):
            connection.execute(statement.format(**said).encode())
        connection.execute(b"VACUUM ANALYZE")
