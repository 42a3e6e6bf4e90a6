"""Limits of authority that cannot be meant: golden problems with their rows, and tables that are sound."""

from __future__ import annotations

import pytest

from loanloom.engines.flows.resolving import checks
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build

HEAD = """apiVersion: loanloom/v1
kind: authority
key: credit
title: {en: Credit, zh: 审批}
effective_from: 2026-01-01
spec:
  measure: application.amount
  rows:
"""
MODES = """apiVersion: loanloom/v1
kind: code_list
key: guarantee_mode
title: {en: Guarantee modes, zh: 担保方式}
spec:
  items:
    - {key: credit, title: {en: Credit, zh: 信用}}
    - {key: mortgage, title: {en: Mortgage, zh: 抵押}}
"""


def problems(*rows):
    texts = [HEAD + "".join(f"    - {row}\n" for row in rows), MODES]
    documents = [read_document(text, f"{place}.yaml").document for place, text in enumerate(texts)]
    found = checks.check(build(documents, load_kinds()).registry)
    return [(problem.code, problem.severity, problem.pointer) for problem in found]


@pytest.mark.parametrize(
    "rows",
    [
        ["{role: a, limit: 1}", "{role: b, limit: 2}"],
        ["{role: a, guarantees: [credit], limit: 1}", "{role: a, limit: 2}"],
        ["{role: a, guarantees: [credit], limit: 1}", "{role: a, guarantees: [mortgage], limit: 2}"],
        ["{role: a, to: 2026-06-30, limit: 1}", "{role: a, from: 2026-07-01, limit: 2}"],
    ],
)
def test_a_table_that_names_somebody_for_every_case_on_every_day_is_sound(rows):
    assert problems(*rows) == []


def test_a_limit_that_ends_before_it_begins():
    rows = ["{role: a, limit: 1}", "{role: b, from: 2026-07-01, to: 2026-06-30, limit: 2}"]
    assert problems(*rows) == [("authority.days", "error", "/spec/rows/1")]


def test_a_row_behind_a_wider_one_never_counts():
    rows = ["{role: a, limit: 1}", "{role: a, guarantees: [credit], limit: 2}"]
    assert problems(*rows) == [("authority.hidden", "warning", "/spec/rows/1")]
    other_person = ["{role: a, guarantees: [credit], limit: 1}", "{role: b, limit: 2}", "{role: a, limit: 3}"]
    assert problems(*other_person) == []


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["{role: a, guarantees: [credit], limit: 1}"], "other cases"),
        (["{role: a, to: 2026-06-30, limit: 1}", "{role: a, from: 2026-07-02, limit: 2}"], "2026-07-01"),
        (["{role: a, to: 2026-12-31, limit: 1}"], "2027-01-01"),
        (["{role: a, grades: [A], limit: 1}", "{role: a, guarantees: [credit], limit: 1}"], "other cases"),
        (
            [
                "{role: a, guarantees: [credit], limit: 1}",
                "{role: a, guarantees: [mortgage], to: 2026-06-30, limit: 1}",
            ],
            "guarantee mortgage",
        ),
    ],
)
def test_a_gap_is_refused_with_its_day_and_case(rows, words):
    assert problems(*rows)[-1][:2] == ("authority.gap", "error")
    text = HEAD + "".join(f"    - {row}\n" for row in rows)
    documents = [read_document(one, "x.yaml").document for one in (text, MODES)]
    (gap,) = [one for one in checks.check(build(documents, load_kinds()).registry) if one.code == "authority.gap"]
    assert words in gap.message["en"]
    assert gap.line == 9
