"""Processes of tests: several that begin at the same moment, and one that dies before its statement of some number."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

from loanloom.services.errors import ServiceError
from loanloom.store.database import Database

Work = Callable[[], Any]


def at_once(database: Database, *works: Work) -> list[str]:
    """Do each in a process of its own, all from the same moment on; what became of each: `done`, or the code of its
    refusal."""
    ready, go = os.pipe()
    outcomes = [os.pipe() for _ in works]
    children = [_child(database, work, ready, go, out) for work, (_, out) in zip(works, outcomes, strict=True)]
    os.close(ready)
    os.close(go)  # the end of the pipe is the sign
    found = []
    for child, (back, out) in zip(children, outcomes, strict=True):
        os.close(out)
        with os.fdopen(back) as said:
            found.append(json.loads(said.read() or '"died"'))
        os.waitpid(child, 0)
    return found


def _child(database: Database, work: Work, ready: int, go: int, out: int) -> int:
    child = os.fork()
    if child:
        return child
    said = "broke"
    try:
        os.close(go)
        os.read(ready, 1)
        work()
        said = "done"
    except ServiceError as refused:
        said = refused.problems[0].code if refused.problems else type(refused).__name__
    finally:
        os.write(out, json.dumps(said).encode())
        os._exit(0)


def dies_at(database: Database, number: int, work: Work) -> bool:
    """Do it in a process of its own which kills itself before its statement `number`; whether it got that far."""
    child = os.fork()
    if child == 0:
        seen = 0

        def count(*args: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(database.engine, "before_cursor_execute", count)
        event.listen(database.engine, "commit", count)
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
