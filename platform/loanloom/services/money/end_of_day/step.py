"""What a step of the day is: how it is cut into chunks and what one chunk does. Values and types only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping

from loanloom.problems import Text
from loanloom.services.context import Context

Chunk = list[int]
"""The loans of one chunk; empty for a step that is one statement over all of them."""


@dataclass(frozen=True, slots=True)
class Run:
    """One closing of one day."""

    id: int
    business_date: date
    next_date: date
    state: str
    step: str

    @classmethod
    def of(cls, row: RowMapping) -> Run:
        """From its row."""
        return cls(row["id"], row["business_date"], row["next_date"], row["state"], row["step"])

    def tomorrow(self, ctx: Context) -> Context:
        """The same surroundings on the next business date."""
        return replace(ctx, business_date=self.next_date)


Plan = Callable[[Connection, Run], list[Chunk]]
Work = Callable[[Context, Connection, Run, Chunk], Mapping[str, Any]]


def as_one(_connection: Connection, _run: Run) -> list[Chunk]:
    """A step that is not cut."""
    return [[]]


@dataclass(frozen=True, slots=True)
class Step:
    """A named part of the day. `work` runs in the transaction that holds its chunk; repeating it is prevented there."""

    key: str
    title: Text
    work: Work
    plan: Plan = as_one
