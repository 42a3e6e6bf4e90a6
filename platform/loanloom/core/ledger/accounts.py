"""The chart of accounts: codes, titles and the side on which each account normally stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from loanloom.problems import Text

AccountType = Literal["asset", "liability", "equity", "income", "expense"]
ACCOUNT_TYPES: tuple[AccountType, ...] = ("asset", "liability", "equity", "income", "expense")


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart."""

    code: str
    title: Text
    type: AccountType

    @property
    def normally_debit(self) -> bool:
        """Assets and expenses grow on the debit side."""
        return self.type in ("asset", "expense")


@dataclass(frozen=True, slots=True)
class Chart:
    """All accounts by code."""

    accounts: Mapping[str, Account]

    def __contains__(self, code: str) -> bool:
        return code in self.accounts

    def __getitem__(self, code: str) -> Account:
        return self.accounts[code]
