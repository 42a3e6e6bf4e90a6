"""Fixtures of the tests of the cashier's desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.services.money.desk.lender import Desk, settle
from tests.settled import Settled


@pytest.fixture
def desk(settled: Settled) -> Iterator[Desk]:
    """The small lender of the money tests with the model company's books and a desk."""
    with settled.by(settle) as made:
        yield made
