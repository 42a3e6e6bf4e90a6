"""Fixtures of the tests of cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.services.flows.house import House, settle
from tests.settled import Settled


@pytest.fixture
def house(settled: Settled) -> Iterator[House]:
    """A company with flows of requests, and no case yet."""
    with settled.by(settle) as made:
        yield replace(made, customers={})
