"""Values brought to a declared type, as DMN does at the edges of decisions and functions. Never raises."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ..types import Type
from . import wide
from .values import is_a, kind_of


def coerce(value: Any, type_: Type) -> Any:
    """The value as one of the type, or null where it is none.

    One value becomes a list of it and a list of one its item where the type asks for that; a date its midnight (UTC)
    where it asks for a date and time. A text must be among the values of an enumeration.
    """
    if value is None:
        return None
    if conforms(value, type_):
        return value
    kind = kind_of(value)
    if type_.kind == "list":
        return [value] if kind != "list" and type_.item is not None and conforms(value, type_.item) else None
    if kind == "list":
        return value[0] if len(value) == 1 and value[0] is not None and conforms(value[0], type_) else None
    if kind == "date" and type_.kind == "date and time":
        return wide.instant_of(value, dt.time(tzinfo=dt.UTC))
    return None


def conforms(value: Any, type_: Type) -> bool:
    """Whether a value belongs to a type and, in an enumeration or within limits, to what it allows."""
    if value is None:
        return True
    if not is_a(value, type_):
        return False
    if type_.kind == "list" and type_.item is not None:
        return all(conforms(one, type_.item) for one in value)
    if type_.kind == "context":
        return all(conforms(value[name], one) for name, one in type_.fields if name in value)
    if type_.values is not None:
        return value in type_.allowed
    return (type_.least is None or value >= type_.least) and (type_.most is None or value <= type_.most)
