"""Fixtures of the approval tests."""

from __future__ import annotations

import pytest
from tests.services.approval.lender import Lender, settle


@pytest.fixture
def lender(database, company) -> Lender:
    """A company with the model company's definitions and staff, and no case yet."""
    return settle(database, company)
