"""The events that reach the ledger, the amounts each carries and the facts a rule may look at.

Where lending and ledger meet. A posting rule may use exactly these names; `posted` reads them from a lending event.
What an event takes off or adds to what a loan owes stands in `EFFECTS`: from it the books know how much must still be
accrued, whatever happened (services/money/books/booking.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.events import EVENT_NAMES, Event
from loanloom.core.lending.owing.allocation import by_component
from loanloom.core.money import ZERO

TAXED = {"interest": "interest", "penalty": "interest", "compound": "interest", "damages": "interest", "fee": "fee"}
"""Component -> whose tax is within it when it is paid."""

ACCOUNTING = ("performing", "suspended", "charged_off", "written_off")
"""How a loan stands in the books: `suspended` while its interest is no income, until it is paid."""

CLAIMS = tuple(dict.fromkeys((*COMPONENTS, "damages")))
"""What a loan can owe."""

ACCRUED = tuple(component for component in CLAIMS if component != "principal")
"""What becomes owed by itself, day by day or on its due date."""

SUSPENDABLE = tuple(component for component in ACCRUED if component != "fee")
"""What is no income until it is paid, once a loan is non-performing; services rendered stay receivable."""

PAID = (*CLAIMS, "surplus", "tax")

AMOUNTS: Mapping[str, tuple[str, ...]] = {
    # money out
    "loan_disbursed": ("principal", "payable", "fee"),
    "tranche_drawn": ("principal", "payable", "fee"),
    # what becomes owed; booked for all loans of a product together, or for one when something happens to it
    "interest_accrued": ("interest",),
    "penalty_accrued": tuple(part for part in ACCRUED if part not in ("interest", "fee")),
    "fee_due": ("fee",),
    # money in
    "repayment_received": PAID,
    "surplus_applied": (*CLAIMS, "tax"),
    "surplus_refunded": ("surplus",),
    "interest_subsidised": ("interest", "tax"),
    "subsidy_withdrawn": ("interest", "tax"),
    "charge_shared": ("fee", "tax"),
    "charge_share_withdrawn": ("fee", "tax"),
    "charged_back": (*CLAIMS, "surplus", "tax"),
    "guarantor_paid": PAID,
    "assets_taken": PAID,
    "recovered": ("amount",),
    # claims given up, moved or put aside
    "waived": CLAIMS,
    "waiver_revived": CLAIMS,
    "charge_waived": ("fee", "penalty"),
    "interest_capitalised": ACCRUED,
    "interest_suspended": SUSPENDABLE,
    "interest_restored": SUSPENDABLE,
    "charged_off": CLAIMS,
    "written_off": CLAIMS,
    "loan_taken_over": (*CLAIMS, "surplus"),
    # money around loans, belonging to no product
    "payout_paid": ("net", "fee"),
    "payout_returned": ("net", "fee"),
    "suspense_received": ("amount",),
    "suspense_returned": ("amount",),
    "deposit_received": ("amount",),
    "deposit_released": ("amount",),
    "item_raised_receivable": ("amount",),
    "item_raised_payable": ("amount",),
    "item_received": ("amount",),
    "item_paid": ("amount",),
    "item_given_up": ("amount",),
    "entrusted_taken": ("share", "withheld"),
}
"""Event -> its parts."""

GENERAL = tuple(AMOUNTS)[tuple(AMOUNTS).index("payout_paid") :]
"""Events of the house: booked by the rules marked `general`."""

UNCOUNTED = frozenset({"tax", "payable"})
"""Parts that say something about the others and are no money of their own."""

SUMMED = frozenset(
    event for event, parts in AMOUNTS.items() if len(parts) > 1 and event not in ("loan_disbursed", "tranche_drawn")
)
"""Events that also carry `amount`, the sum of their parts (but for what is included in them)."""

_OF_LOAN = ("accounting",)
_OF_MONEY = ("accounting", "channel", "kind")
FACTS: Mapping[str, tuple[str, ...]] = {
    **{event: _OF_LOAN for event in AMOUNTS if event not in GENERAL},
    **dict.fromkeys(("loan_disbursed", "tranche_drawn", "recovered", "guarantor_paid"), ("accounting", "channel")),
    **dict.fromkeys(("repayment_received", "charged_back", "surplus_refunded"), _OF_MONEY),
    **dict.fromkeys(("fee_due", "charge_waived"), ("accounting", "charge")),
    **dict.fromkeys(("waived", "waiver_revived", "charged_off", "written_off"), ("accounting", "reason")),
    **dict.fromkeys(GENERAL, ("channel", "kind")),
}
"""Event -> the facts that a line of its rules may depend on (`when`, `unless`)."""

_TAKEN = dict.fromkeys(CLAIMS, -1)
EFFECTS: Mapping[str, Mapping[str, int]] = {
    **dict.fromkeys(
        ("repayment_received", "surplus_applied", "guarantor_paid", "assets_taken", "waived", "written_off"), _TAKEN
    ),
    "interest_subsidised": {"interest": -1},
    "subsidy_withdrawn": {"interest": 1},
    **dict.fromkeys(("charged_back", "waiver_revived", "loan_taken_over"), dict.fromkeys(CLAIMS, 1)),
    "loan_disbursed": {"principal": 1},
    "tranche_drawn": {"principal": 1},
    "charge_waived": {"fee": -1, "penalty": -1},
    "interest_capitalised": dict.fromkeys(ACCRUED, -1),
}
"""Event -> what one unit of each part adds to the claim of that name. Capitalised interest also becomes principal."""


TURNS: Mapping[str, str] = {
    "charged_off": "charged_off",
    "written_off": "written_off",
    "interest_suspended": "suspended",
    "interest_restored": "performing",
}
"""Event -> how a loan stands in the books after it."""


def names(event: str) -> tuple[str, ...]:
    """Every name that an amount of this event may use."""
    return (*(("amount",) if event in SUMMED else ()), *AMOUNTS[event])


def filled(event: str, parts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """All names of an event with their values; parts that are not given are zero."""
    values = {name: parts.get(name, ZERO) for name in AMOUNTS[event]}
    if event in SUMMED:
        values["amount"] = sum((value for name, value in values.items() if name not in UNCOUNTED), ZERO)
    return values


def moved(event: str, parts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What an event adds to each claim of the loan it happened to."""
    effects = EFFECTS.get(event, {})
    found = {name: parts[name] * sign for name, sign in effects.items() if parts.get(name)}
    if event == "interest_capitalised":
        found["principal"] = -sum(found.values(), ZERO)
    return found


def posted(event: Event) -> tuple[str, dict[str, Decimal]] | None:
    """The name and amounts of a lending event; None for events that move no money.

    Amounts are read from the event by the names of its parts: `applied` counts for its components.
    """
    name = EVENT_NAMES[type(event)]
    parts = AMOUNTS.get(name)
    if parts is None:
        return None
    found: dict[str, Decimal] = by_component(getattr(event, "applied", ()))
    if name in ("loan_disbursed", "tranche_drawn"):
        found["principal"] = _lent(event)
    for part in parts:
        value = getattr(event, part, None)
        if part not in found and isinstance(value, Decimal):
            found[part] = value
    return name, found


def _lent(event: Any) -> Decimal:
    """The principal that went out: what the rows of a new loan repay, but for interest that will become principal."""
    if not hasattr(event, "terms"):
        return Decimal(event.amount)
    return sum((row.principal - row.capitalised for row in event.instalments), ZERO)


def facts_of(event: Event) -> dict[str, str]:
    """What the event itself says for the rules: kind of receipt, charge, reason."""
    allowed = FACTS.get(EVENT_NAMES[type(event)], ())
    found = {name: getattr(event, name, None) for name in allowed}
    return {name: value for name, value in found.items() if isinstance(value, str) and value}
