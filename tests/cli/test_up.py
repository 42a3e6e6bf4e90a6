"""`loanloom up` in a folder of its own: serves, mends itself, says what is wrong, and stops without a trace."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from loanloom.cli.processes import left_behind
from loanloom.store.embedded import Server, leftovers

pytestmark = pytest.mark.slow
PATIENCE = 120


class Installation:
    """A project folder and the `loanloom up` running in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / ".loanloom"
        self.port = free_port()
        self.output = folder / "up.txt"
        self.up: subprocess.Popen[bytes] | None = None

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "loanloom", *command],
            cwd=self.folder,
            capture_output=True,
            text=True,
            env=self.environ,
        )

    @property
    def environ(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LOANLOOM_")}
        return clean | {"LOANLOOM_PORT": str(self.port), "LOANLOOM_WEB_WORKERS": "1", "LOANLOOM_TICK_SECONDS": "2"}

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.up = subprocess.Popen(
                [sys.executable, "-m", "loanloom", "up"],
                cwd=self.folder,
                stdout=output,
                stderr=output,
                env=self.environ,
            )
        wait_for(self.healthy, lambda: self.output.read_text(), alive=self.up)
        wait_for(lambda: "Loanloom serves" in self.output.read_text(), self.output.read_text, alive=self.up)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return json.load(answer)["status"] == "ok"
        except (OSError, urllib.error.URLError):
            return False

    def children(self, *words: str) -> list[psutil.Process]:
        """Supervised processes whose command holds these words, the eldest first."""
        found = [process for process in left_behind(self.home) if all(word in command_of(process) for word in words)]
        return sorted(found, key=lambda process: process.create_time())

    def database(self) -> list[psutil.Process]:
        return leftovers.servers_of(Path(Server(self.home).settled.data))

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        assert self.up is not None
        self.up.send_signal(sign)
        return self.up.wait(60)


def command_of(process: psutil.Process) -> str:
    """Its command line; nothing once it has ended, which one that was just killed may do at any moment."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    holds: Callable[[], bool], words: Callable[[], str] = str, alive: subprocess.Popen[bytes] | None = None
) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert alive is None or alive.poll() is None, f"ended with {alive.returncode}: {words()}"
        assert time.monotonic() < until, words()
        time.sleep(0.1)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    top = Path(tempfile.mkdtemp(prefix="llu-"))
    top.chmod(0o755)
    made = Installation(top / "my-company")
    done = subprocess.run(
        [sys.executable, "-m", "loanloom", "init", "my-company", "--name", "我的公司"],
        cwd=top,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    made.start()
    yield made
    if made.up is not None and made.up.poll() is None:
        made.stop()
    for process in [*left_behind(made.home), *made.database()]:
        process.kill()
    shutil.rmtree(top, ignore_errors=True)


@pytest.fixture(autouse=True)
def running(installation: Installation) -> None:
    """Each test begins with everything up."""
    if installation.up is None or installation.up.poll() is not None:
        installation.start()
    wait_for(installation.healthy)


def test_it_founds_the_company_of_the_folder_and_prints_a_log_in(installation):
    words = installation.output.read_text()
    assert "Founded company 我的公司 (my-company)." in words
    assert f"http://127.0.0.1:{installation.port}" in words and "admin" in words
    listed = installation.run("company", "list").stdout
    assert "my-company" in listed and "release 1" in listed


def test_a_second_one_is_told_about_the_first(installation):
    second = installation.run("up")
    assert second.returncode == 1
    assert f"already running in {installation.home}" in second.stderr
    assert str(installation.up.pid) in second.stderr and "Traceback" not in second.stderr
    assert installation.healthy()


def test_a_taken_port_is_told_before_anything_starts(installation, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "loanloom", "up"], cwd=installation.folder, capture_output=True, text=True,
        env=installation.environ | {"LOANLOOM_HOME": str(tmp_path / "other")},
    )  # fmt: skip
    assert done.returncode == 1 and "Choose another one with --port" in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "other" / "postgres").exists()


def test_a_folder_without_a_bundle_is_told(tmp_path, installation):
    done = subprocess.run(
        [sys.executable, "-m", "loanloom", "up"], cwd=tmp_path, capture_output=True, text=True,
        env=installation.environ | {"LOANLOOM_PORT": str(free_port())},
    )  # fmt: skip
    assert done.returncode == 1 and "loanloom init" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / ".loanloom" / "postgres").exists()


@pytest.mark.parametrize("what", [("gunicorn",), ("celery", "worker"), ("celery", "beat")], ids=lambda words: words[-1])
def test_what_is_killed_is_started_again(installation, what):
    wait_for(lambda: bool(installation.children(*what)))
    before = {process.pid for process in installation.children(*what)}
    installation.children(*what)[0].kill()
    wait_for(lambda: bool({each.pid for each in installation.children(*what)} - before))
    wait_for(lambda: not {each.pid for each in installation.children(*what)} & before)
    wait_for(installation.healthy)
    assert "starting it again" in installation.output.read_text()


def test_after_a_kill_of_the_database_it_serves_again(installation):
    installation.database()[0].kill()
    wait_for(lambda: "The database ended" in installation.output.read_text())
    wait_for(installation.healthy)
    assert "my-company" in installation.run("company", "list").stdout


def test_the_tick_runs_jobs_of_the_company(installation):
    def jobs_done() -> bool:
        log = (installation.home / "logs" / "worker.log").read_text()
        return "loanloom.run_work" in log and "succeeded" in log

    wait_for(jobs_done, lambda: (installation.home / "logs" / "worker.log").read_text()[-3000:])


def test_after_a_kill_of_the_supervisor_nothing_stays_and_a_later_start_ends_what_did_and_has_the_data(installation):
    installation.up.kill()
    installation.up.wait()
    if sys.platform.startswith("linux"):
        wait_for(lambda: not left_behind(installation.home) and not installation.database())
    strayed = subprocess.Popen(["sleep", "300"], env={"LOANLOOM_RUN": str(installation.home), "PATH": "/usr/bin:/bin"})
    try:
        installation.start()
        assert strayed.wait(10) != 0
    finally:
        strayed.kill()
    said = installation.output.read_text()
    if sys.platform.startswith("linux"):
        assert "Ended 1 processes that an earlier run had left behind." in said
    assert "Founded" not in said
    assert "my-company" in installation.run("company", "list").stdout


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly(installation, sign):
    assert installation.stop(sign) == 0
    assert left_behind(installation.home) == [] and installation.database() == []
    assert "Traceback" not in installation.output.read_text()
