"""Fixtures of the money tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.services.money.house import House, settle
from tests.settled import Settled


@pytest.fixture
def house(settled: Settled) -> Iterator[House]:
    """A small lender on Monday 2026-01-05, without any loan."""
    with settled.by(settle) as made:
        yield made
