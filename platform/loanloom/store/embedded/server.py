"""The embedded PostgreSQL server of one home folder: made, started, repaired and stopped.

One cluster a home, reached by its unix socket only, with passwords (scram). Three roles: `loanloom_admin` (made by
initdb, used for nothing else), `loanloom_owner` (owns and migrates) and `loanloom_worker` (works). Full durability.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL

from . import leftovers
from .parent import die_with_parent
from .place import (
    Account,
    ServerError,
    data_folder,
    give_to,
    reachable_binaries,
    server_account,
    socket_folder,
)

__all__ = ["ADMIN", "OWNER", "WORKER", "Server", "ServerError"]

ADMIN, OWNER, WORKER = "loanloom_admin", "loanloom_owner", "loanloom_worker"
DATABASE = "loanloom"

CONFIGURATION = """\
# Written by Loanloom at every start; change nothing here.
listen_addresses = ''
port = 5432
password_encryption = 'scram-sha-256'
max_connections = 60
shared_buffers = '128MB'
effective_cache_size = '512MB'
work_mem = '16MB'
maintenance_work_mem = '64MB'
max_wal_size = '1GB'
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_min_duration_statement = '5s'
log_parameter_max_length = 0
log_error_verbosity = terse
idle_in_transaction_session_timeout = '5min'
"""
DURABLE = "fsync = on\nsynchronous_commit = on\nfull_page_writes = on\n"
THROWAWAY = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\n"
ACCESS = "local all all scram-sha-256\n"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided when the cluster was made; kept in the home, readable by its owner alone."""

    data: str
    passwords: dict[str, str]
    made: bool = False


