"""Plays the events of an oracle case as commands to our core, keeping the history that undo and backdating need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from loanloom.core.lending.arrears import due_of
from loanloom.core.lending.chargebacks import owed_again
from loanloom.core.lending.decisions import (
    AddCharge,
    AdjustCharge,
    ChangeRate,
    Chargeback,
    ChargeOff,
    Command,
    Disburse,
    DrawTranche,
    PauseInterest,
    Reamortise,
    Recalculate,
    ReceiveRepayment,
    RefundSurplus,
    Reschedule,
    TerminateContract,
    WaiveCharge,
    WriteOff,
    decide,
    payoff,
)
from loanloom.core.lending.decisions.receiving import OWN_MONEY
from loanloom.core.lending.events import Event, LoanDisbursed, RepaymentReceived
from loanloom.core.lending.events.chargebacks import ChargedBack
from loanloom.core.lending.events.charges import ChargeWaived
from loanloom.core.lending.events.ending import ChargedOff, ContractTerminated
from loanloom.core.lending.events.plans import Reamortised, TrancheDrawn
from loanloom.core.lending.evolution import evolve, replay
from loanloom.core.lending.history import Recorded, Undo, amend, live
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.refunds import INTEREST_REFUND, REFUNDS, interest_saved
from loanloom.core.lending.replanning.loans import follows
from loanloom.core.lending.schedule import down_payment
from loanloom.core.money import total
from loanloom.problems import Problem
from loanloom.testing.lending_oracle.words import (
    KIND_TITLES,
    KINDS,
    ONE_DAY,
    Said,
    Unsupported,
    charge_terms,
    day,
    loan_terms,
    money,
)

IGNORED = frozenset({
    "approve", "undo_approval", "set_approved_amount", "config", "accrual_job", "accrual_activity_job",
    "buy_down_fee", "buy_down_fee_adjustment",
})  # fmt: skip
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

    def play(self, event: Said) -> None:
        """One event of the case."""
        kind = event["type"]
        if kind in IGNORED:
            return
        found = PLAYS.get(kind)
        if found is None:
            raise Unsupported(kind.replace("_", " "))
        found(self, event)

    def proposed(self, event: Said | None) -> Player:
        """The loan that would be made now, before anything is paid out, with the charges that wait for it."""
        on = day((event or {}).get("expected") or self.terms["expected_disbursement"])
        amount = money((event or {}).get("amount") or self.terms["principal"])
        would = replace(self, history=[], originals=[], today=on)
        charges = [charge_terms(said) for said in self.definitions.values()]
        would.do(Disburse(terms=loan_terms(self.terms, self.orders, amount, on, charges)), on)
        for name, said in self.pending:
            at_once = self.definitions[name]["collected"] in AT_DRAWS
            _charge_now(would, name, said, on, None, at_once=at_once)
        loan = would.running
        would.loan = replace(loan, accounts=tuple(replace(account, paid_on=None) for account in loan.accounts))
        return would

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


def _disburse(player: Player, event: Said) -> None:
    on, amount = day(event["date"]), money(event["amount"])
    if player.loan is None:
        charges = [charge_terms(said) for said in player.definitions.values()]
        player.do(Disburse(terms=loan_terms(player.terms, player.orders, amount, on, charges)), on)
    else:
        player.do(DrawTranche(on=on, amount=amount), on)
    terms = player.running.terms
    for name, said in player.pending:
        _charged_at_draw(player, name, said, on)
    player.pending = [each for each in player.pending if player.definitions[each[0]]["collected"] == "AT_EACH_TRANCHE"]
    if terms.down_payment and terms.down_payment.automatic and event.get("auto_down_payment") is not False:
        due = down_payment(terms, amount)
        if due:
            player.receive(on, due, "down_payment")


def _charged_at_draw(player: Player, name: str, said: Decimal, on: date) -> None:
    """A charge that waited for the money to go out: collected with it, or put on its instalments."""
    collected = player.definitions[name]["collected"]
    at_once = collected in AT_DRAWS
    _charge_now(player, name, said, on, None, at_once=at_once)
    made = player.running.circumstances.charges
    if at_once and made:
        player.receive(on, made[-1].amount, "charge_at_disbursement")


def _charge_now(
    player: Player, name: str, said: Decimal, on: date, due_on: date | None, *, at_once: bool = False
) -> None:
    flat = player.definitions[name]["calculation"] == "FLAT"
    command = AddCharge(
        on=on,
        key=name,
        amount=said if flat else None,
        rate=None if flat else said / 100,
        due_on=due_on,
        at_once=at_once,
    )
    player.do(command, on)


def _charge(player: Player, event: Said) -> None:
    """A charge: before the disbursement it waits, after it is booked on the day it is made (or falls due)."""
    name, said = event["charge"], money(event.get("amount") or event.get("percent"))
    if player.loan is None:
        player.pending.append((name, said))
        return
    due_on = day(event["due"]) if event.get("due") else None
    _charge_now(
        player, name, said, max(player.running.terms.start_on, min(player.today, due_on or player.today)), due_on
    )


def _define_charge(player: Player, event: Said) -> None:
    changed = {**player.definitions[event["charge"]], "calculation": event["calculation"]}
    player.definitions = {**player.definitions, event["charge"]: changed}


def _waive_charge(player: Player, event: Said) -> None:
    charges = player.running.circumstances.charges
    places = list(range(len(charges)))
    if event["which"] == "last_nsf":
        places = [place for place in places if charges[place].key == "LOAN_NSF_FEE"]
    player.do(WaiveCharge(on=player.today, charge=places[-1]), player.today)


def _adjust_charge(player: Player, event: Said) -> None:
    charges, due_on = player.running.circumstances.charges, day(event["due"])
    place = next(place for place, each in enumerate(charges) if each.key == event["charge"] and each.due_on == due_on)
    player.do(AdjustCharge(on=player.today, charge=place, amount=money(event["amount"])), player.today)


def _refund_surplus(player: Player, event: Said) -> None:
    on = day(event["date"])
    player.do(RefundSurplus(on=on, amount=money(event["amount"])), on)


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


AT_DRAWS = ("AT_DISBURSEMENT", "AT_EACH_TRANCHE")
CHARGED_BACK = {
    "last_repayment": OWN_MONEY,
    "repayment": OWN_MONEY - {"down_payment"},
    "down_payment": frozenset({"down_payment"}),
    "merchant_issued_refund": frozenset({"merchant_refund"}),
}


def _chargeback(player: Player, event: Said) -> None:
    made = [each for each in player.originals if each.kind in CHARGED_BACK[event["of"]]]
    standing_ones = [each for each in made if not each.reverted]
    original = standing_ones[-1] if event["of"] == "last_repayment" else made[event["nth"] - 1]
    events = [each.event for each in live(player.history)]
    receipt = player.found(original).event
    if not isinstance(receipt, RepaymentReceived):
        raise LookupError("no such receipt")
    amount = money(event["amount"])
    parts = owed_again(events, receipt, original.charged_back, amount, player.running.terms.allocation.charged_back)
    player.do(Chargeback(on=player.today, amount=amount, parts=parts), player.today)
    newest = next(each.event for each in reversed(player.history) if isinstance(each.event, ChargedBack))
    original.charged_back.append(newest)


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
    if event.get("interest_handling") not in (None, "DEFAULT"):
        raise Unsupported(f"re-amortisation with {event['interest_handling']}")
    player.do(Reamortise(on=player.today), player.today)


def _undo_last(kind: type[Event]) -> Callable[[Player, Said], None]:
    """Takes back the newest booking of a kind."""

    def undo(player: Player, _event: Said) -> None:
        found = [each for each in live(player.history) if isinstance(each.event, kind)]
        player.amended(Undo(on=player.today, sequence=found[-1].sequence))

    return undo


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
    "charge": _charge,
    "installment_charge": _charge,
    "set_charge_definition": _define_charge,
    "waive_charge": _waive_charge,
    "charge_adjustment": _adjust_charge,
    "credit_balance_refund": _refund_surplus,
    "chargeback": _chargeback,
    "charge_off": _charge_off,
    "write_off": _write_off,
    "contract_termination": _terminate,
    "interest_pause": _pause,
    "reschedule": _reschedule,
    "reamortize": _reamortise,
    "undo_charge_off": _undo_last(ChargedOff),
    "undo_contract_termination": _undo_last(ContractTerminated),
    "undo_reamortize": _undo_last(Reamortised),
    "undo_waive_charge": _undo_last(ChargeWaived),
    "undo_disbursal": _undo_last(LoanDisbursed),
    "undo_last_disbursal": _undo_last(TrancheDrawn),
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
