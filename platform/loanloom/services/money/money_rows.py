"""The rows that money received leaves: its receipt and, for each event that paid something, how it was allocated.

Decides nothing and books nothing; repayments, changes, the desk and the end of day call it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.events import EVENT_NAMES, LoanSettled, RepaymentReceived, SurplusApplied
from loanloom.core.lending.events.recourse import GuarantorPaid, Recovered
from loanloom.core.lending.owing.allocation import Applied, by_component
from loanloom.core.lending.records import to_record
from loanloom.core.money import ZERO
from loanloom.services import numbers
from loanloom.services.context import Context
from loanloom.services.money import lending_rules
from loanloom.services.money.loan_rows import Change, Kept
from loanloom.store import bulk, tables

MoneyIn = RepaymentReceived | GuarantorPaid | Recovered
"""Events that a receipt stands behind."""

PAYER = ("payer_name", "payer_account_cipher", "payer_account_hash", "payer_account_masked")


Given = Mapping[str, Any] | Sequence[Mapping[str, Any]]


def said(given: Given, count: int) -> Sequence[Mapping[str, Any]]:
    """What was said with each of so many receipts."""
    return [given] * count if isinstance(given, Mapping) else given


def write_receipts(
    ctx: Context,
    connection: Connection,
    changes: Sequence[Change],
    amounts: Sequence[Decimal],
    numbered: Sequence[str],
    given: Given,
) -> list[int]:
    """A receipt for each amount; their ids."""
    rows = [
        {
            "number": number,
            "loan_id": change.kept.id,
            "customer_id": change.kept.row["customer_id"],
            "amount": amount,
            "currency": change.kept.row["currency"],
            "received_on": one.get("received_on") or ctx.business_date,
            "channel": one["channel"],
            "reference": one.get("reference"),
            "note": one.get("note"),
            "created_by": ctx.actor.user_id,
            **{name: one.get(name) for name in PAYER},
        }
        for change, amount, number, one in zip(changes, amounts, numbered, said(given, len(changes)), strict=True)
    ]
    return [int(row["id"]) for row in bulk.insert(connection, tables.receipt, rows, returning=["id"])]


def write_repayments(
    ctx: Context,
    connection: Connection,
    changes: Sequence[Change],
    receipt_ids: Sequence[int | Sequence[int | None] | None],
) -> None:
    """One repayment row for each event that paid something; for each change its receipt, or one for each event."""
    rows: list[dict[str, Any]] = []
    for change, receipt_id in zip(changes, receipt_ids, strict=True):
        count, settled = change.kept.row["event_count"], any(isinstance(each, LoanSettled) for each in change.events)
        early = any(type(each).__name__ == "ScheduleChanged" for each in change.events)
        for place, event in enumerate(change.events, 1):
            if not isinstance(event, SurplusApplied | MoneyIn):
                continue
            received = isinstance(event, MoneyIn)
            its = receipt_id[place - 1] if isinstance(receipt_id, Sequence) else receipt_id
            applied: tuple[Applied, ...] = getattr(event, "applied", ())  # a recovery pays no instalment
            parts = by_component(applied)
            usual = EVENT_NAMES[type(event)] if received else "surplus"
            rows.append(
                {
                    "receipt_id": its if received else None,
                    "loan_id": change.kept.id,
                    "repaid_on": event.on,
                    "kind": "settlement" if settled and early else getattr(event, "kind", usual),
                    "amount": event.amount,
                    **{component: parts.get(component, ZERO) for component in COMPONENTS},
                    "unapplied": event.surplus if isinstance(event, RepaymentReceived) else ZERO,
                    "allocation": to_record(applied),
                    "sequence": count + place,
                    "created_by": ctx.actor.user_id,
                }
            )
    bulk.insert(connection, tables.repayment, rows)


def receipt_numbers(ctx: Context, connection: Connection, found: Sequence[Kept]) -> list[str]:
    """Receipt numbers, asked for once for each numbering and branch; voucher numbers where a product has no own."""
    keys = []
    for kept in found:
        offer = lending_rules.live_offer(ctx, kept.row["product_key"])
        numbering = offer.numbering if offer else {}
        keys.append((numbering.get("receipt") or numbering.get("voucher"), kept.row["unit"]))
    return numbers.issue_all(ctx, connection, keys)
