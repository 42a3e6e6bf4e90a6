"""/api/v1/loan-changes: kinds with their parameters, previews, requests, decisions, booking, undoing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_appbuilder.api import expose
from sqlalchemy import RowMapping

from loanloom.core.lending.records import to_record
from loanloom.services.money import changes
from loanloom.services.money.changes import Preview, Step
from loanloom.web.access import requires
from loanloom.web.api.base import HouseApi, body, refuse, required_key
from loanloom.web.security import current_context

FIELDS = (
    "id", "loan_id", "kind", "parameters", "effective_on", "state", "reason", "requested_by", "requested_at",
    "decided_by", "decided_at", "decision_reason", "booked_by", "booked_at", "booked_on", "sequences", "undoes_id",
)  # fmt: skip


def _line(row: RowMapping) -> dict[str, Any]:
    return {name: row[name] for name in FIELDS}


def _preview(shown: Preview) -> dict[str, Any]:
    return {
        "digest": shown.digest,
        "on": shown.on,
        "money_in": shown.money_in,
        "problems": [{"code": one.code, "message": one.message, "field": one.field} for one in shown.problems],
        "before": to_record(shown.before),
        "after": to_record(shown.after),
        "schedule": [
            {
                "number": row.number,
                "state": row.state,
                "changed": sorted(row.changed),
                "before": to_record(row.before.instalment) if row.before else None,
                "after": to_record(row.after.instalment) if row.after else None,
            }
            for row in shown.rows
        ],
        "entries": [
            {
                "event": entry.event,
                "lines": [
                    {"account": line.account, "debit": line.debit, "credit": line.credit} for line in entry.lines
                ],
            }
            for entry in shown.entries
        ],
    }


def _asked(given: Mapping[str, Any]) -> tuple[int, str, Mapping[str, Any]]:
    """Loan, kind and parameters of a request."""
    loan_id, kind, parameters = given.get("loan_id"), given.get("kind"), given.get("parameters", {})
    if isinstance(loan_id, bool) or not isinstance(loan_id, int) or not isinstance(kind, str):
        refuse("api.bad_change", "Give loan_id and kind.", "请提供 loan_id 和 kind。")
    if not isinstance(parameters, Mapping):
        refuse("api.bad_change", "The parameters are a JSON object.", "parameters 应为 JSON 对象。", "parameters")
    return loan_id, kind, parameters


def _text(given: Mapping[str, Any], name: str) -> str:
    found = given.get(name, "")
    if not isinstance(found, str):
        refuse("api.bad_text", f"{name} is a text.", f"{name} 应为文本。", name)
    return found


class LoanChangeApi(HouseApi):
    """Changes of loans."""

    resource_name = "loan-changes"
    openapi_spec_tag = "Loan changes"

    def _step(self, status: int, made: Step) -> Response:
        return self.response(status, **made.answer(), replayed=made.replayed)

    @expose("/kinds", methods=["GET"])
    @requires("loan.read")
    def kinds(self) -> Response:
        """Every kind of change with the schema of its parameters
        ---
        get:
          responses:
            200: {description: 'kinds'}
        """
        return self.response(200, kinds=[changes.described(kind) for kind in changes.kinds().values()])

    @expose("/", methods=["GET"])
    @requires("loan.read", "loan.approve_change", "loan.change")
    def index(self) -> Response:
        """Changes that wait for approval or for their money
        ---
        get:
          responses:
            200: {description: 'open changes of the loans the caller sees'}
        """
        return self.response(200, rows=[_line(line.row) for line in changes.waiting(current_context())])

    @expose("/of/<int:loan_id>", methods=["GET"])
    @requires("loan.read")
    def of_loan(self, loan_id: int) -> Response:
        """The changes of one loan
        ---
        get:
          responses:
            200: {description: 'changes, the newest first'}
            404: {$ref: '#/components/responses/404'}
        """
        return self.response(200, rows=[_line(line.row) for line in changes.of_loan(current_context(), loan_id)])

    @expose("/preview", methods=["POST"])
    @requires("loan.change", "loan.approve_change")
    def preview(self) -> Response:
        """What a change would do now; nothing is booked
        ---
        post:
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [loan_id, kind]
                  properties:
                    loan_id: {type: integer}
                    kind: {type: string}
                    parameters: {type: object}
          responses:
            200: {description: 'figures, schedule, entries, digest; or problems'}
            404: {$ref: '#/components/responses/404'}
        """
        return self.response(200, **_preview(changes.preview(current_context(), *_asked(body()))))

    @expose("/", methods=["POST"])
    @requires("loan.change")
    def ask(self) -> Response:
        """Ask for a change, as shown under a digest
        ---
        post:
          parameters: [key]
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [loan_id, kind, reason]
                  properties:
                    loan_id: {type: integer}
                    kind: {type: string}
                    parameters: {type: object}
                    reason: {type: string}
                    digest: {type: string}
          responses:
            201: {description: 'the change'}
            409: {description: 'the loan moved, or a request is open'}
            422: {$ref: '#/components/responses/422'}
        """
        given, key = body(), required_key()
        made = changes.request(
            current_context(), *_asked(given), reason=_text(given, "reason"), digest=_text(given, "digest") or None,
            idempotency_key=key,
        )  # fmt: skip
        return self._step(201, made)

    @expose("/<int:change_id>/approve", methods=["POST"])
    @requires("loan.approve_change")
    def approve(self, change_id: int) -> Response:
        """Agree to somebody else's change, as shown under the digest
        ---
        post:
          parameters: [key]
          responses:
            200: {description: 'approved, or booked where no money has to come'}
            409: {description: 'the loan moved'}
        """
        given, key = body(), required_key()
        reason, digest = _text(given, "reason"), _text(given, "digest")
        made = changes.approve(current_context(), change_id, digest=digest, reason=reason, idempotency_key=key)
        return self._step(200, made)

    @expose("/<int:change_id>/refuse", methods=["POST"])
    @requires("loan.approve_change")
    def refuse(self, change_id: int) -> Response:
        """Say no to somebody else's change, with a reason
        ---
        post:
          responses:
            200: {description: 'refused'}
        """
        return self._step(200, changes.refuse(current_context(), change_id, reason=_text(body(), "reason")))

    @expose("/<int:change_id>/withdraw", methods=["POST"])
    @requires("loan.change")
    def withdraw(self, change_id: int) -> Response:
        """Take one's own request back
        ---
        post:
          responses:
            200: {description: 'withdrawn'}
        """
        return self._step(200, changes.withdraw(current_context(), change_id))

    @expose("/<int:change_id>/book", methods=["POST"])
    @requires("money.receive", "money.disburse")
    def book(self, change_id: int) -> Response:
        """Book an approved change with the money that came for it
        ---
        post:
          parameters: [key]
          responses:
            200: {description: 'booked'}
            409: {description: 'the loan moved since it was approved'}
        """
        given, key = body(), required_key()
        made = changes.book(
            current_context(), change_id, channel=_text(given, "channel") or "bank",
            reference=_text(given, "reference") or None, idempotency_key=key,
        )  # fmt: skip
        return self._step(200, made)

    @expose("/<int:change_id>/undo", methods=["POST"])
    @requires("loan.change")
    def undo(self, change_id: int) -> Response:
        """Ask that a booked change be taken back
        ---
        post:
          parameters: [key]
          responses:
            201: {description: 'the request to undo it'}
        """
        given, key = body(), required_key()
        made = changes.undo(current_context(), change_id, reason=_text(given, "reason"), idempotency_key=key)
        return self._step(201, made)
