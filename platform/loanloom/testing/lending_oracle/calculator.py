"""Cases of the oracle's calculator: single operations on a working plan, without a loan around it.

Compared are instalment, principal, interest and balance of every row shown; the stretches inside a row are not, since
a working plan keeps their sum only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.circumstances import Draw
from loanloom.core.lending.planning.rates import with_pause, with_rate
from loanloom.core.lending.planning.schedule import down_payment
from loanloom.core.lending.replanning.changing import relevel_from
from loanloom.core.lending.replanning.drawing import counts_from, draw, draw_flat, related
from loanloom.core.lending.replanning.levels import relevel
from loanloom.core.lending.replanning.working import Plan, Row
from loanloom.core.money import ZERO, total
from loanloom.testing.lending_oracle.words import ONE_DAY, Said, Unsupported, day, loan_terms, money

NAMES = ("emi", "principal", "interest", "balance")


@dataclass(slots=True)
class Calculator:
    """A plan, the draws made on it, and what has moved its principal."""

    terms: Terms
    plan: Plan
    draws: list[Draw] = field(default_factory=list)
    moves: list[tuple[date, Decimal]] = field(default_factory=list)


def calculator(case: Said) -> Calculator:
    """The rows of a case, nothing drawn yet."""
    said = {
        "currency": "USD", "strategy": "mifos-standard-strategy", "multi_disburse": True, **case["terms"],
        "submitted_on": case["periods"][0][0],
    }  # fmt: skip
    terms = replace(
        loan_terms(said, {}, money(case["events"][0]["amount"]), day(case["periods"][0][0])),
        precision=case["terms"]["precision"],
    )
    rows = [
        Row(number=place, start_on=day(start), due_on=day(due), rate=terms.annual_rate, counted_from=day(start))
        for place, (start, due) in enumerate(case["periods"], 1)
    ]
    for row in rows[: terms.grace.interest_payment]:
        row.defers_interest = True
    return Calculator(terms, Plan(terms, rows, follows_arrears=False))


def _disburse(made: Calculator, event: Said) -> None:
    on, amount = day(event["date"]), money(event["amount"])
    planned = amount - down_payment(made.terms, amount)
    if made.terms.phases[0].interest != "declining_balance":
        draw_flat(made.plan, made.draws, ZERO, on, planned)
    elif made.draws:
        draw(made.plan, made.draws, ZERO, on, planned)
    else:
        made.plan.advance(counts_from(made.plan, on))
        made.plan.outstanding = planned
        relevel(made.plan, related(made.plan, counts_from(made.plan, on)), planned, on)
    made.draws.append(Draw(on=counts_from(made.plan, on), amount=amount, planned=planned))
    made.moves.append((on, planned))


def _pay(made: Calculator, event: Said) -> None:
    on, amount = day(event["date"]), money(event["amount"])
    made.plan.advance(on)
    row = next(row for row in made.plan.rows if row.due_on == day(event["period_due"]))
    made.plan.pay(row, event["type"].removeprefix("pay_"), amount, on)
    if event["type"] == "pay_principal":
        made.moves.append((on, -amount))
    made.plan.settle(on)


def _credit(made: Calculator, event: Said) -> None:
    on, amount = day(event["date"]), money(event["amount"])
    made.plan.advance(on)
    row = next((row for row in made.plan.rows if row.start_on <= on < row.due_on), made.plan.rows[-1])
    if event["type"] == "credit_principal":
        row.credited_principal += amount
        made.plan.outstanding += amount
        made.moves.append((on, amount))
    else:
        row.credited_interest += amount
    made.plan.settle(on)


def _correct(made: Calculator, event: Said) -> None:
    if money(event["amount"]):
        raise Unsupported("balance correction")


def _change_rate(made: Calculator, event: Said) -> None:
    on = day(event["from"]) - ONE_DAY
    made.plan.advance(on)
    made.plan.terms = with_rate(made.plan.terms, on, Decimal(event["rate"]) / 100)
    made.plan.settle(on)
    relevel_from(made.plan, on, on)


def _pause(made: Calculator, event: Said) -> None:
    """A pause, perhaps of days that are counted already: their rows are counted again."""
    on = day(event["from"]) - ONE_DAY
    made.plan.advance(on)
    made.plan.terms = with_pause(made.plan.terms, on, day(event["to"]) - ONE_DAY)
    for row in made.plan.open_rows:
        counted, row.carried, row.counted_from = row.counted_from, ZERO, row.start_on
        made.plan.count(row, counted)
    made.plan.settle(on)


DOES: Mapping[str, Callable[[Calculator, Said], None]] = {
    "disburse": _disburse,
    "pay_principal": _pay,
    "pay_interest": _pay,
    "credit_principal": _credit,
    "credit_interest": _credit,
    "balance_correction": _correct,
    "rate_change": _change_rate,
    "interest_pause": _pause,
}


def _shown(made: Calculator) -> list[dict[str, Decimal]]:
    """The rows as the oracle shows them; a down payment is the first of them."""
    due_at_once = down_payment(made.terms, made.terms.principal)
    found, to_come = [], ZERO
    for row in made.plan.rows:
        to_come += row.unpaid
        moved = total(amount for on, amount in made.moves if on <= row.due_on)
        found.append(dict(zip(NAMES, (row.level, row.principal, row.interest, moved - to_come), strict=True)))
    if due_at_once:
        first = (due_at_once, due_at_once, ZERO, made.terms.principal - due_at_once)
        found.insert(0, dict(zip(NAMES, first, strict=True)))
    return found


def _turn(event: Said) -> tuple[bool, str]:
    return event["type"] == "interest_pause", event.get("date") or event["from"]


def play(case: Said) -> Iterator[str]:
    """What differs, check by check; operations count in the order of their days, pauses last."""
    for check in case["checks"]:
        made = calculator(case)
        events = case["events"][: check["after"]]
        for event in sorted(events, key=_turn):
            DOES[event["type"]](made, event)
        rows = _shown(made)
        for want in check["rows"]:
            for name in NAMES:
                if want.get(name) is not None and money(want[name]) != rows[want["nr"] - 1][name]:
                    yield f"row {want['nr']}: {name} {rows[want['nr'] - 1][name]}, expected {want[name]}"
