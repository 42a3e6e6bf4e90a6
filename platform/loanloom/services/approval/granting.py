"""What is granted beside what was asked 改批: the terms that approvers changed, checked against the product.

The application keeps what the customer asked for; changed terms live in the flow's state until the sanction takes
them up. A term is named by its fact: `application.amount`, `application.term_months`, `application.method`,
`application.guarantee_mode`, `sanction.annual_rate`, or another field of the application. Pure but for price caps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from loanloom.core.money import is_writable
from loanloom.engines.products import Offer
from loanloom.engines.products.wording import percent
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, errors, text
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.flows.subjects import unknown_term
from loanloom.services.origination import quotes

AMOUNT, TERM, METHOD = "application.amount", "application.term_months", "application.method"
MODE, RATE = "application.guarantee_mode", "sanction.annual_rate"
NAMED = (AMOUNT, TERM, METHOD, MODE, RATE)
_SECURED_BY = {"guarantee": "guarantors", "mortgage": "collateral", "pledge": "collateral"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The terms of a sanction. `annual_rate` is None where the product's own price holds; `changed` are (asked,
    granted) by the name of the term."""

    amount: Decimal
    term_months: int
    method: str
    guarantee_mode: str | None
    annual_rate: Decimal | None = None
    changed: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def says_amount(self) -> bool:
        """Whether an approver named the amount."""
        return AMOUNT in self.changed


def granted(row: Any, terms: Mapping[str, Any]) -> Granted:
    """What was asked (the application's row) with the terms as the approvals that stand have changed them."""
    asked = {AMOUNT: row.amount, TERM: row.term_months, METHOD: row.method, MODE: row.guarantee_mode, RATE: None}
    asked |= {name: (row.extra or {}).get(_leaf(name)) for name in terms if name not in NAMED}
    changed = {name: (asked[name], value) for name, value in terms.items() if value != asked[name]}
    now = asked | dict(terms)
    rate = now[RATE]
    return Granted(
        amount=Decimal(now[AMOUNT]), term_months=int(now[TERM]), method=now[METHOD], guarantee_mode=now[MODE],
        annual_rate=None if rate is None else Decimal(rate), changed=changed,
    )  # fmt: skip


