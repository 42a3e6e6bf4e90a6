"""How cases fare: throughput, how long work waits at each step and with each person, what was in time, the funnel.

Counted by the database over what the actor may see, for a period and, where asked, a flow and a product. Waiting is
working time from the opening of an item to its decision. Reads only.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    and_,
    case,
    cast,
    distinct,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from loanloom.engines import flows
from loanloom.problems import Problem, Text, say, text
from loanloom.services import scope
from loanloom.services.access.names import names
from loanloom.services.context import Context
from loanloom.services.definitions import flow_titles
from loanloom.services.errors import Refused
from loanloom.services.flows import reach
from loanloom.services.flows.case import flow_of
from loanloom.services.flows.figures import Asked, Figures, NodeFigures, PersonFigures, Reached, Span, Waits
from loanloom.services.flows.working_hours import WorkingHours
from loanloom.store import tables

RIGHT = "report.read"
LONGEST = 366 * 3
"""Days of one period."""
CASE, ITEM, HISTORY = tables.flow_case, tables.work_item, tables.flow_history
_DONE = ITEM.c.status == literal_column("'done'")
"""Written out, as reach.IS_OPEN is: each has an index of its own."""
TENTH = Decimal("0.1")
HOTTEST = 4


def read(ctx: Context, asked: Asked) -> Figures:
    """The figures of a period."""
    ctx.require(RIGHT)
    _check(asked)
    with ctx.transaction() as connection:
        return _Reading(ctx, connection, asked).figures()


def titles(ctx: Context) -> dict[tuple[str, str], Text]:
    """What the steps of the live flows are called, by flow and key, in the order of their documents."""
    return {
        (document.key, str(node["key"])): node.get("title") or {"en": str(node["key"])}
        for document in ctx.registry.all("flow")
        for node in document.spec.get("nodes", ())
    }


def drawn(ctx: Context, figures: Figures, language: str) -> flows.Diagram:
    """The live flow of the figures, the warmer the longer work has stood at a step."""
    assert figures.asked.flow is not None
    flow = flow_of(ctx.registry, figures.asked.flow)
    most = max((one.hours for one in figures.nodes), default=Decimal(0))
    said = {
        one.node: (min(int(one.hours * HOTTEST / most) + 1, HOTTEST), _words(one, language))
        for one in figures.nodes
        if one.hours > 0
    }
    return flows.diagram(flow, language, titles=flow_titles.titles(ctx.registry)).heated(said)


def _words(node: NodeFigures, language: str) -> str:
    median = node.waits.median if node.waits.median is not None else node.open_median
    return say(text(f"{node.open} open · {median} h", f"在办 {node.open} · {median} 小时"), language)


def _check(asked: Asked) -> None:
    days = (asked.until - asked.since).days
    if not 0 <= days <= LONGEST:
        raise Refused(
            Problem(
                code="flow.figures_period",
                field="until",
                message=text(
                    "A period ends after it begins, and lasts three years at most.", "期间须先始后终，最长三年。"
                ),
            )
        )


class _Reading:
    """One reading of all figures in one transaction: a handful of statements, however many cases."""

    def __init__(self, ctx: Context, connection: Connection, asked: Asked) -> None:
        self._ctx, self._connection, self._asked = ctx, connection, asked
        self._zone = ZoneInfo(ctx.company.time_zone)
        self._since, self._until = self._midnight(asked.since), self._midnight(asked.until + timedelta(days=1))
        self._seen = self._of_case()

    def figures(self) -> Figures:
        """All of them."""
        begun = self._connection.execute(
            select(func.count()).select_from(CASE).where(self._seen, self._within(CASE.c.started_at))
        ).scalar_one()
        return Figures(
            asked=self._asked,
            nodes=self._nodes(),
            people=self._people(),
            spans=self._spans(),
            whole=self._whole(),
            begun=begun,
            funnel=self._funnel() if self._asked.flow else (),
            now=self._now() if self._asked.flow else None,
        )

    # --- what is looked at

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(0), tzinfo=self._zone)

    def _of_case(self) -> ColumnElement[bool]:
        sees_all = self._ctx.actor.may("flow.read_all") and self._ctx.actor.customer_id is None
        wanted = [true() if sees_all else scope.visible(self._ctx, CASE)]
        if self._asked.flow:
            wanted.append(CASE.c.flow_key == self._asked.flow)
        if self._asked.product:
            wanted.append(CASE.c.product_key == self._asked.product)
        return and_(*wanted)

    def _within(self, moment: ColumnElement[Any]) -> ColumnElement[bool]:
        return and_(moment >= self._since, moment < self._until)

    # --- waiting

    @cached_property
    def _timed(self) -> tuple[Any, dict[str, Any]]:
        """Every item done in the period or open now, with the working seconds it waited; and the parameters."""
        done = and_(_DONE, self._within(ITEM.c.decided_at))
        wanted = and_(self._seen, or_(done, reach.IS_OPEN))
        rows = ITEM.join(CASE, CASE.c.id == ITEM.c.case_id)
        first = self._connection.execute(select(func.min(ITEM.c.opened_at)).select_from(rows).where(wanted)).scalar()
        hours = WorkingHours(self._ctx, first or self._since, max(self._until, self._ctx.now))
        ends = case((ITEM.c.status == "open", literal(self._ctx.now)), else_=ITEM.c.decided_at)
        counted = hours.between(rows, CASE.c.product_key, ITEM.c.opened_at, ends)
        timed = select(
            CASE.c.flow_key, ITEM.c.node, ITEM.c.decided_by, (ITEM.c.status == "open").label("open"),
            counted.seconds.label("waited"), ITEM.c.due_at.is_not(None).label("dated"),
            (ends <= ITEM.c.due_at).label("in_time"),
        )  # fmt: skip
        return timed.select_from(counted.rows).where(wanted).cte("timed"), hours.known

    def _nodes(self) -> tuple[NodeFigures, ...]:
        timed, known = self._timed
        here, done = timed.c.open, ~timed.c.open
        asked = select(
            timed.c.flow_key, timed.c.node, *_waits(timed, done), func.count().filter(here).label("open"),
            func.count().filter(here, timed.c.dated, ~timed.c.in_time).label("overdue"),
            _at(timed, "0.5", here).label("open_median"), func.sum(timed.c.waited).label("waited"),
        ).group_by(timed.c.flow_key, timed.c.node)  # fmt: skip
        rows = self._connection.execute(asked, known).all()
        order = {place: number for number, place in enumerate(titles(self._ctx))}
        found = [
            NodeFigures(
                flow=row.flow_key, node=row.node, waits=_read(row), open=row.open, overdue=row.overdue,
                open_median=_hours(row.open_median), hours=_hours(row.waited) or Decimal(0),
            )
            for row in rows
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: (one.flow, order.get((one.flow, one.node), len(order)), one.node)))

    def _people(self) -> tuple[PersonFigures, ...]:
        timed, known = self._timed
        by_person = timed.c.decided_by.is_not(None), ~timed.c.open
        asked = select(timed.c.decided_by, *_waits(timed, true())).where(*by_person).group_by(timed.c.decided_by)
        rows = self._connection.execute(asked, known).all()
        called = names(self._connection, [row.decided_by for row in rows])
        found = [
            PersonFigures(
                user_id=row.decided_by, name=called.get(row.decided_by, str(row.decided_by)), waits=_read(row)
            )
            for row in rows
        ]
        return tuple(sorted(found, key=lambda one: (-one.waits.done, one.name)))

    def _whole(self) -> Waits:
        wanted = and_(self._seen, CASE.c.status == "ended", self._within(CASE.c.ended_at))
        first = self._connection.execute(select(func.min(CASE.c.started_at)).where(wanted)).scalar()
        hours = WorkingHours(self._ctx, first or self._since, self._until)
        counted = hours.between(CASE, CASE.c.product_key, CASE.c.started_at, CASE.c.ended_at)
        never: ColumnElement[bool] = false()
        timed = select(counted.seconds.label("waited"), never.label("dated"), never.label("in_time"))
        of_cases = timed.select_from(counted.rows).where(wanted).cte("timed")
        return _read(self._connection.execute(select(*_waits(of_cases, true())), hours.known).one())

    # --- throughput and funnel

    def _spans(self) -> tuple[Span, ...]:
        days = (self._asked.until - self._asked.since).days
        unit = "day" if days <= 31 else "week" if days <= 190 else "month"

        def begins(moment: ColumnElement[Any]) -> ColumnElement[Any]:
            return cast(func.date_trunc(unit, func.timezone(self._zone.key, moment)), Date).label("begins")

        started = select(begins(CASE.c.started_at), literal("").label("outcome"))
        ended = select(begins(CASE.c.ended_at), func.coalesce(CASE.c.outcome, "ended"))
        both = union_all(
            started.where(self._seen, self._within(CASE.c.started_at)),
            ended.where(self._seen, CASE.c.status == "ended", self._within(CASE.c.ended_at)),
        ).subquery()
        asked = select(both.c.begins, both.c.outcome, func.count().label("cases")).group_by(
            *both.c["begins", "outcome"]
        )
        found: dict[date, dict[str, int]] = {}
        for row in self._connection.execute(asked):
            found.setdefault(row.begins, {})[row.outcome] = row.cases
        return tuple(Span(begins=day, started=counts.pop("", 0), ended=counts) for day, counts in sorted(found.items()))

    def _begun(self) -> Any:
        return select(CASE.c.id).where(self._seen, self._within(CASE.c.started_at))

    def _funnel(self) -> tuple[Reached, ...]:
        mine = HISTORY.c.case_id.in_(self._begun())
        places = union_all(
            select(HISTORY.c.case_id, HISTORY.c.node.label("place")).where(mine),
            select(HISTORY.c.case_id, HISTORY.c.to_node).where(mine, HISTORY.c.to_node.is_not(None)),
        ).subquery()
        asked = select(places.c.place, func.count(distinct(places.c.case_id)).label("cases")).group_by(places.c.place)
        found = {row.place: row.cases for row in self._connection.execute(asked)}
        known = [node for flow, node in titles(self._ctx) if flow == self._asked.flow]
        return tuple(Reached(node=node, cases=found.get(node, 0)) for node in known)

    def _now(self) -> dict[str, int]:
        stands = func.coalesce(CASE.c.outcome, CASE.c.status).label("stands")
        asked = select(stands, func.count().label("cases")).where(CASE.c.id.in_(self._begun())).group_by(stands)
        return {row.stands: row.cases for row in self._connection.execute(asked)}


def _waits(timed: Any, which: ColumnElement[bool]) -> list[ColumnElement[Any]]:
    return [
        func.count().filter(which).label("done"),
        _at(timed, "0.5", which).label("median"),
        _at(timed, "0.9", which).label("most"),
        func.count().filter(which, timed.c.dated).label("dated"),
        func.count().filter(which, timed.c.dated, timed.c.in_time).label("in_time"),
    ]


def _at(timed: Any, share: str, which: ColumnElement[bool]) -> Any:
    """The waiting time below which this share of the items lies; an item's own, so that it stays exact."""
    return func.percentile_disc(literal_column(share)).within_group(timed.c.waited).filter(which)


def _read(row: Any) -> Waits:
    return Waits(
        done=row.done, median=_hours(row.median), most=_hours(row.most), dated=row.dated, in_time=row.in_time
    )  # fmt: skip


def _hours(seconds: int | None) -> Decimal | None:
    return None if seconds is None else (Decimal(seconds) / 3600).quantize(TENTH, ROUND_HALF_UP)
