"""Dates of any year, nanoseconds, long durations: one calendar throughout, and datetime's own types where they hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom import feel
from loanloom.feel import context
from loanloom.feel.running import iso, temporal, wide
from loanloom.feel.running.values import compare, same


def standard(source: str) -> Any:
    program = feel.check(source, context({}), mode="standard").program
    assert program is not None
    return program({})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('string(date("-2021-01-01") + duration("P1M"))', "-2021-02-01"),
        ('string(date("-2021-01-01") - duration("P1D"))', "-2022-12-31"),
        ('string(date("0001-01-01") - duration("P1D"))', "0000-12-31"),
        ('string(date("9999-12-31") + duration("P1D"))', "10000-01-01"),
        ('string(date("10000-01-01") - duration("P1D"))', "9999-12-31"),
        ('string(date("-0004-02-29") + duration("P1Y"))', "-0003-02-28"),
        ('string(date("99999-12-31T00:00:00"))', None),
        ('string(date("-999999999-01-01") - duration("P1D"))', None),
        ('string(date and time("12025-03-01T08:30:00@Europe/Paris"))', "12025-03-01T08:30:00@Europe/Paris"),
        ('string(date and time("12025-07-01T08:30:00@Europe/Paris").time offset)', "PT2H"),
        ('date and time("12025-07-01T08:30:00@Europe/Paris") = date and time("12025-07-01T06:30:00Z")', True),
        ('string(time("10:15:00.000000001") + duration("PT0.999999999S"))', "10:15:01"),
        ('string(duration("PT0.000000001S") * 3)', "PT0.000000003S"),
        ('string(duration("P999999999D") + duration("P999999999D"))', "P1999999998D"),
        ('string(date("2024-01-01") - date("-2024-01-01"))', "P1478502D"),
        ('date("-0001-12-31") < date("0001-01-01")', True),
        ('date("12025-01-01") in [date("2025-01-01")..date("99999-01-01")]', True),
        ('day of week(date("12025-06-18")) = day of week(date("2025-06-18"))', True),  # 25 cycles of 400 years
        ('week of year(date("12025-06-18"))', D(25)),
        ('date("12025-06-18").year', 12025),
        ('date("-0001-06-18").weekday', 5),
        ('time("23:59:59.123456789") < time("23:59:59.12345679")', True),
        ('string(date and time("2026-01-31T24:00:00"))', "2026-02-01T00:00:00"),
        ('date and time("2026-01-31T24:00:01")', None),
        ('string(time("10:00:00+14:00"))', "10:00:00+14:00"),
        ('time("10:00:00+14:01")', None),
        ('sort([date("12025-01-01"), date("2025-01-01"), date("-0001-01-01")])[1] = date("-0001-01-01")', True),
        ('for d in date("9999-12-31")..date("10000-01-01") return string(d)', ["9999-12-31", "10000-01-01"]),
        ('string(years and months duration(date("-0001-01-15"), date("0001-01-14")))', "P1Y11M"),
        ('string(last day of month(date("-0004-02-01")))', "-0004-02-29"),
    ],
)
def test_what_datetime_cannot_hold(source: str, expected: Any) -> None:
    assert standard(source) == expected


@pytest.mark.parametrize(
    "source",
    ['date("9999-12-31") + duration("P1D")', "date(12025, 1, 1)", 'date("0001-03-31") - duration("P1Y")'],
)
def test_strict_mode_stays_within_the_years_of_a_database(source: str) -> None:
    program = feel.check(source, context({})).program
    assert program is not None
    problem = program.evaluate({}).problem
    assert problem is not None
    assert problem.code == "feel.date_out_of_range"


DAYS = st.integers(-(10**6), 4 * 10**6)
NANOS = st.integers(-(10**18), 10**18)


@settings(max_examples=200, deadline=None)
@given(DAYS, DAYS)
def test_the_calendar_goes_on_beyond_datetime(first: int, second: int) -> None:
    one, other = wide.date_at(first), wide.date_at(second)
    assert wide.number_of(one) == first
    assert isinstance(one, dt.date) == (1 <= one.year <= 9999)
    assert iso.parse_date(iso.to_text(one)) == one
    assert compare(one, other) == (first > second) - (first < second)
    assert temporal.shift(other, temporal.difference(one, other)) == one
    far = wide.date_of(one.year + 400, one.month, one.day)
    assert (far.month, far.day, far.isoweekday()) == (one.month, one.day, one.isoweekday())


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1)), st.timedeltas(dt.timedelta(-300), dt.timedelta(300))
)
def test_where_datetime_holds_its_answers_are_given(value: dt.datetime, by: dt.timedelta) -> None:
    assert wide.instant_at(wide.number_of(value), wide.clock(value) + wide.nanoseconds(by)) == value + by
    assert temporal.difference(value + by, value) == by
    assert wide.duration_of(wide.nanoseconds(by)) == by


@settings(max_examples=200, deadline=None)
@given(NANOS, NANOS)
def test_durations_add_up_to_the_nanosecond(first: int, second: int) -> None:
    one, other = wide.duration_of(first), wide.duration_of(second)
    assert wide.nanoseconds(temporal.total(one, other)) == first + second
    assert same(iso.parse_duration(iso.to_text(one)), one)
    assert isinstance(one, dt.timedelta) == (first % 1000 == 0)
