"""The charges of one loan: those that its plan holds from the start, and those that an event brings about.

Pure arithmetic over terms and a schedule; what has been booked is the loan's concern.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import NamedTuple

from loanloom.core.dates import MONTHS, add_months, add_period
from loanloom.core.lending.agreed.charges import ChargeTerms, bounded, charge_amount
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.pricing.sharing import ON_TIME, Parts, Standing, added, parts_of
from loanloom.core.lending.pricing.tax import Taxed, taxed
from loanloom.core.money import EXACT, ZERO, total

OURS = "lender"
"""The collector to whom a charge is owed when it is no partner."""

PLANNED_EVENTS = ("application", "disbursement", "tranche", "guarantee", "instalment", "date", "accruing")
"""Charges that a loan paid on time is sure to bear; the others wait for their event."""


@dataclass(frozen=True, slots=True)
class ChargePart:
    """One payer's part of a charge, tax included; `party` names who exactly where the product does."""

    payer: str
    amount: Decimal
    party: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge of a loan as it falls due: with an instalment (`number`), or on a day of its own (0). `shares` is what
    others bear of it, in the order of its terms; the payer bears the rest."""

    terms: ChargeTerms
    on: date
    number: int
    taxed: Taxed
    shares: Parts

    @property
    def amount(self) -> Decimal:
        """What all payers pay together."""
        return self.taxed.gross

    @property
    def rest(self) -> Decimal:
        """What its payer bears, after what others take off it."""
        return self.amount - total(self.shares)

    @property
    def parts(self) -> tuple[ChargePart, ...]:
        """Who pays how much of it."""
        taken = zip(self.terms.shares, self.shares, strict=True)
        found = tuple(ChargePart(share.payer, part, share.party) for share, part in taken if part)
        return (*found, ChargePart(self.terms.payer, self.rest)) if self.rest else found

    @property
    def borne(self) -> Decimal:
        """The borrower's part."""
        return total(part.amount for part in self.parts if part.payer == "borrower")

    def falls_due_later(self, terms: Terms) -> bool:
        """Whether others bear a part of it that falls due after the money is paid out; what is kept back of that
        money, or becomes principal, is taken with it."""
        others = any(self.shares) or self.terms.payer != "borrower"
        return others and self.on > terms.start_on and self.terms.settled in ("added", "invoiced")


def make_charge(
    terms: Terms, charge: ChargeTerms, amount: Decimal, on: date, number: int = 0, standing: Standing = ON_TIME
) -> Charge:
    """A charge of an amount already worked out, with its tax and what others bear of it."""
    whole = taxed(charge.tax, amount, on, principal=terms.principal, rounding=terms.rounding)
    parts = parts_of(
        whole.gross, charge.shares, lambda share: whole.gross * share.share, on, number, terms.rounding, standing
    )
    return Charge(charge, on, number, whole, parts)


# --- known from the start ------------------------------------------------------------


def planned_charges(terms: Terms, rows: tuple[Instalment, ...]) -> tuple[Charge, ...]:
    """Every charge that a loan paid on time bears, in the order of their days."""
    found: list[Charge] = []
    with localcontext(EXACT):
        for charge in terms.charges:
            borne: Parts = ()
            for due in _planned(terms, charge, rows) if charge.event in PLANNED_EVENTS else ():
                made = make_charge(terms, charge, due.amount, due.on, due.number, Standing(borne))
                borne = added(borne, made.shares)
                found += [made] if made.amount else []
    return tuple(sorted(found, key=lambda made: (made.on, made.number)))


class _Due(NamedTuple):
    """A charge as it is planned, before it is known who pays it."""

    amount: Decimal
    on: date
    number: int = 0


def _planned(terms: Terms, charge: ChargeTerms, rows: tuple[Instalment, ...]) -> Iterator[_Due]:
    match charge.event:
        case "instalment":
            for row in rows:
                if not charge.instalments or row.number in charge.instalments:
                    amount = charge_amount(charge, _bases(terms, rows, row), terms.rounding)
                    yield _Due(amount, row.due_on, row.number)
        case "accruing":
            yield from _accruing(terms, charge, rows)
        case "guarantee":
            yield from _of_guarantees(terms, charge, rows)
        case "tranche":
            for on, amount in _draws(terms):
                bases = _bases(terms, rows) | {"disbursed": amount, "principal": amount}
                yield _settled(charge, charge_amount(charge, bases, terms.rounding), on, rows)
        case "date" if charge.on is None:
            return
        case _:
            amount = charge_amount(charge, _bases(terms, rows), terms.rounding)
            yield _settled(charge, amount, charge.on or terms.start_on, rows)


def _draws(terms: Terms) -> Iterator[tuple[date, Decimal]]:
    yield terms.start_on, terms.principal
    yield from ((tranche.on, tranche.amount) for tranche in terms.draws.tranches)


def _settled(charge: ChargeTerms, amount: Decimal, on: date, rows: tuple[Instalment, ...]) -> _Due:
    """A charge of a day: `added` to the first instalment due on or after it, else standing on its own day."""
    if charge.settled != "added":
        return _Due(amount, on)
    row = next((row for row in rows if row.due_on >= on), rows[-1])
    return _Due(amount, row.due_on, row.number)


