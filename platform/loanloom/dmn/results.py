"""What an evaluation of a model came to: values by name, and how each decision came to its own. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .problems import DmnProblem
from .running import TableHit


@dataclass(frozen=True, slots=True)
class Step:
    """How one decision came to its value: what it read, which rules of its tables applied, what went wrong."""

    element: str
    id: str | None
    value: Any
    inputs: Mapping[str, Any]
    problems: tuple[DmnProblem, ...] = ()
    tables: tuple[TableHit, ...] = ()
    failed: bool = False


@dataclass(frozen=True, slots=True)
class ModelResult:
    """The values asked for, by name; a decision that failed is not among them. The trace is in order of computing."""

    values: Mapping[str, Any]
    problems: tuple[DmnProblem, ...]
    trace: tuple[Step, ...]

    @property
    def value(self) -> Any:
        """The value where one was asked for; null where it failed."""
        return next(iter(self.values.values()), None)
