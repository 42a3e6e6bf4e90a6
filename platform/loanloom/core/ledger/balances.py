"""Balances of accounts and the trial balance 试算平衡: sums over lines, nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.ledger.accounts import Account, Chart
from loanloom.core.money import ZERO, total


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One account's opening balance, movements and closing balance; balances are positive on the account's own side."""

    account: Account
    opening: Decimal
    debits: Decimal
    credits: Decimal

    @property
    def closing(self) -> Decimal:
        """Opening and movements, on the account's own side."""
        moved = self.debits - self.credits
        return self.opening + (moved if self.account.normally_debit else -moved)

    @property
    def closing_debit(self) -> Decimal:
        """The closing balance where it stands on the debit side; else zero."""
        return max(self._debit_side, ZERO)

    @property
    def closing_credit(self) -> Decimal:
        """The closing balance where it stands on the credit side; else zero."""
        return max(-self._debit_side, ZERO)

    @property
    def _debit_side(self) -> Decimal:
        return self.closing if self.account.normally_debit else -self.closing


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account that moved or stands, in order of code."""

    rows: tuple[AccountBalance, ...]

    @property
    def debits(self) -> Decimal:
        """All debits of the period."""
        return total(row.debits for row in self.rows)

    @property
    def credits(self) -> Decimal:
        """All credits of the period."""
        return total(row.credits for row in self.rows)

    @property
    def closing_debits(self) -> Decimal:
        """Closing balances that stand on the debit side."""
        return total(row.closing_debit for row in self.rows)

    @property
    def closing_credits(self) -> Decimal:
        """Closing balances that stand on the credit side."""
        return total(row.closing_credit for row in self.rows)

    @property
    def balanced(self) -> bool:
        """Debits equal credits, in movements and in closing balances."""
        return self.debits == self.credits and self.closing_debits == self.closing_credits


def trial_balance(chart: Chart, sums: Iterable[tuple[str, Decimal, Decimal, Decimal, Decimal]]) -> TrialBalance:
    """From (account, debits before, credits before, debits, credits). Accounts missing in the chart still count."""
    rows = []
    for code, debits_before, credits_before, debited, credited in sums:
        account = chart[code] if code in chart else Account(code, {"en": code}, "asset")
        before = debits_before - credits_before
        rows.append(AccountBalance(account, before if account.normally_debit else -before, debited, credited))
    return TrialBalance(tuple(sorted(rows, key=lambda row: row.account.code)))
