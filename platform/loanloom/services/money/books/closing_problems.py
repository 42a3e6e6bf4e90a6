"""Why a month of the books cannot be closed, or not opened again, in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from loanloom.core.money import formatted
from loanloom.problems import Problem, text


def _month(day: date) -> str:
    return day.isoformat()[:7]


def not_over(last_on: date) -> Problem:
    """The month still runs."""
    return Problem(
        code="ledger.month_not_over",
        message=text(f"The month ends on {last_on}; it is still running.", f"本月至 {last_on} 结束，尚未到期。"),
        hint=text("Close its business days first.", "请先完成该月所有日终处理。"),
    )


def no_such_month(first_on: date) -> Problem:
    """Before the first entry or in the future."""
    return Problem(
        code="ledger.no_such_month",
        message=text(f"The books know no month {_month(first_on)}.", f"账簿中没有 {_month(first_on)} 月份。"),
    )


def closed_already(first_on: date) -> Problem:
    """Somebody was quicker."""
    return Problem(
        code="ledger.closed_already",
        message=text(f"{_month(first_on)} is closed already.", f"{_month(first_on)} 已结账。"),
    )


def not_soft(first_on: date) -> Problem:
    """Only a softly closed month can be closed for good or opened."""
    return Problem(
        code="ledger.not_softly_closed",
        message=text(f"{_month(first_on)} is not softly closed.", f"{_month(first_on)} 未处于预结账状态。"),
        hint=text("Look at the list of periods again.", "请刷新会计期间列表。"),
    )


def earlier_open(first_on: date) -> Problem:
    """Months are closed in their order."""
    return Problem(
        code="ledger.earlier_month_open",
        message=text(f"Close {_month(first_on)} first.", f"请先结账 {_month(first_on)}。"),
    )


def later_closed(first_on: date) -> Problem:
    """Months are opened from the latest back."""
    return Problem(
        code="ledger.later_month_closed",
        message=text(f"Open {_month(first_on)} first.", f"请先打开 {_month(first_on)}。"),
    )


def same_person() -> Problem:
    """The role asks for a second person."""
    return Problem(
        code="ledger.second_person_needed",
        message=text(
            "You closed this month softly; somebody else must close it for good.",
            "该月由您预结账，须由另一人最终结账。",
        ),
    )


def closed_for_good(first_on: date) -> Problem:
    """No way back."""
    return Problem(
        code="ledger.closed_for_good",
        message=text(
            f"{_month(first_on)} is closed for good and stays closed.", f"{_month(first_on)} 已最终结账，不能重新打开。"
        ),
        hint=text("Correct it by an entry in an open month.", "请在未结账月份用调整分录更正。"),
    )


def no_reason() -> Problem:
    """Opening a month is audited with its reason."""
    return Problem(code="ledger.reason_missing", message=text("Say why.", "请填写原因。"), field="reason")


def unbalanced(first_on: date, debits: Decimal, credited: Decimal) -> Problem:
    """The trial balance of the month does not balance."""
    return Problem(
        code="ledger.month_unbalanced",
        message=text(
            f"{_month(first_on)} does not balance: debits {formatted(debits)}, credits {formatted(credited)}.",
            f"{_month(first_on)} 试算不平：借方 {formatted(debits)}，贷方 {formatted(credited)}。",
        ),
    )
