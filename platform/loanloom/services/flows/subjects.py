"""What cases are about. A subject knows its records: their facts, what a case shows of them, what an outcome means.

Each subject lives beside its records and is found here by its key, when a case of it is first met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection

from loanloom.engines import flows, forms
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context

if TYPE_CHECKING:
    from loanloom.services.flows.case import Case
    from loanloom.services.flows.commands import Asked
    from loanloom.services.flows.saving import Step

PLACES = {
    "application": "loanloom.services.approval.subject",
    "contract": "loanloom.services.papers.contract_subject",
    "contract_change": "loanloom.services.papers.contract_change_subject",
    "loan_change": "loanloom.services.money.changes.subject",
    "order": "loanloom.services.money.cashier.order_subject",
    "release": "loanloom.services.definitions.releases.subject",
    "request": "loanloom.services.flows.requests",
}
"""Where each subject stands: a module with a `SUBJECT`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a case shows of its record. `makers`: who made it, its creator first; they may never check it."""

    number: str
    title: Text
    makers: tuple[int, ...]
    release_id: int
    customer_id: int | None = None
    product_key: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    unit: str | None = None

    @classmethod
    def of(cls, record: Any, *, title: Text, makers: tuple[int, ...]) -> About:
        """What a case shows of a record that has the columns of a contract or an application."""
        same = ("number", "release_id", "customer_id", "product_key", "amount", "currency", "unit")
        return cls(title=title, makers=makers, **{name: getattr(record, name) for name in same})


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What moves meant for the records, by case: what was made (`sanction_id`), and for the audit and the outbox: the
    records' values before and after, entries of its own, events (topic, payload, key)."""

    made: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    changes: Mapping[int, tuple[Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=dict)
    told: Sequence[Mapping[str, Any]] = ()
    events: Sequence[tuple[str, Mapping[str, Any], str]] = ()


class Subject(Protocol):
    """One kind of record that goes through flows."""

    key: str
    right: str | None
    """The function that everybody who decides about it needs, beside holding the item."""

    def records(
        self, ctx: Context, connection: Connection, ids: Sequence[int], *, lock: bool = False
    ) -> Mapping[int, Any]:
        """The records, locked in the order of their ids where they are about to change."""

    def about(self, ctx: Context, connection: Connection, record: Any) -> About:
        """What a case shows of a record."""

    def facts(self, ctx: Context, connection: Connection, case: Case) -> Mapping[str, Any]:
        """Everything that expressions may see of the record as it stands now."""

    def snapshot(self, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What a decider had before them, as far as the item keeps it."""

    def terms(self, case: Case, said: Mapping[str, Any]) -> tuple[Mapping[str, Any], Sequence[Problem]]:
        """Changed terms as they were typed, as values; and what cannot be read."""

    def problems(
        self, ctx: Context, connection: Connection, case: Case, facts: Mapping[str, Any], said: flows.Decision
    ) -> Sequence[Problem]:
        """What the records have against a decision that the flow allows."""

    def hand_in(self, asked: Asked, item: flows.Item) -> None:
        """What was typed for a form, a returned record or missing material, where the flow has no fields of its own:
        kept in the record, or refused."""

    def form_of(self, ctx: Context, case: Case, item: flows.Item) -> forms.Form | None:
        """The form of such an item; None where there is only to say that it is done."""

    def on_moved(self, ctx: Context, connection: Connection, steps: Sequence[Step]) -> Followed:
        """What the moves mean for the records; runs in the moves' transaction."""

    def named(self, case: Case) -> Text:
        """What people call the case in a message: `application A-1`."""

    def page(self, case: Case) -> str:
        """Where people look at it."""


class AsAsked:
    """Of subjects that are decided as they were asked for: nobody changes terms, and the flow says all there is to
    say. An outcome is checked when it comes."""

    def terms(self, case: Case, said: Mapping[str, Any]) -> tuple[Mapping[str, Any], Sequence[Problem]]:
        """Other terms are a new request."""
        return {}, [unknown_term(name) for name in said]

    def problems(
        self, ctx: Context, connection: Connection, case: Case, facts: Mapping[str, Any], said: flows.Decision
    ) -> Sequence[Problem]:
        """None beside the flow's own."""
        return ()

    def hand_in(self, asked: Asked, item: flows.Item) -> None:
        """As it was asked for: whoever wants something else withdraws it and asks anew."""

    def form_of(self, ctx: Context, case: Case, item: flows.Item) -> forms.Form | None:
        """There is nothing to fill in."""
        return None


def unknown_term(name: str) -> Problem:
    """There is no such thing to be changed."""
    return Problem(
        code="granting.unknown_term",
        field=name,
        message=text(f"'{name}' is no term of an application.", f"“{name}”不是申请要素。"),
    )


@cache
def of(key: str) -> Subject:
    """The subject of this key."""
    found: Subject = import_module(PLACES[key]).SUBJECT
    return found
