"""The parts of a product document as values: price, repayment, lateness, money in and out. No checks: the schema and
`checking` have been there before. Defaults are what documents meant before a word existed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.dates import WEEKDAYS
from loanloom.core.lending.agreed.late_terms import CapLevel, DamagesTerms, LateCap, PenaltyTerms, Settlement
from loanloom.core.lending.agreed.plan_terms import Phase, RateStep, RateTier, Recurrence
from loanloom.core.lending.agreed.servicing_terms import (
    AllocationOrder,
    AllocationRule,
    Bucket,
    FeeStep,
    PrepaymentTerms,
    RecalculationTerms,
)
from loanloom.core.lending.business.extensions import ExtensionLimit, ExtensionTerms, TermTier
from loanloom.engines.products.offer import (
    Arithmetic,
    ChangeRule,
    Drawing,
    Entrusting,
    Grouping,
    Line,
    Payout,
    Range,
)
from loanloom.engines.products.pricing import IndexPrice, Pricing
from loanloom.engines.products.ways import Planned, Repaying
from loanloom.metadata.registry import Registry

REST_OF_THE_TERM = -1
Spec = Mapping[str, Any]


def number(value: Any) -> Decimal:
    """A number of a document; YAML's whole numbers are ints."""
    return value if isinstance(value, Decimal) else Decimal(value)


def maybe(spec: Spec, name: str) -> Decimal | None:
    """A number that may be absent."""
    return number(spec[name]) if name in spec else None


def a_range(spec: Spec) -> Range:
    """Smallest, largest, step."""
    return Range(least=number(spec["min"]), most=number(spec["max"]), step=maybe(spec, "step"))


def recurrence(spec: Spec | None) -> Recurrence | None:
    """Days that come back."""
    if spec is None:
        return None
    return Recurrence(
        every=spec["every"], unit=spec["unit"], days=tuple(spec.get("days", ())), months=tuple(spec.get("months", ()))
    )


def pricing(spec: Spec, registry: Registry) -> Pricing:
    """The price."""
    rate = spec["rate"]
    tiers = rate.get("tiers", {})
    return Pricing(
        fixed=maybe(rate, "fixed"),
        by_grade={str(grade): number(value) for grade, value in rate.get("by_grade", {}).items()},
        by_term=tuple((band.get("up_to"), number(band["rate"])) for band in rate.get("by_term", ())),
        index=_index(rate["index"], registry) if "index" in rate else None,
        tiers=tuple(RateTier(from_value=number(s["from"]), rate=number(s["rate"])) for s in tiers.get("steps", ())),
        tiered_by=tiers.get("by", "balance"),
        tier_share=tiers.get("share", "whole"),
        per=spec.get("rate_per", "year"),
        applies=spec.get("rate_change", "segments"),
    )


def _index(spec: Spec, registry: Registry) -> IndexPrice:
    values, longer = index_series(registry, spec["table"])
    return IndexPrice(
        table=spec["table"],
        spread=number(spec.get("spread", 0)),
        by_grade={str(grade): number(value) for grade, value in spec.get("by_grade", {}).items()},
        floor=maybe(spec, "floor"),
        ceiling=maybe(spec, "ceiling"),
        repricing=spec.get("repricing", "calendar_year"),
        values=values,
        longer=longer,
    )


def index_series(
    registry: Registry, table: str
) -> tuple[tuple[RateStep, ...], tuple[tuple[int, tuple[RateStep, ...]], ...]]:
    """The dated values of an index, and those for terms above so many months, longest first."""
    document = registry.get("rate_table", table)
    series = sorted(document.spec["series"], key=lambda row: str(row["from"])) if document else ()
    plain = tuple(RateStep(from_on=day(row["from"]), rate=number(row["value"])) for row in series)
    above = sorted({tier["above_months"] for row in series for tier in row.get("tiers", ())}, reverse=True)
    return plain, tuple((months, _longer(series, months)) for months in above)


def _longer(series: Any, months: int) -> tuple[RateStep, ...]:
    found = []
    for row in series:
        tiers = [tier for tier in row.get("tiers", ()) if tier["above_months"] <= months]
        value = max(tiers, key=lambda tier: tier["above_months"])["value"] if tiers else row["value"]
        found.append(RateStep(from_on=day(row["from"]), rate=number(value)))
    return tuple(found)


def day(value: Any) -> date:
    """A date of a document."""
    return date.fromisoformat(str(value))


