"""The Celery application and what its tasks do with rows; real worker processes are tried in tests/cli/test_up.py."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from loanloom.plugins import Loaded
from loanloom.problems import Problem, text
from loanloom.services.errors import Refused
from loanloom.services.running import work
from loanloom.settings import Settings
from loanloom.store import outbox
from loanloom.tasks import process, tick
from loanloom.tasks import relay as relaying
from loanloom.tasks import work as working
from loanloom.tasks.app import app, broker, make_app

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
TITLE = text("Something", "某事")


@pytest.fixture
def here(model_company, monkeypatch, tmp_path):
    """Tasks of this process work on the test's database."""
    settings = Settings(home=tmp_path)
    for module in (tick, working, relaying, process):
        monkeypatch.setattr(module, "database", lambda: model_company.database)
        if hasattr(module, "settings"):
            monkeypatch.setattr(module, "settings", lambda: settings)
    return model_company


@pytest.fixture
def does(monkeypatch):
    """What the work called `something` does."""

    def put(function):
        monkeypatch.setattr(working, "plugged", lambda: Loaded((), (), {"work": {"something": function}}))

    return put


def begin(ctx, kind="something"):
    with ctx.transaction() as connection:
        return work.begin(ctx, connection, kind, TITLE, {"n": 2}, due_at=NOW)


def test_json_only_and_never_eager(tmp_path):
    made = make_app(Settings(home=tmp_path))
    assert made.conf.accept_content == ["json"] and made.conf.task_serializer == "json"
    assert not made.conf.task_always_eager
    assert set(made.conf.beat_schedule) == {"tick"}


@pytest.mark.parametrize("url", ["redis://localhost:6379/0", "amqp://guest@localhost//"])
def test_a_broker_that_is_named_is_used(tmp_path, url):
    assert broker(Settings(home=tmp_path, broker_url=url)) == {"broker_url": url}


def test_every_task_is_reachable_by_a_worker():
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if name.startswith("loanloom.")}
    assert {"loanloom.tick", "loanloom.run_work", "loanloom.relay"} <= ours


def test_work_is_done_with_its_arguments_and_its_result_kept(here, does):
    does(lambda ctx, progress, arguments: {"twice": arguments["n"] * 2, "company": ctx.company.key})
    run_id = begin(here)
    working.run_work(here.company.id, run_id)
    row = work.read(here, run_id)
    assert (row["state"], row["result"]) == ("done", {"twice": 4, "company": "model-company"})


def test_a_repeated_message_does_nothing(here, does):
    calls = []
    does(lambda ctx, progress, arguments: calls.append(1) or {})
    run_id = begin(here)
    for _ in range(3):
        working.run_work(here.company.id, run_id)
    assert calls == [1]


def test_a_refusal_ends_it_and_a_defect_waits_for_another_try(here, does):
    def refused(ctx, progress, arguments):
        raise Refused(Problem(code="x.no", message=text("No.", "不行。")))

    def broken(ctx, progress, arguments):
        raise ZeroDivisionError

    for function, state, code in ((refused, "failed", "x.no"), (broken, "due", "work.broke")):
        does(function)
        run_id = begin(here)
        working.run_work(here.company.id, run_id)
        row = work.read(here, run_id)
        assert (row["state"], row["problems"][0]["code"]) == (state, code)


def test_work_that_kills_its_process_each_time_is_not_begun_for_ever(here, does):
    begun = []
    does(lambda ctx, progress, arguments: begun.append(1) or {})
    run_id, now = begin(here), NOW
    for _ in range(work.BEGINNINGS):
        assert work.claim(here.database, here.company.id, run_id, now)  # and nothing more is heard of it
        with here.transaction() as connection:
            assert work.waiting(connection, now + work.LEASE / 2) == []
        now += work.LEASE * 2
    working.run_work(here.company.id, run_id)
    row = work.read(here, run_id)
    assert (begun, row["state"], row["problems"][0]["code"]) == ([], "failed", "work.breaks_off")


def test_work_that_nobody_knows_is_told(here, does):
    does(lambda ctx, progress, arguments: {})
    run_id = begin(here, kind="unheard-of")
    working.run_work(here.company.id, run_id)
    assert work.read(here, run_id)["problems"][0]["code"] == "work.unknown"


def test_the_tick_sends_what_is_due_again_and_again_until_it_is_done(here, does, monkeypatch):
    sent = []
    monkeypatch.setattr(app, "send_task", lambda name, arguments, **_: sent.append((name, tuple(arguments))))
    run_id = begin(here)
    with here.transaction() as connection:
        outbox.put(connection, "application.approved", {}, due_at=NOW)
    wanted = {("loanloom.run_work", (here.company.id, run_id)), ("loanloom.relay", (here.company.id,))}
    for _ in range(2):
        sent.clear()
        tick.tick()
        assert wanted <= set(sent)
    does(lambda ctx, progress, arguments: {})
    working.run_work(here.company.id, run_id)
    relaying.relay(here.company.id)
    sent.clear()
    tick.tick()
    assert not wanted & set(sent)


def test_trouble_in_one_company_does_not_stop_the_others(here, monkeypatch):
    seen = []

    def due(ctx, now):
        seen.append(ctx.company.key)
        raise RuntimeError("trouble")

    monkeypatch.setattr(tick, "due", due)
    tick.tick()
    assert seen == ["model-company"]
