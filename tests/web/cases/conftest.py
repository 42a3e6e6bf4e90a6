"""A lender with flows of requests behind the real web application; `as_user` gives a browser of somebody."""

from __future__ import annotations

import pytest
from tests.services.approval.lender import STAFF
from tests.services.flows.conftest import house
from tests.web.people import browsers

__all__ = ["house"]


@pytest.fixture
def as_user(house):
    """`as_user("risk")`: a client that is signed in as them."""
    return browsers(house.database, STAFF)
