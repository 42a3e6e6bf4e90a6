"""From what was typed (or sent as JSON) to the parameters of an order: by the types of the order's own dataclass.

Names and types come from the dataclass alone, so that a new kind of order needs no form code. Decides nothing.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, get_args, get_origin, get_type_hints

from loanloom.core.money import is_writable
from loanloom.problems import Problem, text
from loanloom.services.errors import Refused

YES = frozenset({"yes", "true", "on", "1"})


def amount_of(written: Any, field: str = "amount") -> Decimal:
    """What was typed as an amount: separators and full-width digits are fine, anything else is refused."""
    plain = str(written).replace(",", "").replace("，", "").replace(" ", "")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not is_writable(value):
        raise Refused(
            Problem(
                code="order.no_amount",
                message=text("Enter an amount in figures, such as 8884.88.", "请输入数字金额，例如 8884.88。"),
                field=field,
            )
        )
    return value


def parameters(kind: type[Any], given: Mapping[str, Any]) -> Any:
    """The parameters of an order; every fault of what was given at once."""
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in fields(kind):
        written = given.get(field.name)
        if written is None or (isinstance(written, str) and not written.strip()):
            if field.default is MISSING:
                problems.append(_missing(field.name))
            continue
        try:
            values[field.name] = _read(hints[field.name], written, field.name)
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return kind(**values)


def _read(hint: Any, written: Any, name: str) -> Any:
    if get_origin(hint) is types.UnionType:
        hint = next(option for option in get_args(hint) if option is not types.NoneType)
    if hint is Decimal:
        return amount_of(written, name)
    if hint is int:
        return whole(written, name)
    if hint is bool:
        return written is True or str(written).strip().lower() in YES
    if hint is date:
        try:
            return date.fromisoformat(str(written).strip())
        except ValueError:
            raise Refused(_wrong(name, "Enter a date such as 2026-01-31.", "请输入日期，例如 2026-01-31。")) from None
    if get_args(hint) and str(written) not in get_args(hint):
        raise Refused(_wrong(name, "Choose one of the given values.", "请选择给定的选项。"))
    return str(written).strip()[:1000]


def whole(written: Any, name: str) -> int:
    """The number of a record that was chosen."""
    plain = str(written).strip()
    if isinstance(written, bool) or not plain.isascii() or not plain.isdecimal() or len(plain) > 18:
        raise Refused(_wrong(name, "Choose a record.", "请选择记录。"))
    return int(plain)


def _missing(name: str) -> Problem:
    return _wrong(name, "This is needed.", "此项必填。", "order.missing")


def _wrong(name: str, en: str, zh: str, code: str = "order.bad_value") -> Problem:
    return Problem(code=code, message=text(en, zh), field=name)
