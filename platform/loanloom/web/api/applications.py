"""/api/v1/applications: list, read, begin, hand in."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_appbuilder.api import expose

from loanloom.services.context import Context
from loanloom.services.origination import applications, submissions
from loanloom.services.stored import without_secrets
from loanloom.web.access import requires
from loanloom.web.api.base import HouseApi, body, idempotency_key, listed, refuse, version
from loanloom.web.security import current_context

FIELDS = (
    "id",
    "number",
    "product_key",
    "customer_id",
    "amount",
    "currency",
    "term_months",
    "method",
    "purpose",
    "guarantee_mode",
    "channel",
    "applied_on",
    "state",
    "score_points",
    "score_grade",
    "limit_amount",
    "guarantors",
    "collateral",
    "extra",
    "version",
    "created_at",
    "submitted_at",
    "decided_at",
)


def _one(ctx: Context, application_id: int) -> dict[str, Any]:
    with ctx.transaction() as connection:
        row = applications.read(ctx, connection, application_id)._mapping
        return {name: without_secrets(row[name]) for name in FIELDS if name in row}


class ApplicationApi(HouseApi):
    """Loan applications."""

    resource_name = "applications"
    openapi_spec_tag = "Applications"

    @expose("/", methods=["GET"])
    @requires("application.read")
    def index(self) -> Response:
        """A page of applications
        ---
        get:
          description: 'Applications the caller may see; filters are column paths, e.g. application.state'
          parameters:
          - {in: query, name: q, schema: {type: string}, description: 'number, or name or pinyin of the customer'}
          - {in: query, name: limit, schema: {type: integer, maximum: 100}}
          - {in: query, name: after, schema: {type: string}, description: 'the "next" of the page before'}
          - {in: query, name: sort, schema: {type: string}, description: 'a column path, with - in front to turn round'}
          responses:
            200: {description: 'count, rows, next, previous'}
            401: {$ref: '#/components/responses/401'}
        """
        return self.response(200, **listed("applications"))

    @expose("/<int:application_id>", methods=["GET"])
    @requires("application.read")
    def show(self, application_id: int) -> Response:
        """One application
        ---
        get:
          responses:
            200: {description: 'the application'}
            404: {$ref: '#/components/responses/404'}
        """
        return self.response(200, **_one(current_context(), application_id))

    @expose("/", methods=["POST"])
    @requires("application.create")
    def begin(self) -> Response:
        """Begin a draft
        ---
        post:
          parameters: [optional_key]
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [product, customer_id]
                  properties:
                    product: {type: string}
                    customer_id: {type: integer}
          responses:
            201: {description: 'the draft'}
            422: {$ref: '#/components/responses/422'}
        """
        ctx, given = current_context(), body()
        product, customer_id = given.get("product"), given.get("customer_id")
        if not isinstance(product, str):
            refuse("api.missing", "Name the product.", "请提供产品。", "product")
        if not isinstance(customer_id, int) or isinstance(customer_id, bool):
            refuse("api.missing", "Give the customer's id.", "请提供客户编号。", "customer_id")
        made = applications.begin(ctx, product, customer_id, idempotency_key=idempotency_key(), channel="api")
        return self.response(201, **_one(ctx, made))

    @expose("/<int:application_id>/submit", methods=["POST"])
    @requires("application.create")
    def submit(self, application_id: int) -> Response:
        """Hand a draft in with its values
        ---
        post:
          description: 'values by path, e.g. {"application.amount": "50000.00"}; checked by the same form as on screen'
          parameters: [optional_key]
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [values, version]
                  properties:
                    values: {type: object}
                    version: {type: integer}
          responses:
            200: {description: 'state and outcome'}
            409: {description: 'somebody changed it meanwhile'}
            422: {$ref: '#/components/responses/422'}
        """
        given = body()
        values = given.get("values")
        if not isinstance(values, dict):
            refuse("api.missing", "Give the values.", "请提供申请内容。", "values")
        done = submissions.submit(
            current_context(), application_id, values, version=version(given), idempotency_key=idempotency_key()
        )
        answer = {"id": done.application_id, "number": done.number, "state": done.state, "outcome": done.outcome}
        return self.response(200, **answer, replayed=done.replayed)
