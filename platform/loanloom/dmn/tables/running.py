"""DecisionTable and facts -> what it comes to. Rows are found by the index; `scan` asks each row and gives the same.

Order of asking, which decides what a fault in a test can do: the columns; then, row by row from the top, the tests of a
row that are known beforehand, then its others from the left, up to the first that is not true. Results are computed for
the rows that count, and for no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom.dmn.tables import policies
from loanloom.dmn.tables.asking import Asker, Stopped, Where
from loanloom.dmn.tables.compiled import Cell, Column, DecisionTable, Result, Row
from loanloom.dmn.tables.index import rows_in
from loanloom.dmn.tables.model import Aggregation, Given, Place, TableProblem
from loanloom.feel import FeelProblem, to_text
from loanloom.feel.problems import Fault, words
from loanloom.feel.running.budget import Budget
from loanloom.feel.running.values import is_a


@dataclass(frozen=True, slots=True)
class Looked:
    """One row as it was judged: `hit` is None where a test could not be judged; `column` is the one that decided."""

    row: int
    hit: bool | None
    column: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TableResult:
    """What a table came to. `rows` are rule numbers with their outputs as far as these were asked for, what decides
    first; `inputs` are the values of the columns.
    """

    table: DecisionTable
    facts: Mapping[str, Any]
    value: Any
    hits: tuple[int, ...]
    rows: tuple[tuple[int, tuple[Any, ...]], ...]
    problems: tuple[TableProblem, ...]
    inputs: tuple[Any, ...]

    @property
    def looked_at(self) -> int:
        """How many rows were judged: with `first`, up to the hit."""
        if len(self.inputs) < len(self.table.columns):
            return 0
        return self.hits[0] + 1 if self.table.hit_policy == "first" and self.hits else len(self.table.rows)

    @property
    def trace(self) -> tuple[Looked, ...]:
        """Every row that was judged, in order. Worked out when asked for."""
        return tuple(self.looked(row) for row in range(self.looked_at))

    def looked(self, row: int) -> Looked:
        """How one row was judged."""
        if row in self.hits:
            return Looked(row, True)
        asker = Asker(self.facts, standard=self.table.standard)
        unknown: int | None = None
        for cell in self.table.rows[row].cells:
            try:
                passed = asker.ask(cell.program, ("cell", row, cell.column), self.inputs[cell.column])
            except Stopped:
                passed = None
            if passed is False:
                return Looked(row, False, cell.column)
            if passed is not True and unknown is None:
                unknown = cell.column
        return Looked(row, None if unknown is not None else False, unknown)


def run(table: DecisionTable, facts: Mapping[str, Any], budget: Budget | None = None) -> TableResult:
    """What a table comes to over facts."""
    return _run(table, facts, budget, _candidates)


def scan(table: DecisionTable, facts: Mapping[str, Any], budget: Budget | None = None) -> TableResult:
    """The same without the index: the reference it is held against."""
    return _run(table, facts, budget, _all_rows)


def decide(table: DecisionTable, facts: Mapping[str, Any], hits: Sequence[int]) -> TableResult:
    """What rules come to of which others know that they apply."""
    asker = Asker(facts, standard=table.standard)
    try:
        value, rows = _decided(table, hits, asker)
    except Stopped as stopped:
        return TableResult(table, facts, None, tuple(hits), (), (*asker.problems, stopped.problem), ())
    return TableResult(table, facts, value, tuple(hits), rows, tuple(asker.problems), ())


def _run(table: DecisionTable, facts: Mapping[str, Any], budget: Budget | None, candidates: Any) -> TableResult:
    asker = Asker(facts, standard=table.standard, budget=budget)
    inputs: list[Any] = []
    hits: list[int] = []
    try:
        for place, column in enumerate(table.columns):
            inputs.append(_input(asker, column, place))
        for row, cells in candidates(table, inputs):
            if cells and not _passes(asker, row, cells, inputs):
                continue
            hits.append(row)
            if table.hit_policy == "first":
                break
        value, rows = _decided(table, hits, asker)
    except Stopped as stopped:
        problems = (*asker.problems, stopped.problem)
        return TableResult(table, facts, None, tuple(hits), (), problems, tuple(inputs))
    return TableResult(table, facts, value, tuple(hits), rows, tuple(asker.problems), tuple(inputs))


def _input(asker: Asker, column: Column, place: int) -> Any:
    value = asker.ask(column.program, ("input", None, place))
    if column.allowed is not None:
        items = value if column.listed and isinstance(value, list | tuple) else (value,)
        for one in items:
            if one is None and not asker.standard:
                continue  # what is missing is no value: the rows say what follows from it
            if asker.ask(column.allowed, ("allowed", None, place), one) is not True:
                raise Stopped(_not_allowed(column, place, one))
    return value


def _candidates(table: DecisionTable, inputs: Sequence[Any]) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The rows that the indexes leave, each with the cells that must still be asked."""
    mask = table.every_row
    for index in table.indexes:
        rows = index.rows(inputs[index.column])
        if rows is None:
            return _all_rows(table, inputs)
        mask &= rows
    left = table.left
    return ((row, left.get(row, ())) for row in rows_in(mask))


