"""One line of log a request, and the correlation id that ties it to everything it caused."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("loanloom.web")
GIVEN = re.compile(r"^[A-Za-z0-9-]{8,64}$")


def _begin() -> None:
    given = request.headers.get("X-Correlation-Id", "")
    g.correlation_id = given if GIVEN.match(given) else secrets.token_hex(8)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=g.correlation_id)


def _end(response: Response) -> Response:
    number = g.get("correlation_id")
    if number:
        response.headers["X-Correlation-Id"] = number
    if request.endpoint == "assets.file":
        return response
    user = g.get("signed_in_user")
    log.info(
        "request",
        method=request.method,
        path=request.path,
        status=response.status_code,
        ms=round((time.perf_counter() - g.began) * 1000, 1) if "began" in g else None,
        user=user.username if user else None,
        ip=request.remote_addr,
    )
    return response


def install(app: Flask) -> None:
    """Must come before every other before_request."""
    app.before_request(_begin)
    app.after_request(_end)
