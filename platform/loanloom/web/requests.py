"""One line of log a request, the correlation id that ties it to everything it caused, and what no request may hold."""

from __future__ import annotations

import re
import secrets
import time
from itertools import chain
from typing import Any

import structlog
from flask import Flask, Request, Response, g, request
from werkzeug.routing import IntegerConverter, ValidationError

log = structlog.get_logger("loanloom.web")
GIVEN = re.compile(r"^[A-Za-z0-9-]{8,64}$")

UNSTORABLE = re.compile("[\0\ud800-\udfff]")

LARGEST_NUMBER = 2**63 - 1
LONGEST_KEY = 100
LARGEST_JSON = 1024 * 1024
DEEPEST = 60
"""Levels of JSON within each other."""


class Number(IntegerConverter):
    """A record's number in an address; what the database could not hold is no page."""

    def to_python(self, value: str) -> int:
        """The number, or no such address."""
        if len(value) > 19 or (number := int(value)) > LARGEST_NUMBER:
            raise ValidationError
        return number


def is_storable(value: Any) -> bool:
    """Whether PostgreSQL can hold every text within a value: no NUL, no half of a surrogate pair; and nothing lies so
    deep that whoever walks down there does not come back."""
    waiting = [(value, 0)]
    while waiting:
        one, level = waiting.pop()
        if level > DEEPEST or (isinstance(one, str) and UNSTORABLE.search(one) is not None):
            return False
        if isinstance(one, dict):
            waiting += [(part, level + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list):
            waiting += [(part, level + 1) for part in one]
    return True


def is_readable(asked: Request) -> bool:
    """Whether the address and the body of a request hold nothing that only a hostile program sends."""
    if asked.is_json and (asked.content_length or 0) > LARGEST_JSON:
        return False
    if len(asked.form.get("idempotency_key", "")) > LONGEST_KEY:
        return False
    try:
        sent = asked.get_json(silent=True) if asked.is_json else None
    except RecursionError:
        return False
    fields = (*asked.args.items(multi=True), *asked.form.items(multi=True))
    return is_storable(sent) and is_storable("".join((asked.path, *chain.from_iterable(fields))))


def _begin() -> None:
    given = request.headers.get("X-Correlation-Id", "")
    g.correlation_id = given if GIVEN.match(given) else secrets.token_hex(8)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=g.correlation_id)


def _path() -> str:
    """The address as it may be written down: what opens a link by itself is no line of a log."""
    if "token" in (request.view_args or {}) and request.url_rule is not None:
        return request.url_rule.rule
    return request.path


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
        path=_path(),
        status=response.status_code,
        ms=round((time.perf_counter() - g.began) * 1000, 1) if "began" in g else None,
        user=user.username if user else None,
        ip=request.remote_addr,
    )
    return response


def install(app: Flask) -> None:
    """Must come before every other before_request and every route."""
    app.url_map.converters["int"] = Number
    app.before_request(_begin)
    app.after_request(_end)
