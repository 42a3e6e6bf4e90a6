"""Real databases for tests: a migrated template, cloned for a test process and swept clean between tests.

Uses the PostgreSQL server that LOANLOOM_TEST_DATABASE_URL names (its user must be a superuser), else an embedded one
in a folder of the test run, which ends with the test process however that ends.
"""

from __future__ import annotations

import base64
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from loanloom.settings import load
from loanloom.store import migrate
from loanloom.store.database import Database, psycopg_url
from loanloom.store.embedded import Server
from loanloom.store.embedded.server import ADMIN
from loanloom.store.tables import metadata
from loanloom.store.vault import new_vault


class Cluster:
    """One server with an owner role, a working role and a migrated template database, all of them for one process."""

    def __init__(self, *, durable: bool = False) -> None:
        """`durable`: commits wait for the disk, as they do in earnest (for measuring)."""
        self.server: Server | None = None
        self._folder: Path | None = None
        given = load().test_database_url
        if given:
            self.admin_url = psycopg_url(given)
        else:
            self._folder = Path(tempfile.mkdtemp(prefix="llt-"))
            self._folder.chmod(0o755)  # as root the server runs as another user, who has to get in
            self.server = Server(self._folder, durable=durable)
            self.server.start(with_parent=True)
            self.admin_url = self.server.url(ADMIN, "postgres")
        self.token = f"llt_{secrets.token_hex(4)}"
        self.owner, self.worker, self.template = f"{self.token}_owner", f"{self.token}_worker", f"{self.token}_template"
        self.password = secrets.token_hex(16)
        self._made: list[str] = []
        for role in (self.owner, self.worker):
            self._admin(f"CREATE ROLE {role} LOGIN PASSWORD '{self.password}'")
        self._create(self.template, template="template0")
        owner = self.as_owner(self.template)
        migrate.upgrade(owner, self.worker)
        owner.close()

    def clone(self, name: str, template: str | None = None) -> TestDatabase:
        """A copy of the migrated template (or of another database of this cluster that nobody is connected to)."""
        self._create(f"{self.token}_{name}", template=template or self.template)
        return TestDatabase(self, f"{self.token}_{name}")

    def empty(self, name: str) -> str:
        """A database with nothing in it, not even tables; its whole name."""
        self._create(f"{self.token}_{name}", template="template0")
        return f"{self.token}_{name}"

    def drop(self, name: str) -> None:
        """Remove a database of this cluster by its whole name."""
        self._admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, role: str, database: str) -> URL:
        """The address of a database of this cluster."""
        return self.admin_url.set(username=role, password=self.password, database=database)

    def as_owner(self, database: str) -> Database:
        """The owner's door to a database of this cluster."""
        return Database(self.url(self.owner, database), pool_size=1)

    def admin_engine(self, database: str) -> Engine:
        """The superuser's door, for sweeping."""
        return create_engine(self.admin_url.set(database=database), pool_size=1)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.server is not None:
            self.server.stop()
            assert self._folder is not None
            shutil.rmtree(self._folder)
            return
        for name in reversed(self._made):
            self.drop(name)
        for role in (self.owner, self.worker):
            self._admin(f"DROP ROLE IF EXISTS {role}")

    def _create(self, name: str, template: str) -> None:
        self._admin(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' OWNER {self.owner}")
        self._made.append(name)

    def _admin(self, statement: str) -> None:
        engine = create_engine(self.admin_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))


