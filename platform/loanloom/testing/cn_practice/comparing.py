"""A computed answer against an expected one: every figure that the case names, at the digits it names it with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any


def differences(want: Any, made: Any, place: str = "") -> Iterator[str]:
    """Where and how the answer differs."""
    match want:
        case Mapping():
            for key, value in want.items():
                if not isinstance(made, Mapping) or key not in made:
                    yield f"{place}/{key}: not computed"
                else:
                    yield from differences(value, made[key], f"{place}/{key}")
        case str():
            if not _same(want, made):
                yield f"{place}: {made} instead of {want}"
        case Sequence():
            if not isinstance(made, Sequence) or len(made) != len(want):
                yield f"{place}: {len(made) if isinstance(made, Sequence) else made} rows instead of {len(want)}"
                return
            for number, (one, other) in enumerate(zip(want, made, strict=True), 1):
                yield from differences(one, other, f"{place}[{number}]")
        case _:
            if want != made or isinstance(want, bool) is not isinstance(made, bool):
                yield f"{place}: {made} instead of {want}"


def _same(want: str, made: Any) -> bool:
    """Text and dates as they are; numbers at the digits of the expected one."""
    if isinstance(made, date):
        return made.isoformat() == want
    if not isinstance(made, Decimal | int) or isinstance(made, bool):
        return str(made) == want
    try:
        number = Decimal(want)
    except InvalidOperation:
        return False
    return Decimal(made).quantize(Decimal(1).scaleb(number.as_tuple().exponent), ROUND_HALF_UP) == number  # type: ignore[arg-type]  # finite
