"""How the tests run: property tests with the same examples every time, so that a red run is red for its change alone
(HYPOTHESIS_PROFILE=explore looks for new ones; `make fuzz` does so for the expression language at length), the files
that take long first, and lenders put up once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from tests.settled import Settled

from loanloom.testing.postgres import Cluster

settings.register_profile("steady", derandomize=True)
settings.register_profile("explore")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def settled(cluster: Cluster) -> Iterator[Settled]:
    """Lenders in databases of their own."""
    made = Settled(cluster)
    yield made
    made.close()
