"""Fixtures for tests: a real PostgreSQL, swept clean after every test that used it, and the model company in it.

Switched on by `-p loanloom.testing.fixtures` (here in pyproject.toml); plugins' tests use the same.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
import structlog

from loanloom.services.access.rights import functions_of
from loanloom.services.context import SCOPES, Actor, Company, Context
from loanloom.services.running import founding
from loanloom.services.running.founding import Founding
from loanloom.services.running.surroundings import context_of
from loanloom.store import tables
from loanloom.store.database import Database
from loanloom.testing.postgres import Cluster, TestDatabase

MODEL_DAY = date(2026, 3, 2)


def pytest_configure() -> None:
    """A defect is told with a plain traceback: the local variables of a page take long to print."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what could not run on this machine, also when several processes ran the tests."""
    reasons = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    for reason, count in sorted(reasons.items()):
        if "did NOT run" in reason:
            terminalreporter.write_sep("!", f"{count} x {reason}", red=True, bold=True)


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


@pytest.fixture(scope="session")
def model_database(cluster: Cluster, pytestconfig: pytest.Config) -> Iterator[TestDatabase]:
    """A clone with the model company, its bundle live as the first release; use `model_company`, which also sweeps."""
    made = cluster.clone("model")
    founded = Founding(key="model-company", name="Model company", business_date=MODEL_DAY)
    founding.found(made.database, founded, now=datetime(2026, 3, 2, tzinfo=UTC))
    founding.apply_first_release(made.database, founded.key, pytestconfig.rootpath)
    made.keep()
    yield made
    made.close()


@pytest.fixture
def model_company(model_database: TestDatabase) -> Iterator[Context]:
    """The model company on 2026-03-02, with the system acting; `acting` gives the same with a person."""
    yield context_of(model_database.database, "model-company", now=datetime(2026, 3, 2, 1, tzinfo=UTC))
    model_database.sweep()


@pytest.fixture
def acting() -> Callable[..., Context]:
    """`acting(ctx, "finance")`: a person of these roles acts; the same roles and unit always are the same person."""

    def with_roles(ctx: Context, *roles: str, unit: str | None = None, user_id: int | None = None) -> Context:
        documents = [ctx.registry.require("role", role) for role in roles]
        scopes = [document.spec["data_scope"] for document in documents]
        name = "-".join([*roles, unit or ""]).rstrip("-")
        return ctx.as_actor(
            Actor(
                user_id=user_id or 1000 + zlib.crc32(name.encode()) % 1_000_000,
                username=name,
                name=name,
                roles=tuple(roles),
                functions=frozenset(one for document in documents for one in functions_of(document.spec)),
                scope=max(scopes, key=SCOPES.index),
                unit=unit,
                ip="127.0.0.1",
                correlation_id="test",
            )
        )

    return with_roles
