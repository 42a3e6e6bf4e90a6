"""One foreground command for everything: database, web server, task worker and beat, in order, up and down.

Only one supervisor a home. What ends by itself is started again; what keeps ending stops the whole with a clear word.
A later start ends what a kill -9 of an earlier one left.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from loanloom.settings import Settings, environment
from loanloom.store.embedded import Server, ServerError
from loanloom.store.opening import serving

from .processes import MARK, Child, end_left_behind

Say = Callable[[str], None]


class SupervisorError(ServerError):
    """The installation cannot be started, in words for the person at the terminal."""


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the home for this supervisor, or say who does."""
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / "up.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            known = json.loads(file.read() or "{}")
            where = f" at {known['url']}" if "url" in known else ""
            raise SupervisorError(
                f"Loanloom is already running in {settings.home}{where} (process {known.get('pid', 'unknown')}). "
                "Stop it with Ctrl-C in its terminal, or give another LOANLOOM_HOME and LOANLOOM_PORT."
            ) from None
        file.seek(0)
        file.truncate()
        file.write(json.dumps({"pid": os.getpid(), "url": url_of(settings)}))
        file.flush()
        yield


def url_of(settings: Settings) -> str:
    """Where a browser finds it."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 (compared, not bound)
    return f"http://{host}:{settings.port}"


def refuse_taken_port(settings: Settings) -> None:
    """Say so clearly, before anything is started, when somebody else listens there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SupervisorError(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
                "Choose another one with --port or LOANLOOM_PORT."
            ) from None


def children_of(settings: Settings) -> list[Child]:
    """The processes beside the database."""
    variables = {**os.environ, **environment(settings), MARK: str(settings.home), "PYTHONUNBUFFERED": "1"}
    logs = settings.home / "logs"

    def child(name: str, *command: str, patience: float = 15.0) -> Child:
        whole = [sys.executable, "-m", *command]
        return Child(name, whole, variables, logs / f"{name}.log", settings.project, patience=patience)

    celery = ("celery", "--app", "loanloom.tasks.app", "--quiet", "--no-color")
    level = settings.log_level
    return [
        child(
            "web", "gunicorn", "loanloom.web.wsgi:app", "--config", "python:loanloom.web.gunicorn",
            "--bind", f"{settings.host}:{settings.port}", "--timeout", str(settings.request_seconds),
            "--workers", str(settings.web_workers), "--threads", str(settings.web_threads),
        ),
        child("worker", *celery, "worker", "--loglevel", level, "--without-gossip", "--without-mingle"),
        child("beat", *celery, "beat", "--loglevel", level, "--pidfile", "", patience=5.0),
    ]  # fmt: skip


class Stopping:
    """Turns Ctrl-C and SIGTERM into a flag, and a second one into impatience."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, sign: int, frame: FrameType | None) -> None:
        self.asked += 1

    def install(self) -> None:
        """Listen."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self)


def supervise(settings: Settings, prepare: Callable[[], None], ready: Callable[[], None], say: Say) -> int:
    """Run until asked to stop (0) or until something cannot be kept running (1)."""
    stopping = Stopping()
    with only_one(settings):
        if ended := end_left_behind(settings.home):
            say(f"Ended {ended} processes that an earlier run had left behind.")
        refuse_taken_port(settings)
        with serving(settings, with_parent=True) as server:
            for repair in server.repairs if server else ():
                say(f"Database: {repair}.")
            prepare()
            stopping.install()
            children = children_of(settings)
            try:
                for child in children:
                    child.start()
                _wait_until_healthy(settings, children[0], stopping)
                if not stopping.asked:
                    ready()
                return _watch(children, server, stopping, say)
            finally:
                say("Stopping ...")
                _stop(children, stopping)


def _watch(children: list[Child], server: Server | None, stopping: Stopping, say: Say) -> int:
    while not stopping.asked:
        time.sleep(0.2)
        if server is not None and not server.is_alive():
            say("The database ended; starting it again ...")
            server.start(with_parent=True)
        for child in children:
            code = child.ended()
            if code is None or stopping.asked:
                continue
            if child.hopeless:
                say(f"{child.name} keeps ending (exit code {code}); the end of {child.log}:\n{_tail(child.log)}")
                return 1
            say(f"{child.name} ended (exit code {code}); starting it again ...")
            child.start()
    return 0


def _stop(children: list[Child], stopping: Stopping) -> None:
    for child in reversed(children):
        child.ask_to_stop()
    until = time.monotonic() + max(child.patience for child in children)
    first = stopping.asked
    while time.monotonic() < until and stopping.asked <= first:
        if all(child.process is None or child.process.poll() is not None for child in children):
            break
        time.sleep(0.05)
    for child in children:
        child.wait_or_kill(0)


def _wait_until_healthy(settings: Settings, web: Child, stopping: Stopping, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    last = "no answer"
    while not stopping.asked:
        try:
            with urllib.request.urlopen(f"{url_of(settings)}/healthz", timeout=5):  # noqa: S310 (our own address)
                return
        except urllib.error.HTTPError as error:
            last = f"{error.code} {error.read(500).decode(errors='replace')}"
        except OSError as error:
            last = str(error)
        assert web.process is not None
        if web.process.poll() is not None or time.monotonic() > until:
            raise SupervisorError(f"The web server did not start ({last}); the end of {web.log}:\n{_tail(web.log)}")
        time.sleep(0.1)


def _tail(path: Path, lines: int = 15) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
