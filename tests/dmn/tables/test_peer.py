"""Random tables decided by another engine give the same: zen-engine over whole numbers, which floats hold exactly."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from tests.dmn.tables.tables_of import compiled

from loanloom.dmn.tables import Input, Output, Rule, Table, run
from loanloom.feel import NUMBER, STRING, context

zen = pytest.importorskip("zen")
NAMES = ("amount", "city")
SCOPE = context({"amount": NUMBER, "city": STRING})


def random_rows(source: random.Random) -> list[tuple[str, str]]:
    rows = []
    for _ in range(source.randint(1, 12)):
        low, high = sorted(source.sample(range(20), 2))
        amount = source.choice(["", f"< {low}", f">= {high}", f"[{low}..{high})", f"({low}..{high}]", str(low)])
        city = source.choice(["", '"a"', '"b"', '"a", "c"', '"c"'])
        rows.append((amount, city))
    return rows


def peer(rows: list[tuple[str, str]], policy: str) -> Any:
    content = {
        "hitPolicy": policy,
        "inputs": [{"id": name, "name": name, "field": name} for name in NAMES],
        "outputs": [{"id": "o", "name": "row", "field": "row"}],
        "rules": [{"_id": f"r{at}", "amount": one[0], "city": one[1], "o": str(at)} for at, one in enumerate(rows)],
    }
    node = {"position": {"x": 0, "y": 0}}
    graph = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", **node},
            {"id": "t", "type": "decisionTableNode", "name": "t", "content": content, **node},
            {"id": "out", "type": "outputNode", "name": "out", **node},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "t"},
            {"id": "b", "type": "edge", "sourceId": "t", "targetId": "out"},
        ],
    }
    return zen.ZenEngine().create_decision(json.dumps(graph))


@pytest.mark.parametrize("seed", range(12))
def test_first_and_collect_agree_with_the_peer(seed: int) -> None:
    source = random.Random(seed)
    rows = random_rows(source)
    rules = tuple(Rule(tuple(cell or "-" for cell in one), (str(at),)) for at, one in enumerate(rows))
    for policy, their_policy in (("first", "first"), ("rule_order", "collect")):
        theirs = peer(rows, their_policy)
        ours = compiled(Table(tuple(map(Input, NAMES)), (Output("row"),), rules, policy), SCOPE)  # type: ignore[arg-type]
        for _ in range(10):
            amount, city = source.randint(-1, 21), source.choice("abcd")
            said = theirs.evaluate({"amount": amount, "city": city})["result"]
            found = run(ours, {"amount": Decimal(amount), "city": city}).value
            if policy == "first":
                assert (said or {}).get("row") == found, (rows, amount, city)
            else:
                assert [one["row"] for one in said or []] == found, (rows, amount, city)
