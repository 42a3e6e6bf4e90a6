"""/api/v1/loans: list, read with schedule and what is due, receive a repayment."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_appbuilder.api import expose

from loanloom.services.money import loans, repayments
from loanloom.web.access import requires
from loanloom.web.api.base import HouseApi, amount, body, idempotency_key, listed, refuse
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
    schedule = [
        {
            "number": row.account.instalment.number,
            "due_on": row.account.instalment.due_on,
            "principal": row.account.instalment.principal,
            "interest": row.account.instalment.interest,
            "owed": row.owed,
            "state": row.state,
        }
        for row in page.schedule
    ]
    due = {"total": page.position.due_total, **page.position.due}
    return {**{name: page.row[name] for name in FIELDS}, "on": page.on, "due": due, "schedule": schedule}


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
        """One loan with its schedule and what is due today
        ---
        get:
          parameters: [{in: path, name: loan_id, required: true, schema: {type: integer}}]
          responses:
            200: {description: 'the loan'}
            404: {$ref: '#/components/responses/404'}
        """
        return self.response(200, **_loan(loans.page(current_context(), loan_id)))

    @expose("/<int:loan_id>/repayments", methods=["POST"])
    @requires("money.receive")
    def receive(self, loan_id: int) -> Response:
        """Receive a repayment
        ---
        post:
          parameters:
          - {in: path, name: loan_id, required: true, schema: {type: integer}}
          - {in: header, name: Idempotency-Key, required: true, schema: {type: string}}
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
            422: {$ref: '#/components/responses/422'}
        """
        given, key = body(), idempotency_key()
        if key is None:
            refuse("api.no_key", "Send an Idempotency-Key header.", "请提供 Idempotency-Key 请求头。")
        purpose = given.get("purpose", "due")
        if purpose not in PURPOSES:
            refuse("api.bad_purpose", "The purpose is due or settle.", "还款用途不正确。", "purpose")
        words = {name: str(given[name])[:200] for name in ("channel", "reference", "note") if given.get(name)}
        paid = amount(given.get("amount"), "amount")
        done = repayments.receive(current_context(), loan_id, paid, purpose, idempotency_key=key, **words)
        answer = {"receipt_id": done.receipt_id, "receipt_number": done.receipt_number, "settled": done.settled}
        return self.response(201, **answer, replayed=done.replayed)
