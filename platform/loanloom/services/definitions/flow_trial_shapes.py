"""What a play of a flow shows, and one thing done in it as a link says it. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from loanloom.engines import flows
from loanloom.engines.flows.resolving import Member
from loanloom.metadata.pointers import is_index
from loanloom.problems import Problem, Text
from loanloom.services.definitions.flow_facts import Fact

LONGEST = 2000
"""Working hours that one thing that is done may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One thing that was done: by whom, at which step, after how many working hours; `to` where it needs a goal."""

    do: str
    node: str = ""
    by: str = ""
    to: str = ""
    hours: int = 0

    @classmethod
    def read(cls, written: str) -> Done:
        """From a link."""
        do, node, by, to, hours = (*written.split("~"), "", "", "", "")[:5]
        return cls(do=do, node=node, by=by, to=to, hours=min(int(hours), LONGEST) if is_index(hours) else 0)

    def __str__(self) -> str:
        return "~".join((self.do, self.node, self.by, self.to, str(self.hours)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Able:
    """Somebody who may do what waits, themselves or for somebody who is away today."""

    username: str
    name: str
    for_whom: str | None = None
    away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Work that waits: for whom, what they may say, where they may return it to, and its term in working hours."""

    node: str
    title: Text
    kind: str
    people: tuple[Able, ...]
    outside: str | None
    actions: tuple[str, ...]
    return_to: tuple[tuple[str, Text], ...]
    hours: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Something else that the case waits for, and what would happen."""

    title: Text
    do: Done
    what: str
    name: Text | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The play as far as it went."""

    facts: tuple[Fact, ...]
    starter: str
    starters: tuple[Member, ...]
    done: tuple[Done, ...]
    diagram: flows.Diagram
    choices: tuple[Choice, ...]
    coming: tuple[Coming, ...]
    problems: tuple[Problem, ...]
    began_at: datetime
    now: datetime
    worked: timedelta
    ended: bool
    outcome: str | None
