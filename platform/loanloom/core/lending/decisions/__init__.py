"""Commands and what they lead to: `decide(loan, command)` gives events or problems, never changes anything.

A user's mistake comes back as a Problem in both languages. Who may do it, and whether the day is open, is checked by
services; what the amounts must be is checked here. One file a family of commands, added by one line in `_DECIDES`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from loanloom.core.lending.decisions import receiving, settling
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, refused
from loanloom.core.lending.decisions.disbursing import Disburse, disburse
from loanloom.core.lending.decisions.receiving import ApplySurplus, ReceiveRepayment
from loanloom.core.lending.decisions.settling import Payoff, SettleEarly, payoff
from loanloom.core.lending.loan import Loan
from loanloom.problems import text

_DECIDES: Mapping[type[Command], Decide] = {
    **receiving.DECIDES,
    **settling.DECIDES,
}


COMMANDS: Mapping[str, type[Command]] = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower(): kind for kind in (Disburse, *_DECIDES)
}
"""All commands by the name they are stored and asked for: SettleEarly is settle_early."""


def decide(loan: Loan | None, command: Command) -> Decision:
    """What a command leads to."""
    if isinstance(command, Disburse):
        return disburse(loan, command)
    if loan is None:
        return refused("lending.no_loan", text("There is no such loan.", "没有这笔借款。"))
    return _DECIDES[type(command)](loan, command)


__all__ = [
    "COMMANDS",
    "ApplySurplus",
    "Command",
    "Decision",
    "Disburse",
    "Payoff",
    "ReceiveRepayment",
    "SettleEarly",
    "decide",
    "payoff",
]