def with_terms(facts: Mapping[str, Any], terms: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a case as if it had been asked for on the changed terms."""
    known = dict(facts)
    for name, value in terms.items():
        record, _, leaf = name.partition(".")
        known[record] = {**(known.get(record) or {}), leaf: value}
    return known


def read(registry: Registry, product_key: str, raw: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Changed terms as somebody typed them -> values; what is left empty is not changed. Rates are typed in percent
    (`10.8` or `10.8%`); a number that is no text is a fraction already."""
    terms: dict[str, Any] = {}
    problems: list[Problem] = []
    known = {each.key: each.type for each in registry.entity_fields("application")}
    for name, typed in raw.items():
        if typed is None or (isinstance(typed, str) and not typed.strip()):
            continue
        kind = "percent" if name == RATE else "integer" if name == TERM else known.get(_leaf(name))
        if kind is None or not name.startswith(("application.", "sanction.")):
            problems.append(unknown_term(name))
            continue
        try:
            terms[name] = _value(kind, typed)
        except (InvalidOperation, ValueError):
            problems.append(_not_a_number(name))
    return terms, tuple(problems)


def _value(kind: str, typed: Any) -> Any:
    if kind not in ("money", "number", "integer", "percent"):
        return typed.strip() if isinstance(typed, str) else typed
    written = str(typed).replace(",", "").strip()
    share = kind == "percent" and isinstance(typed, str)
    number = Decimal(written.removesuffix("%").strip() if share else written)
    if not is_writable(number):
        raise ValueError(typed)
    if kind == "integer":
        if number != int(number):
            raise ValueError(typed)
        return int(number)
    return number / 100 if share else number


def problems(
    ctx: Context, registry: Registry, row: Any, facts: Mapping[str, Any], terms: Mapping[str, Any]
) -> tuple[Problem, ...]:
    """Why this case may not be granted on these terms; empty when it may (and where nothing was changed)."""
    if not terms:
        return ()
    offer = compiled.offer(registry, row.product_key)
    rate = _rate(offer, ctx.business_date, terms)
    found = (*_amount(offer, row, facts, terms), *_plain(offer, terms), *rate, *_security(facts, terms))
    return found or tuple(_as_a_loan(ctx, registry, offer, row, facts, terms))


def _amount(offer: Offer, row: Any, facts: Mapping[str, Any], terms: Mapping[str, Any]) -> Iterator[Problem]:
    if AMOUNT not in terms:
        return
    amount = Decimal(terms[AMOUNT])
    least, most = offer.amount.least, offer.amount.most
    limit = (facts.get("limit") or {}).get("amount")
    if not offer.amount.holds(amount):
        step = f"，每档 {offer.amount.step:,}" if offer.amount.step is not None else ""
        yield Problem(
            code="granting.amount",
            field=AMOUNT,
            message=text(
                f"The product lends {least:,} to {most:,}"
                + (f" in steps of {offer.amount.step:,}." if offer.amount.step is not None else "."),
                f"产品金额范围为 {least:,} 至 {most:,}{step}。",
            ),
        )
    elif amount > row.amount:
        yield Problem(
            code="granting.above_asked",
            field=AMOUNT,
            message=text(f"Only {row.amount:,} was asked for.", f"申请金额为 {row.amount:,}，批复金额不得高于申请。"),
        )
    elif limit is not None and amount > limit:
        yield Problem(
            code="granting.above_limit",
            field=AMOUNT,
            message=text(f"The measured limit allows {limit:,}.", f"测算额度仅支持 {limit:,}。"),
        )


def _plain(offer: Offer, terms: Mapping[str, Any]) -> Iterator[Problem]:
    if TERM in terms and not offer.months.holds(Decimal(terms[TERM])):
        least, most = int(offer.months.least), int(offer.months.most)
        words = text(f"The product's terms are {least} to {most}.", f"产品期限范围为 {least} 至 {most}。")
        yield Problem(code="granting.term", field=TERM, message=words)
    if METHOD in terms and terms[METHOD] not in offer.methods:
        words = text("The product is not repaid in this way.", "该产品不支持此还款方式。")
        yield Problem(code="granting.method", field=METHOD, message=words)
    if MODE in terms and terms[MODE] not in offer.guarantee_modes:
        words = text("The product knows no such security.", "该产品不支持此担保方式。")
        yield Problem(code="granting.guarantee_mode", field=MODE, message=words)


def _rate(offer: Offer, on: date, terms: Mapping[str, Any]) -> Iterator[Problem]:
    """A granted rate stays within what the product leaves to approvers."""
    if RATE not in terms:
        return
    within = offer.grantable(on)
    if within is None:
        return  # without a price nothing can be computed: told there
    least, most = within
    if not least <= Decimal(terms[RATE]) <= most:
        words = text(
            f"Yearly rates from {percent(least)} to {percent(most)} may be granted for this product.",
            f"该产品可批复的年利率范围为 {percent(least)} 至 {percent(most)}。",
        )
        yield Problem(code="granting.rate", field=RATE, message=words)


def _security(facts: Mapping[str, Any], terms: Mapping[str, Any]) -> Iterator[Problem]:
    needed = _SECURED_BY.get(terms.get(MODE) or "")
    if needed and not facts.get(needed):
        yield Problem(
            code="granting.no_security",
            field=MODE,
            message=text(
                "The application names nothing that could secure the loan so.", "申请中没有相应的保证人或抵质押物。"
            ),
            hint=text("Return the case for it.", "请退回补充。"),
        )


def _as_a_loan(
    ctx: Context, registry: Registry, offer: Offer, row: Any, facts: Mapping[str, Any], terms: Mapping[str, Any]
) -> Iterator[Problem]:
    """What the loan would be on these terms: whether it can be computed, and whether it costs too much."""
    now = granted(row, terms)
    grade = (facts.get("score") or {}).get("grade")
    agreed, wrong = quotes.particulars(registry, row.product_key, with_terms(facts, terms))
    rate = now.annual_rate if now.annual_rate is not None else offer.rate(grade, now.term_months, ctx.business_date)
    if wrong or rate is None:
        yield from wrong
        return
    preview = quotes.of_request(
        ctx, registry, row.product_key, amount=now.amount, months=now.term_months, method=now.method, grade=grade,
        annual_rate=rate, particulars=agreed, within_limits=False,
    )  # fmt: skip
    yield from errors(preview.problems)
    if RATE in terms:
        yield from (one.at(field=RATE) for one in quotes.price_problems(ctx, registry, row.product_key, preview))


def _leaf(name: str) -> str:
    return name.partition(".")[2]


def _not_a_number(name: str) -> Problem:
    return Problem(code="granting.not_a_number", field=name, message=text("This is no number.", "请填写数字。"))
