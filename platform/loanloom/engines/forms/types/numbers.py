"""Numbers: whole, plain, money, percentages, ratings. Pure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from loanloom.core.money import is_writable
from loanloom.engines.forms import formats
from loanloom.engines.forms.types.base import Fault, built_in, text_of

if TYPE_CHECKING:
    from loanloom.engines.forms.model import Spec

LARGEST = Decimal("1E15")
HUNDRED = Decimal(100)
RATING = 5
"""Steps of a rating that does not say how many it has."""
MOST_STEPS = 10


def number_of(raw: Any) -> Decimal | None:
    """A number as it is written or typed already; None for nothing."""
    if isinstance(raw, bool):
        raise Fault("not_a_number", "This is not a number.", "这里应填写数字。")
    if isinstance(raw, int):
        return Decimal(raw)
    if isinstance(raw, Decimal):
        if not is_writable(raw):
            raise Fault("not_a_number", "This is not a number.", "这里应填写数字。")
        return raw
    value = text_of(raw).strip()
    if not value:
        return None
    number = formats.number(value)
    if number is None:
        raise Fault("not_a_number", f"“{value[:40]}” is not a number.", f"“{value[:40]}”不是数字。")
    return number


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def plain(value: Decimal) -> str:
    """A number as people write it: no exponent, thousands separated.

    >>> plain(Decimal("1E+5")), plain(Decimal("0.10"))
    ('100,000', '0.10')
    """
    return f"{value:,f}"


def bare(value: Decimal) -> Decimal:
    """A number without the zeros behind its point that nobody means: JSON keeps 12 as 12.0.

    >>> bare(Decimal("12.0")), bare(Decimal("6.50")), bare(Decimal("100"))
    (Decimal('12'), Decimal('6.5'), Decimal('100'))
    """
    written = f"{value:f}"
    return Decimal(written.rstrip("0").rstrip(".")) if "." in written else value


def _in_range(value: Decimal, spec: Spec, shown: Callable[[Decimal], str]) -> Decimal:
    if abs(value) >= LARGEST:
        raise Fault("out_of_range", "This number is too large.", "数字过大。")
    low, high = spec.minimum, spec.maximum
    if isinstance(low, Decimal) and value < low:
        raise Fault("below_minimum", f"At least {shown(low)}.", f"不得低于{shown(low)}。")
    if isinstance(high, Decimal) and value > high:
        raise Fault("above_maximum", f"At most {shown(high)}.", f"不得高于{shown(high)}。")
    return value


def _read_number(raw: Any, spec: Spec) -> Decimal | None:
    value = number_of(raw)
    if value is None:
        return None
    allowed = 0 if spec.type == "integer" else spec.decimals
    if spec.type == "money" and allowed is None:
        allowed = 2
    if allowed is not None and _places(value) > allowed:
        if allowed == 0:
            raise Fault("not_whole", "Only a whole number.", "只能填写整数。")
        raise Fault("too_fine", f"At most {allowed} decimal places.", f"最多{allowed}位小数。")
    return _in_range(value, spec, plain)


def _write_number(value: Any, spec: Spec) -> str:
    if not isinstance(value, Decimal):
        value = Decimal(value)
    if spec.type == "money":
        return plain(value.quantize(Decimal(1).scaleb(-(2 if spec.decimals is None else spec.decimals))))
    return f"{bare(value):f}"


def _read_percent(raw: Any, spec: Spec) -> Decimal | None:
    if isinstance(raw, str | list | tuple):
        written = text_of(raw).strip().removesuffix("%").removesuffix("％")
        points = number_of(written)
        value = None if points is None else points / HUNDRED
    else:
        value = number_of(raw)
    if value is None:
        return None
    allowed = (4 if spec.decimals is None else spec.decimals) + 2
    if _places(value) > allowed:
        raise Fault("too_fine", f"At most {allowed - 2} decimal places.", f"最多{allowed - 2}位小数。")
    return _in_range(value, spec, lambda limit: f"{(limit * HUNDRED).normalize():f}%")


def _write_percent(value: Any, spec: Spec) -> str:
    return f"{(Decimal(value) * HUNDRED).normalize():f}"


def steps_of(spec: Spec) -> int:
    """How many steps a rating has."""
    return min(int(spec.maximum), MOST_STEPS) if isinstance(spec.maximum, Decimal) else RATING


def _read_rating(raw: Any, spec: Spec) -> Decimal | None:
    value = number_of(raw)
    if value is None:
        return None
    most = steps_of(spec)
    if _places(value) or not 1 <= value <= most:
        raise Fault("rating", f"A rating is a whole number from 1 to {most}.", f"评分应为1至{most}的整数。")
    return value


def _rating_words(value: Any, spec: Spec, language: str) -> str:
    return f"{bare(Decimal(value)):f} / {steps_of(spec)}"


TYPES = {
    **{key: built_in(key, _read_number, _write_number, widget="number") for key in ("integer", "number", "money")},
    "percent": built_in("percent", _read_percent, _write_percent, widget="number"),
    "rating": built_in("rating", _read_rating, _write_number, words=_rating_words),
}
