"""Connections: exact company, safe across forks, alive again after the server was gone."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import text
from tests.services.money.house import counted

from loanloom.store.database import Database, psycopg_url


@pytest.mark.parametrize("written", ["postgresql://u:p@h/d", "postgres://u:p@h/d", "postgresql+psycopg2://u:p@h/d"])
def test_every_spelling_of_postgresql_is_understood(written):
    assert psycopg_url(written).render_as_string(hide_password=False) == "postgresql+psycopg://u:p@h/d"


def test_any_other_database_is_refused():
    with pytest.raises(ValueError, match="PostgreSQL"):
        psycopg_url("sqlite:///x.db")


def test_the_company_ends_with_the_transaction(database, company):
    with database.transaction(company.id) as connection:
        assert connection.execute(text("SELECT current_setting('loanloom.company_id', true)")).scalar() == str(
            company.id
        )
    with database.transaction() as connection:
        assert connection.execute(text("SELECT current_setting('loanloom.company_id', true)")).scalar() in ("", None)


def test_a_transaction_is_begun_and_given_to_its_company_in_one_statement(database, company):
    with counted(database) as sent, database.transaction(company.id):
        pass
    assert len(sent) == 1, sent


def test_what_went_wrong_in_a_transaction_is_undone_as_a_whole(database, company):
    for _ in range(2):  # on the same connection of the pool
        with pytest.raises(RuntimeError), database.transaction(company.id) as connection:
            connection.execute(text("CREATE TEMPORARY TABLE half_done (x int)"))
            raise RuntimeError
    with database.transaction(company.id) as connection:
        assert connection.execute(text("SELECT to_regclass('half_done')")).scalar() is None


def test_single_statements_stand_alone_and_belong_to_nobody(empty_database):
    database = Database(empty_database.database.url, pool_size=1)
    with database.transaction(7):
        pass
    with counted(database) as sent, database.single_statements() as connection:
        asked = text("SELECT txid_current(), current_setting('loanloom.company_id', true)")
        (one, whose), (other, _) = (connection.execute(asked).one() for _ in range(2))
    assert one != other and whose in ("", None)
    assert len(sent) == 2, sent
    database.close()


def test_another_isolation_level_is_left_behind(empty_database):
    database = Database(empty_database.database.url, pool_size=1)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE TEMPORARY TABLE seen (x int)"))
    with pytest.raises(RuntimeError), database.transaction(7) as connection:
        connection.execute(text("INSERT INTO seen VALUES (1)"))
        raise RuntimeError
    with database.transaction(7) as connection:
        assert connection.execute(text("SELECT count(*) FROM seen")).scalar() == 0
        assert connection.execute(text("SELECT current_setting('loanloom.company_id', true)")).scalar() == "7"
    database.close()


def test_a_connection_lost_meanwhile_is_made_anew(database, cluster, empty_database):
    with database.transaction() as connection:
        victim = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    admin = cluster.admin_engine(empty_database.name)
    with admin.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": victim})
    admin.dispose()
    with database.transaction() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_a_forked_process_uses_connections_of_its_own(empty_database):
    database = Database(empty_database.database.url, pool_size=1)
    with database.transaction() as connection:
        parent = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with database.transaction() as connection:
            os.write(writer, str(connection.execute(text("SELECT pg_backend_pid()")).scalar_one()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(reader, 100)) != parent
    with database.transaction() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() == parent
    database.close()


def test_the_password_is_not_shown():
    assert "secret" not in repr(Database("postgresql://u:secret@localhost/d"))


def test_a_whole_pool_of_lost_connections_is_made_anew(database, cluster, empty_database):
    with database.transaction(), database.transaction() as connection:
        query = "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'loanloom'"
        others = connection.execute(text(query)).scalars().all()
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    admin = cluster.admin_engine(empty_database.name)
    with admin.begin() as connection:
        for victim in (*others, own):
            connection.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": victim})
    admin.dispose()
    for _ in range(3):
        with database.transaction(), database.transaction() as connection:
            assert connection.execute(text("SELECT 1")).scalar() == 1
