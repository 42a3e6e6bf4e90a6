"""A lender behind the real web application; `as_user` gives a browser of somebody of the staff."""

from __future__ import annotations

import pytest
from tests.services.approval.conftest import lender
from tests.services.approval.lender import STAFF
from tests.web.people import browsers

__all__ = ["lender"]


@pytest.fixture
def as_user(lender):
    """`as_user("risk")`: a client that is signed in as them."""
    return browsers(lender.database, STAFF)
