"""Dates in polars: reckoning in day numbers, months clamped to the month's end, parts of dates and durations.

Day numbers are computed with integers over the proleptic Gregorian calendar (an era is 400 years of 146,097 days), so
that no row can make polars raise; what lies outside the years 1 to 9999 is a fault.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from ...running.temporal import DAY_NAMES, MONTH_NAMES
from ..bounds import Bound
from ..shapes import DAY, MOST_DAYS
from .numbers import truncated
from .terms import Cell, Number, Plain, Term, any_of, choose, fits_narrow, literal

_EPOCH = dt.date(1970, 1, 1)
_FIRST = (dt.date.min - _EPOCH).days
_LAST = (dt.date.max - _EPOCH).days


def day_number(date: Term) -> Term:
    """Days since 1970-01-01."""
    return date.cast(pl.Int32).cast(pl.Int64)


def difference(left: Plain, right: Plain) -> Number:
    """left - right, in microseconds"""
    term = (day_number(left.term) - day_number(right.term)) * literal(DAY, pl.Int64)
    bound = Bound(-MOST_DAYS * DAY, MOST_DAYS * DAY)
    return Number(term, bound, left.nullable or right.nullable, "days and time duration")


def days_between(left: Plain, right: Plain) -> Number:
    """(left - right).days"""
    term = day_number(left.term) - day_number(right.term)
    return Number(term, Bound(-MOST_DAYS, MOST_DAYS), left.nullable or right.nullable)


def _part(date: Term, name: str) -> Term:
    return date.to(lambda expr: getattr(expr.dt, name)()).cast(pl.Int64)


PARTS: Mapping[str, tuple[str, Bound]] = {
    "year": ("year", Bound(1, 9999)),
    "month": ("month", Bound(1, 12)),
    "day": ("day", Bound(1, 31)),
    "weekday": ("weekday", Bound(1, 7)),
    "day of year": ("ordinal_day", Bound(1, 366)),
    "week of year": ("week", Bound(1, 53)),
}


def part(date: Plain, name: str) -> Number:
    """A part of a date as a number."""
    method, bound = PARTS[name]
    return Number(_part(date.term, method), bound, date.nullable)


def name_of(date: Plain, what: str) -> Plain:
    """The English name of the day of the week or the month."""
    method, names = ("weekday", DAY_NAMES) if what == "day of week" else ("month", MONTH_NAMES)
    numbers = list(range(1, len(names) + 1))
    term = _part(date.term, method).to(
        lambda expr: expr.replace_strict(numbers, list(names), default=None, return_dtype=pl.String)
    )
    return Plain(term, "string", date.nullable)


def civil(year: Term, month: Term, day: Term) -> Term:
    """The day number of a year, month and day; any month from 1 to 12, any day."""
    whole = pl.Int64
    early = month.compare("<=", literal(2, whole))
    shifted = year - early.cast(whole)
    era = shifted // literal(400, whole)
    of_era = shifted % literal(400, whole)
    from_march = (month + literal(9, whole)) % literal(12, whole)
    of_year = (from_march * literal(153, whole) + literal(2, whole)) // literal(5, whole) + day - literal(1, whole)
    leap = of_era // literal(4, whole) - of_era // literal(100, whole)
    of_era_days = of_era * literal(365, whole) + leap + of_year
    return era * literal(146_097, whole) + of_era_days - literal(719_468, whole)


def _month_length(year: Term, month: Term) -> Term:
    """Days of a month."""
    whole = pl.Int64
    four, hundred, long = (literal(value, whole) for value in (4, 100, 400))
    zero = literal(0, whole)
    fourth = (year % four).compare("=", zero) & ((year % hundred).compare("!=", zero))
    leap = (fourth | (year % long).compare("=", zero)).cast(whole)
    even = (month + month // literal(8, whole)) % literal(2, whole)  # 1 for the months of 31 days
    return choose(month.compare("=", literal(2, whole)), literal(28, whole) + leap, literal(30, whole) + even)


def as_date(number: Term) -> Term:
    """A day number as a date; what lies far outside is cut to what polars can hold."""
    return number.to(lambda expr: expr.clip(-10_000_000, 10_000_000).cast(pl.Int32).cast(pl.Date))


def _outside(number: Term, nullable: bool) -> Term:
    found = number.compare("<", literal(_FIRST, pl.Int64)) | number.compare(">", literal(_LAST, pl.Int64))
    return found.known() if nullable else found


def shift_days(date: Plain, duration: Number) -> Cell:
    """date + duration, its hours counting only where they fill days"""
    micro = duration.at(0, pl.Int64) if fits_narrow(duration.bound) else duration.at(0)
    days = (micro // literal(DAY, pl.Int64 if fits_narrow(duration.bound) else pl.Int128)).cast(pl.Int64)
    moved = day_number(date.term) + days
    nullable = date.nullable or duration.nullable
    return Cell(Plain(as_date(moved), "date", nullable), any_of(_outside(moved, nullable)))


def shift_months(date: Plain, months: Number) -> Cell:
    """date + months: the same day, or the month's last"""
    twelve = literal(12, pl.Int64)
    index = _part(date.term, "year") * twelve + _part(date.term, "month") - literal(1, pl.Int64) + months.to_narrow()
    year, month = index // twelve, index % twelve + literal(1, pl.Int64)
    length = _month_length(year, month)
    day = Term(
        pl.min_horizontal(_part(date.term, "day").expr, length.expr),
        date.term,
        length,
    )
    nullable = date.nullable or months.nullable
    if nullable:
        day = choose(index.is_null(), literal(None, pl.Int64), day)
    outside = year.compare("<", literal(1, pl.Int64)) | year.compare(">", literal(9999, pl.Int64))
    return Cell(
        Plain(as_date(civil(year, month, day)), "date", nullable), any_of(outside.known() if nullable else outside)
    )


