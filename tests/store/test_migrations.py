"""Tables in code and migrations agree, both ways, and there is one line of numbered migrations."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from loanloom.store import migrate, tables

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity, collation_name
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 2
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass AND contype NOT IN ('n', 't')
ORDER BY 1, 2
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"


def shape(owner) -> dict[str, list[tuple]]:
    with owner.engine.connect() as connection:
        found = {
            name: [tuple(row) for row in connection.execute(text(query))]
            for name, query in (("columns", COLUMNS), ("constraints", CONSTRAINTS), ("indexes", INDEXES))
        }
    for rows in found.values():  # Flask-AppBuilder's tables count by sequences of their own, made one way or the other
        rows[:] = [tuple(None if "nextval" in str(value) else value for value in row) for row in rows]
    return found


@pytest.fixture
def migrated(cluster):
    made = cluster.clone("migrations")
    owner = cluster.as_owner(made.name)
    yield owner
    owner.close()
    made.close()
    cluster.drop(made.name)


def test_models_and_migrations_agree(migrated):
    with migrated.engine.connect() as connection:
        assert migrate.drift(connection) == []


def test_migrations_make_the_very_tables_of_the_code(cluster, migrated):
    name = cluster.empty("from_code")
    owner = cluster.as_owner(name)
    with owner.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num text)")
        for each in reversed(migrate.every_metadata()):
            each.create_all(connection)
    expected, actual = shape(owner), shape(migrated)
    owner.close()
    cluster.drop(name)
    for what in expected:
        wanted = [row for row in expected[what] if row[0] != "alembic_version"]
        assert [row for row in actual[what] if row[0] != "alembic_version"] == wanted, what


def test_down_to_nothing_and_up_again(cluster, migrated):
    migrate.downgrade(migrated, "base")
    with migrated.engine.connect() as connection:
        left = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        assert left == ["alembic_version"]
    assert migrate.upgrade(migrated, cluster.worker) is True
    assert migrate.upgrade(migrated, cluster.worker) is False
    with migrated.engine.connect() as connection:
        assert migrate.drift(connection) == []
        assert migrate.current(connection) == migrate.head()


def test_there_is_one_numbered_line():
    names = sorted(path.name for path in (migrate.FOLDER / "versions").glob("*.py"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in names)
    assert migrate.head() == names[-1][:4]


def test_every_foreign_key_of_a_company_table_carries_the_company():
    for table in tables.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.referred_table.name not in ("company",):
                assert "company_id" in key.column_keys, f"{table.name}.{key.name}"
