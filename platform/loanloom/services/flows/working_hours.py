"""Working time between two moments, counted by the database for any number of rows, as the engine counts it.

The days are sent once, each with the working seconds before it; a moment is then its day's sum and what had passed of
that day. Each row goes by the calendar of its product, else by the company's first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Date, FromClause, Text, Time, and_, bindparam, cast, func

from loanloom.engines import flows
from loanloom.services.context import Context

LONGEST = 3_660
"""Days that are looked at; whatever waits longer than ten years is counted from ten years ago."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The rows with their days beside them, and the working seconds of each row."""

    rows: FromClause
    seconds: ColumnElement[int]


class WorkingHours:
    """The calendars of a company over a span of days."""

    def __init__(self, ctx: Context, since: datetime, until: datetime) -> None:
        self._zone = ZoneInfo(ctx.company.time_zone)
        calendars: dict[str, Any] = {document.key: document.spec for document in ctx.registry.all("calendar")}
        first = next(iter(calendars), "")
        products = {one.key: str(one.spec.get("calendar") or first) for one in ctx.registry.all("product")}
        self._default = first
        self.known: dict[str, Any] = {"products": [*products], "calendars": [*products.values()]}
        self._tell_days(calendars or {"": None}, since, until)

    def _tell_days(self, calendars: Mapping[str, Any], since: datetime, until: datetime) -> None:
        last = until.astimezone(self._zone).date() + timedelta(days=1)
        begin = max(since.astimezone(self._zone).date(), last - timedelta(days=LONGEST))
        days = [begin + timedelta(days=number) for number in range((last - begin).days + 1)]
        rows = []
        for key, spec in calendars.items():
            working, before = flows.working_time(spec), 0
            opens, length = _seconds(working.opens), _seconds(working.closes) - _seconds(working.opens)
            for day in days:
                open_for = length if working.works(day) else 0
                rows.append((key, day, before, opens, open_for))
                before += open_for
        names = ("day_calendars", "days", "befores", "openings", "lengths")
        self.known |= {name: [row[place] for row in rows] for place, name in enumerate(names)}

    def between(
        self, rows: FromClause, product: ColumnElement[Any], since: ColumnElement[Any], until: ColumnElement[Any]
    ) -> Counted:
        """These rows with the working seconds from `since` to `until` of each."""
        kept = func.unnest(_array("products", Text), _array("calendars", Text)).table_valued("product", "calendar")
        of_product = kept.render_derived(name="of_product")
        calendar = func.coalesce(of_product.c.calendar, self._default)
        joined = rows.outerjoin(of_product, of_product.c.product == product)
        ends = []
        for name, moment in (("first_day", since), ("last_day", until)):
            local = func.timezone(self._zone.key, moment)
            day = _days(name)
            joined = joined.join(day, and_(day.c.calendar == calendar, day.c.day == cast(local, Date)))
            passed = cast(func.extract("epoch", cast(local, Time)), BigInteger) - day.c.opens
            ends.append(day.c.before + func.least(func.greatest(passed, 0), day.c.length))
        return Counted(joined, func.greatest(ends[1] - ends[0], 0))


def _days(name: str) -> Any:
    sent = func.unnest(
        _array("day_calendars", Text), _array("days", Date), _array("befores", BigInteger),
        _array("openings", BigInteger), _array("lengths", BigInteger),
    )  # fmt: skip
    return sent.table_valued("calendar", "day", "before", "opens", "length").render_derived(name=name)


def _array(name: str, kind: type[Any]) -> Any:
    return bindparam(name, type_=ARRAY(kind))


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second
