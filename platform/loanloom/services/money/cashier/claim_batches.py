"""Batches of subsidies 贴息申领批次: what a subsidiser owes for a period is claimed at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, insert, select, update

from loanloom.core.money import total
from loanloom.problems import Problem, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money.cashier.items import BATCH, TABLE
from loanloom.services.once import Once
from loanloom.services.parties import partners
from loanloom.store import audit, tables


@dataclass(frozen=True, slots=True)
class Batch:
    """A claim on a subsidiser with its items."""

    row: RowMapping
    party: RowMapping
    items: Sequence[RowMapping]


def send(ctx: Context, party_id: int, first: date | None, last: date, *, idempotency_key: str | None = None) -> int:
    """Claim every open subsidy of a subsidiser due in a period that no batch holds yet; the batch's id."""
    ctx.require("money.receive")
    with ctx.transaction() as connection:
        once = Once(ctx, connection, idempotency_key, "claim_batch.send", party_id, {"first": first, "last": last})
        if once.answer is not None:
            return int(once.answer["batch_id"])
        partners.read_in(ctx, connection, party_id)
        wanted = [
            TABLE.c.party_id == party_id, TABLE.c.kind == "subsidy", TABLE.c.direction == "receivable",
            TABLE.c.state == "open", TABLE.c.claim_batch_id.is_(None), TABLE.c.due_on <= last,
        ] + ([TABLE.c.due_on >= first] if first else [])  # fmt: skip
        found = connection.execute(select(TABLE).where(*wanted).order_by(TABLE.c.id).with_for_update()).mappings().all()
        if not found:
            raise Refused(
                Problem(code="claim_batch.nothing", message=text("There is nothing to claim.", "没有可申领的补贴。"))
            )
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


def read(ctx: Context, batch_id: int) -> Batch:
    """A batch with its items."""
    ctx.require("money.read", "money.receive")
    with ctx.transaction() as connection:
        row = connection.execute(select(BATCH).where(BATCH.c.id == batch_id)).mappings().one_or_none()
        party = partners.read_in(ctx, connection, row["party_id"]) if row else None
        scope.check_visible(ctx, party, text("batch", "申领批次"))
        assert row is not None and party is not None
        found = connection.execute(
            select(TABLE, tables.loan.c.number.label("loan_number"))
            .outerjoin(tables.loan, tables.loan.c.id == TABLE.c.loan_id)
            .where(TABLE.c.claim_batch_id == batch_id)
            .order_by(TABLE.c.id)
        )
        return Batch(row, party, found.mappings().all())
