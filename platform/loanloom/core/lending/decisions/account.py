"""Transfer 转户 and closing 销户: who looks after a loan, and the end of its account. No money moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refused
from loanloom.core.lending.events.account import AccountClosed, LoanTransferred
from loanloom.core.lending.loan import Loan
from loanloom.core.money import formatted
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLoan(Command):
    """Let another customer manager or branch look after the loan."""

    on: date
    unit: str = ""
    manager_user_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseLoan(Command):
    """Close the account of a loan on which nothing is left, for good."""

    on: date


def _closed_already(loan: Loan) -> Decision | None:
    closed = loan.circumstances.closed_on
    if closed is None:
        return None
    return refused(
        "lending.account_closed",
        text(f"This account was closed on {closed}.", f"该账户已于 {closed} 销户。"),
    )


def _transfer(loan: Loan, command: TransferLoan) -> Decision:
    refusal = _closed_already(loan)
    if refusal:
        return refusal
    if command.on < loan.last_event_on:
        return _too_early(loan)
    if not command.unit.strip() and command.manager_user_id is None:
        return refused(
            "lending.nobody_named",
            text("Name a manager or a branch.", "请选择客户经理或机构。"),
            field="manager_user_id",
        )
    event = LoanTransferred(on=command.on, unit=command.unit, manager_user_id=command.manager_user_id)
    return Decision((event,))


def _too_early(loan: Loan) -> Decision:
    return refused(
        "lending.too_early",
        text(
            f"The date is before the last booking on this loan ({loan.last_event_on}).",
            f"日期早于这笔借款的上一次记账日（{loan.last_event_on}）。",
        ),
        field="on",
    )


def _close(loan: Loan, command: CloseLoan) -> Decision:
    refusal = _closed_already(loan)
    if refusal:
        return refusal
    if loan.settled_on is None:
        return refused(
            "lending.not_settled", text("Only a settled loan's account can be closed.", "借款结清后方可销户。")
        )
    if loan.surplus:
        kept = formatted(loan.surplus, loan.terms.rounding.digits)
        return refused(
            "lending.money_kept",
            text(f"{kept} is kept for the borrower.", f"仍留存借款人款项 {kept}。"),
            text("Refund it first.", "请先退款。"),
        )
    return _too_early(loan) if command.on < loan.last_event_on else Decision((AccountClosed(on=command.on),))


DECIDES: Mapping[type[Command], Decide] = {TransferLoan: _transfer, CloseLoan: _close}
