"""The slots a plugin can fill, each with the type its parts must have. A slot is here only when the house uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call that a case makes: what a service node of its flow gives. `key` is the same at every attempt."""

    key: str
    company_id: int
    case: str
    """The case's number."""
    node: str
    given: Mapping[str, Any]
    attempt: int
    home: Path
    """The installation's folder."""
    answer: Mapping[str, Any] | None = None
    """Where something is to be taken back (compensation): what the call answered that did it."""


class CallFailed(Exception):
    """Raised by an action: it did not work. `again` False: trying again would be of no use. The words are shown to
    whoever repairs the case."""

    def __init__(self, words: str, *, again: bool = True) -> None:
        super().__init__(words)
        self.again = again


@runtime_checkable
class NodeAction(Protocol):
    """What a service node calls; key = the node's action. It may be asked twice with the same key and must then do it
    once. No transaction is open meanwhile."""

    def __call__(self, ctx: Any, asked: Asked) -> Mapping[str, Any]:
        """Do it; what it found becomes the facts `flow.values.<node>`. `ctx` is services.context.Context."""


@runtime_checkable
class AssigneeResolver(Protocol):
    """Names the people of a step of a flow; key = the plugin that its `assign` names. It is asked within a transaction:
    it should answer from what it is given, at once."""

    def __call__(self, asked: Any) -> Iterable[str]:
        """User names; `asked` is loanloom.engines.flows.resolving.Asked: the node, the case's unit, its facts, the
        staff. Whoever does not work here is left out; nobody named is what the step states (`if_nobody`)."""


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


@runtime_checkable
class FieldType(Protocol):
    """A type that declared fields may have; key = what `type` says. `loanloom.engines.forms.types.FieldType` is one to
    fill in: what its values are, how they are read, checked and written, and by which widget they are entered."""

    title: Any
    shape: Any

    def read(self, raw: Any, spec: Any, /) -> Any:
        """The value of what was typed, or Fault."""

    def write(self, value: Any, spec: Any, /) -> str:
        """The text of a value."""


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
        Slot("node_action", NodeAction, "What a service node of a flow calls; key = its action."),
        Slot("assignee_resolver", AssigneeResolver, "Names the people of a step of a flow; key = what assign names."),
        Slot("work", Work, "Long or scheduled work; key = the task a job document names."),
        Slot("principal_rule", Reckoning, "What falls due of the principal in a phase of a schedule; key = its name."),
        Slot("interest_rule", Reckoning, "What bears interest in a phase of a schedule; key = its name."),
        Slot("day_count", Reckoning, "The share of a year between two dates; key = its name."),
        Slot("field_type", FieldType, "A type that declared fields may have; key = what `type` says."),
        Slot("kinds", Path, "A folder with kind documents (*.yaml) that add kinds to the metadata language."),
    )
}
