"""Chassis numbers and number plates: how they are written, and what tells a slip of the pen."""

from __future__ import annotations

import re
from typing import Any

from loanloom.engines.forms.types import Fault, FieldType, Shape, text_of, write_plain
from loanloom.problems import text

_VIN = re.compile(r"[0-9A-HJ-NPR-Z]{17}")
_LETTERS = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_REGIONS = "京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川贵云陕甘青蒙桂宁新藏"
_PLATE = re.compile(rf"[{_REGIONS}][A-HJ-NP-Z][0-9A-HJ-NP-Z]{{4,5}}[0-9A-HJ-NP-Z挂学警港澳]")
_BETWEEN = re.compile(r"[\s·•.\-]")


def _tidy(raw: Any) -> str:
    return _BETWEEN.sub("", text_of(raw)).upper()


def check_character(vin: str) -> str:
    """The ninth character, worked out from the others.

    >>> check_character("1M8GDM9A0KP042788")
    'X'
    """
    values = (_LETTERS.get(one) or int(one) if one.isdigit() or one in _LETTERS else 0 for one in vin)
    rest = sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def read_vin(raw: Any, spec: Any) -> str | None:
    """A chassis number as it is stored; None for nothing."""
    value = _tidy(raw)
    if not value:
        return None
    if not _VIN.fullmatch(value):
        en = "A chassis number has 17 characters: digits and capital letters without I, O and Q."
        raise Fault("vin", en, "车架号应为17位数字或大写字母（不含I、O、Q）。")
    if value[8] != check_character(value):
        raise Fault(
            "vin",
            "The ninth character does not fit: one character was mistyped.",
            "车架号校验位不符，请核对是否有误。",
        )
    return value


def read_plate(raw: Any, spec: Any) -> str | None:
    """A number plate as it is stored; None for nothing."""
    value = _tidy(raw)
    if value and not _PLATE.fullmatch(value):
        en = "A number plate begins with its region and a letter, such as 浙A12345."
        raise Fault("number_plate", en, "车牌号应为省份简称、字母及5至6位号码，如浙A12345。")
    return value or None


VIN = FieldType(title=text("Chassis number", "车架号"), shape=Shape(), read=read_vin, write=write_plain, widget="text")
NUMBER_PLATE = FieldType(
    title=text("Number plate", "车牌号"), shape=Shape(), read=read_plate, write=write_plain, widget="text"
)
