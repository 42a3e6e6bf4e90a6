"""JSON in and out of the database without a float: Decimal stays Decimal, int stays int.

A Decimal is written as a JSON number that always has a fraction (5000 as 5000.0), so that it comes back as a Decimal.
Dates become ISO text and do not come back by themselves.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

# Decimals leave the C encoder as marked text and lose their quotes afterwards; the random mark cannot be forged.
_MARK = f"{secrets.token_hex(8)}:"
_MARKED = re.compile(f'"{_MARK}(-?[0-9.]+)"')


def _other(value: Any) -> Any:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is not a JSON number")
        written = format(value, "f")
        return f"{_MARK}{written if '.' in written else written + '.0'}"
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


_ENCODER = json.JSONEncoder(default=_other, ensure_ascii=False, allow_nan=False)


def dumps(value: Any) -> str:
    """JSON text of mappings, sequences, text, numbers, dates and None; a float is a defect and is refused."""
    written = _ENCODER.encode(value)
    return _MARKED.sub(r"\1", written) if _MARK in written else written


def loads(value: str | bytes) -> Any:
    """The value of JSON text; a number with a fraction or exponent is a Decimal."""
    return json.loads(value, parse_float=Decimal)
