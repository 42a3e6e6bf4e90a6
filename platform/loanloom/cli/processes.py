"""Processes of one installation: started in their own group, known again after a crash, stopped in order."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from loanloom.store.embedded.parent import die_with_parent

MARK = "LOANLOOM_RUN"
"""In the environment of everything a supervisor starts: says which home it belongs to."""

LONGEST_LOG = 20 * 1024 * 1024
"""A log longer than this is put aside when its process is started."""

FAILURES = 5
WITHIN = 60.0


@dataclass(slots=True)
class Child:
    """One supervised process. It leads its own group, so that Ctrl-C is for the supervisor alone."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 15.0
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it; the kernel stops it when we are killed (Linux)."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 (our own commands)
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=dict(self.environment),
                start_new_session=True,
                preexec_fn=die_with_parent(self.stop_signal),
            )

    def ended(self) -> int | None:
        """The exit code when it has ended; its remaining group members are ended too."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self._kill_group()
        self.deaths = [moment for moment in self.deaths if moment > time.monotonic() - WITHIN] + [time.monotonic()]
        return code

    @property
    def hopeless(self) -> bool:
        """Whether it ended so often that starting it again makes no sense."""
        return len(self.deaths) >= FAILURES

    def ask_to_stop(self) -> None:
        """Send its stop signal."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def wait_or_kill(self, seconds: float | None = None) -> None:
        """Wait for a stopping process, and end its group when it takes too long."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience if seconds is None else seconds)
        self._kill_group()
        self.process.wait()

    def _kill_group(self) -> None:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


def left_behind(home: Path) -> list[psutil.Process]:
    """Living processes that an earlier supervisor of this home started."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == str(home):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def end_left_behind(home: Path, seconds: float = 5) -> int:
    """Stop what an earlier supervisor left behind; how many processes that were."""
    found = left_behind(home)
    for process in found:
        _signal(process, signal.SIGTERM)
    _, alive = psutil.wait_procs(found, timeout=seconds)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=seconds)
    return len(found)


def _signal(process: psutil.Process, sign: signal.Signals) -> None:
    try:
        process.send_signal(sign)
    except psutil.NoSuchProcess:
        return
