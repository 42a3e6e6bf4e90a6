"""What every template may use without asking: who, where, when, in which language."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, cast

from flask import Flask, g, has_request_context, request
from sqlalchemy import Connection

from loanloom.problems import say
from loanloom.services.flows import worklist
from loanloom.web import security
from loanloom.web.language import LANGUAGES, language


def waiting(connection: Connection | None = None) -> worklist.Frame:
    """What the frame counts: unread messages and open work. Counted once a request; a page that has a transaction open
    may have it counted there."""
    if "waiting" not in g:
        context = security.current_context()
        with context.transaction() if connection is None else nullcontext(connection) as counted_in:
            g.waiting = worklist.frame_counts(context, counted_in)
    return cast(worklist.Frame, g.waiting)


def _variables() -> dict[str, Any]:
    spoken = language()
    if not security.has_context():
        return {"language": spoken, "company": None, "actor": None, "frame": "door.html"}
    context = security.current_context()
    roles = (context.registry.get("role", key) for key in context.actor.roles)
    counted = None if request.headers.get("HX-Request") else waiting()  # a part of a page has no frame
    return {
        "language": spoken,
        "company": context.company,
        "companies": security.companies(),
        "actor": context.actor,
        "frame": "portal/frame.html" if context.actor.is_borrower else "shell.html",
        "business_date": context.business_date,
        "unread": counted.unread if counted is not None else 0,
        "frame_waiting": counted,
        "role_titles": [say(role.title, spoken) for role in roles if role],
    }


def new_key() -> str:
    """A fresh idempotency key for a form."""
    return secrets.token_urlsafe(18)


def may(function: str) -> bool:
    """Whether the signed-in user holds this function; for what a page offers, never instead of a check."""
    return security.has_context() and security.current_context().actor.may(function)


def counted(number: int) -> str:
    """A count as people read it: `99+` where it was counted no further."""
    return f"{number - 1}+" if number in (worklist.MOST, worklist.MOST_IN_FRAME) else str(number)


def _addresses(app: Flask) -> Callable[..., str]:
    """`url_for` of the templates: where nothing in an address varies it is worked out once."""
    known: dict[str, str] = {}

    def address(endpoint: str, **values: Any) -> str:
        if values or endpoint.startswith(".") or not has_request_context() or request.script_root:
            return app.url_for(endpoint, **values)
        if endpoint not in known:
            known[endpoint] = app.url_for(endpoint)
        return known[endpoint]

    return address


def install(app: Flask) -> None:
    """Hang the variables and helpers into the templates."""
    app.context_processor(_variables)
    app.jinja_env.filters["counted"] = counted
    app.jinja_env.globals.update(
        url_for=_addresses(app),
        languages=LANGUAGES,
        csp_nonce=security.csp_nonce,
        new_key=new_key,
        may=may,
        language_of=language,
    )
