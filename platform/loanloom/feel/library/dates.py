"""Functions over dates, times and durations. The clock is not among them: `today()` reads the fact `as_of`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from ..problems import Fault
from ..running import iso, temporal, wide
from ..running.budget import Budget
from ..running.values import Months
from .signatures import Library

DATES = Library()
declare = DATES.declare


def _not_a(what: str, zh: str) -> Fault:
    return Fault(f"feel.not_a_{what}", f"These numbers make no {what}.", f"这些数字不是有效的{zh}。")


def _int(number: Decimal, what: str, zh: str) -> int:
    if number != number.to_integral_value() or abs(number) > 10**10:
        raise _not_a(what, zh)
    return int(number)


def _near(budget: Budget | None, value: Any) -> Any:
    return wide.near(value) if budget is not None and budget.near else value


@declare("date", "from: string -> date", budget=True)
def _date_from(budget: Budget | None, text: str) -> Any:
    return _near(budget, iso.parse_date(text))


@declare("date", "from: date -> date", "from: date and time -> date")
def _date(value: Any) -> Any:
    return wide.date_part(value)


@declare("date", "year: number, month: number, day: number -> date", budget=True)
def _date_of(budget: Budget | None, year: Decimal, month: Decimal, day: Decimal) -> Any:
    try:
        return _near(budget, wide.date_of(*(_int(one, "date", "日期") for one in (year, month, day))))
    except (ValueError, OverflowError):
        raise _not_a("date", "日期") from None


declare("time", "from: string -> time")(iso.parse_time)


@declare("time", "from: time -> time", "from: date and time -> time", "from: date -> time")
def _time(value: Any) -> Any:
    return (
        dt.time(tzinfo=dt.UTC)
        if isinstance(value, wide.DATES) and not isinstance(value, dt.datetime)
        else wide.time_part(value)
    )


@declare("time", "hour: number, minute: number, second: number, offset?: days? -> time")
def _time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: Any = None) -> Any:
    try:
        zone = None if offset is None else iso.zone_of(offset)
        whole = int(second)
        fine = int((second - whole) * 10**9)
        return wide.time_of(_int(hour, "time", "时间"), _int(minute, "time", "时间"), whole, fine, zone)
    except (ValueError, OverflowError):
        raise _not_a("time", "时间") from None


@declare("date and time", "from: string -> date and time", budget=True)
def _date_time_from(budget: Budget | None, text: str) -> Any:
    return _near(budget, iso.parse_date_time(text))


@declare("date and time", "date: date, time: time -> date and time", "date: date and time, time: time -> date and time")
def _date_time(date: Any, time: Any) -> Any:
    return wide.instant_of(_date(date), time)


declare("duration", "from: string -> days|months")(iso.parse_duration)


@declare(
    "years and months duration",
    "from: date, to: date -> months",
    "from: date and time, to: date and time -> months",
    "from: date, to: date and time -> months",
    "from: date and time, to: date -> months",
)
def _months_between(start: Any, end: Any) -> Months:
    return temporal.months_between(_date(start), _date(end))


@declare("day of year", "date: date -> number", "date: date and time -> number")
def _day_of_year(date: Any) -> Decimal:
    return Decimal(wide.number_of(date) - wide.day_number(date.year, 1, 1) + 1)


@declare("day of week", "date: date -> string", "date: date and time -> string")
def _day_of_week(date: Any) -> str:
    return temporal.DAY_NAMES[date.isoweekday() - 1]


@declare("month of year", "date: date -> string", "date: date and time -> string")
def _month_of_year(date: Any) -> str:
    return temporal.MONTH_NAMES[date.month - 1]


@declare("week of year", "date: date -> number", "date: date and time -> number")
def _week_of_year(date: Any) -> Decimal:
    near = dt.date(400 + date.year % 400, date.month, date.day)  # the calendar repeats after 400 years
    return Decimal(near.isocalendar().week)


@declare("last day of month", "date: date -> date", "date: date and time -> date")
def _last_day(date: Any) -> Any:
    return wide.date_of(date.year, date.month, temporal.days_in_month(date.year, date.month))
