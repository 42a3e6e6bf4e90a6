"""Why a case went its way: kept as what the conditions saw, told in either language whenever somebody reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loanloom.engines.flows import Flow, World, compile_flow, start
from loanloom.engines.flows.conditions import reason
from loanloom.metadata.document import document_from
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import build
from loanloom.store import json

ENTITY = {
    "apiVersion": "loanloom/v1",
    "kind": "entity",
    "key": "trip",
    "title": {"en": "Trip", "zh": "出差"},
    "spec": {
        "fields": [
            {"key": "cost", "title": {"en": "Cost", "zh": "费用"}, "type": "money"},
            {"key": "people", "title": {"en": "People", "zh": "人数"}, "type": "integer"},
            {"key": "leaves", "title": {"en": "Leaves", "zh": "出发日期"}, "type": "date"},
            {"key": "town", "title": {"en": "Town", "zh": "城市"}, "type": "text"},
            {"key": "abroad", "title": {"en": "Abroad", "zh": "境外"}, "type": "yes_no"},
            {"key": "card", "title": {"en": "Card", "zh": "卡号"}, "type": "text", "encrypted": True},
        ]
    },
}
TRIP = {
    "cost": Decimal(12000), "people": 3, "leaves": date(2026, 5, 1), "town": "Shenzhen", "abroad": False,
    "card": "6222020000001111",
}  # fmt: skip


def flow_with(condition: str) -> Flow:
    nodes: list[dict[str, Any]] = [
        {"key": "asked", "title": {"en": "Asked", "zh": "发起"}, "type": "start", "next": "which"},
        {
            "key": "which", "title": {"en": "Which", "zh": "判断"}, "type": "exclusive",
            "routes": [{"when": condition, "to": "head"}, {"otherwise": True, "to": "done"}],
        },
        {
            "key": "head", "title": {"en": "Head", "zh": "经理"}, "type": "approval", "assign": {"role": "head"},
            "next": "done",
        },
        {"key": "done", "title": {"en": "Done", "zh": "完成"}, "type": "end", "outcome": "completed"},
        {"key": "refused", "title": {"en": "Refused", "zh": "否决"}, "type": "end", "outcome": "refused"},
    ]  # fmt: skip
    flow = {
        "apiVersion": "loanloom/v1", "kind": "flow", "key": "trips", "title": {"en": "Trips", "zh": "出差"},
        "spec": {"subject": "request", "record": "trip", "nodes": nodes},
    }  # fmt: skip
    documents = [document_from(ENTITY), document_from(flow)]
    compiled = compile_flow(documents[1], build(documents, load_kinds()).registry)
    assert compiled.flow is not None, compiled.problems
    return compiled.flow


def looked_at(flow: Flow, trip: Mapping[str, Any]) -> Any:
    moved = start(flow, World(facts={"request": trip}), makers=(1,))
    assert not moved.problems, moved.problems
    (trace,) = [entry.trace for entry in moved.history if entry.kind == "routed" and entry.node == "which"]
    return trace[0]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("request.cost > 5000", ("Cost 12,000 > 5,000: true", "费用 12,000 > 5,000：成立")),
        ("request.people >= 4", ("People 3 ≥ 4: false", "人数 3 ≥ 4：不成立")),
        ('request.leaves < date("2026-06-01")', ("Leaves 1 May 2026 < 1 June 2026: true", "出发日期 2026年5月1日")),
        ('request.town = "Beijing"', ("Town “Shenzhen” = “Beijing”: false", "城市 “Shenzhen”")),
        ("request.cost / request.people > 1000", ("Cost 12,000 ÷ People 3 = 4,000 > 1,000: true", "人数 3")),
        ("request.abroad or request.cost > 100", ("Cost 12,000 > 100: true", "费用 12,000 > 100：成立")),
    ],
)
def test_what_was_seen_is_told_in_both_languages_after_it_was_stored(condition: str, words: tuple[str, str]) -> None:
    flow = flow_with(condition)
    looked = looked_at(flow, TRIP)
    assert "words" not in looked
    kept = json.loads(json.dumps(looked))
    for language, expected in zip(("en", "zh"), words, strict=True):
        told = reason(flow, "which", kept, language)
        assert expected in told, told
        (route,) = [one for one in flow.nodes["which"].routes if one.condition is not None]
        assert route.condition is not None
        assert told == route.condition.explain({"request": TRIP}).in_words(language, flow.labels)


def test_only_what_the_condition_read_is_kept() -> None:
    looked = looked_at(flow_with("request.cost > 5000"), TRIP)
    assert looked["seen"] == {"request.cost": Decimal(12000)}


def test_a_hidden_field_is_neither_kept_nor_told() -> None:
    flow = flow_with('starts with(request.card, "6222") and request.cost > 1')
    looked = looked_at(flow, TRIP)
    assert TRIP["card"] not in json.dumps(looked["words"]) and "seen" not in looked
    assert "hidden" in reason(flow, "which", looked, "en") and "已隐藏" in reason(flow, "which", looked, "zh")


@pytest.mark.parametrize("trip", [{**TRIP, "town": "x" * 300}, {"cost": Decimal(1)}])
def test_what_is_long_or_missing_is_told_at_once(trip: Mapping[str, Any]) -> None:
    flow = flow_with('request.town = "Beijing"')
    looked = looked_at(flow, trip)
    assert "seen" not in looked and len(looked["words"]["en"]) < 200
    assert reason(flow, "which", looked, "zh") == looked["words"]["zh"]


def test_a_condition_that_the_flow_no_longer_has_is_told_with_what_it_saw() -> None:
    old, new = flow_with("request.cost > 5000"), flow_with("request.people > 5")
    looked = looked_at(old, TRIP)
    assert reason(new, "which", looked, "en") == "request.cost > 5000 (Cost 12,000)"
    assert reason(replace(new, nodes={}), "which", looked, "zh") == "request.cost > 5000 (费用 12,000)"


def test_a_node_of_another_name_has_the_same_reasons() -> None:
    flow = flow_with("request.cost > 5000")
    looked = looked_at(flow, TRIP)
    assert reason(flow, "renamed", looked, "en") == reason(flow, "which", looked, "en")
