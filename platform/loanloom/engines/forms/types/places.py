"""Addresses: an area chosen level by level, and street and number in words; and locations by latitude and longitude.
Pure.

The address in full is kept with it, as it was written: code lists change, what somebody signed does not. A location is
what a device measured (WGS 84), to a tenth of a metre.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any

from loanloom.engines.forms.types import levels, numbers
from loanloom.engines.forms.types.base import SHORT_TEXT, Fault, Inputs, built_in, text_of

if TYPE_CHECKING:
    from loanloom.engines.forms.model import Spec


def _read_address(raw: Any, spec: Spec) -> dict[str, str | None] | None:
    if not isinstance(raw, Mapping):
        raw = {"detail": raw}
    given = raw.get("area")
    area = levels.read(raw if given is None else given, spec)
    detail = " ".join(text_of(raw.get("detail") or "").split())
    limit = spec.max_length or SHORT_TEXT
    if len(detail) > limit:
        raise Fault("too_long", f"At most {limit} characters.", f"最多{limit}个字。")
    if area is None and not detail:
        return None
    if area is None:
        raise Fault("address_area", "Choose the area too.", "请选择所在地区。", unfinished=True)
    if not detail:
        raise Fault("address_detail", "Write street and number too.", "请填写详细地址。", unfinished=True)
    return {"area": area, "detail": detail, "text": levels.words(area, spec, "zh") + detail}


def _write_address(value: Any, spec: Spec) -> str:
    return str(value.get("text") or value.get("detail") or "")


def _inputs(value: Any, spec: Spec) -> Inputs:
    area, detail = value.get("area"), value.get("detail")
    return {**(levels.inputs_of(area, spec) if area else {}), **({"detail": detail} if detail else {})}


_PLACES, _METRES = Decimal("0.000001"), Decimal(1)
_BETWEEN = re.compile(r"[\s,，;；]+")


def _read_location(raw: Any, spec: Spec) -> dict[str, Decimal | None] | None:
    """Latitude and longitude within the globe; from two inputs, a fact, or one text with a comma between."""
    if not isinstance(raw, Mapping):
        raw = dict(zip(("latitude", "longitude"), _BETWEEN.split(text_of(raw).strip()), strict=False))
    latitude = _degrees(raw.get("latitude"), 90, "latitude", "纬度")
    longitude = _degrees(raw.get("longitude"), 180, "longitude", "经度")
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        en, zh = "Latitude and longitude are both needed.", "请同时填写纬度和经度。"
        raise Fault("half_location", en, zh, unfinished=True)
    return {"latitude": latitude, "longitude": longitude, "accuracy": _metres(raw.get("accuracy"))}


def _degrees(raw: Any, most: int, en: str, zh: str) -> Decimal | None:
    value = numbers.number_of("" if raw is None else raw)
    if value is not None and abs(value) > most:
        raise Fault("off_the_globe", f"The {en} lies between -{most} and {most}.", f"{zh}应在-{most}至{most}之间。")
    return None if value is None else value.quantize(_PLACES, ROUND_HALF_EVEN)


def _metres(raw: Any) -> Decimal | None:
    """How exact it is; what cannot be read is not known."""
    try:
        value = numbers.number_of("" if raw is None else raw)
    except Fault:
        return None
    return value.quantize(_METRES, ROUND_HALF_EVEN) if value is not None and 0 <= value < numbers.LARGEST else None


def _write_location(value: Any, spec: Spec) -> str:
    return f"{value['latitude']:f}, {value['longitude']:f}"


def _location_inputs(value: Any, spec: Spec) -> Inputs:
    return {name: f"{part:f}" for name, part in value.items() if part is not None}


def _location_words(value: Any, spec: Spec, language: str) -> str:
    exact, accuracy = _write_location(value, spec), value.get("accuracy")
    if accuracy is None:
        return exact
    return f"{exact}（误差约{accuracy}米）" if language == "zh" else f"{exact} (within {accuracy} m)"


TYPES = {
    "location": built_in(
        "location", _read_location, _write_location, inputs=("latitude", "longitude", "accuracy"),
        parts=_location_inputs, words=_location_words,
    ),
    "address": built_in(
        "address", _read_address, _write_address, inputs=(*levels.INPUTS, "detail"), parts=_inputs,
        levels=levels.offered, wide=True,
    ),
}  # fmt: skip
