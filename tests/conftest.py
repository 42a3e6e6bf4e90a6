"""How the tests run: property tests with the same examples every time, so that a red run is red for its change alone
(HYPOTHESIS_PROFILE=explore looks for new ones; `make fuzz` does so for the expression language at length), the files
that take long first, and lenders put up once.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings
from tests.settled import Settled

from loanloom.testing.postgres import Cluster

settings.register_profile("steady", derandomize=True)
settings.register_profile("explore")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


# a traceback with all local variables, as structlog draws it by itself, takes a minute where one holds a registry
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

# Documents, registries and tests live as long as the process: looking through all of them for rubbish time and again
# took a fifth of the whole run. What is there once the tests are found is never looked at again, the rest less often.
gc.disable()
RUBBISH_AFTER = 50_000


def pytest_collection_finish() -> None:
    """From here on rubbish is looked for."""
    gc.freeze()
    gc.set_threshold(RUBBISH_AFTER, 20, 100)
    gc.enable()


LONG_FIRST = ("tests/browser", "tests/demo", "tests/cli", "tests/services/money", "tests/tasks", "tests/docs")
SHORT_LAST = ("tests/core", "tests/dmn", "tests/metadata", "tests/architecture", "tests/feel")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Folders whose files take long come first, so that the workers end together; browsers before what races and kills
    processes, for a page waits long beside those."""
    items.sort(key=lambda item: _place(item.nodeid))


def _place(name: str) -> int:
    for place, folder in enumerate(LONG_FIRST):
        if name.startswith(folder):
            return place - len(LONG_FIRST)
    return int(name.startswith(SHORT_LAST))


@pytest.fixture(scope="session")
def settled(cluster: Cluster) -> Iterator[Settled]:
    """Lenders in databases of their own."""
    made = Settled(cluster)
    yield made
    made.close()
