"""/api/v1/loans: list, read on any day, schedule, transactions, quote, statement, receive a repayment."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_appbuilder.api import expose

from loanloom.core.lending.decisions import Payoff
from loanloom.services.money.cashier import orders, receipts
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.money.changes.comparing import paid
from loanloom.services.money.page import loans, transaction_page
from loanloom.services.money.page.transactions import Transaction
from loanloom.services.papers import loan_statements
from loanloom.web.access import requires
from loanloom.web.api.base import HouseApi, amount, body, listed, refuse, required_key
from loanloom.web.inputs import asked_day
from loanloom.web.security import current_context

FIELDS = (
    "id",
    "number",
    "customer_id",
    "contract_id",
    "application_id",
    "product_key",
    "currency",
    "principal",
    "annual_rate",
    "method",
    "term_months",
    "status",
    "disbursed_on",
    "matures_on",
    "settled_on",
    "principal_outstanding",
    "days_past_due",
    "overdue_amount",
    "asset_class",
    "next_due_on",
    "version",
)
PURPOSES = ("due", "settle")


def _loan(page: loans.LoanPage) -> dict[str, Any]:
    due = {"total": page.position.due_total, **page.position.due}
    return {
        **{name: page.row[name] for name in FIELDS},
        "on": page.on,
        "due": due,
        "payoff": _payoff(page.payoff),
        "interest_accrued": page.position.interest_accrued,
        "next_payment": page.position.next_payment,
        "surplus": page.position.surplus,
        "schedule": [_row(row) for row in page.schedule],
    }


def _row(row: loans.ScheduleRow) -> dict[str, Any]:
    planned = row.account.instalment
    return {
        "number": planned.number,
        "start_on": planned.start_on,
        "due_on": planned.due_on,
        "opening": planned.opening,
        "principal": planned.principal,
        "interest": planned.interest,
        "fee": row.account.fee,
        "principal_paid": row.account.principal_paid,
        "interest_paid": row.account.interest_paid,
        "paid": paid(row.account),
        "owed": row.owed,
        "state": row.state,
    }


def _payoff(found: Payoff) -> dict[str, Any]:
    problems = [{"code": one.code, "message": one.message} for one in found.problems]
    return {"total": found.total, "amounts": found.amounts, "problems": problems}


def _transaction(one: Transaction) -> dict[str, Any]:
    return {
        "sequence": one.sequence,
        "kind": one.kind,
        "on": one.on,
        "recorded_at": one.recorded_at,
        "amount": one.amount,
        "applied": [
            {"number": part.number, "component": part.component, "amount": part.amount} for part in one.applied
        ],
        "surplus": one.surplus,
        "receipt_number": one.receipt_number,
        "channel": one.channel,
        "superseded": one.superseded_by is not None,
        "change_id": one.change_id,
    }


class LoanApi(HouseApi):
    """Loans."""

    resource_name = "loans"
    openapi_spec_tag = "Loans"

    @expose("/", methods=["GET"])
    @requires("loan.read")
    def index(self) -> Response:
        """A page of loans
        ---
        get:
          description: 'Loans within the callers data scope; filters are the column paths, e.g. loan.state'
          parameters:
          - {in: query, name: q, schema: {type: string}}
          - {in: query, name: limit, schema: {type: integer, maximum: 100}}
          - {in: query, name: after, schema: {type: string}}
          - {in: query, name: sort, schema: {type: string}}
          responses:
            200: {description: 'count, rows, next, previous'}
        """
        return self.response(200, **listed("loans"))

    @expose("/<int:loan_id>", methods=["GET"])
    @requires("loan.read")
    def show(self, loan_id: int) -> Response:
        """One loan with its schedule and what is due today, or on a day gone or to come
        ---
        get:
          parameters: [day]
          responses:
            200: {description: 'the loan'}
            404: {$ref: '#/components/responses/404'}
        """
        return self.response(200, **_loan(loans.page(current_context(), loan_id, asked_day("on"), frozenset())))

    @expose("/<int:loan_id>/schedule", methods=["GET"])
    @requires("loan.read")
    def schedule(self, loan_id: int) -> Response:
        """The repayment schedule with what is paid and owed, today or on a day
        ---
        get:
          parameters: [day]
          responses:
            200: {description: 'the rows'}
            404: {$ref: '#/components/responses/404'}
        """
        page = loans.page(current_context(), loan_id, asked_day("on"), frozenset())
        return self.response(200, on=page.on, rows=[_row(row) for row in page.schedule])

    @expose("/<int:loan_id>/transactions", methods=["GET"])
    @requires("loan.read")
    def transactions(self, loan_id: int) -> Response:
        """Everything that happened to the loan, with the allocation of money; undone events say so
        ---
        get:
          responses:
            200: {description: 'the transactions, in the order they were booked'}
            404: {$ref: '#/components/responses/404'}
        """
        page = loans.page(current_context(), loan_id, None, frozenset({"transactions"}))
        return self.response(200, rows=[_transaction(one) for one in page.transactions])

    @expose("/<int:loan_id>/transactions/<int:sequence>", methods=["GET"])
    @requires("loan.read")
    def transaction(self, loan_id: int, sequence: int) -> Response:
        """One transaction and why its money went where it went
        ---
        get:
          responses:
            200: {description: 'the transaction with its reasons'}
            404: {$ref: '#/components/responses/404'}
        """
        found = transaction_page.explained(current_context(), loan_id, sequence)
        reasons = [asdict(reason) for reason in found.reasons]
        return self.response(200, **_transaction(found.transaction), reasons=reasons)

    @expose("/<int:loan_id>/quote", methods=["GET"])
    @requires("loan.read")
    def quote(self, loan_id: int) -> Response:
        """What is due by a day and what would settle the loan then (today unless a day is given)
        ---
        get:
          parameters: [day]
          responses:
            200: {description: 'due and payoff'}
            404: {$ref: '#/components/responses/404'}
            422: {$ref: '#/components/responses/422'}
        """
        ctx = current_context()
        found = loans.quote(ctx, loan_id, asked_day("on") or ctx.business_date)
        due = {"total": found.due, **found.position.due}
        return self.response(200, on=found.on, due=due, payoff=_payoff(found.payoff))

    @expose("/<int:loan_id>/statement", methods=["GET"])
    @requires("loan.read")
    def statement(self, loan_id: int) -> Response:
        """The account statement: every charge and payment with the balance after it
        ---
        get:
          parameters:
          - {in: query, name: since, schema: {type: string, format: date}}
          - {in: query, name: until, schema: {type: string, format: date}}
          responses:
            200: {description: 'opening, lines, closing'}
            404: {$ref: '#/components/responses/404'}
            422: {$ref: '#/components/responses/422'}
        """
        drawn = loan_statements.read(current_context(), loan_id, asked_day("since"), asked_day("until"))
        done = drawn.statement
        lines = [
            {
                "on": line.on, "what": line.what, "sequence": line.sequence, "number": line.number,
                "change": line.change, "charged": line.charged, "credited": line.credited, "owed": line.owed,
            }
            for line in done.lines
        ]  # fmt: skip
        return self.response(
            200, since=done.since, until=done.until, opening=done.opening, lines=lines, closing=done.closing
        )  # fmt: skip

    @expose("/<int:loan_id>/repayments", methods=["POST"])
    @requires("money.receive")
    def receive(self, loan_id: int) -> Response:
        """Receive a repayment
        ---
        post:
          parameters: [key]
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [amount]
                  properties:
                    amount: {type: string, description: 'decimal text, e.g. "1200.00"'}
                    purpose: {type: string, enum: [due, settle]}
                    channel: {type: string}
                    reference: {type: string}
          responses:
            201: {description: 'the receipt'}
            202: {description: 'entered; another person must register it (the callers role says so)'}
            422: {$ref: '#/components/responses/422'}
        """
        given, key = body(), required_key()
        purpose = given.get("purpose", "due")
        if purpose not in PURPOSES:
            refuse("api.bad_purpose", "The purpose is due or settle.", "还款用途不正确。", "purpose")
        said = ("channel", "reference", "note")
        words: dict[str, Any] = {name: str(given[name])[:200] for name in said if given.get(name)}
        paid = amount(given.get("amount"), "amount")
        asked = receipts.Repayment(loan_id=loan_id, amount=paid, purpose=purpose, **words)
        made = orders.enter(current_context(), KINDS["repayment"], asked, idempotency_key=key)
        if made.is_waiting:
            return self.response(202, order_id=made.id, state=made.state)
        answer = {name: made.result[name] for name in ("receipt_id", "receipt_number", "settled")}
        return self.response(201, **answer, replayed=made.replayed)
