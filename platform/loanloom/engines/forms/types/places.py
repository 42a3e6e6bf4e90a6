"""Addresses: an area chosen level by level, and street and number in words. Pure.

The address in full is kept with it, as it was written: code lists change, what somebody signed does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from loanloom.engines.forms.types import levels
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


TYPES = {
    "address": built_in(
        "address", _read_address, _write_address, inputs=(*levels.INPUTS, "detail"), parts=_inputs,
        levels=levels.offered, wide=True,
    ),
}  # fmt: skip
