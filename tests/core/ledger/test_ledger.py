"""Entries balance or do not exist; a trial balance adds up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from loanloom.core.ledger.accounts import Account, Chart
from loanloom.core.ledger.balances import trial_balance
from loanloom.core.ledger.journal import Entry, Line, entry, line, merged
from loanloom.problems import Problem

ON = date(2026, 1, 31)
D = Decimal


def test_an_unbalanced_entry_cannot_be_made() -> None:
    made = entry(ON, "x", [Line("1001", debit=D(10)), Line("2001", credit=D(9))])
    assert isinstance(made, Problem)
    assert made.code == "ledger.unbalanced"
    assert "10" in made.in_words("zh")


def test_a_line_with_two_sides_cannot_be_made() -> None:
    assert isinstance(entry(ON, "x", [Line("1", D(1), D(1))]), Problem)
    assert isinstance(entry(ON, "x", [Line("1")]), Problem)


def test_a_negative_amount_changes_sides_and_a_zero_vanishes() -> None:
    debit, credit = line("1", "2", D(-5))
    assert (debit.account, debit.debit, credit.account, credit.credit) == ("2", D(5), "1", D(5))
    assert line("1", "2", D(0)) == ()


@given(st.lists(st.tuples(st.sampled_from("123"), st.sampled_from("456"), st.decimals(-99, 99, places=2)), max_size=8))
def test_transfers_always_balance_and_so_does_the_trial_balance(moves: list[tuple[str, str, Decimal]]) -> None:
    made = entry(ON, "x", merged(item for debit, credit, amount in moves for item in line(debit, credit, amount)))
    assert isinstance(made, Entry)
    types = dict(zip("123456", ("asset", "expense", "asset", "liability", "income", "equity"), strict=True))
    chart = Chart({code: Account(code, {"en": code}, kind) for code, kind in types.items()})  # type: ignore[arg-type]
    sums = {code: [D(0), D(0)] for code in types}
    for item in made.lines:
        sums[item.account][0] += item.debit
        sums[item.account][1] += item.credit
    balance = trial_balance(chart, [(code, D(0), D(0), *both) for code, both in sums.items()])  # type: ignore[misc]
    assert balance.balanced
    assert balance.debits == made.debits
