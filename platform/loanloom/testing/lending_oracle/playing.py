"""Plays the events of an oracle case as commands to our core, keeping the history that undo and backdating need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.lending.arrears import due_of
from loanloom.core.lending.decisions import (
    Command,
    Disburse,
    DrawTranche,
    Recalculate,
    ReceiveRepayment,
    decide,
    payoff,
)
from loanloom.core.lending.decisions.receiving import OWN_MONEY
from loanloom.core.lending.events import Event, LoanDisbursed, RepaymentReceived
from loanloom.core.lending.events.plans import TrancheDrawn
from loanloom.core.lending.evolution import evolve, replay
from loanloom.core.lending.history import Recorded, Undo, amend, live
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.refunds import INTEREST_REFUND, REFUNDS, interest_saved
from loanloom.core.lending.replanning.loans import follows
from loanloom.core.lending.schedule import down_payment
from loanloom.core.money import total
from loanloom.problems import Problem
from loanloom.testing.lending_oracle.words import KIND_TITLES, KINDS, Said, Unsupported, day, loan_terms, money

IGNORED = frozenset(
    {"approve", "config", "accrual_job", "accrual_activity_job", "set_approved_amount", "undo_approval"}
)
"""What moves no figure that is compared."""


class Refused(Exception):
    """Our core refused what the oracle did."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.code}: {problem.message['en']}" for problem in problems))


@dataclass(slots=True)
class Original:
    """A receipt as the case made it; it keeps its identity while replays decide it anew."""

    on: date
    amount: Decimal
    kind: str
    reverted: bool = False


@dataclass(slots=True)
class Player:
    """One case being played: its history, the clock, and the day up to which the plan has been brought."""

    terms: Said
    orders: Mapping[str, Any]
    today: date = date.min
    brought_to: date = date.min
    history: list[Recorded] = field(default_factory=list)
    originals: list[Original] = field(default_factory=list)
    loan: Loan | None = None

    @property
    def running(self) -> Loan:
        """The loan, once it is paid out."""
        if self.loan is None:
            raise LookupError("no loan is running")
        return self.loan

    def play(self, event: Said) -> None:
        """One event of the case."""
        kind = event["type"]
        if kind in IGNORED:
            return
        found = PLAYS.get(kind)
        if found is None:
            raise Unsupported(kind.replace("_", " "))
        found(self, event)

    def proposed(self, event: Said | None) -> Loan:
        """The loan that would be made now, before anything is paid out."""
        on = day((event or {}).get("expected") or self.terms["expected_disbursement"])
        amount = money((event or {}).get("amount") or self.terms["principal"])
        made = decide(None, Disburse(terms=loan_terms(self.terms, self.orders, amount, on)))
        return evolve(None, made.events[0])

    def do(self, command: Command, on: date) -> None:
        """A command on the day, or inserted before what came later."""
        self.brought_to = max(self.brought_to, on, self.today)
        if self.loan is not None and on < self.loan.last_event_on:
            self._amended(command)
            return
        decision = decide(self.loan, command)
        if decision.problems:
            raise Refused(decision.problems)
        for event in decision.events:
            self.book(event)

    def book(self, event: Event) -> None:
        """Add an event to the history."""
        self.history.append(Recorded(len(self.history) + 1, event))
        self.loan = evolve(self.loan, event)

    def _amended(self, change: Command | Undo) -> None:
        amendment = amend(self.history, change)
        if amendment.problems:
            raise Refused(amendment.problems)
        gone = set(amendment.superseded)
        self.history = [replace(each, superseded=each.superseded or each.sequence in gone) for each in self.history]
        for event in amendment.events:
            self.history.append(Recorded(len(self.history) + 1, event))
        self.loan = replay(each.event for each in live(self.history))
        self.brought_to = max(self.brought_to, self.today)
        if self.loan is not None and self.loan.settled_on is None:
            self.do(Recalculate(on=max(self.today, self.loan.last_event_on)), self.today)

    def receive(self, on: date, amount: Decimal, kind: str) -> None:
        """Money in, remembered so that it can be named when it is undone."""
        self.originals.append(Original(on, amount, kind))
        self.do(ReceiveRepayment(on=on, amount=amount, kind=kind), on)

    def undo(self, original: Original) -> None:
        """Take a receipt back, as it stands now."""
        original.reverted = True
        same = [
            each for each in live(self.history)
            if isinstance(each.event, RepaymentReceived) and each.event.on == original.on
            and each.event.kind == original.kind and each.event.amount == original.amount
        ]  # fmt: skip
        self._amended(Undo(on=self.today, sequence=same[0].sequence))