def last_of_month(date: Plain) -> Plain:
    """The last day of a date's month."""
    return Plain(date.term.to(lambda expr: expr.dt.month_end()), "date", date.nullable)


def months_between(start: Plain, end: Plain) -> Number:
    """Whole months from start to end, towards zero."""
    twelve = literal(12, pl.Int64)
    months = (_part(end.term, "year") - _part(start.term, "year")) * twelve
    months = months + _part(end.term, "month") - _part(start.term, "month")
    day, first = _part(end.term, "day"), _part(start.term, "day")
    later = end.term.compare(">=", start.term)
    unfinished = (later & day.compare("<", first)).cast(pl.Int64)
    overdue = (~later & day.compare(">", first)).cast(pl.Int64)
    term = months - unfinished + overdue
    return Number(term, Bound(-120_000, 120_000), start.nullable or end.nullable, "years and months duration")


def of_parts(year: Number, month: Number, day: Number) -> Cell:
    """date(year, month, day)"""
    nullable = year.nullable or month.nullable or day.nullable
    y, m, d = (one.to_narrow() for one in (year, month, day))
    outside = [
        term.compare("<", literal(low, pl.Int64)) | term.compare(">", literal(high, pl.Int64))
        for term, low, high in ((y, 1, 9999), (m, 1, 12))
    ]
    beyond = d.compare("<", literal(1, pl.Int64)) | d.compare(">", _month_length(y, m))
    fault = outside[0] | outside[1] | beyond
    if nullable:
        fault = fault.known() & y.is_not_null() & m.is_not_null() & d.is_not_null()
    return Cell(Plain(as_date(civil(y, m, d)), "date", nullable), any_of(fault))


_UNITS = {"days": (DAY, None), "hours": (3_600_000_000, 24), "minutes": (60_000_000, 60), "seconds": (1_000_000, 60)}


def duration_part(duration: Number, name: str) -> Number:
    """days, hours, minutes, seconds, years or months of a duration; all of its sign"""
    if duration.kind == "years and months duration":
        whole = Number(duration.term, duration.bound, duration.nullable)
        years = truncated(whole, 12)
        if name == "years":
            return years
        months = whole.to_narrow() - years.to_narrow() * literal(12, pl.Int64)
        return Number(months, Bound(-11, 11), duration.nullable)
    unit, of = _UNITS[name]
    count = truncated(Number(duration.term, duration.bound, duration.nullable), unit)
    if of is None:
        return count
    bigger = truncated(count, of)
    rest = count.at(0, pl.Int64) - bigger.at(0, pl.Int64) * literal(of, pl.Int64)
    return Number(rest, Bound(1 - of, of - 1), duration.nullable)
