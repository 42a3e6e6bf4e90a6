"""Plays the events of an oracle case as commands to our core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from loanloom.core.lending.decisions import (
    ChangeRate,
    ChargeOff,
    Disburse,
    PauseInterest,
    ReAge,
    Reamortise,
    Recalculate,
    Reschedule,
    TerminateContract,
    UndoDisbursement,
    WriteOff,
)
from loanloom.core.lending.events import Event
from loanloom.core.lending.events.charges import ChargeWaived
from loanloom.core.lending.events.ending import ChargedOff, ContractTerminated
from loanloom.core.lending.events.plans import ReAged, Reamortised, TrancheDrawn
from loanloom.core.lending.history import Undo, amend, live
from loanloom.testing.lending_oracle.money import (
    AT_DRAWS,
    adjust_charge,
    charge,
    charge_now,
    chargeback,
    define_charge,
    disburse,
    payoff,
    receive,
    refund_surplus,
    undo,
    waive_charge,
)
from loanloom.testing.lending_oracle.player import Player, Refused
from loanloom.testing.lending_oracle.words import ONE_DAY, Said, Unsupported, charge_terms, day, loan_terms, money

IGNORED = frozenset({
    "approve", "undo_approval", "set_approved_amount", "config", "accrual_job", "accrual_activity_job",
    "buy_down_fee", "buy_down_fee_adjustment",
})  # fmt: skip
"""What moves no figure that is compared."""

CHARGE_OFFS: Mapping[str, Literal["none", "all_due"]] = {"ZERO_INTEREST": "none", "ACCELERATE_MATURITY": "all_due"}


def _charge_off(player: Player, event: Said) -> None:
    on = day(event["date"])
    player.do(ChargeOff(on=on, interest=CHARGE_OFFS.get(player.terms.get("charge_off_behaviour", ""), "scheduled")), on)


def _write_off(player: Player, event: Said) -> None:
    on = day(event["date"])
    player.do(WriteOff(on=on), on)


def _terminate(player: Player, _event: Said) -> None:
    player.do(TerminateContract(on=player.today), player.today)


def _pause(player: Player, event: Said) -> None:
    """The oracle charges a day's interest to the day after; a pause in the past is inserted where it began."""
    first, last = day(event["from"]) - ONE_DAY, day(event["to"]) - ONE_DAY
    on = max(min(first, player.today), player.running.terms.start_on)
    player.do(PauseInterest(on=on, from_on=max(first, on), to_on=last), on)


def _reschedule(player: Player, event: Said) -> None:
    if event.get("grace_interest"):
        raise Unsupported("reschedule with grace")
    on = min(player.today, day(event["from"]))
    if "new_rate" in event:
        from_on = day(event["from"]) - ONE_DAY
        on = max(min(from_on, player.today), player.running.terms.start_on)
        rate = Decimal(event["new_rate"]) / 100
        player.do(ChangeRate(on=on, from_on=max(from_on, on), annual_rate=rate), on)
    if "new_due" in event or "extra_terms" in event:
        new_due = day(event["new_due"]) if event.get("new_due") else None
        extra = int(event.get("extra_terms", 0))
        player.do(Reschedule(on=on, due_on=day(event["from"]), new_due=new_due, extra_terms=extra), on)


def _reamortise(player: Player, event: Said) -> None:
    split = event.get("interest_handling") == "EQUAL_AMORTIZATION_INTEREST_SPLIT"
    player.do(Reamortise(on=player.today, interest="split" if split else "default"), player.today)


RUNS: Mapping[str, Literal["day", "week", "month", "year"]] = {
    "DAYS": "day",
    "WEEKS": "week",
    "MONTHS": "month",
    "YEARS": "year",
}
HANDLINGS: Mapping[str, Literal["payable", "full"]] = {
    "EQUAL_AMORTIZATION_PAYABLE_INTEREST": "payable",
    "EQUAL_AMORTIZATION_FULL_INTEREST": "full",
}


def _reage(player: Player, event: Said) -> None:
    first_due = day(event["start"])
    on = min(player.today, first_due)
    command = ReAge(
        on=on, first_due=first_due, instalments=event["installments"], every=event["every"],
        period=RUNS[event["unit"]], interest=HANDLINGS.get(event.get("interest_handling", ""), "default"),
    )  # fmt: skip
    player.do(command, on)


def _undo_last(kind: type[Event]) -> Callable[[Player, Said], None]:
    """Takes back the newest booking of a kind."""

    def undo(player: Player, _event: Said) -> None:
        found = [each for each in live(player.history) if isinstance(each.event, kind)]
        player.amended(Undo(on=player.today, sequence=found[-1].sequence))

    return undo


def _undo_disbursal(player: Player, _event: Said) -> None:
    """Takes the payout back; the loan may be paid out again as if for the first time."""
    change = UndoDisbursement(on=player.today, money_back="returned", mistake="other")
    problems = amend(player.history, change).problems
    if problems:
        raise Refused(problems)
    player.history = [replace(each, superseded=True) for each in player.history]
    player.loan = None


def _clock(player: Player, event: Said) -> None:
    player.today = day(event["date"])


def _end_of_day(player: Player, _event: Said) -> None:
    if player.loan is not None and player.loan.settled_on is None:
        player.do(Recalculate(on=player.today), player.today)


PLAYS: Mapping[str, Callable[[Player, Said], None]] = {
    "business_date": _clock,
    "cob": _end_of_day,
    "recalculate_interest_job": _end_of_day,
    "disburse": disburse,
    "repayment": receive,
    "payment": receive,
    "payoff": payoff,
    "undo": undo,
    "charge": charge,
    "installment_charge": charge,
    "set_charge_definition": define_charge,
    "waive_charge": waive_charge,
    "charge_adjustment": adjust_charge,
    "credit_balance_refund": refund_surplus,
    "chargeback": chargeback,
    "charge_off": _charge_off,
    "write_off": _write_off,
    "contract_termination": _terminate,
    "interest_pause": _pause,
    "reschedule": _reschedule,
    "reamortize": _reamortise,
    "reage": _reage,
    "undo_reage": _undo_last(ReAged),
    "undo_charge_off": _undo_last(ChargedOff),
    "undo_contract_termination": _undo_last(ContractTerminated),
    "undo_reamortize": _undo_last(Reamortised),
    "undo_waive_charge": _undo_last(ChargeWaived),
    "undo_disbursal": _undo_disbursal,
    "undo_last_disbursal": _undo_last(TrancheDrawn),
}


def play(player: Player, event: Said) -> None:
    """One event of the case."""
    kind = event["type"]
    if kind in IGNORED:
        return
    found = PLAYS.get(kind)
    if found is None:
        raise Unsupported(kind.replace("_", " "))
    found(player, event)


def proposed(player: Player, event: Said | None) -> Player:
    """The loan that would be made now, before anything is paid out, with the charges that wait for it."""
    on = day((event or {}).get("expected") or player.terms["expected_disbursement"])
    amount = money((event or {}).get("amount") or player.terms["principal"])
    would = replace(player, history=[], originals=[], today=on)
    charges = [charge_terms(said) for said in player.definitions.values()]
    would.do(Disburse(terms=loan_terms(player.terms, player.orders, amount, on, charges)), on)
    for name, said in player.pending:
        at_once = player.definitions[name]["collected"] in AT_DRAWS
        charge_now(would, name, said, on, None, at_once=at_once)
    loan = would.running
    would.loan = replace(loan, accounts=tuple(replace(account, paid_on=None) for account in loan.accounts))
    return would
