"""Events of the oracle that move money, and charges, as our commands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from loanloom.core.lending.chargebacks import owed_again
from loanloom.core.lending.decisions import (
    AddCharge,
    AdjustCharge,
    Chargeback,
    Disburse,
    DrawTranche,
    RefundSurplus,
    WaiveCharge,
)
from loanloom.core.lending.decisions import payoff as settling
from loanloom.core.lending.decisions.receiving import OWN_MONEY
from loanloom.core.lending.events import RepaymentReceived
from loanloom.core.lending.events.chargebacks import ChargedBack
from loanloom.core.lending.history import live
from loanloom.core.lending.owing.arrears import due_of
from loanloom.core.lending.planning.schedule import down_payment
from loanloom.core.lending.refunds import INTEREST_REFUND, REFUNDS, interest_saved
from loanloom.core.lending.replanning.loans import follows
from loanloom.core.money import total
from loanloom.testing.lending_oracle.player import Player, disbursed
from loanloom.testing.lending_oracle.words import (
    KIND_TITLES,
    KINDS,
    Said,
    Unsupported,
    charge_terms,
    day,
    loan_terms,
    money,
)

AT_DRAWS = ("AT_DISBURSEMENT", "AT_EACH_TRANCHE")
CHARGED_BACK = {
    "last_repayment": OWN_MONEY,
    "repayment": OWN_MONEY - {"down_payment"},
    "down_payment": frozenset({"down_payment"}),
    "merchant_issued_refund": frozenset({"merchant_refund"}),
}


def disburse(player: Player, event: Said) -> None:
    """Money out: the first amount makes the loan, later ones are draws."""
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
    charge_now(player, name, said, on, None, at_once=at_once)
    made = player.running.circumstances.charges
    if at_once and made:
        player.receive(on, made[-1].amount, "charge_at_disbursement")


def charge_now(
    player: Player, name: str, said: Decimal, on: date, due_on: date | None, *, at_once: bool = False
) -> None:
    """A charge on the day, by amount or by percent."""
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


def charge(player: Player, event: Said) -> None:
    """A charge: before the disbursement it waits, after it is booked on the day it is made (or falls due)."""
    name, said = event["charge"], money(event.get("amount") or event.get("percent"))
    if player.loan is None:
        player.pending.append((name, said))
        return
    due_on = day(event["due"]) if event.get("due") else None
    charge_now(
        player, name, said, max(player.running.terms.start_on, min(player.today, due_on or player.today)), due_on
    )


def define_charge(player: Player, event: Said) -> None:
    """The house changes how a charge is computed."""
    changed = {**player.definitions[event["charge"]], "calculation": event["calculation"]}
    player.definitions = {**player.definitions, event["charge"]: changed}


def waive_charge(player: Player, event: Said) -> None:
    """The charge named is given up."""
    charges = player.running.circumstances.charges
    places = list(range(len(charges)))
    if event["which"] == "last_nsf":
        places = [place for place in places if charges[place].key == "LOAN_NSF_FEE"]
    player.do(WaiveCharge(on=player.today, charge=places[-1]), player.today)


def adjust_charge(player: Player, event: Said) -> None:
    """A charge is given back."""
    charges, due_on = player.running.circumstances.charges, day(event["due"])
    place = next(place for place, each in enumerate(charges) if each.key == event["charge"] and each.due_on == due_on)
    player.do(AdjustCharge(on=player.today, charge=place, amount=money(event["amount"])), player.today)


def refund_surplus(player: Player, event: Said) -> None:
    """What was kept for the borrower goes back."""
    on = day(event["date"])
    player.do(RefundSurplus(on=on, amount=money(event["amount"])), on)


def receive(player: Player, event: Said) -> None:
    """Money in; a refund may give interest back."""
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


def payoff(player: Player, event: Said) -> None:
    """Whatever closes the loan on the day."""
    on = day(event["date"])
    assert player.loan is not None
    if follows(player.loan):
        owing = settling(player.running, on).total
    else:
        owing = total(
            total(due_of(each, player.running.terms, on).amounts.values()) for each in player.running.accounts
        )
    player.receive(on, owing - player.running.surplus, "repayment")


def undo(player: Player, event: Said) -> None:
    """A receipt is taken out of the history."""
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


def chargeback(player: Player, event: Said) -> None:
    """A receipt is taken back by its payer."""
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
