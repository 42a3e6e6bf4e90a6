"""Dates and durations in SQL. A duration is held as a number: of seconds, or of months.

Dates are those of the years 1 to 9999, as every column and every reader of one holds them: a date reckoned beyond
them is a fault here.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ... import tree as t
from ...running.temporal import DAY_NAMES, MONTH_NAMES
from ...running.values import Months
from .base import Base, Piece, either, seconds

DAY = 86_400
_DAYS = 3_652_058
"""From the first day of year 1 to the last of year 9999."""
_MONTHS = 119_987
"""From the first month of year 1 to the last of year 9999."""
_FIRST, _LAST = dt.date(1, 1, 1), dt.date(9999, 12, 31)
_PARTS = {"year": "year", "month": "month", "day": "day", "weekday": "isodow", "hour": "hour", "minute": "minute"}
DURATIONS = ("days and time duration", "years and months duration")
_DATED = ("date", "date and time")
_MICROSECOND = Decimal("0.000001")


class Dates(Base):
    """What the target knows about dates and durations."""

    def arithmetic_dates(self, node: t.Arithmetic) -> Piece:
        """left + - * / right where one side is a date or a duration"""
        left, right = node.left.type.kind, node.right.type.kind
        if node.operator in ("+", "-"):
            if left in _DATED and right in DURATIONS:
                return self._shifted(node, node.left, node.right, node.operator)
            if right in _DATED and left in DURATIONS:
                return self._shifted(node, node.right, node.left, "+")
            if left == right == "date":
                first, second = self.piece(node.left), self.piece(node.right)
                text = f"(({first.text} - {second.text})::numeric * {DAY})"
                return Piece(text, either(first.fault, second.fault), nullable=first.nullable or second.nullable)
            if left == right == "date and time":
                return self._apart(node)
            if left == right and left in DURATIONS:
                first, second = self.piece(node.left), self.piece(node.right)
                text = f"({first.text} {node.operator} {second.text})"
                return Piece(text, either(first.fault, second.fault), nullable=first.nullable or second.nullable)
        if node.operator == "*" and {left, right} == {"years and months duration", "number"}:
            first, second = self.piece(node.left), self.piece(node.right)
            text = f"trunc({first.text} * {second.text})"
            return Piece(text, either(first.fault, second.fault), nullable=first.nullable or second.nullable)
        raise self.refuse(
            node, f"`{node.operator}` between {left} and {right}", f"{left} 与 {right} 之间的“{node.operator}”"
        )

    def _apart(self, node: t.Arithmetic) -> Piece:
        first, second = self.piece(node.left), self.piece(node.right)
        text = f"extract(epoch FROM ({first.text} - {second.text}))::numeric"
        return Piece(text, either(first.fault, second.fault), nullable=first.nullable or second.nullable)

    def _shifted(self, node: t.Node, date: t.Node, duration: t.Node, operator: str) -> Piece:
        length = duration.value if isinstance(duration, t.Constant) else None
        months = duration.type.kind == "years and months duration"
        if date.type.kind == "date and time" and not (months and length is not None):
            return self._moved(node, date, length, operator)
        moment, piece = self.piece(date), self.piece(duration)
        if isinstance(length, Months):
            amount = length.total if operator == "+" else -length.total
            return self._by_months(node, moment, amount, date.type.kind)
        if isinstance(length, dt.timedelta):
            amount = _whole_days(length if operator == "+" else -length)
            return self._by_days(node, moment, amount)
        build = self._by_any_months if months else self._by_any_days
        return build(moment, piece, operator)

    def _moved(self, node: t.Node, date: t.Node, length: object, operator: str) -> Piece:
        """An instant moved by a constant length of time."""
        if not isinstance(length, dt.timedelta) or abs(length) > dt.timedelta(days=_DAYS // 3):
            raise self.refuse(node, "an instant moved by a length that is not constant", "以非固定时长推移日期时间")
        value = seconds(length if operator == "+" else -length)
        days, rest = divmod(value, DAY)
        moment = self.piece(date)

        def build(at: str) -> Piece:
            text = f"({at} + interval '{int(days)} days {rest.quantize(_MICROSECOND)} seconds')"
            return Piece(text, self._beyond(text), nullable=moment.nullable)

        return self.once((moment,), build)

    def _beyond(self, text: str) -> str:
        """Whether an instant lies outside the years there are."""
        return f"(({text} < timestamp '0001-01-01' OR {text} >= timestamp '10000-01-01') IS TRUE)"

    def _by_days(self, node: t.Node, date: Piece, days: int) -> Piece:
        if abs(days) > _DAYS:
            raise self.refuse(node, "a length of time beyond the calendar", "超出日历范围的时长")
        fault: str | None = None
        if days > 0:
            fault = "({0} > date '" + (_LAST - dt.timedelta(days)).isoformat() + "') IS TRUE"
        elif days < 0:
            fault = "({0} < date '" + (_FIRST + dt.timedelta(-days)).isoformat() + "') IS TRUE"
        sign = f"+ {days}" if days >= 0 else f"- {-days}"

        def build(at: str) -> Piece:
            own = None if fault is None else f"({fault.format(at)})"
            return Piece(f"({at} {sign})", own, nullable=date.nullable)

        return self.once((date,), build)

    def _by_months(self, node: t.Node, date: Piece, months: int, kind: str) -> Piece:
        """The same day of another month or that month's last, as PostgreSQL's intervals have it too."""
        if abs(months) > _MONTHS // 3:  # an instant 3,333 years before year 1 is one that PostgreSQL still holds
            raise self.refuse(node, "a length of time beyond the calendar", "超出日历范围的时长")
        first = _month_at(-months) if months < 0 else None
        after = _month_at(_MONTHS + 1 - months) if months > 0 else None

        def build(at: str) -> Piece:
            moved = f"({at} + interval '{months} months')"
            own = [f"({at} < date '{first}')"] if first else [f"({at} >= date '{after}')"] if after else []
            fault = f"({own[0]} IS TRUE)" if own else None
            return Piece(f"{moved}::date" if kind == "date" else moved, fault, nullable=date.nullable)

        return self.once((date,), build)

    def _by_any_days(self, date: Piece, length: Piece, operator: str) -> Piece:
        def build(at: str, by: str) -> Piece:
            amount = by if operator == "+" else f"(-{by})"
            whole = f"div({amount} - mod(mod({amount}, {DAY}) + {DAY}, {DAY}), {DAY})"
            place = f"(({at} - date '0001-01-01') + {whole})"
            inside = f"{place} BETWEEN 0 AND {_DAYS}"
            text = f"(date '0001-01-01' + (CASE WHEN {inside} THEN {place} END)::integer)"
            return Piece(text, f"(({inside}) IS FALSE)", nullable=date.nullable or length.nullable)

        return self.once((date, length), build)

    def _by_any_months(self, date: Piece, length: Piece, operator: str) -> Piece:
        def build(at: str, by: str) -> Piece:
            amount = by if operator == "+" else f"(-{by})"
            place = f"((extract(year FROM {at}) - 1) * 12 + extract(month FROM {at}) - 1 + {amount})"
            inside = f"{place} BETWEEN 0 AND {_MONTHS}"
            months = f"(CASE WHEN {inside} THEN {amount} END)::integer"
            text = f"({at} + make_interval(months => {months}))::date"
            return Piece(text, f"(({inside}) IS FALSE)", nullable=date.nullable or length.nullable)

        return self.once((date, length), build)

    def part(self, node: t.Member, base: Piece) -> Piece:
        """A part of a date, an instant or a duration."""
        kind, name = node.base.type.kind, node.name
        text = None
        if kind in _DATED and name in _PARTS and (kind == "date and time" or name not in ("hour", "minute")):
            text = f"extract({_PARTS[name]} FROM {base.text})::numeric"
        elif kind == "date and time" and name == "second":
            text = f"trunc(extract(second FROM {base.text})::numeric)"
        elif kind == "years and months duration":
            text = {"years": f"div({base.text}, 12)", "months": f"mod({base.text}, 12)"}.get(name)
        elif kind == "days and time duration":
            text = {
                "days": f"div({base.text}, {DAY})",
                "hours": f"div(mod({base.text}, {DAY}), 3600)",
                "minutes": f"div(mod({base.text}, 3600), 60)",
                "seconds": f"trunc(mod({base.text}, 60))",
            }.get(name)
        if text is None:
            raise self.refuse(node, f"`.{name}` of {kind}", f"{kind} 的“{name}”")
        return Piece(text, base.fault, nullable=base.nullable)

    def months_between(self, node: t.Call) -> Piece:
        """Whole months between two dates, towards zero."""
        first, second = node.arguments
        assert first is not None and second is not None
        start, end = self.piece(first), self.piece(second)
        nullable = start.nullable or end.nullable

        def build(a: str, b: str) -> Piece:
            months = " + ".join(
                f"(extract({part} FROM {b}) - extract({part} FROM {a})) * {factor}"
                for part, factor in (("year", 12), ("month", 1))
            )
            early = f"extract(day FROM {b}) < extract(day FROM {a})"
            late = f"extract(day FROM {b}) > extract(day FROM {a})"
            rest = f"CASE WHEN {b} >= {a} AND {early} THEN 1 WHEN {b} < {a} AND {late} THEN -1 ELSE 0 END"
            return Piece(f"({months} - {rest})::numeric", nullable=nullable)

        return self.once((start, end), build)

    def day_of_week(self, node: t.Call) -> Piece:
        """Monday to Sunday"""
        return self._named(node, "isodow", DAY_NAMES)

    def month_of_year(self, node: t.Call) -> Piece:
        """January to December"""
        return self._named(node, "month", MONTH_NAMES)

    def _named(self, node: t.Call, part: str, names: tuple[str, ...]) -> Piece:
        date = self.argument(node)
        listed = ", ".join(f"'{one}'" for one in names)
        text = f"(ARRAY[{listed}])[extract({part} FROM {date.text})::integer]"
        return Piece(text, date.fault, nullable=date.nullable)

    def day_of_year(self, node: t.Call) -> Piece:
        """1 to 366"""
        return self._extracted(node, "doy")

    def week_of_year(self, node: t.Call) -> Piece:
        """The week by ISO 8601"""
        return self._extracted(node, "week")

    def _extracted(self, node: t.Call, part: str) -> Piece:
        date = self.argument(node)
        return Piece(f"extract({part} FROM {date.text})::numeric", date.fault, nullable=date.nullable)

    def last_day_of_month(self, node: t.Call) -> Piece:
        """The last day of the month that a date lies in."""
        date = self.argument(node)
        text = f"(date_trunc('month', {date.text}::timestamp) + interval '1 month' - interval '1 day')::date"
        return Piece(text, date.fault, nullable=date.nullable)

    def date_of(self, node: t.Call) -> Piece:
        """A date: of an instant, of a text, or of a year, a month and a day."""
        given = [one for one in node.arguments if one is not None]
        kinds = [one.type.kind for one in given]
        if kinds == ["number"] * 3:
            return self._date_of_numbers(given)
        piece = self.piece(given[0])
        if kinds == ["string"]:
            return self.once((piece,), lambda text: _read(text, piece.nullable))
        if len(kinds) != 1 or kinds[0] not in _DATED:
            raise self.refuse_type(given[0])
        return Piece(f"{piece.text}::date", piece.fault, nullable=piece.nullable)

    def _date_of_numbers(self, given: list[t.Node]) -> Piece:
        pieces = tuple(self.piece(one) for one in given)
        nullable = any(one.nullable for one in pieces)

        def build(*parts: str) -> Piece:
            inside = " AND ".join(
                f"{one} = trunc({one}) AND {one} BETWEEN 1 AND {most}"
                for one, most in zip(parts, (9999, 12, 31), strict=True)
            )
            year, month, day = (f"(CASE WHEN {inside} THEN {one} END)::integer" for one in parts)
            made = f"(make_date({year}, {month}, 1) + ({day} - 1))"
            fault = f"(({inside}) IS FALSE OR (extract(month FROM {made}) <> {parts[1]}) IS TRUE)"
            known = " AND ".join(f"{one} IS NOT NULL" for one in parts)
            return Piece(made, f"({known} AND {fault})" if nullable else fault, nullable=nullable)

        return self.once(pieces, build)

    def argument(self, node: t.Call) -> Piece:
        """The one argument of a function."""
        (argument,) = node.arguments
        assert argument is not None
        return self.piece(argument)


def date_in(text: str) -> str:
    """The date that a text writes; of a day that its month does not have, a day of the next month."""
    pattern = "^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
    safe = f"CASE WHEN {text} ~ '{pattern}' THEN {text} END"
    year, month, day = f"left({safe}, 4)::integer", f"substr({safe}, 6, 2)::integer", f"right({safe}, 2)::integer"
    return f"(make_date({year}, {month}, 1) + ({day} - 1))"


def not_written(text: str) -> str:
    """Whether a text is there and writes no date."""
    return f"({text} IS NOT NULL AND {text} IS DISTINCT FROM to_char({date_in(text)}, 'YYYY-MM-DD'))"


def _read(text: str, nullable: bool) -> Piece:
    return Piece(date_in(text), not_written(text), nullable=nullable)


def _whole_days(length: dt.timedelta) -> int:
    """Days by which a date moves: part of a day counts only backwards."""
    return length.days


def _month_at(index: int) -> str:
    """The first day of the month that lies so many months after January of year 1."""
    year, month = divmod(index, 12)
    return f"{year + 1:04}-{month + 1:02}-01"
