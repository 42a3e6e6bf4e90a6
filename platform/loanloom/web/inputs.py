"""What people type (or programs send) as an amount, a record's number or a day: the value, or Refused with the place.

One reader each, for forms, addresses and JSON alike.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request

from loanloom.core.dates import written_day
from loanloom.core.money import is_writable
from loanloom.problems import Problem, text
from loanloom.services.errors import Refused


def amount(written: Any, field: str = "amount") -> Decimal:
    """An amount: separators and full-width digits are fine, anything else is refused."""
    plain = str(written).replace(",", "").replace("，", "").replace(" ", "")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not is_writable(value):
        raise wrong(
            field, "Enter an amount in figures, such as 8884.88.", "请输入数字金额，例如 8884.88。", "order.no_amount"
        )
    return value


def versions(field: str) -> list[tuple[str, str]]:
    """(key, version) of each box that was ticked."""
    parts = (one.partition(":") for one in request.form.getlist(field))
    return [(key, version) for key, _colon, version in parts if key and version]


def whole(written: Any, field: str) -> int:
    """The number of a record that was chosen."""
    plain = str(written).strip()
    if isinstance(written, bool) or not plain.isascii() or not plain.isdecimal() or len(plain) > 18:
        raise wrong(field, "Choose a record.", "请选择记录。")
    return int(plain)


def record(written: Any) -> int:
    """The number of a record as a page of ours carries it; 0, which no record has, for anything else."""
    try:
        return whole(written, "")
    except Refused:
        return 0


def day(written: Any, field: str) -> date:
    """A day of the years 1900 to 2199."""
    found = written_day(written) if isinstance(written, str) else None
    if found is None:
        raise wrong(
            field,
            "Enter a date such as 2026-01-31, of the years 1900 to 2199.",
            "请输入日期，例如 2026-01-31（1900至2199年）。",
            "order.no_day",
        )
    return found


def optional_day(written: str | None, field: str) -> date | None:
    """A day, or None where nothing was typed."""
    return day(written, field) if written and written.strip() else None


def asked_days(*names: str) -> tuple[tuple[date | None, ...], tuple[Problem, ...]]:
    """Days of the address by their names, None where none is given; and what is wrong with any of them."""
    found: list[date | None] = []
    problems: list[Problem] = []
    for name in names:
        try:
            found.append(optional_day(request.args.get(name), name))
        except Refused as refused:
            found.append(None)
            problems += refused.problems
    return tuple(found), tuple(problems)


def asked_day(name: str) -> date | None:
    """A day of the address, None where none is given; Refused where it is no day."""
    return optional_day(request.args.get(name), name)


def wrong(field: str, en: str, zh: str, code: str = "order.bad_value") -> Refused:
    """What to raise where something typed cannot be read."""
    return Refused(Problem(code=code, message=text(en, zh), field=field))
