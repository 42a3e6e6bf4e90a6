"""Who looks after a loan, and the end of its account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loanloom.core.lending.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanTransferred(Event):
    """Another manager or branch looks after the loan (转户); nothing about the debt changes."""

    unit: str = ""
    manager_user_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountClosed(Event):
    """The account of a loan on which nothing is left was closed for good (销户)."""


NAMED: Mapping[str, type[Event]] = {"loan_transferred": LoanTransferred, "account_closed": AccountClosed}
"""Stored names."""
