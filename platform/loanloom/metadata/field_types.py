"""What everybody may know of a field type: the shape of its values, whether they are kept closed. Nothing of how they
are read or drawn; that is `engines.forms.types`.

A plugin's type brings its own shape (`Added`); the kinds of an installation carry those beside the built-in ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol

from loanloom.problems import Text, text

Plain = Literal["string", "number", "date", "boolean"]


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a value that has several."""

    type: Plain
    title: Text
    coded: bool = False
    """The part is a code of the field's code list."""
    optional: bool = False
    """The value may stand without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a value of the type is: a plain one, several of them, or a record of named parts."""

    type: Plain = "string"
    several: bool = False
    parts: Mapping[str, Part] = field(default_factory=lambda: MappingProxyType({}))
    closed: bool = False
    """Kept encrypted and shown masked, whatever a field's declaration says."""
    coded: bool = False
    """The value is a code (or codes) of the field's code list."""
    files: bool = False
    """The value names files that were handed in."""
    rows: bool = False
    """The value is fields of its own: rows of them (`several`), or one group."""
    long: bool = False
    """Too much to stand in a list or to be found by."""


class Added(Protocol):
    """A field type that a plugin brings, as far as metadata looks at it."""

    @property
    def title(self) -> Text:
        """What authors call it."""

    @property
    def shape(self) -> Shape:
        """What its values are."""


TEXT = Shape()
_NUMBER = Shape(type="number")
_FILE = Shape(files=True)
_FILES = Shape(files=True, several=True)

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        **dict.fromkeys(("text", "month", "credit_code", "lookup"), TEXT),
        **dict.fromkeys(("long_text", "rich_text"), Shape(long=True)),
        **dict.fromkeys(("phone", "email", "id_card", "bank_card"), Shape(closed=True)),
        **dict.fromkeys(("integer", "number", "money", "percent", "rating"), _NUMBER),
        "date": Shape(type="date"),
        "period": Shape(
            parts=MappingProxyType(
                {"start": Part("date", text("from", "起始日")), "end": Part("date", text("to", "截止日"))}
            )
        ),
        "yes_no": Shape(type="boolean"),
        **dict.fromkeys(("choice", "cascade"), Shape(coded=True)),
        "multi_choice": Shape(coded=True, several=True),
        "address": Shape(
            parts=MappingProxyType(
                {
                    "area": Part("string", text("area", "所在地区"), coded=True),
                    "detail": Part("string", text("street and number", "详细地址")),
                    "text": Part("string", text("in full", "完整地址")),
                }
            )
        ),
        "location": Shape(
            parts=MappingProxyType(
                {
                    "latitude": Part("number", text("latitude", "纬度")),
                    "longitude": Part("number", text("longitude", "经度")),
                    "accuracy": Part("number", text("within metres", "误差（米）"), optional=True),
                }
            )
        ),
        **dict.fromkeys(("file", "image", "signature"), _FILE),
        **dict.fromkeys(("files", "images"), _FILES),
        "table": Shape(rows=True, several=True),
        "group": Shape(rows=True),
    }
)
"""The built-in types. Their names in both languages stand in the kind `entity`."""


def empty(shape: Shape) -> Any:
    """The value of a field that nobody has filled in."""
    return [] if shape.several else None
