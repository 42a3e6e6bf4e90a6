"""One oracle case being played: its history, its clock, and how a command or an undo goes into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.lending.decisions import Command, Recalculate, ReceiveRepayment, decide
from loanloom.core.lending.events import Event, LoanDisbursed, RepaymentReceived
from loanloom.core.lending.events.chargebacks import ChargedBack
from loanloom.core.lending.events.plans import TrancheDrawn
from loanloom.core.lending.evolution import evolve, replay
from loanloom.core.lending.history import Recorded, Undo, amend, live
from loanloom.core.lending.loan import Loan
from loanloom.problems import Problem
from loanloom.testing.lending_oracle.words import Said, money


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
    charged_back: list[ChargedBack] = field(default_factory=list)


@dataclass(slots=True)
class Player:
    """One case being played: its history, the clock, and the day up to which the plan has been brought."""

    terms: Said
    orders: Mapping[str, Any]
    definitions: dict[str, Said]
    today: date = date.min
    brought_to: date = date.min
    history: list[Recorded] = field(default_factory=list)
    originals: list[Original] = field(default_factory=list)
    reverted: list[Event] = field(default_factory=list)
    loan: Loan | None = None
    pending: list[tuple[str, Decimal]] = field(default_factory=list)

    @classmethod
    def of(cls, terms: Said, reference: Said) -> Player:
        """A player for a case: charges that the loan is created with wait for its disbursement."""
        player = cls(
            terms, reference["allocation_orders"], {said["charge"]: said for said in reference["charge_definitions"]}
        )
        player.pending = [(name, money(amount)) for name, amount in terms.get("loan_charges", ())]
        for name in terms.get("loan_charges_from_product", ()):
            player.pending.append((name, money(player.definitions[name]["default_amount"])))
        return player

    @property
    def running(self) -> Loan:
        """The loan, once it is paid out."""
        if self.loan is None:
            raise LookupError("no loan is running")
        return self.loan

    def do(self, command: Command, on: date) -> None:
        """A command on the day, or inserted before what came later."""
        self.brought_to = max(self.brought_to, on, self.today)
        if self.loan is not None and on < self.loan.last_event_on:
            self.amended(command)
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

    def amended(self, change: Command | Undo) -> None:
        """Undo, or insert on an earlier day."""
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
        recorded = self.found(original)
        self.reverted.append(recorded.event)
        self.amended(Undo(on=self.today, sequence=recorded.sequence))

    def found(self, original: Original) -> Recorded:
        """The receipt as it is booked now."""
        same = [
            each for each in live(self.history)
            if isinstance(each.event, RepaymentReceived) and each.event.on == original.on
            and each.event.kind == original.kind and each.event.amount == original.amount
        ]  # fmt: skip
        return same[0]


def disbursed(history: list[Recorded]) -> list[tuple[date, Decimal]]:
    """Days and amounts paid out."""
    found: list[tuple[date, Decimal]] = []
    for each in live(history):
        if isinstance(each.event, LoanDisbursed):
            found.append((each.event.on, each.event.terms.principal))
        elif isinstance(each.event, TrancheDrawn):
            found.append((each.event.on, each.event.amount))
    return found
