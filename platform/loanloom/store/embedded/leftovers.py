"""What a kill -9 leaves behind: a server without a master, its children, and pid files that name somebody else.

Never touches a process that is not a PostgreSQL of this very data folder, and never removes a pid file while one lives.
"""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import psutil


def servers_of(data: Path) -> list[psutil.Process]:
    """Living PostgreSQL processes that work in this data folder, the postmaster first."""
    wanted = data.resolve()
    found = []
    for process in psutil.process_iter():
        try:
            if process.name().startswith("postgres") and Path(process.cwd()) == wanted:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return sorted(found, key=lambda process: process.pid != recorded_pid(data))


def recorded_pid(data: Path) -> int | None:
    """The pid that postmaster.pid names."""
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def postmaster(data: Path) -> psutil.Process | None:
    """The living postmaster of this data folder, if there is one: the pid must be a PostgreSQL that works there."""
    pid = recorded_pid(data)
    return next((process for process in servers_of(data) if process.pid == pid), None)


def stop(process: psutil.Process, seconds: float = 20) -> None:
    """Stop a postmaster fast and cleanly: SIGINT (SIGTERM would wait for its clients), then harder."""
    for sign, wait in ((signal.SIGINT, seconds), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        try:
            process.send_signal(sign)
            process.wait(wait)
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue
        return


def stop_child(child: subprocess.Popen[bytes], seconds: float = 20, *, cleanly: bool = True) -> None:
    """Stop a server that is our own child, the same way, and reap it; or at once, saving nothing."""
    signs = ((signal.SIGINT, seconds), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
    for sign, wait in signs if cleanly else signs[1:]:
        if child.poll() is not None:
            return
        child.send_signal(sign)
        try:
            child.wait(wait)
        except subprocess.TimeoutExpired:
            continue


def repair(data: Path, sockets: Path) -> list[str]:
    """Make `data` startable again; says what it did. The caller holds the lock that only one starter may hold."""
    done = []
    master = postmaster(data)
    if master is not None:
        stop(master)
        done.append("stopped a PostgreSQL that its supervisor had left behind")
    if orphans := _wait_for_children(data):
        for process in orphans:
            stop(process, seconds=0.5)
        done.append("ended processes of a PostgreSQL that was killed")
    if servers_of(data):
        return done
    for stale in (data / "postmaster.pid", sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
        if stale.exists():
            stale.unlink()
            if stale.suffix == ".pid":
                done.append("removed the pid file of a PostgreSQL that was killed")
    return done


def _wait_for_children(data: Path, seconds: float = 3) -> list[psutil.Process]:
    # Children notice the death of their postmaster by themselves, most of them at once.
    until = time.monotonic() + seconds
    while (left := servers_of(data)) and time.monotonic() < until:
        time.sleep(0.05)
    return left
