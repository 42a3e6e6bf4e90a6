"""From a product document to an Offer, with every mistake that its schema cannot see.

Structure and references have been checked by the registry; here the parts of a product are held against each other
and against the documents it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.lending.rules import READY_MADE
from loanloom.core.lending.terms import COMPONENTS, AllocationOrder, PenaltyTerms, PrepaymentTerms
from loanloom.core.money import CURRENCY_DIGITS, Rounding
from loanloom.engines import currencies
from loanloom.engines.products.offer import BINDINGS, Offer, Range
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, errors, say, text

DAILY_BASIS: Mapping[str, int] = {"act/365": 365, "act/act": 365, "act/364": 364}
"""Days of a year inside a period; 360 where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """An offer, or why there is none; warnings stand beside an offer."""

    offer: Offer | None
    problems: tuple[Problem, ...] = ()


def compile_product(document: Document, registry: Registry) -> Compiled:
    """The offer of a product document, or its problems."""
    problems = tuple(_problems(document, registry))
    if errors(problems):
        return Compiled(None, problems)
    return Compiled(_offer(document, registry), problems)


def offer(document: Document, registry: Registry) -> Offer:
    """The offer of a product that has been checked; a broken one here is a defect."""
    compiled = compile_product(document, registry)
    if compiled.offer is None:
        raise ValueError(f"product {document.key} was never checked: {compiled.problems[0].in_words()}")
    return compiled.offer


def check(registry: Registry) -> list[Problem]:
    """The problems of every product."""
    each = [problem for document in registry.all("product") for problem in _problems(document, registry)]
    return [*each, *currencies.check(registry)]


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value)


def _range(spec: Mapping[str, Any]) -> Range:
    step = spec.get("step")
    return Range(
        least=_decimal(spec["min"]), most=_decimal(spec["max"]), step=_decimal(step) if step is not None else None
    )


def allocation_of(registry: Registry, key: str) -> AllocationOrder:
    """The allocation order of this key; the agreed default where it does not exist (its absence is a problem)."""
    document = registry.get("allocation_order", key)
    if document is None:
        return AllocationOrder()
    return AllocationOrder(order=tuple(document.spec["order"]), by=document.spec["by"])


