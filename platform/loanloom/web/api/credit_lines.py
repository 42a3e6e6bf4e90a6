"""/api/v1/credit-lines: lines with what is free, draws asked for, approved, refused, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Response
from flask_appbuilder.api import expose

from loanloom.services.money.lines import credit_draws, credit_lines
from loanloom.services.money.lines.draw_rules import Wanted
from loanloom.web import order_forms
from loanloom.web.access import requires
from loanloom.web.api.base import HouseApi, body, required_key, version
from loanloom.web.security import current_context

LINE = (
    "id", "number", "contract_id", "customer_id", "product_key", "currency", "limit_amount", "revolving", "sharing",
    "valid_until", "state", "used", "drawn", "frozen", "version",
)  # fmt: skip
DRAW = (
    "id", "customer_id", "amount", "term_months", "method", "purpose", "state", "expires_on", "contract_id", "loan_id",
    "product_key", "version",
)  # fmt: skip

PART = ("customer_id", "limit_amount")


@dataclass(frozen=True, slots=True)
class Part:
    """A member's part of a line."""

    customer_id: int
    limit_amount: Decimal


def _picked(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names}


class CreditLineApi(HouseApi):
    """Credit lines and their draws."""

    resource_name = "credit-lines"
    openapi_spec_tag = "Credit lines"

    @expose("/", methods=["GET"])
    @requires("contract.read", "loan.read")
    def index(self) -> Response:
        """The lines the caller sees, with what is free on each
        ---
        get:
          responses:
            200: {description: 'lines'}
        """
        rows = credit_lines.listing(current_context())
        return self.response(200, rows=[_picked(row, LINE) | {"free": row["free"]} for row in rows])

    @expose("/<int:line_id>", methods=["GET"])
    @requires("contract.read", "loan.read")
    def one(self, line_id: int) -> Response:
        """One line with its draws
        ---
        get:
          responses:
            200: {description: 'the line'}
        """
        view = credit_lines.read(current_context(), line_id)
        draws = [_picked(row, DRAW) for row in view.draws]
        parts = [_picked(row, PART) | {"free": view.left[row["customer_id"]]} for row in view.parts]
        return self.response(200, **_picked(view.row, LINE), free=view.free, draws=draws, parts=parts)

    @expose("/<int:line_id>/parts", methods=["POST"])
    @requires("contract.prepare")
    def part(self, line_id: int) -> Response:
        """Give a member of a group a part of the line (again)
        ---
        post:
          responses:
            200: {description: 'the part'}
        """
        asked = order_forms.parameters(Part, body())
        credit_lines.set_part(current_context(), line_id, asked.customer_id, asked.limit_amount)
        return self.response(200, customer_id=asked.customer_id, limit_amount=asked.limit_amount)

    @expose("/<int:line_id>/draws", methods=["POST"])
    @requires("contract.prepare")
    def ask(self, line_id: int) -> Response:
        """Ask for a draw (needs an Idempotency-Key): its amount is reserved
        ---
        post:
          responses:
            201: {description: 'the draw'}
        """
        key = required_key()
        wanted = order_forms.parameters(Wanted, body())
        made = credit_draws.ask(current_context(), line_id, wanted, idempotency_key=key)
        return self.response(201, draw_id=made)

    @expose("/draws/<int:draw_id>/approve", methods=["POST"])
    @requires("contract.sign")
    def approve(self, draw_id: int) -> Response:
        """Approve a draw that another person asked for
        ---
        post:
          responses:
            200: {description: 'the contract that can be paid out'}
        """
        return self.response(200, contract_id=credit_draws.approve(current_context(), draw_id, version=version(body())))

    @expose("/draws/<int:draw_id>/refuse", methods=["POST"])
    @requires("contract.sign")
    def refuse(self, draw_id: int) -> Response:
        """Refuse a draw that another person asked for
        ---
        post:
          responses:
            200: {description: 'refused'}
        """
        reason = body().get("reason", "")
        credit_draws.refuse(
            current_context(), draw_id, reason if isinstance(reason, str) else "", version=version(body())
        )
        return self.response(200, state="refused")

    @expose("/draws/<int:draw_id>/cancel", methods=["POST"])
    @requires("contract.prepare")
    def cancel(self, draw_id: int) -> Response:
        """Take a draw back before it is paid out
        ---
        post:
          responses:
            200: {description: 'taken back'}
        """
        credit_draws.cancel(current_context(), draw_id, version=version(body()))
        return self.response(200, state="cancelled")
