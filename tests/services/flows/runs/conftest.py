"""Fixtures of what happens to cases by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.services.flows.runs.house import House, settle
from tests.settled import Settled


@pytest.fixture
def house(settled: Settled, tmp_path: Path) -> Iterator[House]:
    """A lender with the flows of these tests, and no case yet."""
    with settled.by(settle) as made:
        yield House(lender=made, home=tmp_path)
