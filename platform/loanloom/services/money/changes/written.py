"""What was written into the parameters of a change, as the record its command is made of; every mistake with its field.

Values come as text (a form) or as JSON (a program). Only dates, amounts, choices and rows of these get through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from loanloom.core.dates import written_day
from loanloom.core.money import is_writable
from loanloom.problems import Problem, Text, text
from loanloom.services.money.changes.parameters import Field

MOST_ROWS = 500
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Read:
    """The record of what was written, and what is wrong with it."""

    record: dict[str, Any]
    problems: tuple[Problem, ...] = ()


def read(fields: tuple[Field, ...], written: Mapping[str, Any]) -> Read:
    """The parameters as a record; problems carry the field they belong to."""
    problems: list[Problem] = []
    known = {field.name for field in fields}
    for name in written:
        if name not in known:
            problems.append(_problem("change.unknown_parameter", str(name)[:60], "is no parameter", "不是参数"))
    return Read(_record(fields, written, "", problems), tuple(problems))


def _record(
    fields: tuple[Field, ...], written: Mapping[str, Any], before: str, problems: list[Problem]
) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for field in fields:
        place = before + field.name
        value = written.get(field.name)
        if value is None or value in ("", (), [], {}):
            if field.required:
                problems.append(_problem("change.missing", place, "is needed", "必填", field.title))
            continue
        made = _value(field, value, place, problems)
        if made is not None:
            record[field.name] = made
    return record


def _value(field: Field, value: Any, place: str, problems: list[Problem]) -> Any:
    if field.type == "rows":
        return _rows(field, value, place, problems)
    if field.type == "amounts":
        if not isinstance(value, Mapping) or set(value) - {one.name for one in field.fields}:
            problems.append(_wrong(field, place))
            return None
        return _record(field.fields, value, place + ".", problems) or None
    if field.type == "many":
        allowed = {key for key, _ in field.options}
        if isinstance(value, list | tuple) and all(isinstance(one, str) and one in allowed for one in value):
            return list(value)
        problems.append(_wrong(field, place))
        return None
    try:
        return _READERS[field.type](field, value)
    except (ValueError, InvalidOperation, TypeError):
        problems.append(_wrong(field, place))
        return None


def _rows(field: Field, value: Any, place: str, problems: list[Problem]) -> list[Any] | None:
    if not isinstance(value, list | tuple) or len(value) > MOST_ROWS:
        problems.append(_wrong(field, place))
        return None
    single = len(field.fields) == 1 and field.fields[0].name == "value"
    made: list[Any] = []
    for number, row in enumerate(value):
        if single and not isinstance(row, Mapping):
            row = {"value": row}
        if not isinstance(row, Mapping):
            problems.append(_wrong(field, f"{place}.{number}"))
            continue
        record = _record(field.fields, row, f"{place}.{number}.", problems)
        made.append(record.get("value") if single else record)
    return made


def _number(_field: Field, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError
    number = Decimal(str(value).replace(",", "").replace("，", "").strip())
    if not number.is_finite() or not is_writable(number):
        raise ValueError
    return f"{number:f}"


def _integer(field: Field, value: Any) -> int:
    number = Decimal(_number(field, value))
    if number != number.to_integral_value() or abs(number) > 1_000_000:
        raise ValueError
    return int(number)


def _day(_field: Field, value: Any) -> str:
    found = value if type(value) is date else written_day(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError
    return found.isoformat()


def _choice(field: Field, value: Any) -> str:
    if value not in {key for key, _ in field.options}:
        raise ValueError
    return str(value)


def _yes_no(_field: Field, value: Any) -> bool:
    if value not in (True, False, "true", "false", "yes", "no", "on"):
        raise ValueError
    return value in (True, "true", "yes", "on")


def _text(_field: Field, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST or "\x00" in value:
        raise ValueError
    return value.strip()


_READERS = {
    "money": _number,
    "percent": _number,
    "integer": _integer,
    "date": _day,
    "choice": _choice,
    "yes_no": _yes_no,
    "text": _text,
    "unit": _text,
    "loan": _text,
    "person": _integer,
    "agreed_charge": _text,
    "charge": _integer,
    "partner": _integer,
    "guarantor": _text,
}
WANTED: Mapping[str, Text] = {
    "money": text("an amount such as 1200.50", "金额，例如 1200.50"),
    "percent": text("a rate such as 12", "比率，例如 12"),
    "integer": text("a whole number", "整数"),
    "date": text("a date such as 2026-01-31", "日期，例如 2026-01-31"),
    "choice": text("one of the choices", "选项之一"),
    "many": text("some of the choices", "选项"),
    "yes_no": text("yes or no", "是或否"),
    "text": text(f"text of at most {LONGEST} characters", f"不超过 {LONGEST} 个字符的文字"),
    "unit": text("a branch or department", "机构"),
    "person": text("a person", "人员"),
    "loan": text("a loan's number", "借据编号"),
    "agreed_charge": text("a charge of the contract", "合同约定的费用"),
    "charge": text("a charge of this loan", "本借据的费用"),
    "partner": text("a partner", "合作方"),
    "rows": text("a list of rows", "明细行"),
    "amounts": text("amounts by component", "按款项填写的金额"),
}


def _wrong(field: Field, place: str) -> Problem:
    wanted = WANTED[field.type]
    return _problem("change.wrong_type", place, f"must be {wanted['en']}", f"应为{wanted['zh']}", field.title)


def _problem(code: str, place: str, english: str, chinese: str, title: Text | None = None) -> Problem:
    named = title or text(place, place)
    return Problem(
        code=code, message=text(f"{named['en']} {english}.", f"{named['zh']}：{chinese}。"), field=place
    )  # fmt: skip
