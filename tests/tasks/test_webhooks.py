"""Webhooks by a real worker: one that dies while it delivers loses nothing, and what is sent again says that it is the
same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.services.running.receiver import Receiver, receiving

from loanloom.services.context import Context
from loanloom.services.running import subscribers
from loanloom.services.running.subscribers import Wanted
from loanloom.settings import Settings
from loanloom.store import outbox, tables
from loanloom.tasks.app import make_app

Begin = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def worker(model_database: Any, tmp_path: Path) -> Iterator[Begin]:
    """Starts a worker in a process of its own."""
    environment = os.environ | model_database.environment()
    environment |= {"LOANLOOM_HOME": str(tmp_path), "LOANLOOM_WEBHOOK_PRIVATE": "yes"}
    command = [sys.executable, "-m", "celery", "-A", "loanloom.tasks.app", "worker", "--loglevel", "warning"]
    begun: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        with (tmp_path / f"worker-{len(begun)}.log").open("wb") as log:
            made = subprocess.Popen([*command, "--pool", "solo"], env=environment, stdout=log, stderr=log)
        begun.append(made)
        make_app(Settings(home=tmp_path)).send_task("loanloom.tick")
        return made

    yield begin
    for one in begun:
        if one.poll() is None:
            one.terminate()
            one.wait(30)


def until(holds: Callable[[], bool], seconds: int = 90) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)


def state_of(ctx: Context) -> list[tuple[str, int]]:
    with ctx.transaction() as connection:
        table = tables.outbox
        found = connection.execute(table.select().where(table.c.topic == "webhook")).all()
    return [(row.state, row.attempts) for row in found]


def test_a_worker_killed_while_it_delivers_loses_nothing(
    model_company: Context, receiver: Receiver, worker: Begin
) -> None:
    wanted = Wanted(title="Register", url=receiver.url, events=("case.ended",))
    made = subscribers.add(model_company, wanted, private=True)
    with model_company.transaction() as connection:
        told = {"case_id": 1, "number": "X-1", "flow": "business-approval", "status": "ended"}
        outbox.put(connection, "case.ended", told, key="1:1")
    first: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        until(lambda: bool(first))
        first[0].send_signal(signal.SIGKILL)
        first[0].wait(30)

    receiver.before_answer = kill
    first.append(worker())
    until(lambda: len(receiver.taken) == 1 and first[0].poll() is not None)
    assert state_of(model_company) == [("due", 1)]  # nobody knows whether it arrived
    receiver.before_answer = lambda: None
    with model_company.transaction() as connection:  # the lease of the dead one runs out
        connection.execute(text("UPDATE outbox SET due_at = now() WHERE topic = 'webhook'"))
    worker()
    until(lambda: state_of(model_company) == [("sent", 2)])
    before, after = receiver.taken
    assert (before.id, before.body) == (after.id, after.body)
    assert before.is_genuine(made.secret) and after.is_genuine(made.secret)
    assert after.said["data"] == told
