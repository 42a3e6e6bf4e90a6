"""Fixtures of the approval tests; those of applications and screens use them too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.services.approval.lender import Lender, settle
from tests.settled import Settled

from loanloom.store.database import Database


@pytest.fixture
def lender(settled: Settled) -> Iterator[Lender]:
    """A company with the model company's definitions and staff, and no case yet."""
    with settled.by(settle) as made:
        yield replace(made, customers={})


@pytest.fixture
def database(lender: Lender) -> Database:
    """Where the lender is kept."""
    return lender.database
