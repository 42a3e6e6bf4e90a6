"""The chart of accounts: codes, titles and the side on which each account normally stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from loanloom.problems import Text

AccountType = Literal["asset", "liability", "equity", "income", "expense", "off_balance"]


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart. `manual`: vouchers made by hand may move it."""

    code: str
    title: Text
    type: AccountType
    manual: bool = False

    @property
    def normally_debit(self) -> bool:
        """Assets, expenses and what is only noted off the balance sheet (表外) grow on the debit side."""
        return self.type in ("asset", "expense", "off_balance")

    @property
    def of_the_year(self) -> bool:
        """Whether the account starts each year at zero: income and expense."""
        return self.type in ("income", "expense")


@dataclass(frozen=True, slots=True)
class YearEnd:
    """When the year ends (the month) and where its result goes."""

    month: int
    profit: str


@dataclass(frozen=True, slots=True)
class Chart:
    """All accounts by code. A code that others begin with is a heading: what is below it adds up to it."""

    accounts: Mapping[str, Account]
    year_end: YearEnd | None = None

    def __contains__(self, code: str) -> bool:
        return code in self.accounts

    def __getitem__(self, code: str) -> Account:
        return self.accounts[code]

    def is_heading(self, code: str) -> bool:
        """Whether accounts stand below this one; nothing is posted to it itself."""
        return any(other != code and other.startswith(code) for other in self.accounts)
