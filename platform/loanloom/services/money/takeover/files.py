"""The two files of a take-over: their columns, in English or Chinese headings, and the loans in them. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loanloom.engines.imports import Row, read_rows
from loanloom.problems import Problem, Text, say, text

Columns = Mapping[str, tuple[str, Text]]

LOAN_COLUMNS: Columns = {
    "number": ("text", text("loan_number", "借据编号")),
    "customer_number": ("text", text("customer_number", "客户编号")),
    "customer_name": ("text", text("customer_name", "客户名称")),
    "customer_kind": ("text", text("customer_kind", "客户类型")),
    "id_number": ("text", text("id_number", "证件号码")),
    "phone": ("text", text("phone", "手机号")),
    "product": ("text", text("product", "产品")),
    "principal": ("number", text("principal", "借款本金")),
    "annual_rate": ("number", text("annual_rate", "年利率")),
    "disbursed_on": ("date", text("disbursed_on", "放款日")),
    "surplus": ("number", text("money_kept", "留存款")),
    "unit": ("text", text("unit", "机构")),
    "manager": ("text", text("manager", "客户经理")),
}
"""A line a loan. Rates are fractions (0.12); unit, manager, phone and money kept may be empty; a customer is named by
number, or by name, kind and identity number."""

ROW_COLUMNS: Columns = {
    "number": ("text", text("loan_number", "借据编号")),
    "period": ("integer", text("period", "期次")),
    "due_on": ("date", text("due_on", "应还日期")),
    "principal": ("number", text("principal", "应还本金")),
    "interest": ("number", text("interest", "应还利息")),
    "principal_paid": ("number", text("principal_paid", "已还本金")),
    "interest_paid": ("number", text("interest_paid", "已还利息")),
    "fee": ("number", text("fee", "应收费用")),
    "fee_paid": ("number", text("fee_paid", "已收费用")),
    "penalty_owed": ("number", text("penalty_owed", "未还罚息")),
    "compound_owed": ("number", text("compound_owed", "未还复利")),
    "paid_on": ("date", text("paid_on", "结清日期")),
}
"""A line a row of the schedule. Empty amounts are zero."""


@dataclass(frozen=True, slots=True)
class Brought:
    """One loan as the files tell it."""

    loan: Row
    rows: tuple[Row, ...]

    @property
    def number(self) -> str:
        """The number of the loan in the old system, which it keeps."""
        return str(self.loan.values["number"])


@dataclass(slots=True)
class Files:
    """What stands in both files, and what could not be read."""

    loans: list[Brought] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(loans: tuple[str, bytes], schedule: tuple[str, bytes]) -> Files:
    """Both files, (name, content) each, as loans with their rows."""
    found = Files()
    heads = _rows(loans, LOAN_COLUMNS, found)
    rows = _rows(schedule, ROW_COLUMNS, found)
    by_number: dict[str, list[Row]] = {}
    for row in rows:
        by_number.setdefault(str(row.values["number"]), []).append(row)
    seen: dict[str, int] = {}
    for head in heads:
        number = str(head.values["number"])
        if number in seen:
            found.problems.append(_twice(number, seen[number], head.line, loans[0]))
            continue
        seen[number] = head.line
        own = sorted(by_number.pop(number, []), key=lambda row: row.values["period"] or 0)
        found.loans.append(Brought(head, tuple(own)))
    for number, left in by_number.items():
        found.problems.append(_alone(number, left[0].line, schedule[0]))
    return found


def _rows(file: tuple[str, bytes], columns: Columns, found: Files) -> list[Row]:
    """The rows of a file by English headings, else by Chinese ones; a row without a loan number is told."""
    name, content = file
    kinds = {column: kind for column, (kind, _) in columns.items()}
    read = None
    for language in ("en", "zh"):
        headings = {column: title[language] for column, (_, title) in columns.items()}
        tried = read_rows(content, kinds, name, headings=headings, sheet=name.lower().endswith(".xlsx"))
        if read is None or not any(one.code == "import.missing_column" for one in tried.problems):
            read = tried
            if not any(one.code == "import.missing_column" for one in tried.problems):
                break
    assert read is not None
    found.problems += read.problems
    for row in read.rows:
        if row.values["number"] is None:
            words = text("The loan's number is missing.", "缺少借据编号。")
            found.problems.append(
                Problem(code="takeover.no_number", message=words, file=name, line=row.line, field="number")
            )
    return [row for row in read.rows if row.values["number"] is not None]


def _twice(number: str, first: int, line: int, file: str) -> Problem:
    words = text(f"The loan {number} stands on line {first} already.", f"借据 {number} 与第 {first} 行重复。")
    return Problem(code="takeover.loan_twice", message=words, file=file, line=line, field="number")


def _alone(number: str, line: int, file: str) -> Problem:
    words = text(f"There is no loan {number} in the other file.", f"借据文件中没有 {number}。")
    return Problem(code="takeover.row_without_loan", message=words, file=file, line=line, field="number")


def empty_file(columns: Columns, language: str) -> str:
    """A CSV file with the headings alone, to be filled."""
    out = io.StringIO()
    headings: Sequence[Any] = [say(title, language) for _, title in columns.values()]
    csv.writer(out).writerow(headings)
    return out.getvalue()
