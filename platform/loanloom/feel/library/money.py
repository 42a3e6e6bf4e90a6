"""`MONEY`: the words of lending that FEEL has not, apart from its own functions and joined to them for the platform."""

from __future__ import annotations

from .amounts import AMOUNTS
from .day_counts import DAY_COUNTS
from .rates import RATES

MONEY = RATES.joined(DAY_COUNTS).joined(AMOUNTS)

__all__ = ["MONEY"]
