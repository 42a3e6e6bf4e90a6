"""Decision tables of a thousand rows: found by the index, beside asking every row, and beside zen-engine's table.

The table prices loans: an amount range, a grade, a province and a term, every combination one row. zen has no exact
numbers and no `unique`; it is given the same rows as `first`.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from benchmarks.figure import Figure, side_by_side
from loanloom.dmn.tables import DecisionTable, HitPolicy, Input, Output, Rule, Table, analyse, compile_table, run, scan
from loanloom.feel import NUMBER, context, enumeration, optional

AMOUNTS = [(low, low + 20_000) for low in range(0, 200_000, 20_000)]
GRADES = ("A", "B", "C", "D", "E")
PROVINCES = ("zj", "js", "sh", "gd", "sc")
TERMS = ((1, 6), (7, 12), (13, 24), (25, 36))
SCOPE = context(
    {
        "amount": optional(NUMBER),
        "grade": optional(enumeration(GRADES)),
        "province": optional(enumeration(PROVINCES)),
        "term": optional(NUMBER),
    }
)
NAMES = ("amount", "grade", "province", "term")
FACTS = {"amount": Decimal(191_000), "grade": "D", "province": "gd", "term": Decimal(18)}


def rows() -> Iterator[tuple[tuple[str, ...], str]]:
    """Tests and result of every row."""
    cases = itertools.product(AMOUNTS, GRADES, PROVINCES, TERMS)
    for number, ((low, high), grade, province, (first, last)) in enumerate(cases):
        yield (f"[{low}..{high})", f'"{grade}"', f'"{province}"', f"[{first}..{last}]"), f"{5 + number / 1000}"


def table(policy: HitPolicy = "unique") -> DecisionTable:
    """The table as ours."""
    rules = tuple(Rule(tests, (result,)) for tests, result in rows())
    assert len(rules) == 1000
    compiled = compile_table(Table(tuple(map(Input, NAMES)), (Output("rate"),), rules, policy), SCOPE)
    assert compiled.table is not None
    return compiled.table


def figures() -> Iterator[Figure]:
    """All figures of this module."""
    policies: tuple[HitPolicy, ...] = ("unique", "first")
    for policy in policies:
        ours = table(policy)
        assert run(ours, FACTS).value == scan(ours, FACTS).value is not None
        seconds, _, ratio = side_by_side(lambda one=ours: run(one, FACTS), lambda one=ours: scan(one, FACTS))  # type: ignore[misc]
        name = f"decision table of 1,000 rows and 4 columns, {policy}"
        yield Figure(name=name, value=seconds * 1e6, unit="us", ratio=ratio, peer="asking every row", bar=20)
    yield from _beside_zen()
    yield _analysis()


def _beside_zen() -> Iterator[Figure]:
    decision = _zen()
    if decision is None:
        return
    ours, facts = table("first"), {name: float(one) if isinstance(one, Decimal) else one for name, one in FACTS.items()}
    theirs = decision.evaluate(facts)["result"]["rate"]
    assert abs(theirs - float(run(ours, FACTS).value)) < 1e-9
    seconds, _, ratio = side_by_side(lambda: run(ours, FACTS), lambda: decision.evaluate(facts), runs=5)
    yield Figure(
        name="decision table of 1,000 rows, first",
        value=seconds * 1e6,
        unit="us",
        ratio=ratio,
        peer="zen-engine's table (floats)",
        bar=0.5,
        bar_on="ratio",
    )


def _zen() -> Any:
    """The table as zen-engine's, where that is installed."""
    try:
        import zen
    except ImportError:
        return None
    inputs = [{"id": f"i{name}", "name": name, "field": name} for name in NAMES]
    listed = [
        {"_id": f"r{at}", "o": result, **{f"i{name}": cell for name, cell in zip(NAMES, tests, strict=True)}}
        for at, (tests, result) in enumerate(rows())
    ]
    outputs = [{"id": "o", "name": "rate", "field": "rate"}]
    content = {"hitPolicy": "first", "inputs": inputs, "outputs": outputs, "rules": listed}
    graph = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
            {"id": "t", "type": "decisionTableNode", "name": "t", "position": {"x": 0, "y": 0}, "content": content},
            {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "t"},
            {"id": "b", "type": "edge", "sourceId": "t", "targetId": "out"},
        ],
    }
    return zen.ZenEngine().create_decision(json.dumps(graph))


def _analysis() -> Figure:
    ours = table()
    seconds, _, ratio = side_by_side(lambda: analyse(ours), lambda: run(ours, FACTS), runs=3)
    return Figure(
        name="gaps and overlaps of a table of 1,000 rows and 4 columns",
        value=seconds,
        unit="s",
        ratio=ratio,
        peer="one decision",
        bar=1,
    )


if __name__ == "__main__":
    start = time.process_time()
    table()
    print(f"compiled in {time.process_time() - start:.3f} s")
    for figure in figures():
        print(figure.line())
