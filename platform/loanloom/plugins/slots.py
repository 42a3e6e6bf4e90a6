"""The slots a plugin can fill, each with the type its parts must have. A slot is here only when the house uses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something that leaves the house: a row of the outbox. `id` stays the same when it is tried again."""

    id: int
    company_id: int
    topic: str
    payload: Mapping[str, Any]
    attempt: int
    home: Path
    """The installation's folder, for connectors that keep files."""


class DeliveryFailed(Exception):
    """Raised by a connector: it did not arrive and should be tried again later. The words go to the outbox page."""


@runtime_checkable
class Connector(Protocol):
    """Takes what leaves the house to somewhere else; key = the topic. It may be asked twice for the same id."""

    def deliver(self, outgoing: Outgoing) -> None:
        """Deliver, or raise DeliveryFailed."""


@runtime_checkable
class Work(Protocol):
    """Long or scheduled work; key = the task that a job document names. It may be run again after a crash."""

    def __call__(self, ctx: Any, progress: Any, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Do it for `ctx` (services.context.Context), tell `progress` (services.work.Progress), return figures."""


@runtime_checkable
class Reckoning(Protocol):
    """Pure arithmetic of a schedule, as `loanloom.core.lending.planning.rules` and `loanloom.core.dates` type it."""

    def __call__(self, *given: Any) -> Any:
        """The rule's answer."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A named place for parts of one type."""

    name: str
    type: type
    words: str


SLOTS: Mapping[str, Slot] = {
    slot.name: slot
    for slot in (
        Slot("connector", Connector, "Delivers what leaves the house (SMS, mail, bank, webhook); key = topic."),
        Slot("work", Work, "Long or scheduled work; key = the task a job document names."),
        Slot("principal_rule", Reckoning, "What falls due of the principal in a phase of a schedule; key = its name."),
        Slot("interest_rule", Reckoning, "What bears interest in a phase of a schedule; key = its name."),
        Slot("day_count", Reckoning, "The share of a year between two dates; key = its name."),
        Slot("kinds", Path, "A folder with kind documents (*.yaml) that add kinds to the metadata language."),
    )
}
