"""A house with flows that name people, over a real database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.services.flows.people.house import House, settle
from tests.settled import Settled


@pytest.fixture
def house(settled: Settled) -> Iterator[House]:
    """The lender with its staff, and no case yet."""
    with settled.by(settle) as made:
        yield replace(made, lender=replace(made.lender, customers={}))
