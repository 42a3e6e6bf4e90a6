"""Re-ageing: an overdue debt is put on a new run of instalments and is up to date again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refusal_of, refused
from loanloom.core.lending.events.plans import ReAged
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.replanning.reageing import Asked, new_run
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReAge(Command):
    """Put what is owed on a new run of instalments.

    Interest goes on as before (`default`), or what was borne to the day (`payable`) or all that was planned (`full`) is
    spread over the new instalments and no more arises.
    """

    on: date
    first_due: date
    instalments: int
    every: int = 1
    period: Literal["day", "week", "month", "quarter", "year"] = "month"
    interest: Literal["default", "payable", "full"] = "default"


def _reage(loan: Loan, command: ReAge) -> Decision:
    refusal = refusal_of(loan, command.on, None)
    if refusal:
        return refusal
    if not loan.principal_outstanding:
        return refused("lending.nothing_owed", text("No principal is owed on this loan.", "这笔借款已无本金余额。"))
    if not 1 <= command.instalments <= 600 or not 1 <= command.every <= 366:
        return refused(
            "lending.run_unusable",
            text("Such a run of instalments is not possible.", "期数或间隔不合理。"),
            field="instalments",
        )
    if command.first_due < command.on:
        return refused(
            "lending.first_due_in_the_past",
            text("The first due date lies in the past.", "首个到期日已过。"),
            field="first_due",
        )
    asked = Asked(
        command.on, command.first_due, command.instalments, command.every, command.period, command.interest
    )  # fmt: skip
    run = new_run(loan, asked)
    event = ReAged(
        on=command.on, rows=run.rows, removed=run.removed, into=run.into, every=command.every, unit=command.period,
        instalments=command.instalments, bears_interest=command.interest == "default",
    )  # fmt: skip
    return Decision((event,))


DECIDES: Mapping[type[Command], Decide] = {ReAge: _reage}
