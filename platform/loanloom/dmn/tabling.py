"""Boxed decision tables as tables of `dmn.tables`: the same cells, their problems put at the model's elements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from loanloom.feel import ANY, NUMBER, Program, Type, context, list_of, optional
from loanloom.feel.checking.joining import joined_all
from loanloom.feel.problems import Fault
from loanloom.feel.running.values import kind_of
from loanloom.feel.types import SIMPLE

from . import tables
from .boxed import DecisionTable, LiteralExpression
from .elements import UnaryTests
from .namespaces import is_feel
from .problems import Place, of_expression
from .running import Names, Run, TableHit
from .types import ItemType

if TYPE_CHECKING:
    from .boxing import Boxer

_POLICIES = {
    "UNIQUE": "unique",
    "ANY": "any",
    "FIRST": "first",
    "PRIORITY": "priority",
    "RULE ORDER": "rule_order",
    "OUTPUT ORDER": "output_order",
    "COLLECT": "collect",
}
_AGGREGATIONS = {"SUM": "sum", "MIN": "min", "MAX": "max", "COUNT": "count"}


@dataclass(frozen=True, eq=False)
class BoxedTable:
    """A table of the model as it was compiled: whose it is, how it is written, what runs."""

    element: str
    source: DecisionTable
    table: tables.DecisionTable

    def place(self, where: tables.Place) -> Place:
        """The place in the model of something in the table."""
        return place_of(self.source, where)


def compile_boxed_table(one: DecisionTable, scope: Type, boxer: Boxer) -> tuple[Type, Callable[[Names, Run], Any]]:
    """The type of a table's value and how it is computed."""
    policy, aggregation = _POLICIES.get(one.hit_policy), _AGGREGATIONS.get(one.aggregation or "")
    if policy is None or (one.aggregation and aggregation is None):
        named = one.hit_policy if policy is None else one.aggregation
        boxer.say("dmn.hit_policy", f"There is no hit policy `{named}`.", f"没有命中策略“{named}”。", one)
        return optional(ANY), lambda names, run: None
    _languages(one, boxer)
    items = [boxer.item(output.type_ref, output) for output in one.outputs]
    table = as_table(one, items, boxer)
    compiled = tables.compile_table(table, scope, boxer.library, boxer.mode)
    element = boxer.element
    for found in compiled.problems:
        boxer.problems.append(of_expression(found.problem, element, place_of(one, found.place)))
    _see(one, scope, [made.type for made in compiled.table.columns] if compiled.table else [], boxer)
    if compiled.table is None:
        return optional(ANY), lambda names, run: None
    boxer.tables.append(BoxedTable(element, one, compiled.table))
    coerce = _coercion(items, one, compiled.table.lists, bool(aggregation))

    def run(names: Names, run: Run) -> Any:
        result = compiled.run(names, run.budget)
        run.noted.hit(TableHit(element, result))
        for found in result.problems:
            run.note(of_expression(found.problem, element, place_of(one, found.place)))
        try:
            return coerce(result.value)
        except Fault as fault:
            run.fault(fault, element, one.place)
            return None

    return _type(compiled.table, items, boxer.mode), run


def as_table(one: DecisionTable, items: list[ItemType], boxer: Boxer) -> tables.Table:
    """The table in the words of `dmn.tables`."""
    inputs = []
    for clause in one.inputs:
        asked = clause.expression or LiteralExpression(text="null", place=clause.place)
        type_ = boxer.item(asked.type_ref, asked).type if asked.type_ref else None
        label = clause.label or asked.text.strip()
        allowed = clause.values.text if clause.values is not None and clause.values.text.strip() else None
        inputs.append(tables.Input(asked.text, {"en": label, "zh": label}, type_, allowed))
    single = len(one.outputs) == 1
    outputs = tuple(
        tables.Output(
            name=None if single else clause.name or clause.label or str(place + 1),
            type=item.type if clause.type_ref else None,
            values=clause.values.text if clause.values is not None and clause.values.text.strip() else None,
            default=clause.default.text if clause.default is not None and clause.default.text.strip() else None,
        )
        for place, (clause, item) in enumerate(zip(one.outputs, items, strict=True))
    )
    rules = tuple(
        tables.Rule(
            cells=tuple(cell.text if cell.text.strip() else "-" for cell in rule.inputs),
            outputs=tuple(entry.text for entry in rule.outputs),
            key=rule.id or str(place + 1),
            annotations=tuple(remark.text for remark in rule.annotations),
        )
        for place, rule in enumerate(one.rules)
    )
    return tables.Table(
        tuple(inputs),
        outputs,
        rules,
        cast(tables.HitPolicy, _POLICIES[one.hit_policy]),
        cast(tables.Aggregation, _AGGREGATIONS[one.aggregation]) if one.aggregation else None,
    )


