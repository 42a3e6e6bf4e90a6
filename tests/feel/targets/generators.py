"""Random typed expressions and random facts for them: what every target must agree on. Shared by the targets' tests.

Facts hold nulls, numbers at the ends of their digits, dates around leap days, empty lists and lists with nulls.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from loanloom import feel
from loanloom.feel import BOOLEAN, DATE, STRING, Digits, Type, context, list_of, number, optional

D = Decimal
KINDS = ("number", "boolean", "string", "date")

MONEY = number(digits=Digits(10, 2))
LONG = number(digits=Digits(18, 4))
GUARANTOR = context({"amount": optional(MONEY), "share": number(digits=Digits(1, 4)), "name": optional(STRING)})

SCOPE = context(
    {
        "applicant": context(
            {
                "age": number(digits=Digits(3, 0), least=D(0), most=D(130)),
                "income": optional(MONEY),
                "debt": optional(MONEY),
                "rate": optional(number(digits=Digits(2, 6))),
                "long": optional(LONG),
                "dependants": optional(number(digits=Digits(2, 0))),
                "name": optional(STRING),
                "status": feel.enumeration(["single", "married", "other"]),
                "resident": optional(BOOLEAN),
                "born": DATE,
                "since": optional(DATE),
            }
        ),
        "月收入": optional(MONEY),
        "amounts": optional(list_of(optional(MONEY))),
        "tags": list_of(optional(STRING)),
        "guarantors": list_of(GUARANTOR),
        "as_of": DATE,
    }
)

NUMBERS = (
    "applicant.age",
    "applicant.income",
    "applicant.debt",
    "applicant.rate",
    "applicant.long",
    "applicant.dependants",
    "月收入",
)
_CONSTANTS = ("0", "1", "2", "7", "12", "100", "360", "0.5", "0.01", "0.125", "-3", "1.5", "1000", "99.99")
_ROUNDINGS = ("round half up", "round half even", "round half down", "round up", "round down", "decimal")
_DATES = ('date("2024-02-29")', 'date("2023-02-28")', 'date("2000-01-31")', 'date("2026-12-31")')
_DURATIONS = ("P1M", "P1Y", "P13M", "P10D", "P1DT12H", "PT36H", "-P2M")
_TEXTS = ('""', '"a"', '"abc"', '"中文"', '"é😀"', '"single"', '"b "')


class Writer:
    """Writes one random expression; `left` bounds its depth."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw

    def write(self, kind: str, left: int) -> str:
        """An expression of a kind."""
        forms = _FORMS[kind]
        leaves = forms[: _LEAVES[kind]]
        return self.draw.choice(leaves if left <= 0 else forms)(self, left - 1)

    def one(self, *options: str) -> str:
        return self.draw.choice(options)

    def number(self, left: int) -> str:
        return self.write("number", left)

    def boolean(self, left: int) -> str:
        return self.write("boolean", left)

    def string(self, left: int) -> str:
        return self.write("string", left)

    def date(self, left: int) -> str:
        return self.write("date", left)

    def small(self) -> str:
        """A number that can be calculated with freely."""
        return self.one("applicant.age", "applicant.dependants", *_CONSTANTS)

    def quotient(self, left: int) -> str:
        """An unrounded quotient."""
        top, bottom = self.number(min(left, 1)), self.one(*NUMBERS, "7", "12", "-3", "360")
        plain = f"({top}) / {bottom}"
        return self.one(
            plain,
            plain,
            f"-({plain})",
            f"abs({plain})",
            f"({plain}) * 100",
            f"1 - ({plain})",
            f"(if {bottom} != 0 then {plain} else {self.one('0', 'null', '0.5')})",
            f"get or else({plain}, 0)",
            "mean(amounts)",
        )

    def scale(self) -> str:
        return str(self.draw.choice((-3, -1, 0, 1, 2, 2, 3, 4, 6)))

    def condition_of_item(self) -> str:
        return self.one(
            "amount > 100",
            "amount != null",
            'name = "abc"',
            "amount * share >= 50.5",
            "share < 0.5 or amount = null",
            "amount / share > 3",
            "share != 0 and amount / share > 3",
            'not(name = "a")',
        )


