"""Decided applications gone through again: the live definitions say what was decided, a draft what would have been."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from loanloom.services.context import Context
from loanloom.services.definitions import releases, replays
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.replays import Wanted, running
from loanloom.services.definitions.replays.figures import Judged, figures_of
from loanloom.services.definitions.replays.verdicts import Verdict
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.origination import imports
from loanloom.services.running import work
from loanloom.services.running.work import Progress
from loanloom.store import tables

ROOT = Path(__file__).resolve().parents[3]
CARD = "consumer-german"


@pytest.fixture
def company(model_company: Context) -> Context:
    lines = (ROOT / "metadata" / "demo" / "german-credit" / "german.csv").read_bytes().splitlines(keepends=True)[:41]
    assert imports.bring(model_company, "german-credit", b"".join(lines), "german.csv").created == 40
    return model_company


def change(ctx: Context, **values: object) -> None:
    drafts.change_values(ctx, "scorecard", CARD, {f"/spec/{name}": value for name, value in values.items()}, None)


def asked(ctx: Context, last: int = 100) -> tuple[int, Progress]:
    replay_id, run = replays.of_drafts(ctx, None, Wanted(last=last))
    return replay_id, Progress(ctx.database, ctx.company.id, run)


def count(ctx: Context, *conditions) -> int:
    with ctx.transaction() as connection:
        query = select(func.count()).select_from(tables.replay_case).where(*conditions)
        return connection.execute(query).scalar_one()


def decided(ctx: Context) -> Counter[str]:
    with ctx.transaction() as connection:
        state, moment = tables.application.c["state", "decided_at"]
        return Counter(connection.execute(select(state).where(moment.is_not(None))).scalars())


def test_what_was_live_says_what_was_decided_and_a_change_of_words_turns_nothing(company: Context) -> None:
    drafts.change_values(company, "scorecard", CARD, {"/title/en": "Another name"}, None)
    replay_id, progress = asked(company)
    replays.go(company, progress, replay_id)
    found = replays.read(company, replay_id)
    states = decided(company)
    assert found.figures["cases"] == found.total == states.total() > 0
    assert found.figures["flipped"] == found.figures["regraded"] == found.figures["points"]["moved"] == 0
    lines = replays.lines(company, replay_id)
    by_rule = [line for line in lines if line.before.outcome in ("approved", "refused")]
    assert by_rule and all(line.decided == line.before.outcome for line in by_rule)
    assert "unclear" not in {line.before.outcome for line in lines}
    with company.transaction() as connection:
        columns = tables.application.c["id", "score_points", "score_grade", "limit_amount"]
        kept = {row.id: row for row in connection.execute(select(*columns))}
    for line in lines:
        row = kept[line.application_id]
        assert (line.before.points, line.before.grade) == (row.score_points, row.score_grade)
        assert line.before.limit == row.limit_amount


def test_a_stricter_card_turns_decisions_and_moves_points(company: Context) -> None:
    change(company, base=500)
    replay_id, progress = asked(company)
    replays.go(company, progress, replay_id)
    figures = replays.read(company, replay_id).figures
    assert figures["points"]["before"] - figures["points"]["after"] == 100
    assert figures["points"]["moved"] == figures["points"]["cases"] == figures["cases"]
    assert figures["flipped"] > 0 and figures["regraded"] > 0
    assert figures["approved"]["after"] < figures["approved"]["before"]
    assert sum(move["flipped"] for move in figures["moves"]) == figures["flipped"]
    turned = replays.lines(company, replay_id, flipped=True)
    assert len(turned) == replays.line_count(company, replay_id, flipped=True) == figures["flipped"]
    assert all(line.before.outcome != "refused" and line.after.outcome != "approved" for line in turned)


def test_who_takes_it_up_after_a_death_goes_on_and_judges_nobody_twice(company: Context, monkeypatch) -> None:
    monkeypatch.setattr(running, "SET", 10)
    change(company, base=580)
    replay_id, progress = asked(company)

    class Dies(Exception):
        pass

    def dies(done: int, total: int, step: str | None = None) -> None:
        if done >= 20:
            raise Dies

    monkeypatch.setattr(Progress, "report", lambda self, *said: dies(*said))
    with pytest.raises(Dies):
        replays.go(company, progress, replay_id)
    assert count(company) == 20 and replays.read(company, replay_id).figures is None
    monkeypatch.undo()
    replays.go(company, progress, replay_id)
    found = replays.read(company, replay_id)
    assert count(company) == found.total == found.figures["cases"]


def test_what_was_asked_stays_while_the_draft_goes_on_and_ends_when_something_else_goes_live(company: Context) -> None:
    change(company, base=580)
    first, progress = asked(company)
    found = drafts.find(company, "scorecard", CARD)
    drafts.change_values(company, "scorecard", CARD, {"/spec/base": 100}, found.version)
    replays.go(company, progress, first)
    points = replays.read(company, first).figures["points"]
    assert points["before"] - points["after"] == 20
    second, progress = asked(company)
    assert [one.id for one in replays.of_digest(company, replays.read(company, first).digest)] == [first]
    drafts.change_values(company, "product", "sole-trader-loan", {"/spec/penalty/grace_days": 5}, None)
    made = releases.propose_drafts(company, [("product", "sole-trader-loan")], name="Grace")
    with company.transaction() as connection:
        query = tables.release.update().where(tables.release.c.id == made)
        connection.execute(query.values(state="approved", approved_by=1))
    releases.activate(company, made)
    with pytest.raises(Conflict) as refused:
        replays.go(company, progress, second)
    assert refused.value.problems[0].code == "replay.moved"


def test_a_proposal_is_tried_as_it_is_and_shows_what_its_drafts_showed(company: Context) -> None:
    drafts.change_values(company, "scorecard", CARD, {"/title/en": "Another name"}, None)
    of_drafts, progress = asked(company, last=5)
    replays.go(company, progress, of_drafts)
    made = releases.propose_drafts(company, name="Another name")
    replay_id, run = replays.of_release(company, made, Wanted(last=5))
    replays.go(company, Progress(company.database, company.company.id, run), replay_id)
    one, other = (replays.read(company, each) for each in (of_drafts, replay_id))
    assert one.figures == other.figures and one.total == 5
    assert [each.id for each in replays.of_digest(company, one.digest)] == [replay_id, of_drafts]


def test_a_worker_does_it_by_the_slot(company: Context) -> None:
    from loanloom.services.running.plugged import plugged

    change(company, base=580)
    replay_id, progress = asked(company, last=3)
    run = work.read(company, progress.run_id)
    done = plugged().parts("work")[run["kind"]](company, progress, run["arguments"])
    assert done["cases"] == 3 and work.read(company, progress.run_id)["done"] == 3
    assert replays.read(company, replay_id).figures is not None


def test_what_cannot_be_tried_is_said(company: Context, acting) -> None:
    with pytest.raises(Refused) as refused:
        asked(company)
    assert refused.value.problems[0].code == "replay.no_drafts"
    change(company, base=580)
    for wanted, code in ((Wanted(last=0), "how_many"), (Wanted(product="farmer-loan"), "none_decided")):
        with pytest.raises(Refused) as refused:
            replays.of_drafts(company, None, wanted)
        assert refused.value.problems[0].code == f"replay.{code}"
    with pytest.raises(Forbidden):
        replays.of_drafts(acting(company, "finance"), None, Wanted())
    replay_id, progress = asked(company, last=3)
    replays.go(company, progress, replay_id)
    with pytest.raises(Forbidden):
        replays.lines(acting(company, "system-administrator"), replay_id)
    assert replays.lines(acting(company, "relationship-manager", unit="east-branch"), replay_id) == ()
    found = drafts.find(company, "scorecard", CARD)
    drafts.save(company, "scorecard", CARD, found.source.replace("base:", "bass:"), found.version)
    with pytest.raises(Refused) as refused:
        asked(company)
    assert refused.value.problems[0].code.startswith("metadata.")


def verdict(outcome: str, *at: str) -> Verdict:
    return Verdict(outcome=outcome, at=at)


def test_people_decide_as_they_did_and_rules_for_certain() -> None:
    people, refused, approved = verdict("people", "review"), verdict("refused"), verdict("approved")
    cases = [
        Judged("approved", people, people),
        Judged("refused", people, refused),
        Judged("approved", people, people),
        Judged("approved", people, approved),
        Judged("refused", refused, people),
    ]
    found = figures_of(cases)
    assert found["flipped"] == 3
    assert found["approved"]["before"] == found["approved"]["decided"] == Decimal("0.6")
    assert found["approved"]["after"] == Decimal("0.75")  # 1, 0, 1, 1 and three in four of what people decide
    other_step = figures_of([Judged("approved", people, verdict("people", "committee"))])
    assert other_step["flipped"] == 1 and other_step["moves"][0]["flipped"] == 1
    assert figures_of([])["approved"] == {"decided": None, "before": None, "after": None}
