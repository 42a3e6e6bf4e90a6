"""The lender of the samples and its people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.settled import Settled
from tests.web.people import browsers
from tests.web.records.every_type import samples
from tests.web.records.every_type.samples import STAFF, Samples


@pytest.fixture
def house(settled: Settled) -> Iterator[Samples]:
    with settled.by(samples.settle) as made:
        yield made


@pytest.fixture
def as_user(house: Samples) -> Any:
    return browsers(house.database, STAFF)
