"""The rows of a loan that is taken over: application, sanction and contract it hangs on, and the loan's own. Writes
nothing.
"""

from __future__ import annotations

from typing import Any

from loanloom.core.lending.owing.receivable import receivable
from loanloom.core.lending.records import to_record
from loanloom.services.context import Context
from loanloom.services.money import loan_fields, loan_rows
from loanloom.services.money.books import postings
from loanloom.services.money.takeover.judging import Ready

PREFIX = "TO-"
"""In front of the loan's number: the numbers of the papers made for it."""


def _agreed(ctx: Context, one: Ready, customer_id: int) -> dict[str, Any]:
    """What every paper of a loan says alike."""
    head = one.brought.loan.values
    return {
        "number": PREFIX + one.brought.number,
        "customer_id": customer_id,
        "product_key": one.offer.key,
        "release_id": ctx.company.release_id,
        "amount": one.event.terms.principal,
        "currency": one.event.terms.currency,
        "term_months": one.months,
        "method": one.offer.methods[0],
        "unit": head["unit"] or ctx.actor.unit,
        "created_by": ctx.actor.user_id,
    }


def application(ctx: Context, one: Ready, customer_id: int) -> dict[str, Any]:
    """The application that it would have come from."""
    head = one.brought.loan.values
    agreed = _agreed(ctx, one, customer_id)
    return agreed | {"channel": "take_over", "applied_on": head["disbursed_on"], "state": "approved"}


def sanction(ctx: Context, one: Ready, customer_id: int, application_id: int) -> dict[str, Any]:
    """The sanction that it would have come from."""
    day = one.event.terms.start_on
    return _agreed(ctx, one, customer_id) | {
        "application_id": application_id, "annual_rate": one.event.terms.annual_rate, "sanctioned_on": day,
        "expires_on": day, "state": "used",
    }  # fmt: skip


def contract(ctx: Context, one: Ready, customer_id: int, application_id: int, sanction_id: int) -> dict[str, Any]:
    """Its contract, signed on the day on which it was paid out."""
    return _agreed(ctx, one, customer_id) | {
        "kind": "loan", "application_id": application_id, "sanction_id": sanction_id, "state": "signed",
        "annual_rate": one.event.terms.annual_rate, "signed_on": one.event.terms.start_on,
        "party_name": one.brought.loan.values["customer_name"],
    }  # fmt: skip


def loan(ctx: Context, one: Ready, customer_id: int, application_id: int, contract_id: int) -> dict[str, Any]:
    """The loan itself, with its figures as of today."""
    now, on = one.loan, ctx.business_date
    agreed = _agreed(ctx, one, customer_id)
    kept = {name: agreed[name] for name in ("customer_id", "product_key", "release_id", "currency", "method", "unit")}
    return kept | {
        "number": one.brought.number,
        "contract_id": contract_id,
        "application_id": application_id,
        "principal": now.terms.principal,
        "annual_rate": now.terms.annual_rate,
        "term_months": one.months,
        "terms": to_record(now.terms),
        "status": "active",
        "disbursed_on": now.terms.start_on,
        "matures_on": now.matures_on,
        "event_count": 1,
        "manager_user_id": one.manager_user_id,
        "created_by": ctx.actor.user_id,
        "extra": {"taken_over_on": on.isoformat()},
        **loan_fields.loan_values(now),
        **loan_rows.figures(now, on),
        **postings.columns(now, on, "performing", receivable(now, on)),
    }
