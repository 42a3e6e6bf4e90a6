"""The field types: how each reads what came in, writes what is stored, says what is wrong, and is drawn.

One file for each family. Plugins add more through the slot `field_type`; whoever asks which types there are asks
`known(registry)`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from loanloom.engines.forms.types import choices, dates, files, lookups, numbers, places, texts
from loanloom.engines.forms.types.base import Fault, FieldType, text_of, write_plain
from loanloom.engines.forms.types.texts import is_pattern
from loanloom.metadata.field_types import Shape
from loanloom.metadata.registry import Registry

TABLE, GROUP = "table", "group"
"""Rows of fields, and fields in a group: settled and drawn by the form itself, not by a type."""

BUILT_IN: Mapping[str, FieldType] = MappingProxyType(
    {
        **texts.TYPES,
        **numbers.TYPES,
        **dates.TYPES,
        **choices.TYPES,
        **places.TYPES,
        **files.TYPES,
        **lookups.TYPES,
    }
)


def known(registry: Registry) -> Mapping[str, FieldType]:
    """Every field type there is here, by key: the built-in ones and those of plugins."""
    added = registry.kinds.field_types
    return cast(Mapping[str, FieldType], {**BUILT_IN, **added}) if added else BUILT_IN


__all__ = ["BUILT_IN", "GROUP", "TABLE", "Fault", "FieldType", "Shape", "is_pattern", "known", "text_of", "write_plain"]