def _all_rows(table: DecisionTable, inputs: Sequence[Any]) -> Iterator[tuple[int, Sequence[Cell]]]:
    return ((place, row.cells) for place, row in enumerate(table.rows))


def _passes(asker: Asker, row: int, cells: Sequence[Cell], inputs: Sequence[Any]) -> bool:
    return all(asker.ask(one.program, ("cell", row, one.column), inputs[one.column]) is True for one in cells)


def _decided(
    table: DecisionTable, hits: Sequence[int], asker: Asker
) -> tuple[Any, tuple[tuple[int, tuple[Any, ...]], ...]]:
    if not hits:
        return _nothing(table, asker), ()
    if table.hit_policy == "unique" and len(hits) > 1:
        raise Stopped(policies.several_hits(table, hits))
    rows = [(hit, table.rows[hit].ready or _results(table, table.rows[hit], hit, asker)) for hit in hits]
    if table.hit_policy == "any" and not policies.agree([row for _, row in rows]):
        raise Stopped(policies.disagreement(table, hits))
    if table.hit_policy in ("priority", "output_order"):
        rows = policies.by_priority(table, rows)
    if table.aggregation is not None:
        return _aggregated(table, table.aggregation, [row for _, row in rows]), tuple(rows)
    if table.lists:
        return [_shaped(table, row) for _, row in rows], tuple(rows)
    return _shaped(table, rows[0][1]), tuple(rows)


def _aggregated(table: DecisionTable, how: Aggregation, rows: Sequence[tuple[Any, ...]]) -> Any:
    if len(table.results) > 1:
        raise Stopped(policies.no_aggregation())
    try:
        return policies.aggregated(how, [row[0] for row in rows])
    except Fault as fault:
        raise Stopped(TableProblem(Place("table"), fault.at(1, 1))) from None


def _results(table: DecisionTable, row: Row, place: int, asker: Asker) -> tuple[Any, ...]:
    return tuple(
        entry.value if isinstance(entry, Given) else _computed(asker, entry, result, ("result", place, at))
        for at, (entry, result) in enumerate(zip(row.results, table.results, strict=True))
    )


def _computed(asker: Asker, entry: Any, result: Result, where: Where) -> Any:
    value = asker.ask(entry, where)
    if value is None:
        return None
    if not is_a(value, result.type):
        said = words(
            f"{result.title['en']}: {_said(value)} is not of the declared type.",
            f"{result.title.get('zh', result.title['en'])}：{_said(value)} 与声明的类型不符。",
        )
        raise Stopped(TableProblem(Place(*where), FeelProblem("table.wrong_result", said)))
    if result.ranked and result.rank(value) is None:
        said = words(
            f"{result.title['en']}: {_said(value)} is none of its values.",
            f"{result.title.get('zh', result.title['en'])}：{_said(value)} 不在取值之中。",
        )
        raise Stopped(TableProblem(Place(*where), FeelProblem("table.not_a_value", said)))
    return value


def _nothing(table: DecisionTable, asker: Asker) -> Any:
    """What stands for no hit: the defaults, else nothing."""
    if all(one.default is None for one in table.results):
        return [] if table.lists else policies.aggregated(table.aggregation, []) if table.aggregation else None
    row = []
    for place, one in enumerate(table.results):
        where: Where = ("default", None, place)
        default = one.default
        row.append(
            default.value
            if isinstance(default, Given)
            else None
            if default is None
            else _computed(asker, default, one, where)
        )
    value = _shaped(table, tuple(row))
    return [value] if table.lists else value


def _shaped(table: DecisionTable, row: tuple[Any, ...]) -> Any:
    """One row as a value: bare for one output, a context for several."""
    if len(table.results) == 1:
        return row[0]
    return {one.name or str(place): value for place, (one, value) in enumerate(zip(table.results, row, strict=True), 1)}


def _said(value: Any) -> str:
    try:
        return to_text(value, quoted=True)[:100]
    except Fault:
        return "?"


def _not_allowed(column: Column, place: int, value: Any) -> TableProblem:
    said = words(
        f"{column.title['en']}: {_said(value)} is not an allowed value.",
        f"{column.title.get('zh', column.title['en'])}：{_said(value)} 不是允许的取值。",
    )
    return TableProblem(Place("allowed", column=place), FeelProblem("table.input_not_allowed", said))
