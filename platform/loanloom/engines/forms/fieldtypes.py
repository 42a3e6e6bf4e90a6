"""The field types: how each reads what came in, writes what is stored and says what is wrong with it.

Pure. A type is a value in a table (`FIELD_TYPES`), so that a plugin can add one. Text is what a person sees and
types (a percentage as 12.5); a value that already has its type (Decimal, date, bool, list) is a fact and is taken
as it is (0.125).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from loanloom.core.dates import written_day
from loanloom.core.money import is_writable
from loanloom.engines.forms import formats
from loanloom.engines.forms.model import Spec
from loanloom.feel.patterns import Pattern, compile_pattern
from loanloom.feel.problems import Fault as PatternFault
from loanloom.feel.running.budget import Budget
from loanloom.problems import Problem, text

LARGEST = Decimal("1E15")
SHORT_TEXT, LONG_TEXT = 255, 4000
HUNDRED = Decimal(100)


class Fault(Exception):
    """What is wrong with one value."""

    def __init__(self, code: str, en: str, zh: str) -> None:
        super().__init__(code)
        self.problem = Problem(code=f"form.{code}", message=text(en, zh))


@dataclass(frozen=True, slots=True)
class FieldType:
    """How one type of field is read, checked and written. `read` raises Fault; `write` gives the text of an input."""

    key: str
    read: Callable[[Any, Spec], Any]
    write: Callable[[Any, Spec], str]
    feel: str


def _text_of(raw: Any) -> str:
    if isinstance(raw, list | tuple):
        raw = next((part for part in raw if part), "")
    if not isinstance(raw, str):
        raise Fault("not_text", "This is not text.", "这里应填写文字。")
    if "\x00" in raw:
        raise Fault("not_text", "This holds characters that cannot be kept.", "含有无法保存的字符。")
    return raw


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value is written as the pattern says; within the bounds of one evaluation."""
    try:
        return _compiled(pattern).holds(value, Budget().spend)
    except PatternFault:
        return False


def is_pattern(pattern: str) -> bool:
    """Whether an author's pattern can be read."""
    try:
        _compiled(pattern)
    except PatternFault:
        return False
    return True


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Pattern:
    return compile_pattern(f"^({pattern})$")


def _read_text(raw: Any, spec: Spec) -> str | None:
    value = _text_of(raw).replace("\r\n", "\n").strip()
    limit = spec.max_length or (LONG_TEXT if spec.type == "long_text" else SHORT_TEXT)
    if len(value) > limit:
        raise Fault(
            "too_long",
            f"At most {limit} characters; this has {len(value)}.",
            f"最多{limit}个字，现有{len(value)}个字。",
        )
    if value and spec.pattern and not matches(spec.pattern, value):
        raise Fault("pattern", "This is not written in the expected way.", "格式不符合要求。")
    return value or None


def _read_phone(raw: Any, spec: Spec) -> str | None:
    value = _text_of(raw).strip()
    if not value:
        return None
    number = formats.phone(value)
    if number is None:
        raise Fault(
            "phone",
            "This is no phone number: eleven digits for a mobile, or area code and number.",
            "电话号码有误：手机号为11位数字，固定电话请带区号。",
        )
    return number


_ID_FAULTS = {
    "shape": (
        "An identity number has 17 digits and a check character (a digit or X).",
        "身份证号应为17位数字加1位校验码（数字或X）。",
    ),
    "region": ("The first two digits name no province.", "身份证号前两位不是有效的省份代码。"),
    "birth": ("Digits 7 to 14 are no date of birth.", "身份证号第7至14位不是有效的出生日期。"),
    "check": ("The check character does not fit: one digit was mistyped.", "身份证号校验码不符，请核对是否有误。"),
}


def _read_id_card(raw: Any, spec: Spec) -> str | None:
    value = _text_of(raw).strip()
    if not value:
        return None
    if formats.is_credit_code(value):
        return formats.id_card(value)
    fault = formats.id_card_fault(value)
    if fault:
        raise Fault("id_card", *_ID_FAULTS[fault])
    return formats.id_card(value)


def _number_of(raw: Any) -> Decimal | None:
    if isinstance(raw, bool):
        raise Fault("not_a_number", "This is not a number.", "这里应填写数字。")
    if isinstance(raw, int):
        return Decimal(raw)
    if isinstance(raw, Decimal):
        if not is_writable(raw):
            raise Fault("not_a_number", "This is not a number.", "这里应填写数字。")
        return raw
    value = _text_of(raw).strip()
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
    value = _number_of(raw)
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
    return f"{value:f}"


