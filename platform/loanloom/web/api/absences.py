"""/api/v1/delegations and /api/v1/relations: who stands in for whom, and who is related to whom, as their screens keep
them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Response, request
from flask_appbuilder.api import expose

from loanloom.services.flows import delegations, relations
from loanloom.web import inputs
from loanloom.web.access import staff
from loanloom.web.api.base import HouseApi, answer_json, body, refuse, version, whole, words
from loanloom.web.security import current_context


def _texts(given: Mapping[str, Any], name: str) -> list[str]:
    found = given.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        refuse("api.bad_list", f"{name} is an array of texts.", f"{name} 应为文本数组。", name)
    return found


class DelegationApi(HouseApi):
    """Who stands in for whom."""

    resource_name = "delegations"
    openapi_spec_tag = "Delegations"

    @expose("/", methods=["GET"])
    @staff
    def index(self) -> Response:
        """Delegations that are not over: the caller's, somebody's, or everybody's
        ---
        get:
          parameters:
            - {in: query, name: user, schema: {type: integer}}
            - {in: query, name: everybody, schema: {type: boolean}}
          responses: {200: page, 403: may_not}
        """
        ctx = current_context()
        everybody = request.args.get("everybody") in ("1", "true", "yes")
        user = request.args.get("user", type=int)
        found = delegations.of_everybody(ctx) if everybody else delegations.of(ctx, user)
        return self.response(200, rows=[asdict(one) for one in found], next=None)

    @expose("/", methods=["POST"])
    @staff
    def give(self) -> Response:
        """Somebody is away from one day to another, and who stands in
        ---
        post:
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [starts_on, ends_on]
                  properties:
                    user_id: {type: integer, description: 'who is away; the caller where it is left out'}
                    to_user: {type: integer, description: 'who stands in; nobody where it is left out'}
                    starts_on: {type: string, format: date}
                    ends_on: {type: string, format: date}
                    flows: {type: array, items: {type: string}, description: 'only in these flows'}
                    reason: {type: string}
          responses:
            201: {description: 'its number'}
            403: may_not
            422: '422'
        """
        given = body()
        made = delegations.give(
            current_context(),
            from_user=whole(given, "user_id"),
            to_user=whole(given, "to_user"),
            starts_on=inputs.day(given.get("starts_on"), "starts_on"),
            ends_on=inputs.day(given.get("ends_on"), "ends_on"),
            flows=_texts(given, "flows"),
            reason=words(given, "reason"),
        )
        return answer_json({"id": made}, 201)

    @expose("/<int:number>/end", methods=["POST"])
    @staff
    def end(self, number: int) -> Response:
        """Back earlier: it counts no longer
        ---
        post:
          requestBody: {required: true, content: {application/json: {schema: Versioned}}}
          responses: {200: acted, 404: '404', 409: changed}
        """
        delegations.end(current_context(), number, expected_version=version(body()))
        return answer_json({"id": number})


class RelationApi(HouseApi):
    """Relations that staff declare; flows keep such people away."""

    resource_name = "relations"
    openapi_spec_tag = "Delegations"

    @expose("/", methods=["GET"])
    @staff
    def index(self) -> Response:
        """Declared relations that stand: the caller's, somebody's, or everybody's; identity numbers are masked
        ---
        get:
          parameters:
            - {in: query, name: user, schema: {type: integer}}
            - {in: query, name: everybody, schema: {type: boolean}}
          responses: {200: page, 403: may_not}
        """
        everybody = request.args.get("everybody") in ("1", "true", "yes")
        found = relations.of(current_context(), request.args.get("user", type=int), everybody=everybody)
        return self.response(200, rows=[asdict(one) for one in found], next=None)

    @expose("/", methods=["POST"])
    @staff
    def declare(self) -> Response:
        """Declare a relation
        ---
        post:
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [kind, relation, name, id_number]
                  properties:
                    user_id: {type: integer, description: 'whose; the caller where it is left out'}
                    kind: {type: string, enum: [relative, related_party]}
                    relation: {type: string}
                    name: {type: string}
                    id_number: {type: string}
          responses:
            201: {description: 'its number'}
            403: may_not
            422: '422'
        """
        given = body()
        said = {name: words(given, name) for name in ("kind", "relation", "name", "id_number")}
        made = relations.declare(current_context(), **said, user_id=whole(given, "user_id"))
        return answer_json({"id": made}, 201)

    @expose("/<int:number>/end", methods=["POST"])
    @staff
    def end(self, number: int) -> Response:
        """It no longer stands; only whoever keeps the declarations may say so, and never their own
        ---
        post:
          requestBody: {required: true, content: {application/json: {schema: Versioned}}}
          responses: {200: acted, 403: may_not, 404: '404', 409: changed}
        """
        relations.end(current_context(), number, expected_version=version(body()))
        return answer_json({"id": number})