def _offer(document: Document, registry: Registry) -> Offer:
    spec = document.spec
    schedule, penalty, prepayment = spec["schedule"], spec["penalty"], spec.get("prepayment", {"allowed": True})
    rate = spec["rate"]
    return Offer(
        key=document.key,
        title=document.title,
        product_class=spec["class"],
        currency=spec["currency"],
        amount=_range(spec["amount"]),
        months=_range(spec["term"]),
        fixed_rate=_decimal(rate["fixed"]) if "fixed" in rate else None,
        rates={str(grade): _decimal(value) for grade, value in rate.get("by_grade", {}).items()},
        methods=tuple(schedule["methods"]),
        every=schedule["every"],
        unit=schedule["unit"],
        due_day=None if schedule["due_day"] == "same" else schedule["due_day"],
        min_first_days=schedule.get("min_first_days", 15),
        roll=schedule.get("roll", "keep"),
        day_count=spec["day_count"],
        daily_basis=DAILY_BASIS.get(spec["day_count"], 360),
        rounding=Rounding(spec["rounding"]["digits"], spec["rounding"]["mode"]),
        penalty=PenaltyTerms(
            uplift=_decimal(penalty["uplift"]),
            year_days=penalty["year_days"],
            grace_days=penalty["grace_days"],
            reaches_back=penalty.get("reaches_back", True),
            compound=penalty["compound"],
        ),
        allocation=allocation_of(registry, spec["allocation"]),
        prepayment=PrepaymentTerms(
            allowed=prepayment["allowed"],
            fee_rate=_decimal(prepayment.get("fee_rate", 0)),
            min_days=prepayment.get("min_days", 0),
        ),
        keeps_overpayment=spec.get("overpayment", "refuse") == "keep",
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


# --- what the schema cannot see -------------------------------------------------------------------------------------


def _problems(document: Document, registry: Registry) -> Iterator[Problem]:
    yield from _ranges(document)
    yield from _money(document)
    yield from _grades(document, registry)
    yield from _allocation(document, registry)


def _ranges(document: Document) -> Iterator[Problem]:
    for name, words in (("amount", ("amount", "金额")), ("term", ("term", "期限"))):
        spec = document.spec[name]
        if spec["min"] > spec["max"]:
            yield document.problem(
                "product.empty_range",
                text(
                    f"The smallest {words[0]} {spec['min']} is above the largest {spec['max']}.",
                    f"最低{words[1]} {spec['min']} 高于最高{words[1]} {spec['max']}。",
                ),
                f"/{name}/min",
            )
        elif "step" in spec and (_decimal(spec["max"]) - _decimal(spec["min"])) % _decimal(spec["step"]):
            yield document.problem(
                "product.step_misses_the_end",
                text(
                    f"Steps of {spec['step']} from {spec['min']} never reach {spec['max']}.",
                    f"自 {spec['min']} 起每 {spec['step']} 一档，无法取到 {spec['max']}。",
                ),
                f"/{name}/step",
                severity="warning",
            )
    every, term = document.spec["schedule"]["every"], document.spec["term"]
    if term["min"] % every or term.get("step", every) % every:
        yield document.problem(
            "product.term_not_in_periods",
            text(
                f"A term of {term['min']} months with steps of {term.get('step', 1)} does not divide into periods "
                f"of {every} months.",
                f"期限 {term['min']} 个月、步长 {term.get('step', 1)} 个月，不能按每 {every} 个月一期整除。",
            ),
            "/schedule/every",
        )
    for place, method in enumerate(document.spec["schedule"]["methods"]):
        if method not in READY_MADE:
            yield document.problem(
                "product.unknown_method",
                text(f"There is no repayment method '{method}'.", f"没有还款方式“{method}”。"),
                f"/schedule/methods/{place}",
                hint=text("Known are: " + ", ".join(READY_MADE), "可用：" + "、".join(READY_MADE)),
            )


def _money(document: Document) -> Iterator[Problem]:
    currency, digits = document.spec["currency"], document.spec["rounding"]["digits"]
    known = CURRENCY_DIGITS.get(currency)
    if known is None:
        yield document.problem(
            "product.unknown_currency",
            text(f"The currency {currency} is not known.", f"未知币种 {currency}。"),
            "/currency",
            hint=text("Known are: " + ", ".join(CURRENCY_DIGITS), "可用：" + "、".join(CURRENCY_DIGITS)),
        )
    elif digits > known:
        yield document.problem(
            "product.finer_than_the_currency",
            text(
                f"{currency} has {known} decimals, not {digits}.", f"{currency} 只有 {known} 位小数，不是 {digits} 位。"
            ),
            "/rounding/digits",
        )
    amount = document.spec["amount"]
    for name in ("min", "max", "step"):
        if name in amount and not Rounding(min(digits, 12)).holds(_decimal(amount[name])):
            yield document.problem(
                "product.amount_too_fine",
                text(f"{amount[name]} has more than {digits} decimals.", f"{amount[name]} 超过 {digits} 位小数。"),
                f"/amount/{name}",
            )


def _grades(document: Document, registry: Registry) -> Iterator[Problem]:
    rates = document.spec["rate"].get("by_grade")
    if rates is None:
        return
    card = registry.get("scorecard", document.spec.get("scorecard", ""))
    if card is None:
        if "scorecard" not in document.spec:
            yield document.problem(
                "product.rate_needs_a_scorecard",
                text("A rate by grade needs a scorecard that gives grades.", "按等级定价需要配置评分卡。"),
                "/rate/by_grade",
            )
        return
    grades = [str(grade["key"]) for grade in card.spec.get("grades", ())]
    for grade in rates:
        if str(grade) not in grades:
            yield document.problem(
                "product.unknown_grade",
                text(f"The scorecard '{card.key}' gives no grade {grade}.", f"评分卡“{card.key}”没有等级 {grade}。"),
                f"/rate/by_grade/{grade}",
                hint=text("Its grades are: " + ", ".join(grades), "可用等级：" + "、".join(grades)),
            )
    unpriced = [grade for grade in grades if grade not in {str(key) for key in rates}]
    if unpriced:
        yield document.problem(
            "product.grade_without_rate",
            text(
                f"Grades without a rate are not lent to: {', '.join(unpriced)}.",
                f"未定价的等级不予放款：{'、'.join(unpriced)}。",
            ),
            "/rate/by_grade",
            severity="warning",
        )


def owed_components(document: Document) -> tuple[str, ...]:
    """What loans of this product can come to owe."""
    spec = document.spec
    maybe = {
        "fee": bool(spec.get("prepayment", {}).get("fee_rate", 0)),
        "penalty": spec["rate"] != {"fixed": 0},
        "compound": bool(spec["penalty"]["compound"]),
    }
    return tuple(component for component in COMPONENTS if maybe.get(component, True))


def _allocation(document: Document, registry: Registry) -> Iterator[Problem]:
    order = registry.get("allocation_order", document.spec["allocation"])
    if order is None:
        return
    missing = [component for component in owed_components(document) if component not in order.spec["order"]]
    if missing:
        yield document.problem(
            "product.allocation_incomplete",
            text(
                f"The allocation order '{order.key}' never pays: {', '.join(missing)}.",
                f"还款顺序“{order.key}”未包含：{'、'.join(missing)}。",
            ),
            "/allocation",
            hint=text(
                f"{say(order.title, 'en')}: add what is missing, or choose another order.",
                f"{say(order.title, 'zh')}：请补全，或选择其他顺序。",
            ),
        )
