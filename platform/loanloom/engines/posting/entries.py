"""From events to journal entries by the rules of a Posting, and the check that a product's every event has a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from loanloom.core.ledger.journal import Entry, Line, entry, merged
from loanloom.core.lending.events import Event
from loanloom.engines.posting.compiling import Posting, compile_posting
from loanloom.engines.posting.events import AMOUNTS, filled, posted
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text


def entry_for(posting: Posting, event: str, parts: Mapping[str, Decimal], on: date) -> Entry | None:
    """The balanced entry of an event; None where nothing moves. Rules were proven at load, so no imbalance is left."""
    values = filled(event, parts)
    lines: list[Line] = [line for rule in posting.events.get(event, ()) for line in rule.lines(values)]
    if not lines:
        return None
    made = entry(on, event, merged(lines))
    if isinstance(made, Problem):
        raise AssertionError(made.in_words())
    return made


def entries(posting: Posting, events: tuple[Event, ...]) -> tuple[Entry, ...]:
    """The entries of what happened to a loan, in order."""
    named = ((posted(event), event.on) for event in events)
    made = (entry_for(posting, what[0], what[1], on) for what, on in named if what is not None)
    return tuple(each for each in made if each is not None)


def check(registry: Registry) -> list[Problem]:
    """The problems of all posting rules, and of products whose events they do not serve."""
    problems: list[Problem] = []
    for document in registry.all("posting_rules"):
        compiled = compile_posting(document, registry)
        problems.extend(compiled.problems)
        if compiled.posting is not None:
            for product in registry.all("product"):
                if product.spec.get("posting_rules") == document.key:
                    problems.extend(_served(product, compiled.posting))
    return problems


def _can_happen(product: Document) -> Iterator[tuple[str, str]]:
    """Which parts of which events loans of a product can bring about."""
    spec = product.spec
    never = set()
    if not spec.get("prepayment", {}).get("fee_rate", 0):
        never.add("fee")
    if not spec["penalty"]["compound"]:
        never.add("compound")
    keeps = spec.get("overpayment", "refuse") == "keep"
    if not keeps:
        never.add("surplus")
    for event, parts in AMOUNTS.items():
        if event != "surplus_applied" or keeps:
            yield from ((event, part) for part in parts if part not in never)


def _served(product: Document, posting: Posting) -> Iterator[Problem]:
    for event, part in _can_happen(product):
        if entry_for(posting, event, {part: Decimal(1)}, date.min) is None:
            yield product.problem(
                "posting.not_posted",
                text(
                    f"The posting rules '{posting.key}' book no {part} of the event '{event}'.",
                    f"记账规则“{posting.key}”未处理业务事件“{event}”的 {part}。",
                ),
                "/posting_rules",
                hint=text("Loans of this product can bring it about.", "本产品的借款会产生该金额。"),
            )
