"""A lender with flows of requests behind the real web application; `as_user` gives a browser of somebody."""

from __future__ import annotations

import pytest
from tests.services.flows.conftest import house
from tests.web.approvals.conftest import STAFF

from loanloom.web.app import create_app

__all__ = ["house"]


@pytest.fixture
def as_user(house):
    """`as_user("risk")`: a client that is signed in as them."""
    app = create_app(house.database, secret_key="test")

    def sign_in(who, language="en"):
        client = app.test_client()
        with client.session_transaction() as session:
            session["user_id"], session["language"] = STAFF[who][0], language
        return client

    return sign_in
