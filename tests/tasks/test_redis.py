"""A real worker process behind a real Redis: work asked for is done, without waiting for the tick."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

from loanloom.problems import text
from loanloom.services.running import work
from loanloom.settings import Settings
from loanloom.tasks.app import make_app

REDIS = shutil.which("redis-server")
pytestmark = pytest.mark.skipif(REDIS is None, reason="redis-server is not installed: the Redis broker did NOT run")


@pytest.fixture
def redis_url(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [REDIS, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


@pytest.fixture
def worker(redis_url, model_database, tmp_path):
    environment = os.environ | model_database.environment()
    environment |= {"LOANLOOM_HOME": str(tmp_path), "LOANLOOM_BROKER_URL": redis_url}
    command = [sys.executable, "-m", "celery", "-A", "loanloom.tasks.app", "worker", "--loglevel", "warning"]
    with (tmp_path / "worker.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    yield process
    process.terminate()
    process.wait(30)


def test_a_day_is_closed_by_a_worker_behind_redis(model_company, worker, redis_url, tmp_path):
    with model_company.transaction() as connection:
        title = text("Close the day", "日终")
        run_id = work.begin(model_company, connection, "end_of_day", title, {"until": "2026-03-03"})
    sender = make_app(Settings(home=tmp_path, broker_url=redis_url))
    sender.send_task("loanloom.run_work", (model_company.company.id, run_id))
    until = time.monotonic() + 60
    while (row := work.read(model_company, run_id))["state"] not in ("done", "failed"):
        assert worker.poll() is None, (tmp_path / "worker.log").read_text()
        assert time.monotonic() < until, (tmp_path / "worker.log").read_text()
        time.sleep(0.2)
    assert row["state"] == "done", row
    assert row["result"] == {"business_date": "2026-03-03"}
