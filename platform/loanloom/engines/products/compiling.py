"""From a product document to an Offer. What its schema cannot see is found by `checking`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from loanloom.core.lending.agreed.plan_terms import DownPaymentTerms, GraceTerms
from loanloom.core.lending.agreed.servicing_terms import AllocationOrder
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.money import Rounding
from loanloom.engines.products import checking, checking_following, reading
from loanloom.engines.products.charging import charge_days_of, charges_of, collectors_of, interest_shares_of, tax_terms
from loanloom.engines.products.offer import BINDINGS, Offer
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, errors

DAILY_BASIS: Mapping[str, int] = {"act/365": 365, "act/act": 365, "act/364": 364}
"""Days of a year inside a period; 360 where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """An offer, or why there is none; warnings stand beside an offer."""

    offer: Offer | None
    problems: tuple[Problem, ...] = ()


def compile_product(document: Document, registry: Registry, methods: Methods = BUILT_IN) -> Compiled:
    """The offer of a product document, or its problems."""
    problems = tuple(checking.problems(document, registry, methods))
    if errors(problems):
        return Compiled(None, problems)
    made = replace(_offer(document, registry), rules=methods)
    problems = (*problems, *checking_following.problems(document, made))
    return Compiled(None if errors(problems) else made, problems)


def offer(document: Document, registry: Registry, methods: Methods = BUILT_IN) -> Offer:
    """The offer of a product that has been checked; a broken one here is a defect."""
    compiled = compile_product(document, registry, methods)
    if compiled.offer is None:
        raise ValueError(f"product {document.key} was never checked: {compiled.problems[0].in_words()}")
    return compiled.offer


def allocation_of(registry: Registry, key: str) -> AllocationOrder:
    """The allocation order of this key; the agreed default where it does not exist (its absence is a problem)."""
    document = registry.get("allocation_order", key)
    if document is None:
        return AllocationOrder()
    return reading.allocation(document.spec)


def _offer(document: Document, registry: Registry) -> Offer:
    spec = document.spec
    return Offer(
        key=document.key,
        title=document.title,
        product_class=spec["class"],
        business=spec.get("business", "ordinary"),
        customer_kinds=tuple(spec.get("customer_kinds", ())),
        currency=spec["currency"],
        amount=reading.a_range(spec["amount"]),
        months=reading.a_range(spec["term"]),
        term_unit=spec["term"]["unit"],
        matures_on=spec["term"].get("matures_on"),
        pricing=reading.pricing(spec, registry),
        rate_granted=reading.a_range(spec["rate_granted"]) if "rate_granted" in spec else None,
        repaying=reading.repaying(spec),
        day_count=spec["day_count"],
        daily_basis=DAILY_BASIS.get(spec["day_count"], 360),
        rounding=Rounding(spec["rounding"]["digits"], spec["rounding"]["mode"]),
        arithmetic=reading.arithmetic(spec),
        grace=GraceTerms(**spec["grace"]) if "grace" in spec else None,
        down_payment=_down_payment(document),
        penalty=reading.penalty(spec, registry),
        allocation=allocation_of(registry, spec["allocation"]),
        prepayment=reading.prepayment(spec),
        recalculation=reading.recalculation(spec),
        overpayment=spec.get("overpayment", "refuse"),
        keeps_overpayment=spec.get("overpayment", "refuse") != "refuse",
        charges=charges_of(document, registry),
        interest_shares=interest_shares_of(document),
        charge_days=charge_days_of(document, registry),
        collectors=collectors_of(document, registry),
        interest_tax=tax_terms(spec.get("tax", {}).get("interest"), document, registry),
        extension=reading.extension(spec),
        upfront_deduction=spec.get("upfront_deduction") == "allowed",
        drawing=reading.drawing(spec),
        payout=reading.payout(spec),
        line=reading.line(spec),
        entrusting=reading.entrusting(spec),
        grouping=reading.grouping(spec),
        changes=reading.changes(spec),
        guarantee_modes=tuple(spec.get("guarantee", {}).get("modes", ("credit",))),
        calendar=spec.get("calendar"),
        asset_class=spec.get("asset_class"),
        posting_rules=spec.get("posting_rules"),
        numbering=dict(spec.get("numbering", {})),
        templates=dict(spec.get("templates", {})),
        sanction_days=spec.get("sanction", {}).get("valid_days", 60),
        binding={**BINDINGS, **spec.get("binding", {})},
        ends_on=date.fromisoformat(spec["ends_on"]) if "ends_on" in spec else None,
    )


def _down_payment(document: Document) -> DownPaymentTerms | None:
    said = document.spec.get("down_payment")
    if said is None:
        return None
    return DownPaymentTerms(percent=reading.number(said["percent"]), automatic=said.get("automatic", False))
