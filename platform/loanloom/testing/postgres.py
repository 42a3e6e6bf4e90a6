"""Real databases for tests: a migrated template, cloned for a test process and swept clean between tests.

Uses the PostgreSQL server that LOANLOOM_TEST_DATABASE_URL names (its user must be a superuser), else an embedded one
in a folder of the test run, which ends with the test process however that ends.
"""

from __future__ import annotations

import base64
import secrets
import shutil
import tempfile
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
        self._sweep = self._statement()

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
        with self._admin.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA IF EXISTS kept CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA kept")
            for name in self._tables:
                connection.exec_driver_sql(f"CREATE TABLE kept.{name} AS TABLE public.{name}")
        self._sweep = self._statement(restore=True)

    def sweep(self) -> None:
        """Empty every table that holds something and put back what was kept, in one round trip."""
        with self._admin.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql(self._sweep)

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()
        self._admin.dispose()

    def _fab_tables(self) -> list[str]:
        with self._admin.connect() as connection:
            found = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE tablename LIKE 'ab%%'")
            return [row[0] for row in found if row[0].startswith("ab_")]

    def _statement(self, *, restore: bool = False) -> str:
        steps = []
        for name in self._tables:  # names of our own tables, no input
            steps.append(f"IF EXISTS (SELECT 1 FROM public.{name}) THEN DELETE FROM public.{name}; END IF;")  # noqa: S608 (above)
            if restore:
                steps.append(f"INSERT INTO public.{name} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{name};")  # noqa: S608 (above)
        return "DO $$ BEGIN " + " ".join(steps) + " END $$"
