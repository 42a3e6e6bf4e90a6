"""A PostgreSQL connection for running translated expressions; what is done on it is undone after each test."""

import pytest
from sqlalchemy import Connection


@pytest.fixture(scope="session")
def sql_engine(cluster, empty_database):
    """An engine on this process' empty database."""
    engine = cluster.admin_engine(empty_database.name)
    yield engine
    engine.dispose()


@pytest.fixture
def sql(sql_engine) -> Connection:
    """A connection whose temporary tables go with the test."""
    with sql_engine.connect() as connection:
        yield connection
        connection.rollback()
