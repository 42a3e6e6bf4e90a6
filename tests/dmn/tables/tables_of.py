"""Tables written shortly, for tests: one text a row, cells parted by `|`, results behind `=>`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loanloom.dmn.tables import (
    Aggregation,
    CompiledTable,
    DecisionTable,
    HitPolicy,
    Input,
    Output,
    Rule,
    Table,
    compile_table,
)
from loanloom.feel import NUMBER, STRING, Type, context, enumeration, optional

D = Decimal
SCOPE = context(
    {
        "amount": optional(NUMBER),
        "grade": optional(enumeration(("A", "B", "C"))),
        "city": optional(STRING),
        "rate": optional(NUMBER),
        "limit": optional(NUMBER),
    }
)


def written(
    columns: str,
    *lines: str,
    policy: HitPolicy = "unique",
    aggregation: Aggregation | None = None,
    outputs: tuple[Output, ...] = (Output("result"),),
    inputs: tuple[Input, ...] | None = None,
) -> Table:
    """A table: `columns` are expressions parted by `|`."""
    rules = []
    for line in lines:
        tests, _, results = line.partition("=>")
        rules.append(
            Rule(tuple(one.strip() for one in tests.split("|")), tuple(one.strip() for one in results.split("|")))
        )
    found = inputs or tuple(Input(one.strip()) for one in columns.split("|"))
    return Table(found, outputs, tuple(rules), policy, aggregation)


def compiled(table: Table, scope: Type = SCOPE, mode: str = "strict") -> DecisionTable:
    """The table ready to run."""
    found: CompiledTable = compile_table(table, scope, mode=mode)
    assert found.table is not None, [(one.place, one.problem.in_words()) for one in found.problems]
    return found.table


def value(table: Table, facts: Mapping[str, Any], mode: str = "strict") -> Any:
    """What a table that runs without problems comes to."""
    result = compile_table(table, SCOPE, mode=mode).run(facts)
    assert not result.problems, [one.problem.in_words() for one in result.problems]
    return result.value
