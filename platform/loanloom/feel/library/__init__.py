"""The built-in functions, by subject. `STANDARD` is FEEL's own, `MONEY` the words of lending, `LENDING` both.

The caller joins a plugin's functions to them.
"""

from __future__ import annotations

from .dates import DATES
from .lists import LISTS
from .money import MONEY
from .numbers import NUMBERS
from .ranges import RANGES
from .signatures import Builtin, Library, Overload, Parameter
from .strings import STRINGS

STANDARD = NUMBERS.joined(STRINGS).joined(LISTS).joined(DATES).joined(RANGES)

LENDING = STANDARD.joined(MONEY)

__all__ = ["LENDING", "MONEY", "STANDARD", "Builtin", "Library", "Overload", "Parameter"]
