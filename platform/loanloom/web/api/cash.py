"""/api/v1/cash: everything owed and to be paid, receipts, payouts, deposits, partners; and the orders of the desk."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_appbuilder.api import expose

from loanloom.services.errors import NotFound
from loanloom.services.money.cashier import desk, order_kinds, orders
from loanloom.services.money.cashier.order_shapes import Order
from loanloom.services.reading import data_sets
from loanloom.web import order_forms
from loanloom.web.access import requires
from loanloom.web.api.base import DEFAULT, MOST, HouseApi, body, idempotency_key, required_key
from loanloom.web.lists import arguments
from loanloom.web.security import current_context

LISTS = ("items", "receipts", "payouts", "orders", "deposits", "parties")


def _answer(made: Order) -> dict[str, Any]:
    return {"order_id": made.id, "state": made.state, "result": dict(made.result), "replayed": made.replayed}


class CashApi(HouseApi):
    """Money in and out."""

    resource_name = "cash"
    openapi_spec_tag = "Cash"

    @expose("/<name>", methods=["GET"])
    @requires(*desk.LOOK, "customer.read")
    def index(self, name: str) -> Response:
        """A page of items, receipts, payouts, orders, deposits or parties
        ---
        get:
          description: 'Within the callers data scope; filters are the column paths, e.g. item.state=item_overdue'
          parameters:
          - {in: path, name: name, required: true, schema: {type: string, enum: [items, receipts, payouts, orders, deposits, parties]}}
          - {in: query, name: q, schema: {type: string}}
          - {in: query, name: limit, schema: {type: integer, maximum: 100}}
          - {in: query, name: after, schema: {type: string}}
          - {in: query, name: sort, schema: {type: string}}
          responses:
            200: {description: 'count, sums, rows, next, previous'}
            404: {$ref: '#/components/responses/404'}
        """  # noqa: E501 - a line of OpenAPI
        ctx = current_context()
        found = data_sets.data_set(ctx.registry, name) if name in LISTS else None
        if found is None:
            raise NotFound()
        asked = data_sets.read_question(arguments(), found, columns=list(found.columns), order=())
        limit = min(max(request.args.get("limit", DEFAULT, type=int), 1), MOST)
        rows = data_sets.rows(ctx, found, asked, limit=limit)
        answer = {"count": rows.count, "sums": dict(rows.sums), "rows": list(rows.rows)}
        return self.response(200, **answer, next=rows.next, previous=rows.previous)

    @expose("/orders/<kind>", methods=["POST"])
    @requires(*desk.DOES)
    def enter(self, kind: str) -> Response:
        """Enter an order: repayment, unidentified, claim, refund, payout, deposit_receive ...
        ---
        post:
          description: 'Booked at once (201), or left for a second person where the callers role says so (202)'
          parameters: [key]
          requestBody:
            required: true
            content:
              application/json:
                schema: {type: object, description: 'the parameters of the kind, amounts as decimal text; reason'}
          responses:
            201: {description: 'order_id, state, result'}
            202: {description: 'order_id, state entered'}
            422: {$ref: '#/components/responses/422'}
        """
        wanted = order_kinds.kind_of(kind)
        given, key = body(), required_key()
        asked = order_forms.parameters(wanted.parameters, given)
        reason = str(given["reason"])[:400] if given.get("reason") else None
        made = orders.enter(current_context(), wanted, asked, reason=reason, idempotency_key=key)
        return self.response(202 if made.is_waiting else 201, **_answer(made))

    @expose("/orders/<int:order_id>/register", methods=["POST"])
    @requires("money.check")
    def register(self, order_id: int) -> Response:
        """Register and book what another has entered
        ---
        post:
          parameters: [optional_key]
          responses:
            200: {description: 'order_id, state, result'}
            403: {$ref: '#/components/responses/403'}
            422: {$ref: '#/components/responses/422'}
        """
        ctx = current_context()
        kind = order_kinds.kind_of(desk.order(ctx, order_id)["kind"])
        return self.response(200, **_answer(orders.register(ctx, kind, order_id, idempotency_key=idempotency_key())))

    @expose("/orders/<int:order_id>/refuse", methods=["POST"])
    @requires(*desk.DOES, "money.check")
    def refuse(self, order_id: int) -> Response:
        """Refuse an entry, or take one's own back
        ---
        post:
          requestBody:
            required: true
            content:
              application/json:
                schema: {type: object, required: [answer], properties: {answer: {type: string}}}
          responses:
            200: {description: 'order_id, state'}
            422: {$ref: '#/components/responses/422'}
        """
        ctx = current_context()
        kind = order_kinds.kind_of(desk.order(ctx, order_id)["kind"])
        return self.response(200, **_answer(orders.refuse(ctx, kind, order_id, str(body().get("answer", "")))))
