"""What others bear of a loan's charges, decided as each falls due and it is known how late the loan then is.

What was agreed stands unless it has stopped; what has stopped is left to whoever pays the rest of the charge, as a
rule the borrower. A part never grows beyond what was agreed, for the borrower owes his own part already.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.charges import ChargeTerms
from loanloom.core.lending.circumstances import SharedCharge
from loanloom.core.lending.events.charges import ChargeShared
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.pricing.sharing import stopped, too_late
from loanloom.core.money import ZERO, total


def due_on(loan: Loan, charge: SharedCharge) -> date | None:
    """When a charge falls due: with its instalment as it is planned now; None if that is gone."""
    if not charge.number:
        return charge.on
    rows = (account.instalment for account in loan.accounts)
    return next((row.due_on for row in rows if row.number == charge.number), None)


def falling_due(loan: Loan, on: date) -> list[tuple[int, date]]:
    """The shared charges that are due by a day and not decided yet, each with its due day, the oldest first."""
    found = [
        (place, due)
        for place, charge in enumerate(loan.circumstances.shared)
        if not charge.borne and (due := due_on(loan, charge)) is not None and due <= on
    ]
    return sorted(found, key=lambda each: each[1])


def shared(loan: Loan, place: int, due: date, on: date, days_past_due: int) -> ChargeShared:
    """What others bear of a shared charge due on a day, of a loan so late; one called due early is helped no more."""
    charge, terms = loan.circumstances.shared[place], terms_of(loan, place)
    over = loan.circumstances.accelerated_on is not None
    ended = _ended(loan, place, terms)
    taken: list[Decimal] = []
    for number, (share, part) in enumerate(zip(terms.shares, charge.parts, strict=False)):
        stops = over or number in ended or stopped(share, due, charge.number, days_past_due)
        taken.append(ZERO if stops else part.amount)
    rest = charge.parts[len(terms.shares) :]
    agreed = total(part.amount for part in charge.parts)
    parts = (*taken, agreed - total(taken)) if rest else tuple(taken)
    return ChargeShared(
        on=on, charge=place, key=charge.key, number=charge.number, parts=parts,
        fee=total(parts) if charge.ours else ZERO, days_past_due=days_past_due,
    )  # fmt: skip


def falls_back(loan: Loan, event: ChargeShared) -> Decimal:
    """What is left to the borrower of what others were to bear."""
    agreed = total(part.amount for part in loan.circumstances.shared[event.charge].parts)
    return agreed - total(event.parts)


def terms_of(loan: Loan, place: int) -> ChargeTerms:
    """The terms of a shared charge."""
    key = loan.circumstances.shared[place].key
    return next(charge for charge in loan.terms.charges if charge.key == key)


def _ended(loan: Loan, place: int, terms: ChargeTerms) -> frozenset[int]:
    """The parts that lateness ended for good, when the same charge fell due before."""
    before = [each for each in loan.circumstances.shared if each.key == terms.key and each.borne]
    return frozenset(
        number
        for number, share in enumerate(terms.shares)
        if share.for_good and any(too_late(share, each.days_past_due) for each in before)
    )
