"""What is kept of a disbursement: the rows of a new loan and of the money that went out. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loanloom.core.lending.events import Event
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.receivable import receivable
from loanloom.core.lending.records import to_record
from loanloom.services.context import Context
from loanloom.services.money import loan_fields, loan_rows
from loanloom.services.money.books import postings
from loanloom.services.money.disbursement_review import Case


@dataclass(frozen=True, slots=True)
class Payout:
    """A case on its way: what happens, and the loan it becomes."""

    case: Case
    events: tuple[Event, ...]
    loan: Loan


def loan(ctx: Context, payout: Payout, number: str) -> dict[str, Any]:
    """The row of a new loan."""
    contract, loan = payout.case.contract, payout.loan
    return {
        "number": number,
        "contract_id": contract["id"],
        "application_id": contract["application_id"],
        "customer_id": contract["customer_id"],
        "release_id": contract["release_id"],
        "product_key": contract["product_key"],
        "currency": loan.terms.currency,
        "principal": loan.terms.principal,
        "annual_rate": loan.terms.annual_rate,
        "method": contract["method"],
        "term_months": contract["term_months"],
        "terms": to_record(loan.terms),
        "status": "active",
        "disbursed_on": ctx.business_date,
        "matures_on": loan.matures_on,
        "event_count": len(payout.events),
        "credit_line_id": (contract["extra"] or {}).get("credit_line_id"),
        "unit": contract["unit"],
        "manager_user_id": payout.case.customer["manager_user_id"] or payout.case.application["created_by"],
        "created_by": ctx.actor.user_id,
        **loan_fields.loan_values(loan),
        **loan_rows.figures(loan, ctx.business_date),
        **postings.columns(loan, ctx.business_date, "performing", receivable(loan, ctx.business_date)),
    }


def disbursement(ctx: Context, channel: str, loan_id: int, payout: Payout, voucher: str) -> dict[str, Any]:
    """The row of a disbursement: to whom, under which voucher, what was checked before."""
    contract = payout.case.contract
    extra = contract["extra"] or {}
    return {
        "number": voucher,
        "loan_id": loan_id,
        "contract_id": contract["id"],
        "amount": payout.loan.terms.principal,
        "currency": payout.loan.terms.currency,
        "disbursed_on": ctx.business_date,
        "payee_name": extra.get("payee_name") or payout.case.customer["name"],
        "payee_account_masked": extra.get("payee_account_masked"),
        "channel": channel,
        "checks": [{"key": check.key, "title": check.title, "detail": check.detail} for check in payout.case.checks],
        "created_by": ctx.actor.user_id,
    }
