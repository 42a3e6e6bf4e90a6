"""Rows of customers' and trustors' money held: found, opened, moved. Every movement is an entry; decides and posts
nothing, knows no order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.core.money import ZERO
from loanloom.problems import Problem, Text, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.store import bulk, tables

DEPOSIT = text("deposit", "保证金账户")
TABLE, ENTRY = tables.deposit, tables.deposit_entry
KINDS: Mapping[str, Text] = {
    "security": text("Security deposit", "保证金"),
    "reserve": text("Reserve for repayments", "备付金"),
    "entrusted": text("Trustor's money", "委托资金"),
}
ENTRIES: Mapping[str, Text] = {
    "received": text("Received", "存入"),
    "held": text("Held", "冻结"),
    "freed": text("Freed", "解冻"),
    "applied": text("Applied to a loan", "抵还借款"),
    "released": text("Given back", "退还"),
    "returned": text("Put back by a reversal", "冲正"),
    "lent": text("Lent", "发放委托贷款"),
    "collected": text("Came from a loan", "代收本息"),
    "taken": text("Agent's share and tax", "手续费分成及代扣税"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One entry: what it adds to the balance and to the part held."""

    kind: str
    amount: Decimal = ZERO
    held: Decimal = ZERO
    note: str | None = None
    loan_id: int | None = None
    receipt_id: int | None = None
    payout_id: int | None = None
    source: str | None = None
    purpose: str | None = None


def check_kind(kind: str, customer_id: int | None, party_id: int | None) -> None:
    """A deposit has a kind and one owner; a trustor is a partner."""
    owners = (customer_id is not None) + (party_id is not None)
    if kind not in KINDS or owners != 1 or (kind == "entrusted" and party_id is None):
        raise Refused(
            Problem(
                code="deposit.no_owner",
                message=text("Choose a kind and one owner.", "请选择类别和一个户主。"),
                field="kind",
            )
        )


def open_in(
    ctx: Context, connection: Connection, *, kind: str, currency: str, customer_id: int | None = None,
    party_id: int | None = None, loan_id: int | None = None,
) -> RowMapping:  # fmt: skip
    """A deposit for its owner: the open one of the same kind and loan where there is one, else a new one."""
    check_kind(kind, customer_id, party_id)
    owner = _owner(ctx, connection, customer_id, party_id)
    same = [
        TABLE.c.kind == kind, TABLE.c.currency == currency, TABLE.c.state == "open",
        TABLE.c.customer_id == customer_id if customer_id is not None else TABLE.c.party_id == party_id,
        TABLE.c.loan_id == loan_id if loan_id is not None else TABLE.c.loan_id.is_(None),
    ]  # fmt: skip
    found = connection.execute(select(TABLE).where(*same).with_for_update().limit(1)).mappings().first()
    if found is not None:
        return found
    values = {
        "number": numbers.issue_or_plain(ctx, connection, "deposit", "B", 1)[0],
        "kind": kind,
        "customer_id": customer_id,
        "party_id": party_id,
        "loan_id": loan_id,
        "currency": currency,
        "opened_on": ctx.business_date,
        "unit": owner["unit"],
        "manager_user_id": owner["manager_user_id"],
        "created_by": ctx.actor.user_id,
    }
    return connection.execute(insert(TABLE).values(values).returning(TABLE)).mappings().one()


def move(ctx: Context, connection: Connection, row: Mapping[Any, Any], done: Move) -> RowMapping:
    """Write an entry and the deposit's new balance; the deposit afterwards. The row is locked."""
    changed = (
        connection.execute(
            update(TABLE)
            .where(TABLE.c.id == row["id"])
            .values(
                balance=TABLE.c.balance + done.amount, held=TABLE.c.held + done.held, entries=TABLE.c.entries + 1,
                updated_at=ctx.now, version=TABLE.c.version + 1,
            )
            .returning(TABLE)
        )
        .mappings()
        .one()
    )  # fmt: skip
    entry = {
        "deposit_id": row["id"], "sequence": changed["entries"], "kind": done.kind, "happened_on": ctx.business_date,
        "amount": done.amount, "held": done.held, "balance": changed["balance"], "note": done.note,
        "loan_id": done.loan_id, "receipt_id": done.receipt_id, "payout_id": done.payout_id, "source": done.source,
        "purpose": done.purpose, "created_by": ctx.actor.user_id,
    }  # fmt: skip
    bulk.insert(connection, ENTRY, [entry])  # together with the loan or receipt it names, where those are on their way
    return changed


def take_out(ctx: Context, connection: Connection, row: RowMapping, done: Move, *, may_use_held: bool) -> RowMapping:
    """An entry that takes money out (a negative amount), as far as there is some; held money goes last."""
    free = row["balance"] - row["held"]
    available = row["balance"] if may_use_held else free
    if -done.amount > available or done.amount >= 0:
        raise Refused(not_enough(available))
    from_held = max(-done.amount - free, ZERO)
    return move(ctx, connection, row, replace(done, held=-from_held))


def locked(ctx: Context, connection: Connection, deposit_id: int) -> RowMapping:
    """A deposit, locked, if the actor may see it."""
    query = select(TABLE).where(TABLE.c.id == deposit_id).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    scope.check_visible(ctx, row, DEPOSIT)
    assert row is not None
    return row


def owner_name(connection: Connection, row: Mapping[Any, Any]) -> str:
    """Whose money it is."""
    table, key = (tables.customer, "customer_id") if row["customer_id"] else (tables.party, "party_id")
    return str(connection.execute(select(table.c.name).where(table.c.id == row[key])).scalar_one())


def _owner(ctx: Context, connection: Connection, customer_id: int | None, party_id: int | None) -> RowMapping:
    table, key = (tables.customer, customer_id) if customer_id is not None else (tables.party, party_id)
    row = connection.execute(select(table).where(table.c.id == key)).mappings().one_or_none()
    scope.check_visible(ctx, row, text("owner", "户主"), is_customer=table is tables.customer)
    assert row is not None
    return row


def not_enough(available: Decimal) -> Problem:
    """Why so much cannot be taken or held."""
    return Problem(
        code="deposit.not_enough",
        message=text(f"Only {available} can be used for this.", f"可用金额仅 {available}。"),
        field="amount",
    )
