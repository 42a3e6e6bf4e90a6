"""What one plain value of a declared field is, as far as indexes, filters and sheets care; a value of several parts, of
several values, files and rows are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from loanloom.metadata.fields import Field

Plain = Literal["text", "code", "number", "date", "yes_no"]
OF_SHAPE: Mapping[str, Plain] = MappingProxyType(
    {"string": "text", "number": "number", "date": "date", "boolean": "yes_no"}
)


def plain(field: Field) -> Plain | None:
    """What the one plain value of a field is; None where it is none, or too long to be one."""
    shape = field.shape
    if shape.several or shape.parts or shape.files or shape.rows or shape.long:
        return None
    return "code" if shape.coded else OF_SHAPE[shape.type]
