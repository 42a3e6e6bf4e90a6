"""A lender behind the real web application; `as_user` gives a browser of somebody of the staff."""

from __future__ import annotations

import pytest
from tests.services.approval.conftest import lender
from tests.services.approval.lender import STAFF

from loanloom.web.app import create_app

__all__ = ["lender"]


@pytest.fixture
def as_user(lender):
    """`as_user("risk")`: a client that is signed in as them, in English."""
    app = create_app(lender.database, secret_key="test")

    def sign_in(who, language="en"):
        client = app.test_client()
        with client.session_transaction() as session:
            session["user_id"], session["language"] = STAFF[who][0], language
        return client

    return sign_in
