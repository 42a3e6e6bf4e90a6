"""All applications through a draft of a score card: as stored where nothing changed, moved where something did."""

from __future__ import annotations

import json
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from loanloom.cli import score_batch
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, Refused
from loanloom.services.origination import imports, rescoring
from loanloom.store import tables

ROOT = Path(__file__).resolve().parents[3]
CARD = "consumer-german"


def candidate(change: dict[str, str]) -> Registry:
    """The model company's documents with texts of the card replaced."""
    text = (ROOT / "metadata" / "scorecards" / f"{CARD}.yaml").read_text(encoding="utf-8")
    for old, new in change.items():
        assert old in text
        text = text.replace(old, new)
    changed = read_document(text, "card.yaml").document
    others = [one for one in read_bundle(ROOT, load_kinds()).documents if one.identity != ("scorecard", CARD)]
    built = build([*others, changed], load_kinds())
    assert not built.problems
    return built.registry


@pytest.fixture
def company(model_company: Context) -> Context:
    lines = (ROOT / "metadata" / "demo" / "german-credit" / "german.csv").read_bytes().splitlines(keepends=True)[:61]
    assert imports.bring(model_company, "german-credit", b"".join(lines), "german.csv").created == 60
    return model_company


def test_an_unchanged_card_moves_nobody_and_says_what_was_stored(company: Context) -> None:
    found = rescoring.rescore(company, CARD, company.registry)
    with company.transaction() as connection:
        stored = connection.execute(select(tables.application.c.score_points)).scalars().all()
    assert (found.cases, found.moved, found.slow) == (60, 0, ())
    assert found.mean_before == found.mean_after == sum(stored, Decimal(0)) / 60
    assert found.approval_before == found.approval_after is not None
    assert found.gini_before == found.gini_after is not None
    assert sum(one.before for one in found.bands) == sum(one.after for one in found.bands) == 60
    assert all(one.before == one.after for one in found.grades)


def test_a_stricter_card_moves_grades_points_and_expected_approvals(company: Context) -> None:
    found = rescoring.rescore(company, CARD, candidate({"base: 600": "base: 580"}))
    assert found.moved > 0
    assert found.mean_before - found.mean_after == 20
    assert found.approval_after < found.approval_before
    assert found.gini_after == found.gini_before  # the order has not changed
    assert sum(one.before for one in found.grades) == sum(one.after for one in found.grades) == 60


def test_a_card_that_is_not_there_and_a_person_who_may_not(company: Context, acting) -> None:
    with pytest.raises(Refused) as refused:
        rescoring.rescore(company, "no-such-card", company.registry)
    assert refused.value.problems[0].code == "scorecard.unknown"
    with pytest.raises(Forbidden):
        rescoring.rescore(acting(company, "finance"), CARD, company.registry)


def test_a_card_nobody_was_scored_by_has_no_cases(model_company: Context) -> None:
    found = rescoring.rescore(model_company, "farmer", model_company.registry)
    assert (found.cases, found.moved, found.bands, found.mean_after, found.approval_after) == (0, 0, (), None, None)


@pytest.mark.parametrize(("language", "word"), [("en", "expected approvals"), ("zh", "预计通过率")])
def test_the_command_prints_tables_in_both_languages(company: Context, monkeypatch, language: str, word: str) -> None:
    @contextmanager
    def inside(*_):
        yield company

    monkeypatch.setattr(score_batch, "inside", inside)
    printed = CliRunner().invoke(score_batch.score_batch, [CARD, "--language", language])
    assert printed.exit_code == 0, printed.output
    assert word in printed.output and "60" in printed.output
    printed = CliRunner().invoke(score_batch.score_batch, [CARD, "--json"])
    assert printed.exit_code == 0, printed.exception
    told = json.loads(printed.output)
    assert told["cases"] == 60 and told["mean_before"] == told["mean_after"]