def _see(one: DecisionTable, scope: Type, columns: list[Type], boxer: Boxer) -> None:
    """What each cell sees and tests."""
    types = [*columns, *[ANY] * len(one.inputs)]
    for clause, type_ in zip(one.inputs, types, strict=False):
        boxer.see(clause.expression, scope)
        boxer.see(clause.values, scope, type_)
    for rule in one.rules:
        for cell, type_ in zip(rule.inputs, types, strict=False):
            boxer.see(cell, scope, type_)
        for entry in rule.outputs:
            boxer.see(entry, scope)


def _languages(one: DecisionTable, boxer: Boxer) -> None:
    """Every cell must be FEEL."""
    cells: list[UnaryTests | LiteralExpression | None] = [clause.expression for clause in one.inputs]
    for rule in one.rules:
        cells += [*rule.inputs, *rule.outputs]
    for cell in cells:
        language = cell.expression_language if cell is not None else None
        if cell is not None and not is_feel(language):
            boxer.say(
                "dmn.expression_language",
                f"Expressions in `{language}` are not run here, only FEEL.",
                f"此处不支持“{language}”表达式，只支持 FEEL。",
                cell,
            )


def place_of(one: DecisionTable, where: tables.Place) -> Place:
    """The element of the model that a place of the table is."""
    column, rule = where.column or 0, where.rule or 0
    try:
        found = {
            "input": lambda: one.inputs[column].expression or one.inputs[column],
            "allowed": lambda: one.inputs[column].values or one.inputs[column],
            "output": lambda: one.outputs[column],
            "values": lambda: one.outputs[column].values or one.outputs[column],
            "default": lambda: one.outputs[column].default or one.outputs[column],
            "cell": lambda: one.rules[rule].inputs[column],
            "result": lambda: one.rules[rule].outputs[column],
        }.get(where.part, lambda: one)()
    except IndexError:
        return one.rules[rule].place if where.rule is not None else one.place
    return found.place


def _coercion(items: list[ItemType], one: DecisionTable, lists: bool, aggregated: bool) -> Callable[[Any], Any]:
    """How a table's value is brought to the types of its outputs."""

    def row(value: Any) -> Any:
        if len(items) == 1:
            return items[0].coerced(value)
        if not isinstance(value, dict):
            return value
        known = dict(zip((clause.name for clause in one.outputs), items, strict=True))
        return {name: known[name].coerced(part) if name in known else part for name, part in value.items()}

    def whole(value: Any) -> Any:
        if value is None or aggregated:
            return value
        return [row(part) for part in value] if lists and isinstance(value, list) else row(value)

    return whole


def _type(table: tables.DecisionTable, items: list[ItemType], mode: str) -> Type:
    """What is known of a table's value. It may always be null: no rule may apply."""
    if table.aggregation is not None:
        return optional(NUMBER if table.aggregation != "min" and table.aggregation != "max" else ANY)
    found = []
    for place, (result, item) in enumerate(zip(table.results, items, strict=True)):
        entries = [row.results[place] for row in table.rows]
        entries += [result.default] if result.default is not None else []
        seen = joined_all(
            one.type if isinstance(one, Program) else SIMPLE.get(kind_of(one.value), ANY) for one in entries if one
        )
        found.append(seen if item.type.kind == "Any" else item.type)
    named = {result.name or "": type_ for result, type_ in zip(table.results, found, strict=True)}
    record = found[0] if len(found) == 1 else context(named, open=mode == "standard")
    return optional(list_of(record)) if table.lists else optional(record)
