"""Closing the books of a month 月结: softly first, then for good; the year's income and expense are carried forward.

A month that is softly closed is done, but for what an accountant still corrects; it can be opened again, which is
audited. One that is closed for good takes no entry any more (the database sees to it) and stays closed. Months are
closed in their order. Where a role needs a second person for closing, who closed softly does not close for good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from loanloom.core.ledger.closing import carried_forward
from loanloom.core.money import total
from loanloom.engines import posting
from loanloom.services.access.names import names
from loanloom.services.access.second_person import needs_second
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money.books import booking, closing_problems, ledger_balances
from loanloom.services.money.books.accruing import Posted
from loanloom.services.money.end_of_day.step import end_of_month
from loanloom.store import audit, tables
from loanloom.store.ledger_guard import DAY_LOCK

PERIOD = tables.ledger_period
FUNCTION = "money.close"
State = Literal["running", "open", "soft", "hard"]


@dataclass(frozen=True, slots=True)
class Period:
    """A month of the books. `row` is None for one that nobody has closed yet."""

    first_on: date
    last_on: date
    state: State
    row: RowMapping | None = None
    soft_by: str = ""
    hard_by: str = ""
    may_close: bool = False
    may_finish: bool = False
    may_open: bool = False


def periods(ctx: Context) -> list[Period]:
    """Every month since the books began, the newest first, with what this person may do about it."""
    ctx.require("money.read", FUNCTION)
    with ctx.transaction() as connection:
        found = list(_months(ctx, connection))
        by = names(connection, [each.row[who] for each in found if each.row for who in ("soft_by", "hard_by")])
    found = [_named(each, by) for each in found]
    acts = ctx.actor.is_system or ctx.actor.may(FUNCTION)
    return [_with_actions(ctx, found, place) if acts else each for place, each in enumerate(found)][::-1]


def close_softly(ctx: Context, first_on: date) -> None:
    """Close a month that is over; the months before it must be closed."""
    ctx.require(FUNCTION)
    with ctx.transaction() as connection:
        period = _of(ctx, connection, first_on)
        earlier = [each for each in _months(ctx, connection) if each.first_on < first_on]
        if period.state == "running":
            raise Refused(closing_problems.not_over(period.last_on))
        if period.state != "open":
            raise Conflict(closing_problems.closed_already(period.first_on))
        if any(each.state == "open" for each in earlier):
            raise Refused(closing_problems.earlier_open(next(e.first_on for e in earlier if e.state == "open")))
        _refuse_unbalanced(connection, period)
        values = {"state": "soft", "soft_by": ctx.actor.user_id, "soft_at": ctx.now, "reason": None}
        _write(ctx, connection, period, values, "ledger.period_closed_softly")


def close_for_good(ctx: Context, first_on: date) -> int:
    """Close a softly closed month for ever, after carrying the year forward at its end; the number of entries made."""
    ctx.require(FUNCTION)
    with ctx.transaction() as connection:
        period = _of(ctx, connection, first_on)
        if period.state != "soft" or period.row is None:
            raise Conflict(closing_problems.not_soft(period.first_on))
        if needs_second(ctx, FUNCTION) and period.row["soft_by"] == ctx.actor.user_id:
            raise Refused(closing_problems.same_person())
        earlier = [each for each in _months(ctx, connection) if each.first_on < first_on and each.state != "hard"]
        if earlier:
            raise Refused(closing_problems.earlier_open(earlier[0].first_on))
        _refuse_unbalanced(connection, period)
        carried = list(_carried(ctx, connection, period))
        booking.post(ctx, connection, carried)
        ledger_balances.shift(connection, carried)
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")  # while the month still takes entries
        values = {"state": "hard", "hard_by": ctx.actor.user_id, "hard_at": ctx.now}
        _write(ctx, connection, period, values, "ledger.period_closed")
        return len(carried)


def reopen(ctx: Context, first_on: date, reason: str) -> None:
    """Open a softly closed month again, the latest first; refused for one that is closed for good."""
    ctx.require(FUNCTION)
    if not reason.strip():
        raise Refused(closing_problems.no_reason())
    with ctx.transaction() as connection:
        period = _of(ctx, connection, first_on)
        if period.state == "hard":
            raise Refused(closing_problems.closed_for_good(period.first_on))
        if period.state != "soft":
            raise Conflict(closing_problems.not_soft(period.first_on))
        later = [each for each in _months(ctx, connection) if each.first_on > first_on and each.state == "soft"]
        if later:
            raise Refused(closing_problems.later_closed(later[-1].first_on))
        values = {"state": "open", "reason": reason.strip()[:500]}
        _write(ctx, connection, period, values, "ledger.period_reopened", reason=reason.strip()[:500])


def _months(ctx: Context, connection: Connection) -> Iterator[Period]:
    """The months since the first entry, in order."""
    entry = tables.journal_entry
    first = connection.execute(select(func.min(entry.c.business_date))).scalar_one()
    rows = {row["first_on"]: row for row in connection.execute(select(PERIOD)).mappings()}
    month = (first or ctx.business_date).replace(day=1)
    while month <= ctx.business_date:
        following, row = end_of_month(month), rows.get(month)
        over: State = "open" if following <= ctx.business_date else "running"
        yield Period(month, following - timedelta(days=1), row["state"] if row else over, row)
        month = following


def _of(ctx: Context, connection: Connection, first_on: date) -> Period:
    """A month, with the books held still until the transaction ends."""
    connection.execute(select(func.pg_advisory_xact_lock(DAY_LOCK, ctx.company.id)))
    found = next((each for each in _months(ctx, connection) if each.first_on == first_on), None)
    if found is None:
        raise Refused(closing_problems.no_such_month(first_on))
    return found


def _named(period: Period, by: Mapping[int, str]) -> Period:
    """The month with the names of who closed it."""
    if period.row is None:
        return period
    return replace(period, soft_by=by.get(period.row["soft_by"], ""), hard_by=by.get(period.row["hard_by"], ""))


def _with_actions(ctx: Context, found: Sequence[Period], place: int) -> Period:
    """The month with what this person may do about it now."""
    period, before, after = found[place], found[:place], found[place + 1 :]
    alone = needs_second(ctx, FUNCTION)
    mine = alone and period.row is not None and period.row["soft_by"] == ctx.actor.user_id
    return replace(
        period,
        may_close=period.state == "open" and all(each.state in ("soft", "hard") for each in before),
        may_finish=period.state == "soft" and not mine and all(each.state == "hard" for each in before),
        may_open=period.state == "soft" and not any(each.state == "soft" for each in after),
    )


def _write(
    ctx: Context, connection: Connection, period: Period, values: dict[str, Any], action: str, reason: str | None = None
) -> None:
    if period.row is None:
        connection.execute(insert(PERIOD).values(first_on=period.first_on, last_on=period.last_on, **values))
    else:
        changed = {**values, "version": PERIOD.c.version + 1}
        connection.execute(update(PERIOD).where(PERIOD.c.id == period.row["id"]).values(changed))
    audit.write(
        connection, ctx.actor, action, ("ledger_period", period.first_on.isoformat()[:7]),
        before={"state": period.state}, after={"state": values["state"]}, reason=reason, at=ctx.now,
        release_id=ctx.company.release_id,
    )  # fmt: skip


def _refuse_unbalanced(connection: Connection, period: Period) -> None:
    rows = ledger_balances.balances(connection, period.first_on, period.last_on)
    debits, credited = total(row["debits"] for row in rows), total(row["credits"] for row in rows)
    if debits != credited or total(row["opening"] for row in rows):
        raise Refused(closing_problems.unbalanced(period.first_on, debits, credited))


def _carried(ctx: Context, connection: Connection, period: Period) -> Iterator[Posted]:
    """At the end of the year, the entries that bring income and expense of each branch and currency to nil."""
    seen: set[str] = set()
    for document in ctx.registry.all("chart_of_accounts"):
        chart = posting.chart_of(ctx.registry, document.key)
        if chart.year_end is None or chart.year_end.month != period.last_on.month:
            continue
        sums: dict[tuple[str, str], dict[str, Decimal]] = {}
        for row in ledger_balances.balances(connection, period.first_on, period.last_on):
            code = row["account_code"]
            if code in chart and chart[code].of_the_year and code not in seen:
                closing = row["opening"] + row["debits"] - row["credits"]
                sums.setdefault((row["unit"], row["currency"]), {})[code] = closing
        seen.update(chart.accounts)
        for (unit, currency), balances in sorted(sums.items()):
            entry = carried_forward(period.last_on, balances, chart.year_end.profit)
            if entry is not None:
                assert period.row is not None
                yield Posted(entry, ("ledger_period", period.row["id"]), unit=unit or None, currency=currency)
