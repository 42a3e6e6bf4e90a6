"""Carrying a year forward 年度结转: income and expense accounts are brought to nil against the profit of the year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from loanloom.core.ledger.journal import Entry, Line, entry
from loanloom.core.money import total
from loanloom.problems import Problem, text

MEMO = text("Carried forward", "结转本年利润")


def carried_forward(on: date, balances: Mapping[str, Decimal], profit: str) -> Entry | None:
    """The entry that empties accounts with these balances (debit side positive); None where all are empty."""
    lines = [_emptied(code, amount) for code, amount in sorted(balances.items()) if amount]
    if not lines:
        return None
    rest = total(line.debit - line.credit for line in lines)
    if rest:
        lines.append(_emptied(profit, rest))
    made = entry(on, "year_closed", lines)
    assert not isinstance(made, Problem)
    return made


def _emptied(code: str, balance: Decimal) -> Line:
    return Line(code, credit=balance, memo=MEMO) if balance > 0 else Line(code, debit=-balance, memo=MEMO)
