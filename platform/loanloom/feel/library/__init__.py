"""The built-in functions, by subject. `STANDARD` is all of them; the caller joins a plugin's functions to it."""

from __future__ import annotations

from .dates import DATES
from .lists import LISTS
from .numbers import NUMBERS
from .ranges import RANGES
from .signatures import Builtin, Library, Overload, Parameter
from .strings import STRINGS

STANDARD = NUMBERS.joined(STRINGS).joined(LISTS).joined(DATES).joined(RANGES)

__all__ = ["STANDARD", "Builtin", "Library", "Overload", "Parameter"]