_FORMS: dict[str, list[Callable[[Writer, int], str]]] = {
    "number": [
        lambda w, left: w.one(*NUMBERS),
        lambda w, left: w.one(*_CONSTANTS),
        lambda w, left: w.one("applicant.born.year", "applicant.since.month", "as_of.day", "applicant.since.weekday"),
        lambda w, left: w.one("count(guarantors)", "count(tags)", "sum(amounts)", "amounts[1]", "amounts[-1]"),
        lambda w, left: w.one(
            "sum(guarantors.amount)", "max(guarantors.share)", "min(amounts)", "guarantors[1].amount"
        ),
        lambda w, left: w.one("string length(applicant.name)", "(as_of - applicant.born).days"),
        lambda w, left: "years and months duration(applicant.since, as_of)." + w.one("years", "months"),
        lambda w, left: f"({w.number(left)} {w.one('+', '-')} {w.number(left)})",
        lambda w, left: f"({w.number(left)} {w.one('+', '-')} {w.number(left)})",
        lambda w, left: f"({w.number(left)} * {w.small()})",
        lambda w, left: f"({w.number(left)} / {w.one('100', '2', '0.5', '8', '-4', '0.001')})",
        lambda w, left: f"{w.one(*_ROUNDINGS)}({w.number(left)}, {w.scale()})",
        lambda w, left: f"{w.one(*_ROUNDINGS)}({w.quotient(left)}, {w.scale()})",
        lambda w, left: f"{w.one('floor', 'ceiling')}({w.quotient(left)})",
        lambda w, left: f"{w.one('floor', 'ceiling', 'abs')}({w.number(left)})",
        lambda w, left: f"{w.one('min', 'max')}({w.number(left)}, {w.number(left)}, {w.small()})",
        lambda w, left: f"sum({w.number(left)}, {w.number(left)})",
        lambda w, left: f"(if {w.boolean(left)} then {w.number(left)} else {w.one(w.number(left), 'null')})",
        lambda w, left: f"get or else({w.number(left)}, {w.small()})",
        lambda w, left: f"modulo({w.number(left)}, {w.small()})",
        lambda w, left: f"(-{w.number(left)})",
        lambda w, left: f"({w.one('applicant.dependants', '月收入')} ** 2)",
        lambda w, left: f"{{ x: {w.number(left)}, y: x + {w.small()} }}.y",
        lambda w, left: f"count(guarantors[{w.condition_of_item()}])",
        lambda w, left: w.one("count(distinct values(amounts))", "count(distinct values(tags))", "reverse(amounts)[1]"),
        lambda w, left: f"amounts[{w.one('applicant.dependants', '0', '2', '-3')}]",
        lambda w, left: f"({w.one('as_of', 'applicant.since')} - {w.date(left)}).{w.one('days', 'hours')}",
        lambda w, left: f'{w.one(*_ROUNDINGS)}(({w.date(left)} - applicant.born) / duration("P7D"), {w.scale()})',
        lambda w, left: f"{w.one('day of year', 'week of year')}({w.date(left)})",
        lambda w, left: f"[{w.number(left)}, {w.small()}, null][{w.one('1', '2', '-1')}]",
        lambda w, left: f"sum(guarantors[{w.condition_of_item()}].amount)",
        lambda w, left: f"sum(for g in guarantors return g.amount * g.share {w.one('+', '-')} {w.one(*_CONSTANTS)})",
    ],
    "boolean": [
        lambda w, left: w.one("applicant.resident", "true", "false"),
        lambda w, left: f"{w.one(*NUMBERS)} {w.one('<', '<=', '>', '>=', '=', '!=')} {w.one(*NUMBERS)}",
        lambda w, left: f"{w.one(*NUMBERS)} {w.one('=', '!=')} null",
        lambda w, left: w.one('applicant.status in ("single", "other")', 'applicant.status = "married"'),
        lambda w, left: w.one(
            "some g in guarantors satisfies g.amount > 100",
            "every g in guarantors satisfies g.amount >= g.share",
            "some g in guarantors satisfies g.amount / g.share > 7",
            'every g in guarantors satisfies g.name != "a"',
        ),
        lambda w, left: f"({w.number(left)} {w.one('<', '<=', '>', '>=', '=', '!=')} {w.number(left)})",
        lambda w, left: f"({w.number(left)} {w.one('<', '<=', '>', '>=', '=', '!=')} {w.number(left)})",
        lambda w, left: f"({w.quotient(left)} {w.one('<', '<=', '>', '>=', '=', '!=')} {w.one(*_CONSTANTS, *NUMBERS)})",
        lambda w, left: f"({w.quotient(left)} in {w.one('[0..0.5]', '(0.5..7]', '(< 1, > 12)')})",
        lambda w, left: f"({w.boolean(left)} and {w.boolean(left)})",
        lambda w, left: f"({w.boolean(left)} or {w.boolean(left)})",
        lambda w, left: f"({w.one(*NUMBERS)} = 0 or {w.boolean(left)})",
        lambda w, left: f"not({w.boolean(left)})",
        lambda w, left: f"({w.number(left)} between {w.number(left)} and {w.number(left)})",
        lambda w, left: f"({w.number(left)} in ({w.small()}, {w.small()}, [1..12], > 1000))",
        lambda w, left: f"({w.date(left)} {w.one('<', '<=', '>', '=', '!=')} {w.date(left)})",
        lambda w, left: f"({w.string(left)} {w.one('<', '>=', '=', '!=')} {w.string(left)})",
        lambda w, left: f"({w.number(left)} in amounts)",
        lambda w, left: f"list contains(tags, {w.string(left)})",
        lambda w, left: f"{w.one('all', 'any')}(for a in amounts return a {w.one('<', '>=', '!=')} {w.small()})",
        lambda w, left: (
            f"{w.one('some', 'every')} a in amounts satisfies a {w.one('<', '>', '!=')} {w.one(*_CONSTANTS)}"
        ),
        lambda w, left: (
            f"{w.one('some', 'every')} a in amounts satisfies 100 / a {w.one('<', '>')} {w.one(*_CONSTANTS)}"
        ),
        lambda w, left: f"{{ q: {w.quotient(left)}, small: q < {w.one(*_CONSTANTS)} }}.small",
        lambda w, left: f"{w.one('contains', 'starts with', 'ends with')}({w.string(left)}, {w.one(*_TEXTS)})",
        lambda w, left: f"is defined({w.number(left)})",
        lambda w, left: f"{w.one('odd', 'even')}({w.one('applicant.age', 'applicant.dependants', '月收入')})",
        lambda w, left: f"(if {w.boolean(left)} then {w.boolean(left)} else {w.boolean(left)})",
        lambda w, left: f"({w.boolean(left)} {w.one('=', '!=')} {w.boolean(left)})",
    ],
    "string": [
        lambda w, left: w.one("applicant.name", "applicant.status"),
        lambda w, left: w.one(*_TEXTS),
        lambda w, left: w.one("tags[1]", "tags[-2]", "guarantors[-1].name"),
        lambda w, left: f"({w.string(left)} + {w.string(left)})",
        lambda w, left: f"(if {w.boolean(left)} then {w.string(left)} else {w.one(w.string(left), 'null')})",
        lambda w, left: f"get or else({w.string(left)}, {w.one(*_TEXTS)})",
        lambda w, left: f"substring({w.string(left)}, {w.one('1', '2', '-1', '-2')})",
        lambda w, left: f"substring({w.string(left)}, {w.one('1', '2', '-1')}, {w.one('1', '2')})",
        lambda w, left: f"string({w.write(w.one('number', 'boolean', 'date'), left)})",
        lambda w, left: f"trim({w.string(left)})",
        lambda w, left: f"{w.one('day of week', 'month of year')}({w.date(left)})",
    ],
    "date": [
        lambda w, left: w.one("applicant.born", "applicant.since", "as_of"),
        lambda w, left: w.one(*_DATES),
        lambda w, left: f'({w.date(left)} {w.one("+", "-")} duration("{w.one(*_DURATIONS)}"))',
        lambda w, left: f"last day of month({w.date(left)})",
        lambda w, left: f'({w.date(left)} + duration("{w.one("P1M", "P1Y")}") * applicant.dependants)',
        lambda w, left: f"(if {w.boolean(left)} then {w.date(left)} else {w.date(left)})",
        lambda w, left: f"max({w.date(left)}, {w.date(left)})",
        lambda w, left: f"get or else({w.date(left)}, as_of)",
        lambda w, left: f"date(2000 + applicant.dependants, {w.one('2', '6', '12')}, {w.one('28', '29', '30')})",
    ],
}
_LEAVES = {"number": 7, "boolean": 5, "string": 3, "date": 2}


