"""CSV files as people hand them in: what is read, and what is said about what cannot be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from loanloom.engines.imports import read_rows

COLUMNS = {"name": "text", "amount": "number", "months": "integer", "on": "date", "home": "yes_no"}
HEADER = "name,amount,months,on,home\n"


def test_cells_get_the_types_that_the_mapping_names() -> None:
    read = read_rows((HEADER + '林秀珍,"60,000.50",12,2026-03-01,是\n').encode(), COLUMNS)
    assert read.problems == ()
    assert read.rows[0].line == 2
    assert read.rows[0].values == {
        "name": "林秀珍",
        "amount": Decimal("60000.50"),
        "months": Decimal(12),
        "on": date(2026, 3, 1),
        "home": True,
    }


def test_empty_cells_are_unknown_and_empty_lines_are_no_rows() -> None:
    read = read_rows((HEADER + "A,,,,\n\n,,,,\n").encode(), COLUMNS)
    assert read.count == 1
    assert read.rows[0].values["amount"] is None


def test_columns_that_are_not_named_are_not_read() -> None:
    read = read_rows(b"age,name\n33,A\n", {"name": "text"})
    assert dict(read.rows[0].values) == {"name": "A"}


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("amount", "12k", "not a number"),
        ("amount", "NaN", "not a number"),
        ("amount", "1e99", "not a number"),
        ("months", "12.5", "not a whole number"),
        ("on", "1.3.2026", "not a date"),
        ("home", "perhaps", "not yes or no"),
        ("name", "a\x00b", "not a text"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_its_line(column: str, cell: str, says: str) -> None:
    cells = {"name": "A", "amount": "1", "months": "1", "on": "2026-01-01", "home": "no", column: cell}
    line = ",".join(cells[name] for name in COLUMNS)
    read = read_rows((HEADER + "B,1,1,2026-01-01,no\n" + line + "\n").encode(), COLUMNS)
    assert [row.line for row in read.rows] == [2], "the sound row comes in"
    (problem,) = read.problems
    assert (problem.code, problem.line, problem.field) == ("import.wrong_type", 3, column)
    assert says in problem.message["en"]
    assert problem.message["zh"]


def test_a_row_with_a_cell_too_many_is_left_out() -> None:
    read = read_rows((HEADER + "A,1,1,2026-01-01,no,more\n").encode(), COLUMNS)
    assert read.rows == ()
    assert read.problems[0].code == "import.wrong_width"


def test_a_file_without_a_column_gives_nothing_and_says_which() -> None:
    read = read_rows(b"name,amount\nA,1\n", COLUMNS)
    assert read.rows == ()
    assert "months, on, home" in read.problems[0].message["en"]


def test_a_column_that_stands_twice_is_refused() -> None:
    read = read_rows(b"name,name\nA,B\n", {"name": "text"})
    assert read.problems[0].code == "import.column_twice"


def test_spreadsheets_of_chinese_windows_are_read() -> None:
    assert read_rows("name\n林秀珍\n".encode("gb18030"), {"name": "text"}).rows[0].values["name"] == "林秀珍"
    assert read_rows("name\n林秀珍\n".encode("utf-8-sig"), {"name": "text"}).rows[0].values["name"] == "林秀珍"


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\xfa", b'"', b'name\n"never closed'])
def test_what_is_no_csv_ends_in_a_problem(content: bytes) -> None:
    read = read_rows(content, {"name": "text"})
    assert read.rows == ()
    assert read.problems
