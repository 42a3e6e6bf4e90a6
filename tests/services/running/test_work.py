"""Long work as rows: asked for once, claimed by one, taken up again after a crash, told when it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from loanloom.problems import Problem, text
from loanloom.services.context import Actor, Context, system_actor
from loanloom.services.errors import NotFound
from loanloom.services.running import work
from loanloom.store import messages

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)
TITLE = text("Replay", "回放")


@pytest.fixture
def ctx(database, company):
    actor = Actor(user_id=7, username="wang", name="王", correlation_id="c-7")
    return Context(
        database=database, company=company, registry=None, actor=actor, now=NOW, business_date=NOW.date()
    )  # fmt: skip


def begun(ctx, **options):
    with ctx.transaction() as connection:
        return work.begin(ctx, connection, "replay", TITLE, {"cases": 3}, **options)


def waiting(ctx, now):
    with ctx.transaction() as connection:
        return work.waiting(connection, now)


def told(ctx):
    with ctx.transaction() as connection:
        return [row["title"]["en"] for row in messages.newest(connection, 7)]


def test_with_a_key_it_is_asked_for_once(ctx):
    first = begun(ctx, key="monday")
    assert begun(ctx, key="monday") == first
    assert begun(ctx, key="tuesday") != first
    assert begun(ctx) != begun(ctx)


def test_only_one_process_gets_it(ctx):
    run_id = begun(ctx)
    assert waiting(ctx, NOW) == [run_id]
    run = work.claim(ctx.database, ctx.company.id, run_id, NOW)
    assert run["arguments"] == {"cases": 3} and run["correlation_id"] == "c-7"
    assert work.claim(ctx.database, ctx.company.id, run_id, NOW) is None
    assert waiting(ctx, NOW) == []


def test_work_of_a_process_that_died_is_taken_up_again(ctx):
    run_id = begun(ctx)
    work.claim(ctx.database, ctx.company.id, run_id, NOW)
    later = NOW + work.LEASE + timedelta(seconds=1)
    assert waiting(ctx, later) == [run_id]
    assert work.claim(ctx.database, ctx.company.id, run_id, later)["attempts"] == 2


def test_after_a_start_what_was_running_is_due_at_once(ctx):
    run_id = begun(ctx)
    work.claim(ctx.database, ctx.company.id, run_id, NOW)
    assert work.release_lost(ctx.database, ctx.company.id) == 1
    assert waiting(ctx, NOW) == [run_id]


def test_progress_is_seen_while_it_goes_on(ctx):
    run_id = begun(ctx)
    work.claim(ctx.database, ctx.company.id, run_id, NOW)
    progress = work.Progress(ctx.database, ctx.company.id, run_id, every=60)
    progress.report(1, 10, "first")
    progress.report(2, 10, "too soon to be written")
    row = work.read(ctx, run_id)
    assert (row["done"], row["total"], row["step"], row["state"]) == (1, 10, "first", "running")
    progress.report(10, 10, "last")
    assert work.read(ctx, run_id)["done"] == 10


def test_its_end_is_told_to_whoever_asked(ctx):
    run = work.claim(ctx.database, ctx.company.id, begun(ctx, url="/replays/1"), NOW)
    work.finish(ctx.database, run, {"flipped": 2}, NOW)
    row = work.read(ctx, run["id"])
    assert (row["state"], row["result"]) == ("done", {"flipped": 2})
    assert told(ctx) == ["Done: Replay"]
    assert waiting(ctx, NOW + timedelta(days=1)) == []


def test_a_defect_is_tried_again_a_refusal_is_not(ctx):
    problem = Problem(code="x", message=text("No.", "不行。"))
    run_id, now = begun(ctx), NOW
    for attempt in range(1, work.ATTEMPTS + 1):
        (found,) = waiting(ctx, now)
        run = work.claim(ctx.database, ctx.company.id, found, now)
        over = work.fail(ctx.database, run, [problem], now, again=True)
        assert over is (attempt == work.ATTEMPTS)
        now += timedelta(hours=1)
    assert work.read(ctx, run_id)["state"] == "failed" and told(ctx) == ["Failed: Replay"]

    run = work.claim(ctx.database, ctx.company.id, begun(ctx), NOW)
    assert work.fail(ctx.database, run, [problem], NOW, again=False) is True
    assert work.read(ctx, run["id"])["problems"][0]["message"]["zh"] == "不行。"


def test_scheduled_runs_that_went_well_are_forgotten_after_a_while(ctx):
    asked, by_itself = begun(ctx), begun(ctx.as_actor(system_actor()))
    for run_id in (asked, by_itself):
        work.finish(ctx.database, work.claim(ctx.database, ctx.company.id, run_id, NOW), {}, NOW)
    with ctx.transaction() as connection:
        assert work.forget_old(connection, NOW + timedelta(days=13)) == 0
        assert work.forget_old(connection, NOW + timedelta(days=15)) == 1
    assert [row["id"] for row in work.recent(ctx)] == [asked]


def test_another_company_sees_none_of_it(ctx, other_company):
    run_id = begun(ctx)
    stranger = Context(
        database=ctx.database, company=other_company, registry=None, actor=ctx.actor, now=NOW, business_date=NOW.date()
    )  # fmt: skip
    with pytest.raises(NotFound):
        work.read(stranger, run_id)
    assert work.recent(stranger) == []
    assert [row["id"] for row in work.recent(ctx, kind="replay")] == [run_id]
