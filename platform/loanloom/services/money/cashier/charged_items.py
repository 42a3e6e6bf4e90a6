"""What others than the borrower pay of a loan's charges with the money, and what the borrower is invoiced for: items
from the start.

Written when a loan is paid out, one item for each payer and due day; booked as income when the money comes. What is
added to instalments, or kept back from the money paid out, is no item: the loan or the payout holds it. What others
bear of charges that fall due later becomes an item when it does (subsidy_items).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from loanloom.core.lending.loan import Loan
from loanloom.core.lending.pricing.charging import OURS, Charge, ChargePart, planned_charges
from loanloom.core.money import total
from loanloom.services import numbers
from loanloom.services.context import Context
from loanloom.services.money.cashier import trustors
from loanloom.services.money.cashier.trustors import Entrustment
from loanloom.store import bulk, tables

KINDS: Mapping[str, str] = {
    "merchant": "merchant_fee",
    "trustor": "trustor_fee",
    "guarantor": "guarantee_fee",
    "subsidy": "subsidy",
    "borrower": "other",
}
PREFIX = "charge:"
"""How the source of such an item begins: its entry is made with its receipt (items.book_receive)."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A loan just paid out: its id, contract, and its planned payouts."""

    loan_id: int
    loan: Loan
    contract: Mapping[Any, Any]
    manager_user_id: int | None
    payouts: Sequence[Mapping[Any, Any]]


def write(ctx: Context, connection: Connection, drawn: Sequence[Drawn]) -> None:
    """Write the items of loans just paid out; no statement where there are none."""
    found = [(one, charge, part, place) for one in drawn for charge, part, place in _parts(one)]
    if not found:
        return
    wanted = {part.party for _, _, part, _ in found if part.party}
    parties = {}
    if wanted:
        table = tables.party
        rows = connection.execute(select(table.c.number, table.c.id).where(table.c.number.in_(wanted)))
        parties = {row.number: row.id for row in rows}
    trusted = trustors.of_contracts(
        connection, sorted({one.contract["id"] for one, _, part, _ in found if part.payer == "trustor"})
    )
    numbered = numbers.issue_or_plain(ctx, connection, "item", "X", len(found))
    bulk.insert(
        connection,
        tables.cash_item,
        [_row(ctx, *one, parties, trusted, number) for one, number in zip(found, numbered, strict=True)],
    )


def merchants_part(loan: Loan) -> Decimal:
    """What the merchant pays of the charges that are kept back from the money it gets."""
    rows = tuple(account.instalment for account in loan.accounts)
    return total(
        part.amount
        for charge in planned_charges(loan.terms, rows)
        if charge.terms.collector == OURS and charge.terms.settled == "deducted"
        for part in charge.parts
        if part.payer == "merchant"
    )


def _parts(one: Drawn) -> Iterator[tuple[Charge, ChargePart, int]]:
    rows = tuple(account.instalment for account in one.loan.accounts)
    merchants = any(payout["payee_kind"] == "merchant" for payout in one.payouts)
    for place, charge in enumerate(planned_charges(one.loan.terms, rows)):
        if charge.terms.collector != OURS:
            continue
        later = charge.falls_due_later(one.loan.terms)
        for part in charge.parts:
            if later if part.payer != "borrower" else charge.terms.settled != "invoiced":
                continue
            if part.payer == "merchant" and charge.terms.settled == "deducted" and merchants:
                continue
            yield charge, part, place


def _row(
    ctx: Context,
    one: Drawn,
    charge: Charge,
    part: ChargePart,
    place: int,
    parties: Mapping[str, int],
    trusted: Mapping[int, Entrustment],
    number: str,
) -> dict[str, Any]:
    party_id = parties.get(part.party)
    if party_id is None and part.payer == "merchant":
        merchants = {payout["party_id"] for payout in one.payouts if payout["payee_kind"] == "merchant"}
        party_id = merchants.pop() if len(merchants) == 1 else None
    if party_id is None and part.payer == "trustor" and one.contract["id"] in trusted:
        party_id = trusted[one.contract["id"]].row["party_id"]
    title = charge.terms.title
    return {
        "number": number,
        "direction": "receivable",
        "kind": KINDS.get(part.payer, "other"),
        "party_id": party_id,
        "customer_id": one.contract["customer_id"],
        "loan_id": one.loan_id,
        "amount": part.amount,
        "currency": one.loan.terms.currency,
        "due_on": charge.on,
        "source_key": f"{PREFIX}{one.loan_id}:{place}:{part.payer}:{part.party}",
        "note": (title.get("zh") or title.get("en") or charge.terms.key)[:200],
        "unit": one.contract["unit"],
        "manager_user_id": one.manager_user_id,
        "created_by": ctx.actor.user_id,
    }
