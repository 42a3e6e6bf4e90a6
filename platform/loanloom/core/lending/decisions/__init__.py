"""Commands and what they lead to: `decide(loan, command)` gives events or problems, never changes anything.

A user's mistake comes back as a Problem in both languages. Who may do it, and whether the day is open, is checked by
services; what the amounts must be is checked here. One file a family of commands, added by one line in `_DECIDES`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace

from loanloom.core.lending.decisions import (
    accelerating,
    account,
    changing,
    chargebacks,
    charging,
    conduct,
    drawing,
    ending,
    extending,
    prepaying,
    reageing,
    receiving,
    recourse,
    refunding,
    relief,
    renewing,
    repricing,
    restructuring,
    settling,
    sharing,
    subsidising,
    undoing,
)
from loanloom.core.lending.decisions.accelerating import Accelerate
from loanloom.core.lending.decisions.account import CloseLoan, TransferLoan
from loanloom.core.lending.decisions.changing import ChangeRate, PauseInterest, Reamortise, Reschedule
from loanloom.core.lending.decisions.chargebacks import Chargeback
from loanloom.core.lending.decisions.charging import AddCharge, AdjustCharge, WaiveCharge
from loanloom.core.lending.decisions.conduct import Misuse, RestoreInterest, SuspendInterest
from loanloom.core.lending.decisions.decision import Command, Decide, Decision, out_of_reach, refused, taken_back
from loanloom.core.lending.decisions.disbursing import Disburse, disburse
from loanloom.core.lending.decisions.drawing import DrawTranche
from loanloom.core.lending.decisions.ending import ChargeOff, TerminateContract, WriteOff
from loanloom.core.lending.decisions.extending import Extend
from loanloom.core.lending.decisions.prepaying import PrepayPartially
from loanloom.core.lending.decisions.reageing import ReAge
from loanloom.core.lending.decisions.receiving import ApplySurplus, Recalculate, ReceiveRepayment
from loanloom.core.lending.decisions.recourse import GuarantorPays, RecoverWrittenOff, ReimburseGuarantor, TakeAssets
from loanloom.core.lending.decisions.refunding import RefundSurplus
from loanloom.core.lending.decisions.relief import CheckWaivers, ReduceInterest, Waive
from loanloom.core.lending.decisions.renewing import Renew, TopUp
from loanloom.core.lending.decisions.repricing import Reprice
from loanloom.core.lending.decisions.restructuring import CapitaliseInterest, Restructure
from loanloom.core.lending.decisions.settling import Payoff, SettleEarly, payoff
from loanloom.core.lending.decisions.sharing import WithdrawShare
from loanloom.core.lending.decisions.subsidising import ApplySubsidies, WithdrawSubsidy
from loanloom.core.lending.decisions.taking_over import TakeOver, take_over
from loanloom.core.lending.decisions.undoing import UndoDisbursement
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.records import from_record, to_record
from loanloom.problems import text

_DECIDES: Mapping[type[Command], Decide] = {
    **receiving.DECIDES,
    **settling.DECIDES,
    **refunding.DECIDES,
    **drawing.DECIDES,
    **charging.DECIDES,
    **chargebacks.DECIDES,
    **changing.DECIDES,
    **reageing.DECIDES,
    **ending.DECIDES,
    **prepaying.DECIDES,
    **extending.DECIDES,
    **restructuring.DECIDES,
    **renewing.DECIDES,
    **repricing.DECIDES,
    **accelerating.DECIDES,
    **relief.DECIDES,
    **recourse.DECIDES,
    **conduct.DECIDES,
    **account.DECIDES,
    **subsidising.DECIDES,
    **sharing.DECIDES,
    **undoing.DECIDES,
}

_KINDS: tuple[type[Command], ...] = (Disburse, TakeOver, *_DECIDES)
COMMANDS: Mapping[str, type[Command]] = {
    re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower(): kind for kind in _KINDS
}
"""All commands by the name they are stored and asked for: SettleEarly is settle_early."""

NAMES: Mapping[type[Command], str] = {kind: name for name, kind in COMMANDS.items()}
_SURROUNDINGS = frozenset({"methods", "calendar"})


def decide(loan: Loan | None, command: Command) -> Decision:
    """What a command leads to. The first event keeps the command, so that it can be decided anew (`history`)."""
    if isinstance(command, Disburse):
        return disburse(loan, command)
    if isinstance(command, TakeOver):
        return take_over(loan, command)
    if loan is None:
        return refused("lending.no_loan", text("There is no such loan.", "没有这笔借款。"))
    decision = taken_back(loan) or out_of_reach(loan, command) or _DECIDES[type(command)](loan, command)
    if not decision.events:
        return decision
    first = replace(decision.events[0], asked=asked(command))
    return replace(decision, events=(first, *decision.events[1:]))


def asked(command: Command) -> dict[str, object]:
    """A command as a record, without what the caller's surroundings give (methods, calendar)."""
    said = {
        each.name: to_record(getattr(command, each.name))
        for each in fields(command)  # type: ignore[arg-type]  # every command is a dataclass
        if each.name not in _SURROUNDINGS
    }
    return {"command": NAMES[type(command)], **said}


def command_of(record: Mapping[str, object], **surroundings: object) -> Command:
    """The command of a record, with the surroundings that it takes."""
    kind = COMMANDS[str(record["command"])]
    taken = {each.name for each in fields(kind)} & surroundings.keys()  # type: ignore[arg-type]  # a dataclass
    return replace(from_record(kind, record), **{name: surroundings[name] for name in taken})  # type: ignore[type-var]  # a dataclass


__all__ = [
    "COMMANDS",
    "NAMES",
    "Accelerate",
    "AddCharge",
    "AdjustCharge",
    "ApplySubsidies",
    "ApplySurplus",
    "CapitaliseInterest",
    "ChangeRate",
    "ChargeOff",
    "Chargeback",
    "CheckWaivers",
    "CloseLoan",
    "Command",
    "Decision",
    "Disburse",
    "DrawTranche",
    "Extend",
    "GuarantorPays",
    "Misuse",
    "PauseInterest",
    "Payoff",
    "PrepayPartially",
    "ReAge",
    "Reamortise",
    "Recalculate",
    "ReceiveRepayment",
    "RecoverWrittenOff",
    "ReduceInterest",
    "RefundSurplus",
    "ReimburseGuarantor",
    "Renew",
    "Reprice",
    "Reschedule",
    "RestoreInterest",
    "Restructure",
    "SettleEarly",
    "SuspendInterest",
    "TakeAssets",
    "TakeOver",
    "TerminateContract",
    "TopUp",
    "TransferLoan",
    "UndoDisbursement",
    "Waive",
    "WaiveCharge",
    "WithdrawShare",
    "WithdrawSubsidy",
    "WriteOff",
    "asked",
    "command_of",
    "decide",
    "payoff",
]
