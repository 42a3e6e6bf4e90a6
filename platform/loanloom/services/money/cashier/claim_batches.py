"""Batches of subsidies 贴息申领批次: what a subsidiser owes for a period is claimed at once, and paid or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.core.money import total
from loanloom.problems import Problem, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money.cashier import subsidy_items
from loanloom.services.money.cashier.items import BATCH, OF_LOANS, TABLE
from loanloom.services.once import Once
from loanloom.services.parties import partners
from loanloom.store import audit, tables

BATCHED = ("subsidy", *OF_LOANS)
"""Kinds of items that are claimed in batches: of charges with the money and later, and of interest in both ways."""
NAME = text("batch", "申领批次")


@dataclass(frozen=True, slots=True)
class Batch:
    """A claim on a subsidiser with its items."""

    row: RowMapping
    party: RowMapping
    items: Sequence[RowMapping]

    @property
    def open(self) -> Decimal:
        """What is still to come."""
        return total(each["amount"] - each["settled"] for each in self.items if each["state"] == "open")

    @property
    def settled(self) -> Decimal:
        """What came in."""
        return total(each["settled"] for each in self.items)


def send(ctx: Context, party_id: int, first: date | None, last: date, *, idempotency_key: str | None = None) -> int:
    """Claim every open subsidy of a subsidiser due in a period that no batch holds yet; the batch's id."""
    ctx.require("money.receive")
    with ctx.transaction() as connection:
        once = Once(ctx, connection, idempotency_key, "claim_batch.send", party_id, {"first": first, "last": last})
        if once.answer is not None:
            return int(once.answer["batch_id"])
        subsidy_items.adopt(connection, partners.read_in(ctx, connection, party_id))
        found = _to_claim(connection, party_id, first, last)
        values = {
            "number": numbers.issue_or_plain(ctx, connection, "claim_batch", "Q", 1)[0],
            "party_id": party_id,
            "period_from": first,
            "period_to": last,
            "sent_on": ctx.business_date,
            "amount": total(row["amount"] - row["settled"] for row in found),
            "created_by": ctx.actor.user_id,
        }
        made = int(connection.execute(insert(BATCH).values(values).returning(BATCH.c.id)).scalar_one())
        connection.execute(
            update(TABLE).where(TABLE.c.id.in_([row["id"] for row in found])).values(claim_batch_id=made)
        )
        after = {"items": len(found), "amount": str(values["amount"])}
        audit.write(connection, ctx.actor, "claim_batch.sent", ("claim_batch", made), after=after, at=ctx.now)
        once.keep({"batch_id": made})
        return made


def _to_claim(connection: Connection, party_id: int, first: date | None, last: date) -> Sequence[RowMapping]:
    wanted = [
        TABLE.c.party_id == party_id, TABLE.c.kind.in_(BATCHED), TABLE.c.direction == "receivable",
        TABLE.c.state == "open", TABLE.c.claim_batch_id.is_(None), TABLE.c.due_on <= last,
    ] + ([TABLE.c.due_on >= first] if first else [])  # fmt: skip
    found = connection.execute(select(TABLE).where(*wanted).order_by(TABLE.c.id).with_for_update()).mappings().all()
    if not found:
        raise Refused(
            Problem(code="claim_batch.nothing", message=text("There is nothing to claim.", "没有可申领的补贴。"))
        )
    if len({row["currency"] for row in found}) > 1:
        words = text("A claim is in one currency.", "同一批次只能为同一币种。")
        raise Refused(Problem(code="claim_batch.currencies", message=words))
    return found


def read(ctx: Context, batch_id: int) -> Batch:
    """A batch with its items."""
    ctx.require("money.read", "money.receive")
    with ctx.transaction() as connection:
        return read_in(ctx, connection, batch_id)


def read_in(ctx: Context, connection: Connection, batch_id: int, *, lock: bool = False) -> Batch:
    """The same inside a transaction; its items locked where they are about to change."""
    row = connection.execute(select(BATCH).where(BATCH.c.id == batch_id)).mappings().one_or_none()
    party = partners.read_in(ctx, connection, row["party_id"]) if row else None
    scope.check_visible(ctx, party, NAME)
    assert row is not None and party is not None
    query = (
        select(TABLE, tables.loan.c.number.label("loan_number"), tables.customer.c.name.label("borrower"))
        .outerjoin(tables.loan, tables.loan.c.id == TABLE.c.loan_id)
        .outerjoin(tables.customer, tables.customer.c.id == TABLE.c.customer_id)
        .where(TABLE.c.claim_batch_id == batch_id)
        .order_by(TABLE.c.id)
    )
    found = connection.execute(query.with_for_update(of=TABLE) if lock else query)
    return Batch(row, party, found.mappings().all())
