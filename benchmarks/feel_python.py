"""The Python target: the rule and the scorecard of feel_cases beside the peer's compiled expression and Python by hand.

Ours runs over Decimals, any of which may be null, in 34 digits; the peer over the same facts as Python numbers made
ready for it beforehand (dictionaries, and JSON text, its other way in), its expression compiled once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import cycle
from typing import Any

import zen

from benchmarks import feel_cases as cases
from benchmarks.figure import Figure, side_by_side
from loanloom import feel

FACTS = 200
RULE_BAR, SCORECARD_BAR = 1 / 2.5, 1 / 1.5


def figures() -> Iterator[Figure]:
    """All figures of this module."""
    rule, card = cases.rule_facts(FACTS), cases.scorecard_facts(FACTS)
    peer_rule, peer_card = zen.compile_expression(cases.RULE_ZEN), zen.compile_expression(cases.SCORECARD_ZEN)
    optional = program(cases.RULE, cases.rule_scope())
    assert [optional(one) for one in rule] == [peer_rule.evaluate(raw(one)) for one in rule]
    assert len({optional(one) for one in rule}) == 2
    score = program(cases.SCORECARD, cases.scorecard_scope())
    assert [int(score(one)) for one in card] == [peer_card.evaluate(raw(one)) for one in card]
    yield _beside("rule, facts optional", optional, rule, peer_rule.evaluate, raws(rule), "zen, from a dict", RULE_BAR)
    yield _beside(
        "rule, facts optional", optional, rule, peer_rule.evaluate, texts(rule), "zen, from JSON text", RULE_BAR
    )
    required = program(cases.RULE, cases.rule_scope(required=True))
    yield _beside("rule, facts required", required, rule, cases.rule_by_hand, rule, "Decimal code by hand", 3)
    yield _beside(
        "scorecard, facts optional", score, card, peer_card.evaluate, raws(card), "zen, from a dict", SCORECARD_BAR
    )
    yield _beside(
        "scorecard, facts optional", score, card, peer_card.evaluate, texts(card), "zen, from JSON text", SCORECARD_BAR
    )
    yield _beside("scorecard, facts optional", score, card, cases.scorecard_by_hand(), card, "Decimal code by hand", 3)


def program(text: str, scope: feel.Type) -> Callable[[Mapping[str, Any]], Any]:
    """A text ready to run."""
    checked = feel.check(text, scope)
    assert checked.program is not None, checked.problems
    return checked.program


def _beside(
    name: str,
    ours: Callable[[Any], Any],
    our_facts: Sequence[Any],
    theirs: Callable[[Any], Any],
    their_facts: Sequence[Any],
    peer: str,
    bar: float,
) -> Figure:
    mine, other = cycle(our_facts), cycle(their_facts)
    seconds, _, ratio = side_by_side(lambda: ours(next(mine)), lambda: theirs(next(other)))
    return Figure(
        name=f"{name}, beside {peer}", value=seconds * 1e6, unit="us", ratio=ratio, peer=peer, bar=bar, bar_on="ratio"
    )


def raw(value: Any) -> Any:
    """Facts as the peer takes them: it refuses Decimal."""
    if isinstance(value, Mapping):
        return {name: raw(one) for name, one in value.items()}
    return float(value) if isinstance(value, Decimal) else value


def raws(facts: Sequence[Any]) -> list[Any]:
    """Many facts as dictionaries for the peer."""
    return [raw(one) for one in facts]


def texts(facts: Sequence[Any]) -> list[str]:
    """Many facts as JSON text for the peer."""
    return [json.dumps(raw(one)) for one in facts]
