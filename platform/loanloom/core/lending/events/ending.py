"""Events in which a loan ends otherwise than by being paid: charged off, written off, terminated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loanloom.core.lending.events.event import Event
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.planning.instalments import Instalment


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargedOff(Event):
    """The loan is no asset any more in our books, but still owed: `applied` says what was outstanding then.

    `rows` are instalments that changed because interest stops or all of it falls due (`removed` went into them).
    """

    applied: tuple[Applied, ...]
    reason: str = ""
    bears_interest: bool = True
    rows: tuple[Instalment, ...] = ()
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenOff(Event):
    """What was still owed was given up in the books; it may yet be recovered."""

    applied: tuple[Applied, ...]
    reason: str = ""
    rows: tuple[Instalment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTerminated(Event):
    """The contract ended before its time: all that was outstanding fell due that day, and bears no interest since."""

    reason: str = ""
    rows: tuple[Instalment, ...] = ()
    removed: tuple[int, ...] = ()


NAMED: Mapping[str, type[Event]] = {
    "charged_off": ChargedOff,
    "written_off": WrittenOff,
    "contract_terminated": ContractTerminated,
}
"""Stored names."""