class Server:
    """The server of `home`. Every process of an installation may make one; only one of them starts it.

    `durable=False` is for tests alone: nothing is forced to the disk, and stopping saves nothing.
    """

    def __init__(self, home: Path | str, *, durable: bool = True) -> None:
        self.durable = durable
        self.home = Path(home).resolve()
        self.account: Account = server_account()
        self.sockets = socket_folder(self.home, self.account)
        self.log = self.home / "logs" / "postgres.log"
        self._file = self.home / "postgres.json"
        self.process: subprocess.Popen[bytes] | None = None
        self.repairs: list[str] = []

    @property
    def settled(self) -> Settled | None:
        """Where the cluster lies and how to log in, once it has been made."""
        try:
            return Settled(**json.loads(self._file.read_text()))
        except FileNotFoundError:
            return None
        except PermissionError:
            raise ServerError(f"{self._file} belongs to another user; run as the user that made it.") from None

    def url(self, role: str = WORKER, database: str = DATABASE) -> URL:
        """The address for one of the three roles."""
        settled = self.settled
        if settled is None:
            raise ServerError(f"There is no database in {self.home} yet.")
        return URL.create(
            "postgresql+psycopg",
            username=role,
            password=settled.passwords[role],
            database=database,
            query={"host": str(self.sockets)},
        )

    def is_running(self) -> bool:
        """Whether the server answers."""
        settled = self.settled
        return settled is not None and self._answers(settled)

    def is_alive(self) -> bool:
        """Whether the server's process lives: cheap when it is our child."""
        if self.process is not None:
            return self.process.poll() is None
        return self.is_running()

    def start(self, *, with_parent: bool = False, seconds: float = 60) -> None:
        """Make the cluster if there is none, repair what a crash left, start, and wait until it answers.

        `with_parent` has the kernel stop the server when this process ends in any way; it must then be called from
        the main thread. The caller makes sure that nobody else starts the same home at the same time.
        """
        self.home.mkdir(mode=0o755, parents=True, exist_ok=True)
        settled = self.settled
        if settled is None or not settled.made:
            settled = self._make(settled)
        data = Path(settled.data)
        if not (data / "PG_VERSION").exists():
            raise ServerError(f"{data} holds no database although {self._file} says so; restore it from a backup.")
        give_to(self.account, self.sockets, 0o700)
        self.repairs = leftovers.repair(data, self.sockets)
        self._configure(data)
        self.process = self._spawn(data, with_parent=with_parent)
        self._wait(settled, seconds)
        self._prepare_roles()

    def stop(self) -> None:
        """Stop this home's server, whoever started it, cleanly and without waiting for clients."""
        if self.process is not None:
            leftovers.stop_child(self.process, cleanly=self.durable)
            self.process = None
        settled = self.settled
        if settled is not None and (master := leftovers.postmaster(Path(settled.data))) is not None:
            leftovers.stop(master)
        if self.sockets.parent != self.home and self.sockets.exists() and not any(self.sockets.iterdir()):
            self.sockets.rmdir()

    def _binaries(self, data: Path) -> Path:
        written = data / "PG_VERSION"
        major = int(written.read_text()) if written.exists() else None
        return reachable_binaries(self.account, major) / "bin"

    def _make(self, begun: Settled | None) -> Settled:
        """Lay the cluster out beside its place and move it there, so that a kill in between can be taken up again."""
        data = Path(begun.data) if begun else data_folder(self.home, self.account)
        if begun is None and (data / "PG_VERSION").exists():
            raise ServerError(f"{data} holds a database, but its log-ins ({self._file}) are missing.")
        passwords = {role: secrets.token_urlsafe(24) for role in (ADMIN, OWNER, WORKER)}
        settled = begun or Settled(str(data), passwords)
        _write_private(self._file, settled)
        if not (data / "PG_VERSION").exists():
            making = data.with_name(f"{data.name}.making")
            shutil.rmtree(making, ignore_errors=True)
            give_to(self.account, making, 0o700)
            self._initdb(making, settled.passwords[ADMIN])
            making.rename(data)
        settled = replace(settled, made=True)
        _write_private(self._file, settled)
        return settled

    def _initdb(self, data: Path, password: str) -> None:
        binaries = self._binaries(data)
        version = subprocess.run(  # noqa: S603 (our own binaries)
            [binaries / "initdb", "--version"], capture_output=True, text=True, check=True
        ).stdout
        newer = int(version.split()[-1].split(".")[0]) >= 17
        options = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if newer else []
        options += [] if self.durable else ["--no-sync"]
        with tempfile.NamedTemporaryFile("w", prefix="loanloom-", suffix=".pw") as file:
            file.write(password)
            file.flush()
            if self.account.other:
                os.chown(file.name, self.account.uid, self.account.gid)
            done = subprocess.run(  # noqa: S603 (our own binaries)
                [
                    binaries / "initdb", "--pgdata", str(data), "--username", ADMIN, "--pwfile", file.name,
                    "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", *options,
                ],
                capture_output=True, text=True, cwd="/", env=ENVIRONMENT, **self._as_account(),
            )  # fmt: skip
        if done.returncode != 0:
            raise ServerError(f"PostgreSQL could not lay out its data folder {data}:\n{done.stdout}{done.stderr}")

    def _configure(self, data: Path) -> None:
        written = CONFIGURATION + (DURABLE if self.durable else THROWAWAY)
        written += f"unix_socket_directories = '{self.sockets}'\nunix_socket_permissions = 0700\n"
        for name, content in (("postgresql.auto.conf", written), ("pg_hba.conf", ACCESS)):
            path = data / name
            path.write_text(content)
            path.chmod(0o600)
            if self.account.other:
                os.chown(path, self.account.uid, self.account.gid)

    def _spawn(self, data: Path, *, with_parent: bool) -> subprocess.Popen[bytes]:
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 (our own binaries)
                [self._binaries(data) / "postgres", "-D", str(data)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=ENVIRONMENT,
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor, which stops us in order
                preexec_fn=die_with_parent(signal.SIGINT) if with_parent else None,
                **self._as_account(),
            )  # fmt: skip

    def _as_account(self) -> dict[str, Any]:
        if not self.account.other:
            return {}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}

    def _wait(self, settled: Settled, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._answers(settled):
            assert self.process is not None
            if self.process.poll() is not None:
                raise ServerError(f"PostgreSQL ended while starting; the end of {self.log}:\n{self.last_words()}")
            if time.monotonic() > until:
                raise ServerError(f"PostgreSQL did not answer within {seconds:.0f} s; see {self.log}.")
            time.sleep(0.02)

    def _answers(self, settled: Settled) -> bool:
        try:
            self._connect(settled.passwords[ADMIN], "postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self, password: str, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.sockets), user=ADMIN, password=password, dbname=database, autocommit=True, connect_timeout=10
        )

    def _prepare_roles(self) -> None:
        settled = self.settled
        assert settled is not None
        with self._connect(settled.passwords[ADMIN], "postgres") as connection:
            for role in (OWNER, WORKER):
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
                statement = "ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}"
                connection.execute(
                    sql.SQL(statement).format(sql.Identifier(role), sql.Literal(settled.passwords[role]))
                )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
                )

    def last_words(self, lines: int = 12) -> str:
        """The end of the server's log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


def _write_private(path: Path, settled: Settled) -> None:
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(settled), indent=2) + "\n")
    fresh.replace(path)
