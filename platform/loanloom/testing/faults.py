"""Dying on purpose: a process that is killed, unannounced, at any point of its talk with the database.

A point is a statement about to be sent, a commit about to be sent, or a connection given back after one. Money that
survives a kill at every point survives a power cut. For tests alone.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import event

from loanloom.store.database import Database


def kill_at(database: Database, point: int) -> None:
    """Kill this very process at its `point`-th point from now on (the first is 1)."""
    passed = count(1)

    def step(*_whatever: Any) -> None:
        if next(passed) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", step)
    event.listen(database.engine, "commit", step)
    event.listen(database.engine, "checkin", step)


def dies(database: Database, point: int, work: Callable[[], object]) -> bool:
    """Do `work` in a forked process that is killed at a point; whether it came that far (False: it had finished)."""
    child = os.fork()
    if child == 0:  # the parent's connections are left behind (store/database.py sees to that)
        code = 2
        try:
            kill_at(database, point)
            work()
            code = 0
        finally:
            os._exit(code)  # nothing of the parent's is cleaned up here
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGKILL
    if os.WEXITSTATUS(status):
        raise RuntimeError(f"the work failed before point {point}")
    return False
