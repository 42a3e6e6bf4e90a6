"""What others bear of a running loan's interest: decided for an instalment as it falls due, or expected of one ahead.

The part that the borrower is not billed for pays his interest at once, so that he never owes it; a part of what he has
paid already, or pays by agreement, is given back to him when it comes in.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.events.subsidies import InterestSubsidised
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.owing.allocation import Applied
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.pricing.sharing import Parts, Standing, added, stopped
from loanloom.core.lending.pricing.subsidies import interest_parts
from loanloom.core.money import ZERO, total


def subsidised(loan: Loan, account: Account, on: date, days_past_due: int) -> InterestSubsidised | None:
    """What the subsidies bear of an instalment, decided on a day for a loan so late; None where all of them are over,
    or where it was decided before. That a subsidy rests because the loan is late is decided, too."""
    terms, number = loan.terms, account.instalment.number
    alive = any(not stopped(share, on, number) for share in terms.interest_shares)
    if account.subsidised or not alive or loan.circumstances.accelerated_on is not None:
        return None
    parts = interest_parts(terms, _own_row(account), on, _standing(loan, days_past_due))
    paying, left = [], max(account.interest_unpaid, ZERO)
    for share, part in zip(terms.interest_shares, parts, strict=True):
        paying.append(ZERO if share.refunded else min(part, left))
        left -= paying[-1]
    paid = total(paying)
    return InterestSubsidised(
        on=on,
        number=number,
        parts=parts,
        back=tuple(part - paid_of for part, paid_of in zip(parts, paying, strict=True)),
        applied=(Applied(number, "interest", paid),) if paid else (),
        days_past_due=days_past_due,
    )


def _own_row(account: Account) -> Instalment:
    """The instalment without what has come back to it from earlier ones: nobody bears interest twice."""
    row = account.instalment
    return row._replace(interest=row.interest - account.credited_interest) if account.credited_interest else row


def _standing(loan: Loan, days_past_due: int) -> Standing:
    borne: Parts = (ZERO,) * len(loan.terms.interest_shares)
    for account in loan.accounts:
        if account.subsidised:
            borne = added(borne, account.subsidised)
    return Standing(borne, days_past_due, frozenset(_ended(loan)))


def _ended(loan: Loan) -> list[int]:
    """The subsidies that lateness ended for good: they bore nothing of an instalment that bore interest."""
    return [
        place
        for place, share in enumerate(loan.terms.interest_shares)
        if share.for_good
        and any(
            account.subsidised and not account.subsidised[place] and account.instalment.interest
            for account in loan.accounts
        )
    ]


def expected(loan: Loan, account: Account, days_past_due: int) -> Decimal:
    """What the borrower will not be billed of an instalment ahead, as the loan stands."""
    if not loan.terms.interest_shares:
        return ZERO
    event = subsidised(loan, account, account.instalment.due_on, days_past_due)
    return total(part.amount for part in event.applied) if event else ZERO


def claimed(account: Account) -> Parts:
    """What each subsidy bears of an instalment in the borrower's place, without what goes back to him."""
    return tuple(part - back for part, back in zip(account.subsidised, account.given_back, strict=True))


def shared_out(loan: Loan, days_past_due: int, on: date) -> dict[int, tuple[Decimal, Decimal]]:
    """What others bear of the interest of each instalment, and of it what the borrower is never billed for: as it was
    decided, or as it is expected of instalments after a day, as the loan stands."""
    found: dict[int, tuple[Decimal, Decimal]] = {}
    for place, account in enumerate(loan.accounts if loan.terms.interest_shares else ()):
        due_on, number = account.instalment.due_on, account.instalment.number
        event = subsidised(loan, account, due_on, days_past_due) if due_on > on else None
        if event is not None:
            account = replace(account, subsidised=event.parts, given_back=event.back)
            loan = replace(loan, accounts=(*loan.accounts[:place], account, *loan.accounts[place + 1 :]))
        found[number] = (total(account.subsidised), total(claimed(account)))
    return found
