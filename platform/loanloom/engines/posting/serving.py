"""The check of a release: every amount that loans of a product can bring about is booked by the rules it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loanloom.core.lending.agreed.charges import UPFRONT_EVENTS
from loanloom.core.lending.pricing.charging import OURS
from loanloom.engines.posting import proof
from loanloom.engines.posting.compiling import Compiled, check_chart, compile_posting
from loanloom.engines.posting.events import AMOUNTS, GENERAL
from loanloom.engines.posting.rules import Facts, Posting
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, text

ALWAYS = ("loan_disbursed", "interest_accrued", "penalty_accrued", "fee_due", "repayment_received")

BY_CHANGE: Mapping[str, tuple[str, ...]] = {
    "waive": ("waived", "waiver_revived"),
    "reduce_interest": ("waived",),
    "waive_charge": ("charge_waived",),
    "guarantor_pays": ("guarantor_paid",),
    "take_assets": ("assets_taken",),
    "charge_off": ("charged_off",),
    "write_off": ("written_off",),
    "recover_written_off": ("recovered",),
    "capitalise_interest": ("interest_capitalised",),
}
"""Change -> the events it brings about, where the product allows it."""

ANYHOW = ("charged_back", "interest_suspended", "interest_restored", "loan_taken_over")
"""What can happen to loans of any product: a payment that bounces, interest no longer income, a loan taken over."""


def check(registry: Registry) -> list[Problem]:
    """The problems of all charts and posting rules, and of products whose events they do not serve."""
    problems: list[Problem] = []
    for chart in registry.all("chart_of_accounts"):
        problems.extend(check_chart(chart, registry))
    for document in registry.all("posting_rules"):
        problems.extend(_compiled(document, registry).problems)
        if _compiled(document, registry).posting is not None:
            problems.extend(_all_served(document, registry))
    problems.extend(_one_general(registry))
    return problems


@kept
def _compiled(document: Document, registry: Registry) -> Compiled:
    return compile_posting(document, registry)


@kept
def _missing(document: Document, event: str, part: str, registry: Registry) -> Facts | None:
    """The facts under which sound rules book no such part of an event."""
    posting = _sound(document, registry)
    return proof.unposted(posting.events.get(event, ()), event, part)


def _sound(document: Document, registry: Registry) -> Posting:
    posting = _compiled(document, registry).posting
    assert posting is not None, document.key
    return posting


def _all_served(document: Document, registry: Registry) -> Iterator[Problem]:
    for product in registry.all("product"):
        if product.spec.get("posting_rules") == document.key:
            yield from _serves(document, product, registry)
    posting = _sound(document, registry)
    if posting.general:
        for event in GENERAL:
            for part in AMOUNTS[event]:
                facts = _missing(document, event, part, registry)
                yield from _served(document, "/general", posting, event, part, facts)


@kept
def _serves(document: Document, product: Document, registry: Registry) -> tuple[Problem, ...]:
    """What rules leave out of what loans of a product can bring about."""
    posting = _sound(document, registry)
    found = [
        problem
        for event, part in _can_happen(product, registry)
        for problem in _served(
            product, "/posting_rules", posting, event, part, _missing(document, event, part, registry)
        )
    ]
    return (*found, *_entrusted(product, posting))


def _entrusted(product: Document, posting: Posting) -> Iterator[Problem]:
    """A trustor's loan is no asset of the lender's."""
    account = posting.kept_at("principal", "performing")
    if product.spec.get("business") != "entrusted" or account is None:
        return
    if posting.chart[account].type != "off_balance":
        yield product.problem(
            "posting.entrusted_on_books",
            text(
                f"The posting rules '{posting.key}' keep the principal of entrusted loans in account {account}, "
                "on the balance sheet.",
                f"记账规则“{posting.key}”将委托贷款本金记入表内科目 {account}。",
            ),
            "/posting_rules",
            hint=text("Entrusted loans are noted off the balance sheet.", "委托贷款应在表外核算。"),
        )


def _one_general(registry: Registry) -> Iterator[Problem]:
    general = [document for document in registry.all("posting_rules") if document.spec.get("general")]
    for document in general[1:]:
        yield document.problem(
            "posting.two_general",
            text(
                f"'{general[0].key}' books what belongs to no product already.",
                f"“{general[0].key}”已用于不属于任何产品的业务。",
            ),
            "/general",
        )


def _can_happen(product: Document, registry: Registry) -> Iterator[tuple[str, str]]:
    """Which parts of which events loans of a product can bring about."""
    never = _never(product)
    for event in dict.fromkeys((*ALWAYS, *_changes(product), *_shared(product, registry), *ANYHOW)):
        yield from ((event, part) for part in AMOUNTS[event] if part not in never)


def _changes(product: Document) -> Iterator[str]:
    spec = product.spec
    allowed = spec.get("changes", {})
    for change, events in BY_CHANGE.items():
        wanted = {change, "write_off"} if change == "recover_written_off" else {change}
        if all(allowed.get(each, {}).get("allowed", True) for each in wanted):
            yield from events
    if spec.get("subsidies"):
        yield from ("interest_subsidised", "subsidy_withdrawn")
    if spec.get("draw", "once") != "once":
        yield "tranche_drawn"
    if spec.get("overpayment", "refuse") == "keep":
        yield from ("surplus_applied", "surplus_refunded")


def _shared(product: Document, registry: Registry) -> Iterator[str]:
    """Charges of which others owe the lender a part when they fall due after the money is paid out."""
    named = (registry.get("charge", str(key)) for key in product.spec.get("charges", ()))
    for spec in (document.spec for document in named if document is not None):
        others = spec.get("payer", "borrower") != "borrower" or spec.get("shares")
        with_the_money = spec["event"] in UPFRONT_EVENTS and spec.get("settled", "added") != "added"
        if others and not with_the_money and spec.get("collector", OURS) == OURS:
            yield from ("charge_shared", "charge_share_withdrawn")


def _never(product: Document) -> set[str]:
    """Amounts that loans of a product never carry."""
    spec = product.spec
    never = set()
    if not spec["penalty"].get("compound"):
        never.add("compound")
    if not spec["penalty"].get("damages"):
        never.add("damages")
    if spec.get("overpayment", "refuse") != "keep":
        never.add("surplus")
    if not spec.get("tax") and not any(spec.get(name) for name in ("interest_tax", "taxes")):
        never.add("tax")
    return never


def _served(
    document: Document, pointer: str, posting: Posting, event: str, part: str, facts: Facts | None
) -> Iterator[Problem]:
    if facts is None:
        return
    where, wo = proof.said(facts)
    hint = text("Loans of this product can bring it about.", "本产品的借款会产生该金额。")
    yield document.problem(
        "posting.not_posted",
        text(
            f"The posting rules '{posting.key}' book no {part} of the event '{event}'{where}.",
            f"记账规则“{posting.key}”未处理业务事件“{event}”{wo}的 {part}。",
        ),
        pointer,
        hint=hint if document.kind == "product" else None,
    )