def repaying(spec: Spec) -> Repaying:
    """The schedule."""
    said = spec["schedule"]
    own = {str(way["key"]): tuple(_phase(phase, said) for phase in way["phases"]) for way in said.get("ways", ())}
    return Repaying(
        methods=tuple(dict.fromkeys((*said["methods"], *own))),
        every=said["every"],
        unit=said["unit"],
        due_day=None if said["due_day"] == "same" else said["due_day"],
        second_due_day=said.get("second_due_day"),
        weekday=WEEKDAYS[said["weekday"]] if "weekday" in said else None,
        min_first_days=said.get("min_first_days", 15),
        first_stub=said.get("first_stub", "actual"),
        sticks_to_month_end=said.get("month_end") == "stick",
        roll="keep" if said.get("roll") == "tolerate" else said.get("roll", "keep"),
        tolerates=said.get("roll") == "tolerate",
        roll_accrues=said.get("roll_accrues", True),
        interest_calendar=recurrence(said.get("interest_calendar")),
        amortised_over=said.get("amortised_over"),
        balloon_percent=maybe(said, "balloon_percent"),
        interest_first=said.get("interest_first", 1),
        principal_percent=maybe(said, "principal_percent"),
        step_every=said.get("step_every", 1),
        step_factor=maybe(said, "step_factor"),
        step_amount=maybe(said, "step_amount"),
        plan=tuple(
            Planned(period=part["period"], percent=maybe(part, "percent"), amount=maybe(part, "amount"))
            for part in said.get("plan", ())
        ),
        ways=own,
    )


def _phase(spec: Spec, said: Spec) -> Phase:
    parameters = spec.get("parameters", {})
    return Phase(
        periods=REST_OF_THE_TERM if spec["periods"] == "rest" else spec["periods"],
        every=spec.get("every", said["every"]),
        unit=spec.get("unit", said["unit"]),
        principal=spec["principal"],
        interest=spec.get("interest", "declining_balance"),
        parameters={
            name: tuple(map(number, value)) if isinstance(value, (tuple, list)) else number(value)
            for name, value in parameters.items()
        },
        calendar=recurrence(spec.get("calendar")),
        interest_calendar=recurrence(spec.get("interest_calendar")),
        annual_rate=maybe(spec, "rate"),
        capitalises=spec.get("capitalises", False),
    )


def arithmetic(spec: Spec) -> Arithmetic:
    """How interest becomes money."""
    rounding = spec["rounding"]
    return Arithmetic(
        interest_by=spec.get("interest_by", "days"),
        accrual=spec.get("accrual", "basis"),
        precision=rounding.get("precision", 34),
        place=rounding.get("place", "period"),
        level=rounding.get("level", "periods"),
        multiple=maybe(rounding, "multiple"),
        residual=rounding["residual"],
    )


def penalty(spec: Spec, registry: Registry) -> PenaltyTerms:
    """What being late costs."""
    said = spec["penalty"]
    settled = said.get("compound_settles")
    return PenaltyTerms(
        uplift=number(said.get("uplift", 0)),
        annual_rate=maybe(said, "rate"),
        year_days=said["year_days"],
        base=said.get("base", "principal"),
        grace_days=said["grace_days"],
        reaches_back=said.get("reaches_back", True),
        compound=said["compound"],
        compound_rate=maybe(said, "compound_rate"),
        compound_settles=Settlement(**settled) if settled else None,
        compound_on_penalty=said.get("compound_on_penalty", False),
        misuse_uplift=number(said.get("misuse_uplift", 1)),
        damages=tuple(_damages(item) for item in said.get("damages", ())),
        caps=tuple(_late_cap(cap, registry) for cap in said.get("caps", ())),
    )


def _damages(spec: Spec) -> DamagesTerms:
    return DamagesTerms(
        component=spec.get("component", "damages"),
        base=spec.get("base", "overdue"),
        amount=number(spec.get("amount", 0)),
        rate=number(spec.get("rate", 0)),
        daily_rate=number(spec.get("daily_rate", 0)),
        after_days=spec.get("after_days", 0),
        most_rate=maybe(spec, "most_rate"),
        most=maybe(spec, "most"),
    )


def _late_cap(spec: Spec, registry: Registry) -> LateCap:
    known = {name: spec[name] for name in ("year_days",) if name in spec}
    if "components" in spec:
        known["components"] = tuple(spec["components"])
    return LateCap(levels=levels(spec, registry), share=maybe(spec, "share"), **known)


def levels(spec: Spec, registry: Registry) -> tuple[CapLevel, ...]:
    """A yearly level, or a multiple of an index: one level for each of its values."""
    if "rate" in spec:
        return (CapLevel(rate=number(spec["rate"])),)
    if "multiple" not in spec or "table" not in spec:
        return ()
    values, _longer_terms = index_series(registry, spec["table"])
    multiple = number(spec["multiple"])
    return tuple(CapLevel(from_on=step.from_on, multiple=multiple, index=step.rate) for step in values)


def allocation(spec: Spec) -> AllocationOrder:
    """The order in which receipts pay debts, with its exceptions."""
    rules = (
        AllocationRule(**_way_of_paying(rule), kind=rule.get("kind"), from_days=rule.get("from_days", 0))
        for rule in spec.get("rules", ())
    )
    return AllocationOrder(**_way_of_paying(spec), rules=tuple(rules), charged_back=tuple(spec.get("charged_back", ())))


