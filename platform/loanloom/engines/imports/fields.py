"""The fields that a mapping may fill: an entity's declared ones, or those of the platform's own records."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text

RECORDS = ("customer", "application")
"""Records whose fields entity documents declare."""


def _field(key: str, kind: str, title: Text) -> Field:
    return Field(key=key, title=title, type=kind, builtin=True)


OWN: Mapping[str, tuple[Field, ...]] = {
    "bank_line": (
        _field("happened_on", "date", text("Day", "交易日期")),
        _field("amount", "money", text("Amount, negative when money left", "金额（付出为负）")),
        _field("payer_name", "text", text("Other side's name", "对方户名")),
        _field("payer_account", "text", text("Other side's account", "对方账号")),
        _field("words", "text", text("Words", "摘要")),
    ),
}
"""Records of the platform's own, with their fields."""


def field_at(path: str, registry: Registry) -> Field | None:
    """The field that a value fills."""
    record, _, name = path.partition(".")
    if record in RECORDS:
        return registry.field(record, name)
    return next((one for one in OWN.get(record, ()) if one.key == name), None)
