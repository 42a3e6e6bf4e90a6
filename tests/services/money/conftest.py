"""Fixtures of the money tests."""

from __future__ import annotations

import pytest
from tests.services.money.house import House, settle


@pytest.fixture
def house(database, company) -> House:
    """A small lender on Monday 2026-01-05, without any loan."""
    return settle(database, company)
