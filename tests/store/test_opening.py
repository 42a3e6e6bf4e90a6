"""Coming by the database: the last one out stops it, a mighty role is refused, a wrong version told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from loanloom.settings import Settings
from loanloom.store import migrate
from loanloom.store.database import Database
from loanloom.store.embedded import Server
from loanloom.store.opening import OpeningError, migrated, open_database, serving


@pytest.fixture
def settings() -> Iterator[Settings]:
    folder = Path(tempfile.mkdtemp(prefix="llo-"))
    folder.chmod(0o755)
    yield Settings(home=folder)
    Server(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_the_last_one_out_stops_the_server(settings):
    with serving(settings) as first:
        with serving(settings):
            assert first.is_running()
        assert first.is_running(), "somebody else still uses it"
    assert not first.is_running()


def test_another_process_joins_and_leaves_it_running(settings):
    script = (
        "import sys\nfrom pathlib import Path\nfrom loanloom.settings import Settings\n"
        "from loanloom.store.opening import serving\nwith serving(Settings(home=Path(sys.argv[1]))): print('in')"
    )
    with serving(settings) as server:
        done = subprocess.run([sys.executable, "-c", script, str(settings.home)], capture_output=True, text=True)
        assert done.stdout == "in\n", done.stderr
        assert server.is_running()


def test_migrate_then_open(settings):
    with serving(settings):
        with pytest.raises(OpeningError, match="loanloom db upgrade"):
            open_database(settings)
        assert migrated(settings) is True
        assert migrated(settings) is False
        database = open_database(settings)
        assert "loanloom_worker" in repr(database)
        database.close()


def test_a_command_beside_a_running_house_locks_nothing(settings):
    with serving(settings):
        migrated(settings)
        house = open_database(settings)
        with house.transaction() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM customer")
            command = subprocess.run(
                [sys.executable, "-m", "loanloom", "company", "list"],
                env={**os.environ, "LOANLOOM_HOME": str(settings.home)}, capture_output=True, text=True, timeout=30,
            )  # fmt: skip
            assert command.returncode == 0, command.stderr
        house.close()


def test_an_owner_is_refused_as_worker(cluster):
    url = cluster.url(cluster.owner, cluster.template).render_as_string(hide_password=False)
    with pytest.raises(OpeningError, match="owns the tables"):
        open_database(Settings(home=Path(tempfile.mkdtemp()), database_url=url, migration_database_url=url))


def test_a_superuser_is_refused_as_worker(cluster):
    url = cluster.admin_url.set(database=cluster.template).render_as_string(hide_password=False)
    with pytest.raises(OpeningError, match="must not serve"):
        open_database(Settings(home=Path(tempfile.mkdtemp()), database_url=url, migration_database_url=url))


def test_another_version_of_the_tables_is_told(cluster, empty_database, settings):
    owner = cluster.as_owner(empty_database.name)
    worker = empty_database.database.url.render_as_string(hide_password=False)
    given = Settings(home=settings.home, database_url=worker, migration_database_url=worker)
    with owner.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    try:
        with pytest.raises(OpeningError, match=f"version 9999, this program needs {migrate.head()}"):
            open_database(given)
    finally:
        with owner.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{migrate.head()}'")
        owner.close()


def test_a_server_that_is_not_there_is_told_without_the_password(settings):
    url = "postgresql://someone:secret@127.0.0.1:1/nowhere"
    given = Settings(home=settings.home, database_url=url, migration_database_url=url)
    with pytest.raises(OpeningError, match="cannot be reached") as told:
        open_database(given)
    assert "secret" not in str(told.value)
    assert isinstance(Database(url), Database)


def test_without_a_server_there_is_nothing_to_open(settings):
    with pytest.raises(OpeningError, match="no database"):
        open_database(settings)
