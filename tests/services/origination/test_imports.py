"""Bringing applicants in from a file, through the real database: what comes in, what stays out and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.origination import imports
from loanloom.store import tables

FILE = Path(__file__).resolve().parents[3] / "metadata" / "demo" / "german-credit" / "german.csv"
MAPPING = "german-credit"


def some(rows: int) -> list[bytes]:
    """The header and the first rows of the file."""
    return FILE.read_bytes().splitlines(keepends=True)[: rows + 1]


def applications(ctx: Context) -> int:
    with ctx.transaction() as connection:
        return connection.execute(select(func.count()).select_from(tables.application)).scalar_one()


def test_rows_become_scored_and_routed_applications(model_company: Context) -> None:
    done = imports.bring(model_company, MAPPING, b"".join(some(40)), "german.csv")
    assert (done.rows, done.created, done.already_there, done.refused) == (40, 40, 0, 0)
    assert done.problems == ()
    figures = done.figures
    assert figures.applications == figures.approved + figures.referred + figures.refused == 40
    assert figures.scored == 40
    assert figures.gini is not None
    with model_company.transaction() as connection:
        first = connection.execute(
            select(tables.application).where(tables.application.c.imported_key == "german-1")
        ).one()
    # 600 - 20 (A11) + 15 (6 months) + 15 (A34) + 10 (A43) + 0 (1,169) + 15 (A65) + 5 (A75) - 5 (class 4) + 5 (A152)
    assert (first.score_points, first.score_grade, first.state) == (640, "A", "approved")
    assert first.recorded_outcome == "good"


def test_the_same_file_again_brings_nothing_new(model_company: Context) -> None:
    content = b"".join(some(12))
    first = imports.bring(model_company, MAPPING, content, "german.csv")
    again = imports.bring(model_company, MAPPING, content, "german.csv")
    assert (again.created, again.already_there) == (0, 12)
    assert again.figures == first.figures
    assert applications(model_company) == 12


def test_a_bad_row_is_left_out_with_its_line_and_the_others_come_in(model_company: Context) -> None:
    lines = some(6)
    lines[2] = lines[2].replace(b",48,", b",forty-eight,", 1)
    lines[3] = lines[3].replace(b",2096,", b",25000,", 1)
    lines[4] = lines[4].replace(b"A11,42", b"A19,42", 1)
    done = imports.bring(model_company, MAPPING, b"".join(lines), "german.csv")
    assert (done.created, done.refused) == (3, 3)
    assert {problem.line for problem in done.problems} == {3, 4, 5}
    assert all(problem.message["en"] and problem.message["zh"] for problem in done.problems)
    with model_company.transaction() as connection:
        run = connection.execute(select(tables.import_run)).one()
    assert (run.state, run.rows, run.accepted, run.refused) == ("done", 6, 3, 3)
    assert {problem["line"] for problem in run.problems} == {3, 4, 5}


def test_a_key_that_stands_twice_comes_in_once(model_company: Context) -> None:
    lines = some(2)
    done = imports.bring(model_company, MAPPING, b"".join([*lines, lines[1]]), "german.csv")
    assert done.created == 2
    assert [problem.code for problem in done.problems] == ["import.key_twice"]


def test_a_file_of_another_kind_is_refused_before_anything_is_written(model_company: Context) -> None:
    with pytest.raises(Refused) as refused:
        imports.bring(model_company, MAPPING, b"name,amount\nA,1\n", "other.csv")
    assert refused.value.problems[0].code == "import.missing_column"
    assert applications(model_company) == 0


def test_an_unknown_mapping_is_not_found(model_company: Context) -> None:
    with pytest.raises(NotFound):
        imports.bring(model_company, "nothing", b"", "x.csv")


def test_only_who_may_import_imports(model_company: Context, acting: Callable[..., Context]) -> None:
    with pytest.raises(Forbidden):
        imports.bring(acting(model_company, "finance"), MAPPING, b"".join(some(1)), "german.csv")
    assert applications(model_company) == 0
    done = imports.bring(acting(model_company, "business-administrator"), MAPPING, b"".join(some(1)), "german.csv")
    assert done.created == 1


def test_the_file_of_problems_starts_no_formula() -> None:
    problems = [
        Problem(code="import.wrong_type", message=text("=1+1 is no number", "=1+1 不是数字"), field=field, line=7)
        for field in ("=cmd", "+a", "-a", "@a", "\ta", "amount")
    ]
    rows = list(csv.reader(io.StringIO(imports.problems_file(problems, "en"))))
    assert len(rows) == 1 + len(problems)
    assert rows[-1] == ["7", "amount", "import.wrong_type", "'=1+1 is no number"]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)
