"""What one loan agrees beyond amount, term and way of repaying, read from the facts of its application: a term in
days, a date it falls due on, a plan of its own typed in or pasted from a spreadsheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from loanloom.core.lending.agreed.plan_terms import PlannedRow
from loanloom.core.money import is_writable
from loanloom.engines.products.agreeing import Particulars
from loanloom.problems import Problem, text

PLAN_FIELD, DAYS_FIELD = "repayment_plan", "term_days"
"""Fields of the application, where a company declares them."""

MOST_ROWS = 480
_DATE = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})日?")


def from_facts(
    application: Mapping[str, Any], matures_on: date | None = None
) -> tuple[Particulars, tuple[Problem, ...]]:
    """The particulars of an application, and what is wrong with the plan typed in."""
    days = application.get(DAYS_FIELD)
    rows, problems = plan_rows(str(application.get(PLAN_FIELD) or ""))
    made = Particulars(
        days=None if days is None else int(days),
        matures_on=matures_on,
        rows=rows,
        trustor=str(application.get("trustor") or ""),
        source=str(application.get("fund_source") or ""),
        purpose=str(application.get("fund_use") or ""),
    )
    return made, problems


def plan_rows(typed: str) -> tuple[tuple[PlannedRow, ...], tuple[Problem, ...]]:
    """A plan in lines of a date and an amount of principal, as typed or pasted: "2026-06-30  50,000"."""
    rows: list[PlannedRow] = []
    problems: list[Problem] = []
    for number, line in enumerate(typed.splitlines(), 1):
        if not line.strip():
            continue
        row = _row(line)
        if row is None or len(rows) >= MOST_ROWS:
            problems.append(_unreadable(number, line))
        else:
            rows.append(row)
    return tuple(rows), tuple(problems)


def _row(line: str) -> PlannedRow | None:
    found = _DATE.match(line.strip())
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    amount = line.strip()[found.end() :].strip(" \t:：;；|").replace(",", "").replace("，", "")
    try:
        value = Decimal(amount)
        due_on = date(year, month, day)
    except (InvalidOperation, ValueError):
        return None
    return PlannedRow(due_on=due_on, principal=value) if is_writable(value) and value >= 0 else None


def _unreadable(number: int, line: str) -> Problem:
    return Problem(
        code="product.plan_unreadable",
        message=text(
            f'Line {number} of the plan is no date and amount: "{line.strip()[:40]}".',
            f"还款计划第 {number} 行不是“日期 金额”：“{line.strip()[:40]}”。",
        ),
        hint=text(
            "Write one line for each date, such as 2026-06-30 50000.", "每行一个日期和金额，例如 2026-06-30 50000。"
        ),
        field=f"application.{PLAN_FIELD}",
    )
