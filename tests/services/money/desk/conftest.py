"""Fixtures of the tests of the cashier's desk."""

from __future__ import annotations

import pytest
from tests.services.money.desk.lender import Desk, settle


@pytest.fixture
def desk(database, company) -> Desk:
    """The small lender of the money tests with the model company's books and a desk."""
    return settle(database, company)
