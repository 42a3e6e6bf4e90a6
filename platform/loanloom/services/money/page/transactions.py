"""What happened to a loan, event by event: what moved, how it was applied, by whom, with which receipt. Reads only.

Events that were undone or replaced stay in the list and say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, any_, select

from loanloom.core.lending.events import EVENTS, Event
from loanloom.core.lending.owing.allocation import Applied, by_component
from loanloom.core.lending.records import from_record
from loanloom.core.money import ZERO
from loanloom.services.access.names import PERSON
from loanloom.services.access.sign_in import ab_user
from loanloom.store import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One event of a loan with its receipt and its people."""

    sequence: int
    kind: str
    on: date
    recorded_at: datetime
    person: str
    event: Event
    superseded_by: int | None
    receipt_number: str | None
    channel: str | None
    reference: str | None
    change_id: int | None

    @property
    def amount(self) -> Decimal | None:
        """What moved; None for events that move no money."""
        if self.kind == "loan_disbursed":
            return Decimal(self.event.terms.principal)  # type: ignore[attr-defined]  # a disbursement has terms
        found: Decimal | None = getattr(self.event, "amount", None)
        return found

    @property
    def applied(self) -> tuple[Applied, ...]:
        """How it was split over instalments and components."""
        parts: tuple[Applied, ...] = getattr(self.event, "applied", ())
        return parts

    @property
    def parts(self) -> Mapping[str, Decimal]:
        """The split over components alone."""
        return by_component(self.applied)

    @property
    def surplus(self) -> Decimal:
        """What was kept for the borrower."""
        kept: Decimal = getattr(self.event, "surplus", ZERO)
        return kept

    @property
    def reason(self) -> str | None:
        """The reason that the event itself gives."""
        named = (getattr(self.event, name, None) for name in ("reason", "mistake", "kind"))
        return next((str(given) for given in named if given), None)


def of(connection: Connection, loan_id: int, until: date | None = None) -> list[Transaction]:
    """What happened to a loan the caller may see, in the order it was booked, by a day."""
    event, change, repayment, receipt = tables.loan_event, tables.loan_change, tables.repayment, tables.receipt
    changed = (
        select(change.c.id)
        .where(change.c.loan_id == event.c.loan_id, event.c.sequence == any_(change.c.sequences))
        .order_by(change.c.id)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            event,
            PERSON.label("person"),
            receipt.c.number.label("receipt_number"),
            receipt.c.channel,
            receipt.c.reference,
            changed.label("change_id"),
        )
        .outerjoin(ab_user, ab_user.c.id == event.c.actor_id)
        .outerjoin(
            repayment, (repayment.c.loan_id == event.c.loan_id) & (repayment.c.sequence == event.c.sequence)
        )
        .outerjoin(receipt, receipt.c.id == repayment.c.receipt_id)
        .where(event.c.loan_id == loan_id)
        .order_by(event.c.sequence)
    )  # fmt: skip
    if until is not None:
        query = query.where(event.c.occurred_on <= until)
    return [_transaction(row) for row in connection.execute(query).mappings()]


def _transaction(row: RowMapping) -> Transaction:
    return Transaction(
        sequence=row["sequence"],
        kind=row["kind"],
        on=row["occurred_on"],
        recorded_at=row["recorded_at"],
        person=row["person"] or "",
        event=from_record(EVENTS[row["kind"]], row["data"]),
        superseded_by=row["superseded_by"],
        receipt_number=row["receipt_number"],
        channel=row["channel"],
        reference=row["reference"],
        change_id=row["change_id"],
    )
