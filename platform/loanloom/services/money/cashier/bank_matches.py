"""What a line of a bank statement shows of ours: the loan that its money is for, or the payout that left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from loanloom.services.context import Context
from loanloom.services.money.cashier import matching, payees

AROUND = timedelta(days=5)
"""How far apart our day of a payout and the bank's may be."""
Match = tuple[int | None, int | None, Sequence[str]]
"""The loan, the payout, and why."""


def found(ctx: Context, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[int, Match]:
    """Line -> what it shows, where that is beyond doubt."""
    return _loans(ctx, connection, rows) | _payouts(ctx, connection, rows)


def _loans(ctx: Context, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[int, Match]:
    """Line -> the loan that is meant beyond doubt."""
    wanted = [
        matching.Wanted(
            key=row["line"], amount=row["amount"], currency=ctx.company.currency, payer_name=row["payer_name"],
            account_hash=row["payer_account_hash"], words=row["words"] or "",
        )
        for row in rows
        if row["amount"] > 0
    ]  # fmt: skip
    found = {line: matching.sure(ranked) for line, ranked in matching.suggestions(ctx, connection, wanted).items()}
    return {line: (one.loan["id"], None, one.reasons) for line, one in found.items() if one is not None}


def _payouts(ctx: Context, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[int, Match]:
    """Line -> the payout of ours that it shows: paid about then, to this payee, of this net amount."""
    out = [row for row in rows if row["amount"] < 0]
    if not out:
        return {}
    table = payees.TABLE
    first, last = min(row["happened_on"] for row in out) - AROUND, max(row["happened_on"] for row in out) + AROUND
    query = select(table.c.id, table.c.payee_name, (table.c.amount - table.c.fee).label("net")).where(
        table.c.state == "paid", table.c.paid_on.between(first, last)
    )
    found: dict[tuple[str, Decimal], list[int]] = {}
    for each in connection.execute(query.order_by(table.c.id)):
        found.setdefault((each.payee_name, each.net), []).append(each.id)
    made: dict[int, Match] = {}
    for row in out:
        fitting = found.get((row["payer_name"] or "", -row["amount"]))
        if fitting:
            made[row["line"]] = (None, fitting.pop(0), ("payout",))
    return made