def expression(draw: random.Random, kind: str, depth: int = 3) -> str:
    """A random expression of a kind."""
    return Writer(draw).write(kind, depth)


def rows(draw: random.Random, count: int) -> list[dict[str, Any]]:
    """Random facts."""
    return [_row(draw) for _ in range(count)]


def _row(draw: random.Random) -> dict[str, Any]:
    born = _date(draw)
    return {
        "applicant": {
            "age": None if draw.random() < 0.03 else D(draw.choice((0, 1, 17, 18, 22, 65, 130, draw.randint(0, 130)))),
            "income": _money(draw),
            "debt": _money(draw),
            "rate": _decimal(draw, 2, 6),
            "long": _decimal(draw, 18, 4),
            "dependants": _decimal(draw, 2, 0),
            "name": _text(draw),
            "status": draw.choice(("single", "married", "other")),
            "resident": draw.choice((True, False, None)),
            "born": None if draw.random() < 0.03 else born,
            "since": None if draw.random() < 0.2 else _date(draw),
        },
        "月收入": _money(draw),
        "amounts": draw.choice((None, [], [_money(draw) for _ in range(draw.randint(1, 4))], [D("0.00"), D("12.5")])),
        "tags": draw.choice(([], [_text(draw) for _ in range(draw.randint(1, 3))])),
        "guarantors": [_guarantor(draw) for _ in range(draw.choice((0, 0, 1, 2, 3)))],
        "as_of": _date(draw),
    }


