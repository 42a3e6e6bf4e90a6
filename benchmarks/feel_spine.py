"""Expressions and score cards beside the same work written by hand in Python over Decimals.

The hand-written side knows that nothing is missing; ours is asked over facts that may be null, as in the house.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from benchmarks.figure import Figure, side_by_side
from loanloom import feel
from loanloom.engines import scoring
from loanloom.feel import NUMBER, context, optional
from loanloom.metadata.document import document_from
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry, build

D = Decimal
COUNT = 20
LEAST, HALF, MOST = D(22), D("0.5"), D(100000)
RULE = "customer.age >= 22 and application.income * 0.5 >= application.instalment and application.debt < 100000"
FACTS = {
    "customer": {"age": D(34)},
    "application": {"income": D("8000.50"), "instalment": D("3210.07"), "debt": D(25000)},
}


def figures() -> Iterator[Figure]:
    """All figures of this module."""
    yield _rule("expression of three comparisons, facts optional", optional(NUMBER))
    yield _rule("expression of three comparisons, facts required", NUMBER)
    yield _applicant()


def _rule(name: str, type_: feel.Type) -> Figure:
    scope = context(
        {
            "customer": context({"age": type_}),
            "application": context({"income": type_, "instalment": type_, "debt": type_}),
        }
    )
    program = feel.check(RULE, scope, expect=feel.BOOLEAN).program
    assert program is not None and program(FACTS) is by_hand(FACTS) is True
    ours, _, ratio = side_by_side(lambda: program(FACTS), lambda: by_hand(FACTS))
    return Figure(
        name=name, value=ours * 1e6, unit="us", ratio=ratio, peer="the same Decimal code by hand", bar=4, bar_on="ratio"
    )


def by_hand(facts: Mapping[str, Any]) -> bool:
    """The rule as a Python programmer would write it."""
    customer, application = facts["customer"], facts["application"]
    return bool(
        customer["age"] >= LEAST
        and application["income"] * HALF >= application["instalment"]
        and application["debt"] < MOST
    )


def _applicant() -> Figure:
    registry = _registry()
    indicators = scoring.compile_indicators(registry).indicators
    card = scoring.compile_scorecard(registry.require("scorecard", "bench"), registry).card
    assert indicators is not None and card is not None and len(indicators.ordered) == COUNT
    application = {"amount": D(10000), "term_months": D(12), **{f"f{one}": D(one * 37 % 90) for one in range(COUNT)}}
    facts = {"application": application, "customer": {}}

    def ours() -> scoring.Score:
        return scoring.score(card, indicators.compute(facts).values)

    plain = _plain_score()
    assert ours().points == plain(facts)
    seconds, _, ratio = side_by_side(ours, lambda: plain(facts))
    return Figure(
        name=f"one applicant on {COUNT} indicators: computed, scored, graded, with reasons",
        value=seconds * 1e6,
        unit="us",
        ratio=ratio,
        peer="points alone in plain Python",
        bar=100,
    )


def _registry() -> Registry:
    title = {"en": "Bench", "zh": "测量"}
    documents = [
        document_from(
            {
                "kind": "entity",
                "key": "bench",
                "title": title,
                "spec": {
                    "extends": "application",
                    "fields": [{"key": f"f{one}", "title": title, "type": "number"} for one in range(COUNT)],
                },
            }
        )
    ]
    bands = [{"to": 20, "points": 0}, {"from": 20, "to": 50, "points": 15}, {"from": 50, "points": 30}]
    for one in range(COUNT):
        value = f"application.f{one} * 2 + application.amount / application.term_months / 1000"
        spec = {"subject": "application", "value": value, "type": "number", "decimals": 2, "missing": "error"}
        documents.append(document_from({"kind": "indicator", "key": f"i{one}", "title": title, "spec": spec}))
    characteristics = [{"indicator": f"i{one}", "reason": title, "bands": bands} for one in range(COUNT)]
    grades = [{"key": "A", "title": title, "from": 300}, {"key": "B", "title": title, "to": 300}]
    card = {"subject": "application", "base": 100, "characteristics": characteristics, "grades": grades}
    documents.append(document_from({"kind": "scorecard", "key": "bench", "title": title, "spec": card}))
    built = build(documents, load_kinds())
    assert not built.problems, built.problems
    return built.registry


def _plain_score() -> Callable[[Mapping[str, Any]], Decimal]:
    borders, points, cent = (D(20), D(50)), (D(0), D(15), D(30)), D("0.01")
    two, thousand = D(2), D(1000)

    def score(facts: Mapping[str, Any]) -> Decimal:
        application, total = facts["application"], D(100)
        for one in range(COUNT):
            value = application[f"f{one}"] * two + application["amount"] / application["term_months"] / thousand
            total += points[bisect_right(borders, value.quantize(cent))]
        return total

    return score