def _disburse(player: Player, event: Said) -> None:
    on, amount = day(event["date"]), money(event["amount"])
    if player.loan is None:
        player.do(Disburse(terms=loan_terms(player.terms, player.orders, amount, on)), on)
    else:
        player.do(DrawTranche(on=on, amount=amount), on)
    terms = player.running.terms
    if terms.down_payment and terms.down_payment.automatic and event.get("auto_down_payment") is not False:
        due = down_payment(terms, amount)
        if due:
            player.receive(on, due, "down_payment")


def _receive(player: Player, event: Said) -> None:
    on = day(event["date"])
    said = event.get("kind", "REPAYMENT")
    if said not in KINDS:
        raise Unsupported(f"payment {said}")
    player.receive(on, money(event["amount"]), KINDS[said])
    gives_interest = str(event.get("interest_refund", True)).lower() != "false"
    if said in player.terms.get("interest_refund_types", ()) and gives_interest:
        so_far = [each.event for each in live(player.history) if each.event.on <= on]
        saved = interest_saved(so_far, on)
        if saved:
            player.receive(on, saved, INTEREST_REFUND)


def _payoff(player: Player, event: Said) -> None:
    on = day(event["date"])
    assert player.loan is not None
    if follows(player.loan):
        owing = payoff(player.running, on).total
    else:
        owing = total(
            total(due_of(each, player.running.terms, on).amounts.values()) for each in player.running.accounts
        )
    player.receive(on, owing - player.running.surplus, "repayment")


def _undo(player: Player, event: Said) -> None:
    what, made = event["what"], player.originals
    if what.startswith("last_"):
        wanted = OWN_MONEY if what == "last_repayment" else REFUNDS
        player.undo([each for each in made if not each.reverted and each.kind in wanted][-1])
        return
    if what == "repayment":
        player.undo(made[event["nth"] - 1])
        return
    on, nth = day(event["date"]), event.get("nth", 1)
    if what == "any":
        paid_out = sum(day_out == on for day_out, _amount in disbursed(player.history))
        player.undo([each for each in made if each.on == on][nth - 1 - paid_out])
        return
    kinds = {kind for kind, title in KIND_TITLES.items() if title == what}
    if not kinds:
        raise Unsupported(f"undo of {what}")
    player.undo([each for each in made if each.on == on and each.kind in kinds][nth - 1])


def _clock(player: Player, event: Said) -> None:
    player.today = day(event["date"])


def _end_of_day(player: Player, _event: Said) -> None:
    if player.loan is not None and player.loan.settled_on is None:
        player.do(Recalculate(on=player.today), player.today)


PLAYS: Mapping[str, Callable[[Player, Said], None]] = {
    "business_date": _clock,
    "cob": _end_of_day,
    "recalculate_interest_job": _end_of_day,
    "disburse": _disburse,
    "repayment": _receive,
    "payment": _receive,
    "payoff": _payoff,
    "undo": _undo,
}


def disbursed(history: list[Recorded]) -> list[tuple[date, Decimal]]:
    """Days and amounts paid out."""
    found: list[tuple[date, Decimal]] = []
    for each in live(history):
        if isinstance(each.event, LoanDisbursed):
            found.append((each.event.on, each.event.terms.principal))
        elif isinstance(each.event, TrancheDrawn):
            found.append((each.event.on, each.event.amount))
    return found