def _read_percent(raw: Any, spec: Spec) -> Decimal | None:
    if isinstance(raw, str | list | tuple):
        written = _text_of(raw).strip().removesuffix("%").removesuffix("％")
        points = _number_of(written)
        value = None if points is None else points / HUNDRED
    else:
        value = _number_of(raw)
    if value is None:
        return None
    allowed = (4 if spec.decimals is None else spec.decimals) + 2
    if _places(value) > allowed:
        raise Fault("too_fine", f"At most {allowed - 2} decimal places.", f"最多{allowed - 2}位小数。")
    return _in_range(value, spec, lambda limit: f"{(limit * HUNDRED).normalize():f}%")


def _write_percent(value: Any, spec: Spec) -> str:
    return f"{(Decimal(value) * HUNDRED).normalize():f}"


def _read_date(raw: Any, spec: Spec) -> date | None:
    if isinstance(raw, date):
        return _within(raw, spec)
    value = _text_of(raw).strip()
    if not value:
        return None
    found = written_day(value)
    if found is None:
        raise Fault(
            "not_a_date",
            f"“{value[:40]}” is not a date of the calendar; write 2026-01-31.",
            f"“{value[:40]}”不是有效日期，请按2026-01-31填写。",
        )
    return _within(found, spec)


def _within(value: date, spec: Spec) -> date:
    low, high = spec.minimum, spec.maximum
    if isinstance(low, date) and value < low:
        raise Fault("below_minimum", f"Not before {low.isoformat()}.", f"不得早于{low.isoformat()}。")
    if isinstance(high, date) and value > high:
        raise Fault("above_maximum", f"Not after {high.isoformat()}.", f"不得晚于{high.isoformat()}。")
    return value


def _read_month(raw: Any, spec: Spec) -> str | None:
    value = _text_of(raw).strip()
    if not value:
        return None
    found = formats.month(value)
    if found is None:
        raise Fault(
            "not_a_month",
            f"“{value[:40]}” is not a month; write 2026-01.",
            f"“{value[:40]}”不是有效月份，请按2026-01填写。",
        )
    return found


_YES = frozenset({"true", "yes", "1", "on", "是"})
_NO = frozenset({"false", "no", "0", "off", "否"})


def _read_yes_no(raw: Any, spec: Spec) -> bool | None:
    if isinstance(raw, bool):
        return raw
    value = _text_of(raw).strip().lower()
    if not value:
        return None
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise Fault("not_yes_no", "Answer yes or no.", "请选择是或否。")


def _known(key: str, spec: Spec) -> str:
    if key not in spec.option_keys:
        raise Fault("unknown_choice", f"“{key[:40]}” is not one of the choices.", f"“{key[:40]}”不在可选项中。")
    return key


def _read_choice(raw: Any, spec: Spec) -> str | None:
    value = _text_of(raw).strip()
    return _known(value, spec) if value else None


def _read_choices(raw: Any, spec: Spec) -> tuple[str, ...]:
    parts = [raw] if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise Fault("unknown_choice", "These are not choices.", "不是有效的选项。")
    return tuple(dict.fromkeys(_known(part.strip(), spec) for part in parts if part.strip()))


def _read_file(raw: Any, spec: Spec) -> str | None:
    value = _text_of(raw).strip()
    if value and not re.fullmatch(r"[0-9A-Za-z-]{1,64}", value):
        raise Fault("not_a_file", "Choose the file again.", "请重新选择文件。")
    return value or None


def _write_plain(value: Any, spec: Spec) -> str:
    return str(value)


def _write_yes_no(value: Any, spec: Spec) -> str:
    return "true" if value else "false"


def _write_choices(value: Any, spec: Spec) -> str:
    return ",".join(value)


def _write_date(value: Any, spec: Spec) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


_BUILT_IN = (
    FieldType("text", _read_text, _write_plain, "string"),
    FieldType("long_text", _read_text, _write_plain, "string"),
    FieldType("phone", _read_phone, _write_plain, "string"),
    FieldType("id_card", _read_id_card, _write_plain, "string"),
    FieldType("integer", _read_number, _write_number, "number"),
    FieldType("number", _read_number, _write_number, "number"),
    FieldType("money", _read_number, _write_number, "number"),
    FieldType("percent", _read_percent, _write_percent, "number"),
    FieldType("date", _read_date, _write_date, "date"),
    FieldType("month", _read_month, _write_plain, "string"),
    FieldType("yes_no", _read_yes_no, _write_yes_no, "boolean"),
    FieldType("choice", _read_choice, _write_plain, "string"),
    FieldType("multi_choice", _read_choices, _write_choices, "list"),
    FieldType("file", _read_file, _write_plain, "string"),
)
FIELD_TYPES: Mapping[str, FieldType] = MappingProxyType({kind.key: kind for kind in _BUILT_IN})
TABLE = "table"
