"""What a step of the day is: how it is cut into chunks and what one chunk does. Values and types only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping

from loanloom.core.dates import add_months
from loanloom.problems import Text
from loanloom.services.context import Context

Chunk = list[int]
"""The loans of one chunk; empty for a step that is one statement over all of them."""


def end_of_month(day: date) -> date:
    """The first day of the next month."""
    return add_months(day.replace(day=1), 1)


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

    def spans(self) -> list[tuple[date, date, date]]:
        """The nights to the next business date, cut where a month ends: first day, end, date of the entries."""
        month = end_of_month(self.business_date)
        if self.next_date <= month:
            return [(self.business_date, self.next_date, self.business_date)]
        return [(self.business_date, month, self.business_date), (month, self.next_date, self.next_date)]

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
