"""What compiling makes of an expression: its type and its function, and what a place sees. Values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loanloom.feel import ANY, Type, optional

from .running import Names, Run

Evaluate = Callable[[Names, Run], Any]


@dataclass(frozen=True, slots=True)
class Code:
    """A compiled expression."""

    type: Type
    run: Evaluate


@dataclass(frozen=True, slots=True)
class Seen:
    """What may be written at a place of the model: the names in scope, and the value that a cell tests."""

    scope: Type
    tested: Type | None = None


NOTHING = Code(optional(ANY), lambda names, run: None)
