"""Ends of a loan that is not paid: charge-off, write-off 核销, termination of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refusal_of, refused
from loanloom.core.lending.events.ending import ChargedOff, ContractTerminated, WrittenOff
from loanloom.core.lending.evolution.ending import folded
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.owing.arrears import due_of
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.replanning.ending import all_due, without_interest
from loanloom.core.lending.replanning.loans import changed_rows, follows, plan_of, standing
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOff(Command):
    """Take the loan off our assets; it stays owed.

    Afterwards interest goes on as scheduled, stops (`none`), or everything falls due that day (`all_due`).
    """

    on: date
    reason: str = ""
    interest: Literal["scheduled", "none", "all_due"] = "scheduled"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOff(Command):
    """Give up in the books what is still owed; it may be recovered later."""

    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateContract(Command):
    """End the contract: all that is outstanding falls due today, with interest to the day."""

    on: date
    reason: str = ""


def outstanding(loan: Loan, on: date) -> tuple[Applied, ...]:
    """Everything that is owed or will be, instalment by instalment."""
    found = []
    for account in loan.accounts:
        amounts = due_of(account, loan.terms, on).amounts
        for component in COMPONENTS:
            if amounts[component] > 0:
                found.append(Applied(account.instalment.number, component, amounts[component]))
    return tuple(found)


def _charge_off(loan: Loan, command: ChargeOff) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    if loan.circumstances.charged_off_on is not None:
        return refused("lending.charged_off", text("This loan is charged off already.", "这笔借款已转出资产。"))
    removed: tuple[int, ...] = ()
    if command.interest == "all_due":
        rows, removed = all_due(loan, command.on)
    elif command.interest == "none":
        rows = without_interest(loan, command.on)
    else:
        rows = _stood(loan, command.on)
    after = folded(loan, rows, removed, command.on)
    event = ChargedOff(
        on=command.on, applied=outstanding(after, command.on), reason=command.reason,
        bears_interest=command.interest == "scheduled", rows=rows, removed=removed,
    )  # fmt: skip
    return Decision((event,))


def _stood(loan: Loan, on: date) -> tuple[Instalment, ...]:
    """The rows of a recalculating loan as they are on a day."""
    if not follows(loan):
        return ()
    plan = plan_of(loan)
    plan.advance(on)
    plan.settle(on)
    return changed_rows(loan, plan)


def _write_off(loan: Loan, command: WriteOff) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    rows = _stood(loan, command.on)
    given_up = outstanding(standing(loan, command.on), command.on)
    if not given_up:
        return refused("lending.nothing_owed", text("Nothing is owed on this loan.", "这笔借款已无欠款。"))
    return Decision((WrittenOff(on=command.on, applied=given_up, reason=command.reason, rows=rows),))


def _terminate(loan: Loan, command: TerminateContract) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    if loan.circumstances.terminated_on is not None:
        return refused("lending.terminated", text("This contract was terminated already.", "合同已终止。"))
    rows, removed = all_due(loan, command.on)
    return Decision((ContractTerminated(on=command.on, reason=command.reason, rows=rows, removed=removed),))


DECIDES: Mapping[type[Command], Decide] = {
    ChargeOff: _charge_off,
    WriteOff: _write_off,
    TerminateContract: _terminate,
}
