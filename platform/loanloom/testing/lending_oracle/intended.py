"""Cases where we differ from the oracle on purpose: the day it was decided, and why."""

from __future__ import annotations

from collections.abc import Mapping

INTENDED: Mapping[str, str] = {}
