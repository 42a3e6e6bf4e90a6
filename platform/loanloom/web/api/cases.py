"""/api/v1/cases and /api/v1/work-items: start requests, list, read, and do everything that screens can, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, get_args

from flask import Response, request
from flask_appbuilder.api import expose

from loanloom.services.errors import NotFound
from loanloom.services.flows import answers, cases, doing, in_bulk, starting, worklist
from loanloom.web.access import staff
from loanloom.web.api.base import (
    HouseApi,
    answer_json,
    body,
    choice,
    idempotency_key,
    limit,
    record,
    refuse,
    required_key,
    version,
    whole,
    words,
)
from loanloom.web.security import current_context

STATUSES = ("running", "suspended", "ended")


def _list(given: Mapping[str, Any], name: str) -> list[Any]:
    found = given.get(name, [])
    if not isinstance(found, list):
        refuse("api.bad_list", f"{name} is a JSON array.", f"{name} 应为 JSON 数组。", name)
    return found


def _item_as_read(given: Any) -> tuple[int, int]:
    if not isinstance(given, Mapping) or (item := whole(given, "id")) is None:
        refuse("api.bad_item", "An item has an id and a version.", "每项须有 id 和 version。", "items")
    return item, version(given)


def _result(found: in_bulk.Result) -> dict[str, Any]:
    said = {"item_id": found.item_id, "approved": found.approved, "case_id": found.case_id, "code": found.code}
    problem = None if found.problem is None else {"code": found.problem.code, "message": found.problem.message}
    return {**said, "outcome": found.outcome, "problem": problem}


def _acted(number: int, command: str, of: str) -> dict[str, Any]:
    """Do a command of the one table that screens use too; an item must be as the caller has read it."""
    known = doing.COMMANDS.get(command)
    if known is None or known.of != of:
        raise NotFound()
    given = dict(body())
    read = version(given)
    given.pop("version")
    done = cases.act(
        current_context(), number, command, given, expected_version=read, idempotency_key=idempotency_key()
    )
    return asdict(done)


class CaseApi(HouseApi):
    """Cases of every flow."""

    resource_name = "cases"
    openapi_spec_tag = "Cases"

    @expose("/", methods=["GET"])
    @staff
    def index(self) -> Response:
        """Cases the caller may see, the newest first
        ---
        get:
          parameters:
            - {in: query, name: status, schema: {type: string, enum: [running, suspended, ended]}}
            - {in: query, name: flow, schema: {type: string}}
            - {in: query, name: subject, schema: {type: string}}
            - after
            - limit
          responses:
            200: page
        """
        rows, following = answers.listing(
            current_context(), status=choice("status", STATUSES), flow=request.args.get("flow"),
            subject=request.args.get("subject"), after=request.args.get("after", type=int), limit=limit(),
        )  # fmt: skip
        return self.response(200, rows=rows, next=following)

    @expose("/", methods=["POST"])
    @staff
    def start(self) -> Response:
        """Start a request flow with its fields
        ---
        post:
          parameters: [key]
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [flow]
                  properties:
                    flow: {type: string}
                    data: {type: object, description: 'fields by their paths'}
                    customer_id: {type: integer}
                    product: {type: string}
                    chosen: {type: object, description: 'people by step, where the starter names them'}
          responses:
            201: {description: 'the case'}
            403: {description: 'the roles of the caller do not start it'}
            422: {$ref: '#/components/responses/422'}
        """
        given, key = body(), required_key()
        flow, product = given.get("flow"), given.get("product")
        if not isinstance(flow, str) or not isinstance(product, str | None):
            refuse("api.bad_text", "flow and product are texts.", "flow 和 product 应为文本。", "flow")
        done = starting.request(
            current_context(), flow, record(given, "data"), customer_id=whole(given, "customer_id"),
            product_key=product, chosen=record(given, "chosen"), idempotency_key=key,
        )  # fmt: skip
        return answer_json(asdict(done), 201)

    @expose("/<int:case_id>", methods=["GET"])
    @staff
    def show(self, case_id: int) -> Response:
        """One case with its open work and its story
        ---
        get:
          responses:
            200: {description: 'the case'}
            404: {$ref: '#/components/responses/404'}
        """
        return answer_json(answers.one(current_context(), case_id))

    @expose("/<int:case_id>/<command>", methods=["POST"])
    @staff
    def act(self, case_id: int, command: str) -> Response:
        """Do something with a whole case: comment, urge, withdraw, suspend, resume, terminate, jump ...
        ---
        post:
          parameters: [optional_key]
          requestBody:
            required: true
            content:
              application/json:
                schema: Versioned
          responses: {200: acted, 403: may_not, 404: '404', 409: changed, 422: '422'}
        """
        return answer_json(_acted(case_id, command, "case"))


class WorkItemApi(HouseApi):
    """Work that waits for people."""

    resource_name = "work-items"
    openapi_spec_tag = "Work items"

    @expose("/", methods=["GET"])
    @staff
    def index(self) -> Response:
        """The caller's work list: mine, of my groups, or done
        ---
        get:
          parameters:
            - {in: query, name: view, schema: {type: string, enum: [mine, group, done]}}
            - after
            - limit
          responses:
            200: page
        """
        view: Any = choice("view", get_args(worklist.View)) or "mine"
        found = worklist.todo(current_context(), view, after=request.args.get("after"), limit=limit())
        return self.response(200, rows=[asdict(item) for item in found.items], next=found.next)

    @expose("/approve", methods=["POST"])
    @staff
    def approve(self) -> Response:
        """Approve several items whose steps allow it, each by itself
        ---
        post:
          parameters: [key]
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [items]
                  properties:
                    items:
                      type: array
                      maxItems: 100
                      items: {type: object, properties: {id: {type: integer}, version: {type: integer}}}
                    opinion: {type: string}
          responses:
            200: {description: 'a result for each item: approved, or the problem'}
            422: {$ref: '#/components/responses/422'}
        """
        given, key = body(), required_key()
        chosen = dict(_item_as_read(one) for one in _list(given, "items"))
        results = in_bulk.approve(current_context(), chosen, opinion=words(given, "opinion"), idempotency_key=key)
        return self.response(200, rows=[_result(one) for one in results])

    @expose("/<int:item_id>/<command>", methods=["POST"])
    @staff
    def act(self, item_id: int, command: str) -> Response:
        """Do something with an item: decide, take, give_back, transfer, add_signers, ask_material ...
        ---
        post:
          parameters: [optional_key]
          requestBody:
            required: true
            content:
              application/json:
                schema: Versioned
          responses: {200: acted, 403: may_not, 404: '404', 409: changed, 422: '422'}
        """
        return answer_json(_acted(item_id, command, "item"))