def _guarantor(draw: random.Random) -> dict[str, Any]:
    share = D(draw.choice((0, 1, 5000, 10_000, draw.randint(0, 99_999)))).scaleb(-4)
    return {"amount": _money(draw), "share": share, "name": _text(draw)}


def _money(draw: random.Random) -> Decimal | None:
    return _decimal(draw, 10, 2)


def _decimal(draw: random.Random, whole: int, scale: int) -> Decimal | None:
    """null, zero, small numbers, ties of rounding, and the ends of the digits."""
    most = 10 ** (whole + scale) - 1
    found = draw.choice(
        (
            None,
            0,
            1,
            most,
            -most,
            draw.randint(-most, most),
            draw.randint(-most, most),
            draw.randint(-20, 20),
            draw.randint(-1000, 1000) * 5,
            draw.choice((1, 3, 7, 12, 50, 100, 250)) * 10**scale,
        )
    )
    if found is None:
        return None
    return D(max(-most, min(most, found))).scaleb(-scale)


def _date(draw: random.Random) -> dt.date:
    year = draw.choice((1900, 1999, 2000, 2023, 2024, 2026, 2100, draw.randint(1800, 2200)))
    month, day = draw.choice(((2, 28), (3, 1), (1, 31), (12, 31), (2, 29), (draw.randint(1, 12), draw.randint(1, 28))))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return dt.date(year, month, 28 if (month, day) == (2, 29) and not leap else day)


def _text(draw: random.Random) -> str | None:
    return draw.choice((None, "", "a", "abc", "b ", " x", "中文", "é😀", "single", "\t\u3000z"))


def types() -> dict[str, Type]:
    """The plain facts and lists of the scope by dotted path."""
    found: dict[str, Type] = {}
    for name, one in SCOPE.fields:
        if one.kind == "context":
            found |= {f"{name}.{inner}": type_ for inner, type_ in one.fields}
        else:
            found[name] = one
    return found


def draws() -> st.SearchStrategy[random.Random]:
    """A source of choices that Hypothesis steers and shrinks."""
    return st.randoms(use_true_random=False)
