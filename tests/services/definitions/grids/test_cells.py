"""Cells of grids: what one shows is read back as the same, and what people type is understood as they mean it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.services.definitions.grids.conftest import grids

from loanloom.metadata.pointers import MISSING, resolve
from loanloom.problems import text
from loanloom.services.definitions.grids import (
    laying,
    reading,
)
from loanloom.services.definitions.grids.model import Column

NUMBER = Column(path="/when/0", label=text("Days", "天数"), kind="test", feel="number")
CODES = Column(path="/when/1", label=text("Grade", "等级"), kind="test", feel="string",
               options={"A": text("very good", "优"), "B": text("good", "良")})  # fmt: skip
ANSWER = Column(path="/then/0", label=text("Grade", "等级"), kind="answer", feel="string",
                options={"A": text("very good", "优"), "B": text("good", "良")})  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_every_cell_shows_is_read_back_as_what_it_says(registry, language) -> None:
    counted = 0
    for document, _ in grids(registry):
        grid = laying.grid_of(document, registry, None, language, laying.table_at(document, ""))
        for cell in grid.cells():
            value, problem = reading.read(cell.column, cell.shown)
            said = resolve(document.spec, cell.pointer)
            same = value == (
                MISSING if said is None or said is MISSING else list(said) if isinstance(said, tuple) else said
            )
            assert problem is None and same, (document.key, cell.pointer, cell.shown, value)
            counted += 1
    assert counted > 500


@pytest.mark.parametrize(("typed", "wanted"), [
    ("1-90", "[1..90]"), ("1至90", "[1..90]"), ("≥ 5", ">= 5"), ("不超过10万", "<= 100000"), ("12%", "0.12"),
    ("10,000", None), ("10, 20", "10, 20"), ("> 1,234,567.5", "> 1234567.5"), ("", "-"), ("任意", "-"),
    ("[1..3)", "[1..3)"), ("loan.amount", "loan.amount"), ("1,234 - 5,678", "[1234..5678]"),
    ("between 1 and 90", "[1..90]"), ("介于 5% 与 10% 之间", "[0.05..0.1]"), ("> 0.5 and <= 0.8", "(0.5..0.8]"),
    ("大于 10万 且不超过 1.5亿", "(100000..150000000]"), ("less than 5, but at least 1", "[1..5)"),
    ("> 1 and > 2", "> 1 and > 2"),
])  # fmt: skip
def test_numbers_are_typed_as_in_a_spreadsheet(typed, wanted) -> None:
    value, problem = reading.read(NUMBER, typed)
    if wanted is None:
        assert problem is not None and problem.code == "cell.two_readings" and "10000" in problem.hint["en"]
    else:
        assert (value, problem) == (wanted, None)


@pytest.mark.parametrize(("typed", "wanted"), [
    ("2026-01-05", 'date("2026-01-05")'), ("≥ 2026-1-5", '>= date("2026-01-05")'), ("2026-02-30", "2026-02-30"),
    ("2026-01-01 至 2026-06-30", '[date("2026-01-01")..date("2026-06-30")]'),
    ("not before", "not before"), (">= 2026-01-01 and < 2026-07-01", '[date("2026-01-01")..date("2026-07-01"))'),
])  # fmt: skip
def test_days_are_typed_as_they_are_said(typed, wanted) -> None:
    assert reading.read(Column(path="/when/0", label=text("Day", "日期"), kind="test", feel="date"), typed) == (
        wanted,
        None,
    )


@pytest.mark.parametrize(("typed", "wanted"), [
    ("优", '"A"'), ("优、良", '"A", "B"'), ("a, Good", None), ("not very good", 'not("A")'), ("非优", 'not("A")'),
    ("缺失", "null"), ("not known", "null"), ('"A"', '"A"'), ("null", "null"), ("A", '"A"'),
])  # fmt: skip
def test_codes_are_typed_by_their_names(typed, wanted) -> None:
    value, problem = reading.read(CODES, typed)
    if wanted is None:
        assert problem is not None and problem.code == "cell.not_a_choice" and "优、良" in problem.hint["zh"]
    else:
        assert (value, problem) == (wanted, None)


def test_amounts_stand_in_groups_and_are_read_so(registry) -> None:
    grid = laying.grid_of(registry.require("authority", "approval"), registry, None, "zh")
    limit = next(cell for cell in grid.lines[0].cells if cell.column.path == "/limit")
    role = grid.lines[0].cells[0]
    assert (limit.shown, role.shown) == ("100,000", "一级审批人")
    assert reading.read(limit.column, "30万") == (300_000, None) and reading.read(role.column, "二级审批人")[1] is None


@pytest.mark.parametrize(("feel", "typed", "wanted"), [
    ("string", "优", '"A"'), ("string", "B", '"B"'), ("string", "中", "cell.not_a_choice"), ("string", "", "null"),
    ("string", "=if burden > 1 then 5 else 6", "if burden > 1 then 5 else 6"), ("number", "30万", "300000"),
    ("number", "much", "cell.not_a_number"), ("number", "=payment * 2", "payment * 2"), ("boolean", "是", "true"),
    ("boolean", "perhaps", "cell.not_yes_or_no"), ("date", "2026-01-31", 'date("2026-01-31")'),
    ("date", "soon", "cell.not_a_date"), ("", "1,000", "1000"), ("", "payment * 2", "payment * 2"),
])  # fmt: skip
def test_results_of_a_models_table_are_typed_plainly_and_formulas_behind_a_sign(feel, typed, wanted) -> None:
    column = replace(ANSWER, feel=feel, options=ANSWER.options if feel == "string" else None)
    value, problem = reading.read(column, typed)
    assert (problem.code if problem else value) == wanted
    if problem is None:
        again = reading.read(column, reading.shown(column, value, "zh"))
        assert again == (value, None), "what is shown says the same"


def test_words_that_are_no_code_stand_in_quotes_and_come_back(registry) -> None:
    column = replace(ANSWER, options=None)
    for words in ('say "no"', "a\\b", "看 看", "true", "5"):
        source = reading.read(column, words)[0]
        assert source.startswith('"') and reading.shown(column, source, "en") == words


def test_plain_values_of_yaml_in_a_test_say_what_they_mean() -> None:
    flag = Column(path="/when/0", label=text("Flag", "标志"), kind="test", feel="boolean")
    said = [reading.shown(flag, one, "zh") for one in (None, True, False, MISSING)]
    assert said == ["缺失", "是", "否", ""] and reading.shown(NUMBER, 5, "zh") == "5"
    assert [reading.read(flag, one)[0] for one in said] == ["null", "true", "false", "-"]
