"""Which changes a loan may have now: asked of the core with this loan, of its product, and of the person's role.

The core is asked with small trial values: a problem that names a parameter is about the trial, one that names none
says that a loan in this state cannot have the change at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.decisions import decide
from loanloom.engines.products import Offer
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.money import offers
from loanloom.services.money.changes import outcome, rules
from loanloom.services.money.changes.kinds import Kind, kinds
from loanloom.services.money.changes.parameters import Field
from loanloom.services.money.loan_rows import Kept

BY_BOOKING = frozenset({"undo"})
"""Kinds that are begun from what they undo, not from a button of the loan."""


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of change and whether this loan may have it now; `why_not` where it may not."""

    kind: Kind
    why_not: Problem | None = None

    @property
    def allowed(self) -> bool:
        """Whether it may be asked for."""
        return self.why_not is None


def actions(ctx: Context, kept: Kept) -> tuple[Action, ...]:
    """Every kind of change with what stands against it; none for people who may not ask for changes."""
    if not ctx.actor.may("loan.change") and not ctx.actor.is_system:
        return ()
    with ctx.transaction() as connection:
        offer = offers.offer_for(ctx, connection, kept.row)
    return tuple(_action(ctx, offer, kept, kind) for kind in kinds().values() if kind.key not in BY_BOOKING)


def _action(ctx: Context, offer: Offer, kept: Kept, kind: Kind) -> Action:
    if not offer.change(kind.key).allowed or _nothing_to_choose(kept, kind):
        return Action(kind, rules.not_allowed(kind))
    record = {field.name: _trial(field) for field in kind.fields if field.name != "on"}
    given = {name: one for name, one in record.items() if one is not None}
    tried = decide(kept.loan, outcome.command_of(ctx, kept, kind, given, ctx.business_date))
    against = next((problem for problem in tried.problems if problem.field is None), None)
    return Action(kind, against)


def _nothing_to_choose(kept: Kept, kind: Kind) -> bool:
    """Whether the change needs one of the loan's charges and there is none."""
    there = {"agreed_charge": kept.loan.terms.charges, "charge": kept.loan.circumstances.charges}
    return any(field.type in there and not there[field.type] for field in kind.fields)


def _trial(field: Field) -> Any:
    """A small value of the parameter's type; None where it may be left out."""
    if field.type == "amounts":
        return {COMPONENTS[0]: "0.01"}
    if field.type == "rows":
        return []
    if not field.required:
        return None
    named: Mapping[str, Any] = {
        "text": "-",
        "guarantor": "-",
        "unit": "-",
        "loan": "-",
        "agreed_charge": "-",
        "person": 1,
        "charge": 0,
    }
    plain: Mapping[str, Any] = {"money": "0.01", "percent": "0.01", "integer": 1, "yes_no": False}
    if field.type == "choice":
        return field.options[0][0]
    if field.type == "many":
        return [field.options[0][0]]
    return {**plain, **named}.get(field.type, "2100-01-01")