def _way_of_paying(spec: Spec) -> dict[str, Any]:
    buckets = (Bucket(when=bucket["when"], order=tuple(bucket["order"])) for bucket in spec.get("buckets", ()))
    return {
        "order": tuple(spec["order"]),
        "by": spec.get("by", "instalment"),
        "buckets": tuple(buckets),
        "surplus": spec.get("surplus", ""),
    }


def prepayment(spec: Spec) -> PrepaymentTerms:
    """Early repayment."""
    said = spec.get("prepayment", {"allowed": True})
    keeps = said.get("keeps", "term")
    return PrepaymentTerms(
        allowed=said["allowed"],
        fee_rate=number(said.get("fee_rate", 0)),
        min_days=said.get("min_days", 0),
        fee_steps=tuple(
            FeeStep(from_days=step["from_days"], fee_rate=number(step["fee_rate"]))
            for step in said.get("fee_steps", ())
        ),
        partial=said.get("partial", True),
        least_amount=number(said.get("least_amount", 0)),
        keeps=keeps,
        choices=tuple(said.get("choices", (keeps,) if "keeps" in said else ("term", "instalment"))),
    )


def recalculation(spec: Spec) -> RecalculationTerms | None:
    """Whether interest follows what is really paid. Money drawn again on a running loan can be kept in no other way; on
    a credit line every draw is a loan of its own, whose early repayments leave a plan behind."""
    if "recalculation" in spec:
        return RecalculationTerms(**spec["recalculation"])
    return RecalculationTerms() if spec["draw"] == "revolving" and "line" not in spec else None


def drawing(spec: Spec) -> Drawing:
    """Drawdowns."""
    said = spec.get("draws", {})
    return Drawing(
        pattern=spec["draw"],
        most=said.get("most"),
        min_amount=maybe(said, "min_amount"),
        within_days=said.get("within_days"),
        only_expected=said.get("only_expected", False),
        full_term_each=said.get("full_term_each", False),
        expected=tuple((part["after_days"], number(part["percent"])) for part in said.get("expected", ())),
        chooses=tuple(said.get("chooses", ())),
    )


def payout(spec: Spec) -> Payout:
    """Whom the money goes to."""
    said = spec.get("payout", {})
    return Payout(
        payees=tuple(said.get("payees", ("borrower",))),
        entrusted_above=maybe(said, "entrusted_above"),
        merchant_net=said.get("merchant_net", False),
    )


def line(spec: Spec) -> Line | None:
    """The credit line; a product drawn at will has one even where nothing is said of it."""
    if "line" not in spec and spec.get("business") != "line" and spec["draw"] != "revolving":
        return None
    said = {"revolving": spec["draw"] == "revolving", **spec.get("line", {})}
    return Line(**{**said, "products": tuple(said.get("products", ()))})


def entrusting(spec: Spec) -> Entrusting | None:
    """A trustor's money."""
    if spec.get("business") != "entrusted":
        return None
    said = dict(spec.get("entrusted", {}))
    said |= {name: number(said[name]) for name in ("share_of_interest", "withholding_rate") if name in said}
    return Entrusting(**{**said, **{name: tuple(said[name]) for name in ("sources", "uses") if name in said}})


def grouping(spec: Spec) -> Grouping | None:
    """A group of borrowers."""
    if spec.get("business") != "group":
        return None
    said = dict(spec.get("group", {}))
    release = tuple((number(stage["percent"]), stage["after_instalments"]) for stage in said.pop("release", ()))
    return Grouping(**said, release=release)


def extension(spec: Spec) -> ExtensionTerms:
    """The limits of extensions, and the rates by term that a longer term may reach."""
    limits = spec.get("extension", {}).get("limits")
    bands = spec["rate"].get("by_term", ()) if spec["term"]["unit"] == "month" else ()
    tiers = tuple(TermTier(up_to=band.get("up_to"), rate=number(band["rate"])) for band in bands)
    if limits is None:
        return ExtensionTerms(tiers=tiers)
    made = tuple(
        ExtensionLimit(
            up_to=limit.get("up_to"), share=maybe(limit, "share"), months=limit.get("months"), times=limit.get("times")
        )
        for limit in limits
    )
    return ExtensionTerms(limits=made, tiers=tiers)


def changes(spec: Spec) -> Mapping[str, ChangeRule]:
    """What may be done to running loans."""
    found = {}
    for kind, said in spec.get("changes", {}).items():
        rule = dict(said)
        if "approvers" in rule:
            rule["approvers"] = tuple(rule["approvers"])
        if "most_amount" in rule:
            rule["most_amount"] = number(rule["most_amount"])
        found[kind] = ChangeRule(**rule)
    return found
