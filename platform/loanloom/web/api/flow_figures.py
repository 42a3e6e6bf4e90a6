"""/api/v1/flow-figures: how cases fare, as the screen counts it."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, jsonify, request
from flask_appbuilder.api import expose

from loanloom.services.flows import figuring
from loanloom.services.flows.figures import Asked
from loanloom.web import inputs
from loanloom.web.access import requires
from loanloom.web.api.base import HouseApi, refuse
from loanloom.web.security import current_context


class FlowFigureApi(HouseApi):
    """Throughput, waiting and service levels of cases."""

    resource_name = "flow-figures"
    openapi_spec_tag = "Cases"

    @expose("/", methods=["GET"])
    @requires(figuring.RIGHT)
    def index(self) -> Response:
        """Figures of a period, over the cases the caller may see; waiting is in working hours
        ---
        get:
          parameters:
            - {in: query, name: since, required: true, schema: {type: string, format: date}}
            - {in: query, name: until, required: true, schema: {type: string, format: date}}
            - {in: query, name: flow, schema: {type: string}}
            - {in: query, name: product, schema: {type: string}}
          responses:
            200: {description: 'steps, people, throughput; with a flow its funnel too'}
            422: {$ref: '#/components/responses/422'}
        """
        since, until = inputs.asked_day("since"), inputs.asked_day("until")
        if since is None or until is None:
            refuse("api.no_period", "Give since and until.", "请提供 since 和 until。", "since")
        named = {name: request.args.get(name) or None for name in ("flow", "product")}
        found = figuring.read(current_context(), Asked(since=since, until=until, **named))
        answer: Response = jsonify(asdict(found))
        return answer
