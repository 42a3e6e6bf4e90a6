"""Where each field of a data set lies in the database: the expression behind its path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, Numeric, Table, case, cast, func, select
from sqlalchemy import Text as SqlText

from loanloom.engines.reports.fields import Field
from loanloom.services.reading.data_sets import cash
from loanloom.store.tables import (
    application,
    company,
    contract,
    customer,
    instalment,
    journal_entry,
    journal_line,
    loan,
    sanction,
)


def _loan_state() -> ColumnElement[Any]:
    """The state people speak of: an active loan is current or overdue."""
    return case((loan.c.status != "active", loan.c.status), (loan.c.days_past_due > 0, "overdue"), else_="current")


def _overdue(part: str, *, today_too: bool = False) -> ColumnElement[Any]:
    """What of the instalments past due (or due today) is unpaid, for one loan."""
    today = select(company.c.business_date).where(company.c.id == loan.c.company_id).correlate(loan).scalar_subquery()
    unpaid = instalment.c[part] - instalment.c[f"{part}_paid"]
    return (
        select(func.coalesce(func.sum(unpaid), 0))
        .where(
            instalment.c.loan_id == loan.c.id,
            instalment.c.company_id == loan.c.company_id,
            instalment.c.due_on <= today if today_too else instalment.c.due_on < today,
            instalment.c.status == "due",
        )
        .correlate(loan)
        .scalar_subquery()
    )


OWED = instalment.c.principal + instalment.c.interest + instalment.c.fee
PAID = instalment.c.principal_paid + instalment.c.interest_paid + instalment.c.fee_paid

VALUES: Mapping[str, ColumnElement[Any]] = {
    "customer.name": customer.c.name,
    "customer.number": customer.c.number,
    "customer.kind": customer.c.kind,
    "customer.phone": customer.c.phone_masked,
    "customer.email": customer.c.email_masked,
    "customer.id_number": customer.c.id_number_masked,
    "customer.address": customer.c.address,
    "customer.province": customer.c.province,
    "customer.industry": customer.c.industry,
    "customer.since_on": customer.c.since_on,
    "customer.unit": customer.c.unit,
    "application.number": application.c.number,
    "application.product": application.c.product_key,
    "application.amount": application.c.amount,
    "application.term_months": application.c.term_months,
    "application.method": application.c.method,
    "application.purpose": application.c.purpose,
    "application.guarantee_mode": application.c.guarantee_mode,
    "application.applied_on": application.c.applied_on,
    "application.channel": application.c.channel,
    "application.state": application.c.state,
    "application.unit": application.c.unit,
    "score.points": application.c.score_points,
    "score.grade": application.c.score_grade,
    "limit.amount": application.c.limit_amount,
    "loan.number": loan.c.number,
    "loan.product": loan.c.product_key,
    "loan.principal": loan.c.principal,
    "loan.annual_rate": loan.c.annual_rate,
    "loan.term_months": loan.c.term_months,
    "loan.method": loan.c.method,
    "loan.disbursed_on": loan.c.disbursed_on,
    "loan.matures_on": loan.c.matures_on,
    "loan.settled_on": loan.c.settled_on,
    "loan.next_due_on": loan.c.next_due_on,
    "loan.principal_outstanding": loan.c.principal_outstanding,
    "loan.interest_due": _overdue("interest", today_too=True),
    "loan.penalty_due": loan.c.penalty_outstanding,
    "loan.overdue_amount": loan.c.overdue_amount,
    "loan.days_past_due": loan.c.days_past_due,
    "loan.overdue": loan.c.days_past_due > 0,
    "loan.asset_class": loan.c.asset_class,
    "loan.state": _loan_state(),
    "loan.unit": loan.c.unit,
    "loan.principal_overdue": _overdue("principal"),
    "loan.interest_overdue": _overdue("interest"),
    "contract.number": contract.c.number,
    "contract.kind": contract.c.kind,
    "contract.party_name": contract.c.party_name,
    "contract.product": contract.c.product_key,
    "contract.amount": func.nullif(contract.c.amount, 0),  # an authorisation is about no amount
    "contract.annual_rate": contract.c.annual_rate,
    "contract.term_months": contract.c.term_months,
    "contract.prepared_on": contract.c.prepared_on,
    "contract.signed_on": contract.c.signed_on,
    "contract.state": contract.c.state,
    "contract.unit": contract.c.unit,
    "sanction.number": sanction.c.number,
    "sanction.product": sanction.c.product_key,
    "sanction.amount": sanction.c.amount,
    "sanction.term_months": sanction.c.term_months,
    "sanction.annual_rate": sanction.c.annual_rate,
    "sanction.grade": sanction.c.grade,
    "sanction.sanctioned_on": sanction.c.sanctioned_on,
    "sanction.expires_on": sanction.c.expires_on,
    "sanction.state": sanction.c.state,
    "sanction.unit": sanction.c.unit,
    "instalment.number": instalment.c.number,
    "instalment.due_on": instalment.c.due_on,
    "instalment.principal": instalment.c.principal,
    "instalment.interest": instalment.c.interest,
    "instalment.fee": instalment.c.fee,
    "instalment.penalty_paid": instalment.c.penalty_paid + instalment.c.compound_paid,
    "instalment.outstanding": OWED - PAID,
    "instalment.paid": instalment.c.status == "paid",
    "instalment.paid_on": instalment.c.paid_on,
    "instalment.state": instalment.c.status,
    "entry.number": func.coalesce(journal_entry.c.number, cast(journal_entry.c.id, SqlText)),
    "entry.booked_on": journal_entry.c.business_date,
    "entry.event": journal_entry.c.event,
    "line.account": journal_line.c.account_code,
    "line.debit": journal_line.c.debit,
    "line.credit": journal_line.c.credit,
    "line.memo": journal_line.c.memo,
    **cash.VALUES,
}
EXTRA: Mapping[str, Table] = {"customer": customer, "application": application}


def value_of(field: Field) -> ColumnElement[Any]:
    """The expression of a field; an added one is read out of its record's JSON."""
    if not field.added:
        return VALUES[field.path]
    record, key = field.path.split(".", 1)
    return typed(EXTRA[record].c.extra[key].astext, field)


def typed(raw: ColumnElement[Any], field: Field) -> ColumnElement[Any]:
    """A value that JSON keeps as text, as its field means it."""
    if field.is_numeric:
        return cast(raw, Numeric)
    if field.type == "date":
        return cast(raw, Date)
    if field.type == "yes_no":
        return cast(raw, Boolean)
    return raw
