"""People of tests who sign in: their passwords are hashed at little cost, for checking takes as long as hashing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash

from loanloom.services.access import users
from loanloom.services.context import Context
from loanloom.store.database import Database
from loanloom.web.app import create_app

PASSWORD = "A-long-test-password-7"


def signs_in(ctx: Context, username: str, **said: Any) -> int:
    """A new user with PASSWORD; the user's number."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(users, "generate_password_hash", partial(generate_password_hash, method="pbkdf2:sha256:1"))
        return users.create(ctx, username=username, email=f"{username}@example.org", password=PASSWORD, **said)


@cache
def application(database: Database) -> Flask:
    """The web application over this database, made once a test process: its routes and templates are read but once.
    A defect fails the test instead of becoming a page."""
    secret = "a secret for tests, longer than thirty-two bytes"
    return create_app(database, secret_key=secret, configuration={"TESTING": True})


def browsers(database: Database, staff: Mapping[str, Any]) -> Callable[..., FlaskClient]:
    """`browsers(database, STAFF)("risk")`: a client that is signed in as them already, in English unless asked."""
    app = application(database)

    def sign_in(who: str, language: str = "en") -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["user_id"], session["language"] = staff[who][0], language
        return client

    return sign_in