class TestDatabase:
    """A cloned database: the working role's `database`, and `sweep` to bring back what it held at `keep`."""

    __test__ = False

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster, self.name = cluster, name
        self.database = Database(cluster.url(cluster.worker, name), vault=new_vault())
        self._admin = cluster.admin_engine(name)
        self._tables = [table.name for table in metadata.sorted_tables] + self._fab_tables()
        self._kept: dict[str, int] = {}
        self._ready, self._swept = False, 0

    def environment(self) -> dict[str, str]:
        """What a process of its own needs in its environment to work on this database with the same keys."""
        vault = self.database.vault
        keys = ",".join(f"{key}:{base64.b64encode(value).decode()}" for key, value in vault.keys.items())
        url = self.cluster.url
        return {
            "LOANLOOM_DATABASE_URL": url(self.cluster.worker, self.name).render_as_string(hide_password=False),
            "LOANLOOM_MIGRATION_DATABASE_URL": url(self.cluster.owner, self.name).render_as_string(hide_password=False),
            "LOANLOOM_ENCRYPTION_KEYS": keys,
            "LOANLOOM_SEARCH_KEY": base64.b64encode(vault.search).decode(),
            "LOANLOOM_SECRET_KEY": vault.secret_key,
        }

    def keep(self) -> None:
        """Remember what every table holds now; `sweep` comes back to it."""
        self._kept = {}
        with self._admin.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA IF EXISTS kept CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA kept")
            for name in self._tables:  # names of our own tables, no input
                made = connection.exec_driver_sql(f"CREATE TABLE kept.{name} AS TABLE public.{name}")
                self._kept[name] = made.rowcount
        self._ready = False

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """What was added since `keep` is kept too while the block runs, then swept away; for what several tests begin
        with."""
        kept = self._kept
        with self._admin.begin() as connection:
            connection.exec_driver_sql("ALTER SCHEMA kept RENAME TO kept_before")
        self.keep()
        try:
            yield
        finally:
            with self._admin.begin() as connection:
                connection.exec_driver_sql("DROP SCHEMA kept CASCADE")
                connection.exec_driver_sql("ALTER SCHEMA kept_before RENAME TO kept")
            self._kept, self._ready = kept, False
            self.sweep()

    def sweep(self) -> None:
        """Empty every table that holds something and put back what was kept, in one round trip.

        Only what was touched is put back: rows that a sweep wrote carry its transaction. What others leave dead is
        cleared away now and then, for the server of tests does not do so by itself.
        """
        if not self._ready:
            self._prepare()
        with self._admin.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql("SELECT swept.sweep()")
        self._swept += 1
        if self._swept % CLEARED_EVERY == 0:
            self._clear()

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()
        self._admin.dispose()

    def _fab_tables(self) -> list[str]:
        with self._admin.connect() as connection:
            found = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE tablename LIKE 'ab%%'")
            return [row[0] for row in found if row[0].startswith("ab_")]

    def _prepare(self) -> None:
        steps = []
        for name in self._tables:
            rows = self._kept.get(name, 0)
            steps.append(_PUT_BACK.format(name=name, rows=rows) if rows else _EMPTY.format(name=name))
        with self._admin.begin() as connection:
            connection.exec_driver_sql(_SWEPT)
            connection.exec_driver_sql(_SWEEP.format(steps=" ".join(steps)))
        self._ready = True

    def _clear(self) -> None:
        with self._admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            large = list(connection.exec_driver_sql(_LARGE).scalars())
            if large:
                connection.exec_driver_sql("VACUUM " + ", ".join(large))


CLEARED_EVERY = 25
_SWEPT = """
DROP SCHEMA IF EXISTS swept CASCADE;
CREATE SCHEMA swept;
CREATE TABLE swept.by (name text PRIMARY KEY, xid xid);
"""
_SWEEP = """
CREATE FUNCTION swept.sweep() RETURNS void LANGUAGE plpgsql AS $$
DECLARE there bigint; ours bigint;
BEGIN {steps} END $$
"""
_EMPTY = "IF EXISTS (SELECT 1 FROM public.{name}) THEN DELETE FROM public.{name}; END IF;"
_PUT_BACK = """
SELECT count(*), count(*) FILTER (WHERE t.xmin = b.xid) INTO there, ours
FROM public.{name} AS t LEFT JOIN swept.by AS b ON b.name = '{name}';
IF there <> {rows} OR ours <> {rows} THEN
    DELETE FROM public.{name};
    INSERT INTO public.{name} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{name};
    INSERT INTO swept.by VALUES ('{name}', pg_current_xact_id()::xid)
    ON CONFLICT (name) DO UPDATE SET xid = excluded.xid;
END IF;
"""
_LARGE = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
AND pg_relation_size(oid) > 16 * 8192
"""
