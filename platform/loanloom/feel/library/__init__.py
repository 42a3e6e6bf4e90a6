"""The built-in functions, by subject. `STANDARD` is all of them; a plugin's functions are joined to it by the caller."""

from __future__ import annotations

from .dates import DATES
from .lists import LISTS
from .numbers import NUMBERS
from .signatures import Builtin, Library, Overload, Parameter
from .strings import STRINGS

STANDARD = NUMBERS.joined(STRINGS).joined(LISTS).joined(DATES)

__all__ = ["STANDARD", "Builtin", "Library", "Overload", "Parameter"]
