"""Price caps: what the company's documents say of them, and every product held against them at its dearest.

A product is tested with the dearest request that its limits allow; one loan is tested with what it really agrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.lending.pricing.cost import AnnualCost
from loanloom.core.lending.pricing.price_caps import (
    CapTest,
    Later,
    Lent,
    PriceCap,
    PriceLevel,
    failing_later,
    test_price,
)
from loanloom.engines import currencies
from loanloom.engines.products import agreeing, checking
from loanloom.engines.products.compiling import compile_product
from loanloom.engines.products.offer import Offer
from loanloom.engines.products.pricing import DAYS_OF
from loanloom.engines.products.reading import day, index_series, maybe, number
from loanloom.engines.products.ways import OWN
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, errors, say, text


@dataclass(frozen=True, slots=True)
class Dearest:
    """The dearest request of a product and what it costs."""

    amount: Decimal
    term: int
    method: str
    rate: Decimal
    cost: AnnualCost


@dataclass(frozen=True, slots=True)
class Priced:
    """A product at its dearest, held against the caps of a day; `later` are announced levels at which it will fail."""

    product: Document
    dearest: Dearest
    tests: tuple[CapTest, ...]
    later: tuple[Later, ...]

    @property
    def passed(self) -> bool:
        """Whether it may be sold on the day."""
        return all(test.passed for test in self.tests)


def check(registry: Registry, methods: Methods = BUILT_IN) -> list[Problem]:
    """The problems of every product, of the price list and of the caps; caps only where all else is sound."""
    found = [problem for document in registry.all("product") for problem in _of_product(document, registry, methods)]
    found += [*checking.of_charges(registry), *currencies.check(registry)]
    return found if errors(found) else [*found, *over_caps(registry, methods=methods)]


@kept
def _of_product(document: Document, registry: Registry, methods: Methods) -> tuple[Problem, ...]:
    return tuple(compile_product(document, registry, methods).problems)


@kept
def caps_of(registry: Registry) -> tuple[PriceCap, ...]:
    """The price caps of a company."""
    return tuple(_cap(document, registry) for document in registry.all("price_cap"))


def _cap(document: Document, registry: Registry) -> PriceCap:
    spec = document.spec
    return PriceCap(
        key=document.key,
        title=document.title,
        lenders=tuple(spec.get("lenders", ())),
        provinces=tuple(spec.get("provinces", ())),
        classes=tuple(spec.get("classes", ())),
        form=spec.get("form", "larger"),
        levels=tuple(
            PriceLevel(
                from_on=day(level["from"]),
                rate=maybe(level, "rate"),
                multiple=number(level.get("multiple", 0)),
                index=index_series(registry, level["table"])[0] if "table" in level else (),
                title=level.get("title", {}),
            )
            for level in spec["levels"]
        ),
    )


def lent_by(registry: Registry, product_class: str) -> Lent:
    """For whom caps are asked: the company's licence and a product's class."""
    licence: Mapping[str, str] = next(
        (one.spec["lender"] for one in registry.all("organisation") if "lender" in one.spec), {}
    )
    return Lent(lender=licence.get("type", ""), province=licence.get("province", ""), product_class=product_class)


@dataclass(frozen=True, slots=True)
class _Sampled:
    """An offer on a day. Registries of one company differ in a document or two: most of their offers are the same."""

    offer: Offer
    on: date

    def __hash__(self) -> int:
        return hash((self.offer.key, self.on))


def dearest(offer: Offer, on: date) -> Dearest | None:
    """The dearest request: every way of repaying with the ends of amount and term at the highest rate."""
    return _dearest(_Sampled(offer, on))


@lru_cache(maxsize=1024)
def _dearest(asked: _Sampled) -> Dearest | None:
    found = [each for each in _tried(asked.offer, asked.on) if each is not None]
    return max(found, key=_dear, default=None)


def _tried(offer: Offer, on: date) -> Iterator[Dearest | None]:
    amounts = {offer.amount.least, offer.amount.most} if offer.charges else {offer.amount.most}
    for method in offer.methods:
        if method == OWN and len(offer.methods) > 1:
            continue  # a plan of one's own costs what its rate and its charges cost elsewhere
        for amount in sorted(amounts):
            yield _over_terms(offer, amount, method, on)


def _over_terms(offer: Offer, amount: Decimal, method: str, on: date) -> Dearest | None:
    """The dearest term. Interest on the original principal is dearest somewhere in the middle, so that terms are
    tried in ever closer steps around the best one."""
    low, high, best = int(offer.months.least), int(offer.months.most), None
    step = int(offer.months.step or offer.repaying.months or 1)
    while True:
        apart = max((high - low) // FINE // step, 1) * step
        found = (_one(offer, amount, term, method, on) for term in {*range(low, high, apart), high})
        best = max((each for each in (*found, best) if each is not None), key=_dear, default=None)
        if best is None or apart == step:
            return best
        low, high = max(low, best.term - apart), min(high, best.term + apart)


FINE = 6
"""Into how many steps a range of terms is cut."""


def _dear(each: Dearest) -> Decimal:
    return max(each.cost.simple, each.cost.compound)


def _one(offer: Offer, amount: Decimal, term: int, method: str, on: date) -> Dearest | None:
    rate = offer.pricing.highest(term, offer.term_unit, on, offer.daily_basis)
    if rate is None:
        return None
    days = None if offer.term_unit == "month" else term * DAYS_OF[offer.term_unit]
    seen = agreeing.preview(
        offer, amount=amount, months=term, method=method, start_on=on, annual_rate=rate,
        particulars=agreeing.Particulars(days=days),
    )  # fmt: skip
    return Dearest(amount, term, method, rate, seen.price) if seen.price is not None else None


def priced(document: Document, registry: Registry, on: date, methods: Methods = BUILT_IN) -> Priced | None:
    """One product at its dearest, against the caps of a day and those announced for later; None for one that is
    broken or has no price on the day."""
    offer = compile_product(document, registry, methods).offer
    sample = dearest(offer, on) if offer else None
    if sample is None:
        return None
    caps, lent = caps_of(registry), lent_by(registry, document.spec["class"])
    later = failing_later(caps, {document.key: (sample.cost, lent)}, on)
    return Priced(document, sample, test_price(caps, sample.cost, lent, on), later)


@kept
def prices(registry: Registry, on: date, methods: Methods = BUILT_IN) -> tuple[Priced, ...]:
    """Every sound product, priced on a day."""
    found = (priced(document, registry, on, methods) for document in registry.all("product"))
    return tuple(each for each in found if each is not None)


def over_caps(registry: Registry, on: date | None = None, methods: Methods = BUILT_IN) -> list[Problem]:
    """The products that may not be sold because they cost too much: on a day, or each on its own first day."""
    if not registry.all("price_cap"):
        return []
    if on is not None:
        return [problem for each in prices(registry, on, methods) for problem in _told(each)]
    first = min(level.from_on for cap in caps_of(registry) for level in cap.levels)
    each_first = ((document, max(first, day(document.effective_from or first))) for document in registry.all("product"))
    return [problem for each, begins in each_first for problem in _over_first(each, registry, begins, methods)]


@kept
def _over_first(document: Document, registry: Registry, begins: date, methods: Methods) -> tuple[Problem, ...]:
    """Where a product costs too much on its own first day, or will later."""
    each = priced(document, registry, begins, methods)
    return () if each is None else (*_told(each), *_foretold(each))


def _told(seen: Priced) -> Iterator[Problem]:
    product, sample = seen.product, seen.dearest
    for test in seen.tests:
        if test.passed:
            continue
        cost, most = _percent(test.cost), _percent(test.most)
        yield product.problem(
            "product.price_above_cap",
            text(
                f"{say(product.title, 'en')} costs up to {cost} a year with everything the borrower bears; "
                f"from {test.level.from_on} at most {most} is allowed ({say(test.cap.title, 'en')}).",
                f"“{say(product.title, 'zh')}”综合年化成本最高 {cost}，自 {test.level.from_on} 起不得超过 {most}"
                f"（{say(test.cap.title, 'zh')}）。",
            ),
            "/rate",
            hint=text(
                f"Dearest is {sample.amount:,} over {sample.term}: lower the rate or the charges.",
                f"最高一例：金额 {sample.amount:,}、期限 {sample.term}。请下调利率或费用。",
            ),
        )


def _foretold(seen: Priced) -> Iterator[Problem]:
    product = seen.product
    for each in seen.later:
        cost, most = _percent(each.test.cost), _percent(each.test.most)
        yield product.problem(
            "product.price_above_later_cap",
            text(
                f"{say(product.title, 'en')} costs up to {cost} a year; "
                f"from {each.from_on} on at most {most} is announced.",
                f"“{say(product.title, 'zh')}”综合年化成本最高 {cost}，{each.from_on} 起已公布的上限为 {most}。",
            ),
            "/rate",
            severity="warning",
            hint=text(
                "New loans must cost less by then; loans made before keep their price.",
                "届时新发放贷款须降价；此前发放的贷款按原约定执行。",
            ),
        )


def price_problems(registry: Registry, product_class: str, cost: AnnualCost, on: date) -> tuple[Problem, ...]:
    """Why one loan may not be agreed on a day: it costs more than a cap allows."""
    tests = test_price(caps_of(registry), cost, lent_by(registry, product_class), on)
    return tuple(
        Problem(
            code="product.price_above_cap",
            message=text(
                f"This loan costs {_percent(test.cost)} a year with everything the borrower bears; at most "
                f"{_percent(test.most)} is allowed ({say(test.cap.title, 'en')}).",
                f"该笔贷款综合年化成本 {_percent(test.cost)}，"
                f"不得超过 {_percent(test.most)}（{say(test.cap.title, 'zh')}）。",
            ),
            hint=text("Agree a lower rate or fewer charges.", "请下调利率或减少费用。"),
        )
        for test in tests
        if not test.passed
    )


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f}%"
