"""Every route is authenticated or on the list of public ones."""

from __future__ import annotations

import pytest

from loanloom.services.access.functions import FUNCTIONS
from loanloom.web.app import create_app
from loanloom.web.security import access_for

PUBLIC = {
    "/about/",
    "/agreements/",
    "/agreements/<key>/",
    "/healthz",
    "/help/",
    "/language/",
    "/login/",
    "/outside/<token>",
    "/progress/",
    "/static/dist/<path:path>",
}
PUBLIC_API = {"/api/v1/progress/", "/api/v1/security/login", "/api/v1/security/refresh"}
"""These ask for number and proof, for name and password, or for a token, within the request."""


@pytest.fixture(scope="module")
def routes(empty_database):
    """(rule, its mark) of every route."""
    app = create_app(empty_database.database, secret_key="architecture")
    return [(rule, access_for(app, rule.endpoint)) for rule in app.url_map.iter_rules()]


def test_every_route_has_a_mark(routes):
    assert [f"{rule.rule} ({rule.endpoint})" for rule, access in routes if access is None] == []


def test_public_routes_are_known_one_by_one(routes):
    api = {rule.rule for rule, access in routes if access.public and rule.rule.startswith("/api/v1/")}
    assert api == PUBLIC_API
    assert {rule.rule for rule, access in routes if access.public} - api == PUBLIC


def test_every_function_asked_for_exists(routes):
    asked = {name for _, access in routes for name in access.functions}
    assert asked <= set(FUNCTIONS)


def test_nothing_is_changed_by_get(routes):
    telling = ("delete", "remove", "approve", "disburse", "activate", "sign")
    changing = [
        rule.rule
        for rule, _ in routes
        if "GET" in (rule.methods or ())
        and "POST" not in (rule.methods or ())
        and rule.rule.rstrip("/").endswith(telling)
    ]
    assert changing == []
