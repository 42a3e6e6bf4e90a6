"""What a customer owes and stands for at this company: loans, what is granted and not yet paid out, guarantees given.

Reads only. Figures are of now; what was owed on a past day is the loans' own story.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, String, exists, func, select

from loanloom.store import tables

LineKind = Literal["loan", "contract", "line", "sanction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One loan, contract not yet paid out, or sanction not yet contracted."""

    kind: LineKind
    id: int
    number: str
    product_key: str
    amount: Decimal
    currency: str
    days_past_due: int = 0
    asset_class: str | None = None
    ends_on: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeGiven:
    """A guarantee by this customer for somebody else's loan; `amount` is what that loan still owes."""

    contract_id: int
    number: str
    borrower: str
    amount: Decimal
    currency: str
    days_past_due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """All of it. `total` leaves out the guarantees, which are given to others."""

    lines: tuple[Line, ...]
    guarantees: tuple[GuaranteeGiven, ...]

    @property
    def total(self) -> Decimal:
        """Owed and granted together."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def guaranteed(self) -> Decimal:
        """What the guarantees given still stand for."""
        return sum((given.amount for given in self.guarantees), Decimal(0))

    @property
    def days_past_due(self) -> int:
        """The longest arrears among the customer's own loans."""
        return max((line.days_past_due for line in self.lines), default=0)


def of_customer(connection: Connection, customer_id: int, *, leave_out: int | None = None) -> Exposure:
    """The exposure to one customer; `leave_out` is an application whose own sanction shall not count."""
    lines = (
        *_loans(connection, customer_id),
        *_contracts(connection, customer_id, leave_out),
        *_credit_lines(connection, customer_id, leave_out),
        *_sanctions(connection, customer_id, leave_out),
    )
    return Exposure(lines=lines, guarantees=tuple(_guarantees(connection, customer_id)))


def _loans(connection: Connection, customer_id: int) -> Iterable[Line]:
    table = tables.loan
    rows = connection.execute(
        select(table).where(table.c.customer_id == customer_id, table.c.status == "active").order_by(table.c.id)
    )
    for row in rows:
        yield Line(
            kind="loan",
            id=row.id,
            number=row.number,
            product_key=row.product_key,
            amount=row.principal_outstanding,
            currency=row.currency,
            days_past_due=row.days_past_due,
            asset_class=row.asset_class,
            ends_on=row.matures_on,
        )


def _contracts(connection: Connection, customer_id: int, leave_out: int | None) -> Iterable[Line]:
    table = tables.contract
    rows = connection.execute(
        select(table)
        .where(
            table.c.customer_id == customer_id,
            table.c.kind == "loan",
            table.c.state.in_(("prepared", "signed")),
            table.c.application_id.is_distinct_from(leave_out),
            ~exists().where(tables.is_loan_of(table.c.id)),
        )
        .order_by(table.c.id)
    )
    for row in rows:
        yield Line(
            kind="contract",
            id=row.id,
            number=row.number,
            product_key=row.product_key,
            amount=row.amount,
            currency=row.currency,
        )


def _credit_lines(connection: Connection, customer_id: int, leave_out: int | None) -> Iterable[Line]:
    """What may still be drawn on the customer's lines; what is drawn are loans, what is approved are contracts."""
    table, contract, draw = tables.credit_line, tables.contract, tables.credit_line_draw
    approved = (
        select(func.coalesce(func.sum(draw.c.amount), 0))
        .where(draw.c.credit_line_id == table.c.id, draw.c.state == "approved")
        .scalar_subquery()
    )
    rows = connection.execute(
        select(table, approved.label("approved"))
        .join(contract, contract.c.id == table.c.contract_id)
        .where(
            table.c.customer_id == customer_id,
            table.c.state != "closed",
            contract.c.application_id.is_distinct_from(leave_out),
        )
        .order_by(table.c.id)
    )
    for row in rows:
        taken = row.used if row.revolving else row.drawn
        yield Line(
            kind="line",
            id=row.id,
            number=row.number,
            product_key=row.product_key,
            amount=max(row.limit_amount - taken - row.approved, Decimal(0)),
            currency=row.currency,
        )


def _sanctions(connection: Connection, customer_id: int, leave_out: int | None) -> Iterable[Line]:
    table = tables.sanction
    rows = connection.execute(
        select(table)
        .where(
            table.c.customer_id == customer_id,
            table.c.state == "in_force",
            table.c.application_id.is_distinct_from(leave_out),
        )
        .order_by(table.c.id)
    )
    for row in rows:
        yield Line(
            kind="sanction",
            id=row.id,
            number=row.number,
            product_key=row.product_key,
            amount=row.amount,
            currency=row.currency,
            ends_on=row.expires_on,
        )


def _guarantees(connection: Connection, customer_id: int) -> Iterable[GuaranteeGiven]:
    given, loan, customer = tables.contract, tables.loan, tables.customer
    borrower = customer.alias("borrower")
    rows = connection.execute(
        select(
            given.c.id,
            given.c.number,
            borrower.c.name,
            func.coalesce(loan.c.principal_outstanding, given.c.amount).label("amount"),
            given.c.currency,
            func.coalesce(loan.c.days_past_due, 0).label("days_past_due"),
        )
        .join(borrower, borrower.c.id == given.c.customer_id)
        .join(
            customer,
            func.encode(customer.c.id_number_hash, "hex") == given.c.extra["party_id_hash"].astext.cast(String),
        )
        .outerjoin(loan, tables.is_loan_of(given.c.main_contract_id))
        .where(
            customer.c.id == customer_id,
            given.c.kind.in_(("guarantee", "mortgage", "pledge")),
            given.c.customer_id != customer_id,
            given.c.state.in_(("prepared", "signed")),
            func.coalesce(loan.c.status, "active") == "active",
        )
        .order_by(given.c.id)
    )
    for row in rows:
        yield GuaranteeGiven(
            contract_id=row.id,
            number=row.number,
            borrower=row.name,
            amount=row.amount,
            currency=row.currency,
            days_past_due=row.days_past_due,
        )
