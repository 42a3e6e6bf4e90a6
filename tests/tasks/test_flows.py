"""What is due for cases is done by a worker that the tick wakes: in this process, and by a real one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from loanloom.engines import flows as engine
from loanloom.services.context import Context
from loanloom.settings import Settings
from loanloom.store import tables
from loanloom.tasks import flows, process, tick
from loanloom.tasks.app import make_app

CASE, ITEM, TIMER = tables.flow_case, tables.work_item, tables.flow_timer
OVER = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def late(model_company: Context) -> int:
    """A term of a case that passed while nobody looked; its id."""
    token, item = engine.Token(number=1, node="risk_review"), {"number": 1, "node": "risk_review"}
    waiting = engine.Item(**item, token=1, kind="approval", role="risk-officer", scope="all")
    state = engine.State(tokens=(token,), items=(waiting,), last_number=1, last_token=1, makers=(1,), step=1)
    with model_company.transaction() as connection:

        def add(table: Any, **values: Any) -> int:
            return int(connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one())

        case_id = add(
            CASE, number="L-1", flow_key="business-approval", release_id=model_company.company.release_id,
            subject_kind="request", title={"en": "Case", "zh": "业务"}, state=state.to_json(),
        )  # fmt: skip
        add(ITEM, case_id=case_id, scope="all", role="risk-officer", **item)
        return add(
            TIMER, case_id=case_id, key="deadline:1:0", kind="deadline", node="risk_review", target=1, due_at=OVER
        )


def state_of(ctx: Context, timer_id: int) -> str:
    with ctx.transaction() as connection:
        return str(connection.execute(select(TIMER.c.state).where(TIMER.c.id == timer_id)).scalar_one())


def test_the_tick_asks_for_what_is_due_until_it_is_done(
    model_company: Context, late: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(process, "database", lambda: model_company.database)
    monkeypatch.setattr(flows, "settings", lambda: Settings(home=tmp_path))
    asked = [("loanloom.run_flows", (model_company.company.id,))]
    assert list(tick.due_flows(model_company, datetime.now(UTC))) == asked
    assert list(tick.due_flows(model_company, OVER - timedelta(minutes=1))) == []
    flows.run_flows(model_company.company.id)
    assert state_of(model_company, late) == "done"
    assert list(tick.due_flows(model_company, datetime.now(UTC))) == []


def test_a_real_worker_does_it(model_company: Context, model_database: Any, late: int, tmp_path: Any) -> None:
    environment = os.environ | model_database.environment() | {"LOANLOOM_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "celery", "-A", "loanloom.tasks.app", "worker", "--loglevel", "warning"]
    with (tmp_path / "worker.log").open("w") as log:
        worker = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        make_app(Settings(home=tmp_path)).send_task("loanloom.tick")
        until = time.monotonic() + 90
        while state_of(model_company, late) != "done":
            assert worker.poll() is None and time.monotonic() < until, (tmp_path / "worker.log").read_text()
            time.sleep(0.3)
    finally:
        worker.terminate()
        worker.wait(30)
