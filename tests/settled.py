"""Lenders that many tests begin with: each stands in a database of its own, put up once a test process and swept back
to that moment after every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from itertools import count
from typing import Any, TypeVar

from loanloom.services.context import Company
from loanloom.store.database import Database
from loanloom.testing.fixtures import add_company
from loanloom.testing.postgres import Cluster, TestDatabase

Lender = TypeVar("Lender")
Settle = Callable[[Database, Company], Lender]


class Settled:
    """What was put up so far, by the function that does it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._made: dict[Settle[Any], tuple[TestDatabase, Any]] = {}
        self._numbers = count()
        self._last: TestDatabase | None = None

    @contextmanager
    def by(self, settle: Settle[Lender]) -> Iterator[Lender]:
        """The lender that `settle` puts up in an empty company, for one test."""
        if settle not in self._made:
            self._made[settle] = self._put_up(settle)
        database, lender = self._made[settle]
        if self._last is not database and self._last is not None:
            self._last.close()  # a server has few places: only the lender at hand keeps its connections
        self._last = database
        try:
            yield copy(lender)
        finally:
            database.sweep()

    def _put_up(self, settle: Settle[Lender]) -> tuple[TestDatabase, Lender]:
        database = self._cluster.clone(f"settled_{next(self._numbers)}")
        lender = settle(database.database, add_company(database.database, "test-company", "Test company"))
        database.keep()
        return database, lender

    def close(self) -> None:
        """Give the connections back."""
        for database, _ in self._made.values():
            database.close()
