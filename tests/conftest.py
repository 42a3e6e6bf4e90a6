"""Fixtures of the whole suite: a real PostgreSQL, swept clean after every test that used it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from loanloom.services.context import Company
from loanloom.store import tables
from loanloom.store.database import Database
from loanloom.testing.postgres import Cluster, TestDatabase


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The server of this test process with its migrated template database."""
    made = Cluster()
    yield made
    made.close()


@pytest.fixture(scope="session")
def empty_database(cluster: Cluster) -> Iterator[TestDatabase]:
    """A clone of the template for this test process; use `database`, which also sweeps."""
    made = cluster.clone("empty")
    yield made
    made.close()


@pytest.fixture
def database(empty_database: TestDatabase) -> Iterator[Database]:
    """PostgreSQL as the working role: migrated, holding nothing."""
    yield empty_database.database
    empty_database.sweep()


def add_company(database: Database, key: str, name: str, business_date: date = date(2026, 1, 5)) -> Company:
    """A company without any release."""
    row = {"key": key, "name": name, "business_date": business_date}
    with database.transaction() as connection:
        made = connection.execute(tables.company.insert().values(row).returning(tables.company.c.id))
        return Company(id=made.scalar_one(), key=key, name=name)


@pytest.fixture
def company(database: Database) -> Company:
    """A company without any release; its business date is Monday 2026-01-05."""
    return add_company(database, "test-company", "Test company")


@pytest.fixture
def other_company(database: Database) -> Company:
    """A second company in the same database, for proving that the two never meet."""
    return add_company(database, "other-company", "Other company")
