"""Whether two values are the same in every detail: what a check finds again only where it is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from loanloom.metadata.pointers import is_list


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same in every detail: 1.0 is not 1.00, and the order of keys counts."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, Decimal):
        return bool(one.as_tuple() == other.as_tuple())
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(alike(value, other[name]) for name, value in one.items())
    if is_list(one):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(mine is theirs or alike(mine, theirs) for mine, theirs in pairs)
    compared = _compared(one.__class__)
    if compared is not None:
        pairs = zip(compared(one), compared(other), strict=True)
        return all(mine is theirs or alike(mine, theirs) for mine, theirs in pairs)
    return bool(one == other)


@lru_cache(maxsize=1024)
def _compared(kind: type[Any]) -> Callable[[Any], tuple[Any, ...]] | None:
    """Takes what is compared out of the values of a dataclass; None of a class that compares in its own way."""
    if not is_dataclass(kind) or kind.__eq__ is object.__eq__:
        return None
    names = [each.name for each in fields(kind) if each.compare]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda one: tuple(getattr(one, name) for name in names)
