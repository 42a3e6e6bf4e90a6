"""/api/v1/copies and /api/v1/flow-monitor: what one was sent for information, and cases that do not go well. Reads
only."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, request
from flask_appbuilder.api import expose

from loanloom.services.flows import monitor, my_cases
from loanloom.web.access import requires, staff
from loanloom.web.api.base import HouseApi, choice, limit
from loanloom.web.security import current_context

TROUBLE = (
    "kind", "id", "case_id", "number", "node", "step", "since", "words", "hint", "action", "attempts", "again_at",
    "version",
)  # fmt: skip
"""What is told of a trouble: not what a call was given, which may name people."""


class CopyApi(HouseApi):
    """Cases that were sent for information."""

    resource_name = "copies"
    openapi_spec_tag = "Cases"

    @expose("/", methods=["GET"])
    @staff
    def index(self) -> Response:
        """Copies the caller got, the newest first
        ---
        get:
          parameters:
            - {in: query, name: q, description: 'beginning of the number, or customer', schema: {type: string}}
            - after
            - limit
          responses: {200: page}
        """
        found = my_cases.listing(
            current_context(), "copies", query=request.args.get("q", ""), after=request.args.get("after"), limit=limit()
        )
        return self.response(200, rows=[asdict(one) for one in found.lines], next=found.next)


class FlowMonitorApi(HouseApi):
    """Cases that do not go well."""

    resource_name = "flow-monitor"
    openapi_spec_tag = "Cases"

    @expose("/", methods=["GET"])
    @requires("flow.repair")
    def index(self) -> Response:
        """How many there are of each kind, and the oldest of one kind
        ---
        get:
          parameters:
            - {in: query, name: kind, schema: {type: string, enum: [stuck, nobody, call, timer, overdue]}}
            - limit
          responses:
            200: {description: 'counts by kind, and rows of the kind asked for'}
            403: may_not
        """
        ctx, kind = current_context(), choice("kind", monitor.KINDS)
        rows = monitor.troubles(ctx, kind, limit=limit()) if kind else []
        return self.response(200, counts=monitor.counts(ctx), rows=[_told(one) for one in rows])


def _told(one: monitor.Trouble) -> dict[str, Any]:
    return {name: getattr(one, name) for name in TROUBLE}