def _bases(terms: Terms, rows: tuple[Instalment, ...], row: Instalment | None = None) -> dict[str, Decimal]:
    """What percentages of the plan may be of."""
    interest = total(each.interest for each in rows)
    bases = {
        "principal": terms.principal,
        "disbursed": terms.principal,
        "interest_total": interest,
        "principal_and_interest": terms.principal + interest,
        "principal_outstanding": terms.principal,
        "limit": terms.draws.limit or terms.principal,
        "undrawn": (terms.draws.limit or terms.principal) - terms.principal,
        "guaranteed": total(each.amount for each in terms.guarantees),
    }
    if row is not None:
        bases |= {
            "principal_outstanding": row.opening,
            "instalment": row.payment,
            "instalment_principal": row.principal,
            "instalment_interest": row.interest,
        }
    return bases


def _of_guarantees(terms: Terms, charge: ChargeTerms, rows: tuple[Instalment, ...]) -> Iterator[_Due]:
    for each in terms.guarantees:
        rate = charge.rate if each.fee_rate is None else each.fee_rate
        base = each.amount if charge.base == "guaranteed" else _bases(terms, rows).get(charge.base, ZERO)
        amount = bounded(charge, charge.amount + base * rate, terms.rounding)
        yield _settled(charge, amount, terms.start_on, rows)


# --- growing on a balance ------------------------------------------------------------


def _accruing(terms: Terms, charge: ChargeTerms, rows: tuple[Instalment, ...]) -> Iterator[_Due]:
    """A yearly rate of a balance, by days, settled on the charge's own calendar until the loan matures."""
    ends, start = rows[-1].due_on, terms.start_on
    for end in (*settling_days(charge, start, ends), ends):
        weight = total(balance * days for balance, days in _stretches(terms, charge, rows, start, end))
        amount = bounded(charge, charge.amount + weight * charge.rate / charge.calendar.year_days, terms.rounding)
        yield _settled(charge, amount, start if charge.calendar.advance else end, rows)
        start = end


def settling_days(charge: ChargeTerms, start: date, end: date) -> Iterator[date]:
    """The days between two dates on which an accruing charge is settled."""
    calendar, step = charge.calendar, 1
    if calendar.day is not None and calendar.unit in MONTHS:
        day, months = add_months(start, 0, calendar.day), calendar.every * MONTHS[calendar.unit]
        while day <= start or (months > 1 and day.month % months):
            day = add_months(day, 1, calendar.day)
        while day < end:
            yield day
            day = add_months(day, months, calendar.day)
        return
    while (day := add_period(start, calendar.every * step, calendar.unit)) < end:
        yield day
        step += 1


def _stretches(
    terms: Terms, charge: ChargeTerms, rows: tuple[Instalment, ...], start: date, end: date
) -> Iterator[tuple[Decimal, int]]:
    """The balance that a charge grows on between two days, with the days of each."""
    cuts = sorted({start, end, *(row.due_on for row in rows if start < row.due_on < end)})
    for first, last in pairwise(cuts):
        row = next(row for row in rows if row.due_on >= last or row is rows[-1])
        yield _balance(terms, charge, row), (last - first) // timedelta(days=1)


def _balance(terms: Terms, charge: ChargeTerms, row: Instalment) -> Decimal:
    if charge.base == "principal_outstanding":
        return row.opening
    if charge.base == "undrawn":
        return max((terms.draws.limit or terms.principal) - row.opening, ZERO)
    return _bases(terms, (row,)).get(charge.base, ZERO)


# --- brought about by an event ------------------------------------------------------------


def event_charges(
    terms: Terms, event: str, on: date, bases: Mapping[str, Decimal], of_event: str | None = None
) -> tuple[Charge, ...]:
    """The charges that an event brings about: early_settlement, prepayment, or `event` with its name."""
    return tuple(
        made
        for charge in terms.charges
        if charge.event == event and (event != "event" or charge.of_event == of_event)
        for made in (make_charge(terms, charge, charge_at_age(terms, charge, on, bases), on),)
        if made.amount
    )


def charge_at_age(terms: Terms, charge: ChargeTerms, on: date, bases: Mapping[str, Decimal]) -> Decimal:
    """A charge stepped by the loan's age: the last step that has begun; before the first, the charge's own figures."""
    held = -1
    for place, step in enumerate(charge.steps):
        if on >= add_months(terms.start_on, step.from_months) + timedelta(days=step.from_days):
            held = place
    return charge_amount(charge, bases, terms.rounding, held)


def early_fee(terms: Terms, on: date, principal: Decimal, event: str = "early_settlement") -> Decimal:
    """What the borrower pays for repaying principal early: the rate agreed for the loan's age, and charges of the
    event."""
    age = (on - terms.start_on).days
    begun = [step for step in terms.prepayment.fee_steps if step.from_days <= age]
    held = max(begun, key=lambda step: step.from_days).fee_rate if begun else terms.prepayment.fee_rate
    made = event_charges(terms, event, on, {"repaid_early": principal, "principal_outstanding": principal})
    return terms.rounding.apply(principal * held) + total(charge.borne for charge in made)
