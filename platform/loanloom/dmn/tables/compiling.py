"""Table -> DecisionTable, with every mistake gathered at its place. Raises nothing for any table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom import feel
from loanloom.dmn.tables import policies
from loanloom.dmn.tables.compiled import Cell, Column, DecisionTable, Result, Row, numbered
from loanloom.dmn.tables.keys import value_of
from loanloom.dmn.tables.model import Entry, Given, Input, Output, Place, Rule, Table, TableProblem
from loanloom.dmn.tables.regions import region_of
from loanloom.dmn.tables.running import TableResult, run
from loanloom.dmn.tables.wording import in_both
from loanloom.feel import Checked, FeelProblem, Library, Program, Type
from loanloom.feel import tree as t
from loanloom.feel.problems import words
from loanloom.feel.running.budget import Budget
from loanloom.feel.running.values import is_a
from loanloom.feel.text import syntax as s

_NULL_TEXT = "null"


@dataclass(frozen=True, slots=True)
class CompiledTable:
    """A table ready to run, or None with what is wrong. In standard mode a table with mistakes runs all the same."""

    table: DecisionTable | None
    problems: tuple[TableProblem, ...]

    def run(self, facts: Mapping[str, Any], budget: Budget | None = None) -> TableResult:
        """What the table comes to over facts."""
        assert self.table is not None, "a table with mistakes cannot run"
        return run(self.table, facts, budget)


def compile_table(table: Table, scope: Type, library: Library = feel.STANDARD, mode: str = "strict") -> CompiledTable:
    """Check a table against the facts it may see. `mode` is strict, or standard where errors become null."""
    return _Compiler(table, scope, library, mode).run()


class _Compiler:
    def __init__(self, table: Table, scope: Type, library: Library, mode: str) -> None:
        self.table = table
        self.scope = scope
        self.library = library
        self.mode = mode
        self.problems: list[TableProblem] = []
        self._known: dict[tuple[str, int], Checked] = {}

    def run(self) -> CompiledTable:
        table = self.table
        columns = tuple(self._column(one, place) for place, one in enumerate(table.inputs))
        results = tuple(self._result(one, place) for place, one in enumerate(table.outputs))
        self._policy(results)
        rows = tuple(self._row(one, place, columns, results) for place, one in enumerate(table.rules))
        if self.problems and self.mode == "strict":
            return CompiledTable(None, tuple(self.problems))
        made = DecisionTable(
            source=table,
            title=in_both(table.title or words("Decision table", "决策表")),
            columns=columns,
            results=results,
            rows=rows,
            hit_policy=table.hit_policy,
            aggregation=table.aggregation,
            standard=self.mode == "standard",
        )
        return CompiledTable(made, tuple(self.problems))

    def _say(self, where: Place, code: str, en: str, zh: str) -> None:
        self.problems.append(TableProblem(where, FeelProblem(code, words(en, zh))))

    def _expression(self, text: str, where: Place, expect: Type | None = None) -> Program:
        checked = feel.check(text, self.scope, expect=expect, functions=self.library, mode=self.mode)
        return self._program(checked, where, None)

    def _tests(self, text: str, tested: Type, where: Place) -> Program:
        key = (text, id(tested))
        checked = self._known.get(key)
        if checked is None:
            checked = feel.check_unary(text, tested, self.scope, functions=self.library, mode=self.mode)
            self._known[key] = checked  # tables repeat their tests; the type lives as long as this compiler
        return self._program(checked, where, tested)

    def _program(self, checked: Checked, where: Place, tested: Type | None) -> Program:
        self.problems.extend(TableProblem(where, one) for one in checked.problems)
        if checked.program is not None:
            return checked.program
        if tested is None:
            empty = feel.check(_NULL_TEXT, self.scope, functions=self.library).program
        else:
            empty = feel.check_unary("? = null and null", tested, feel.ANY, mode="standard").program
        assert empty is not None
        return empty

    def _column(self, one: Input, place: int) -> Column:
        program = self._expression(one.expression, Place("input", column=place), one.type)
        type_ = one.type if one.type is not None else program.type
        if program.type.nullable or self.mode == "standard":
            type_ = feel.optional(type_)
        listed = type_.kind == "list"
        allowed = None
        if one.allowed is not None:
            item = feel.optional(type_.item or feel.ANY) if listed else type_
            allowed = self._tests(one.allowed, item, Place("allowed", column=place))
        domain = region_of(allowed) if allowed is not None and not listed else None
        title = in_both(one.title or _titled(one.expression))
        return Column(title, program, type_, allowed, domain, listed)

    def _result(self, one: Output, place: int) -> Result:
        title = in_both(one.title or (_titled(one.name) if one.name else numbered("Output", "项结果", place)))
        type_ = one.type or feel.ANY
        ranked = self._ranked(one, feel.optional(type_), Place("values", column=place))
        where = Place("default", column=place)
        made = Result(one.name, title, type_, ranked, None)
        default = None if one.default is None else self._entry(one.default, made, where)
        return Result(one.name, title, type_, ranked, default)

    def _ranked(self, one: Output, type_: Type, where: Place) -> tuple[Program | Given, ...]:
        """The allowed values in their order: each test of a text by itself, a constant as its value."""
        if one.values is None:
            return ()
        if not isinstance(one.values, str):
            return tuple(map(Given, one.values))
        whole = feel.check_unary(one.values, type_, self.scope, functions=self.library, mode=self.mode)
        node = whole.syntax
        if not isinstance(node, s.UnaryTests) or node.negated or (whole.problems and self.mode == "strict"):
            return (self._program(whole, where, type_),)
        parts = [one.values[test.start : test.end] for test in node.tests]
        return tuple(self._rank(self._tests(part, type_, where)) for part in parts)

    @staticmethod
    def _rank(test: Program) -> Program | Given:
        found = region_of(test)
        if found is not None and found.kind is not None and len(found.spans) == 1:
            low, high = found.spans[0]
            if low is not None and low == high:
                return Given(value_of(found.kind, low[0]))
        return test

    def _policy(self, results: Sequence[Result]) -> None:
        table, whole = self.table, Place("table")
        if not results:
            self._say(whole, "table.no_output", "The table has no output.", "决策表没有结果列。")
        if table.hit_policy in ("priority", "output_order") and not any(one.ranked for one in results):
            self._say(
                Place("output", column=0),
                "table.no_priorities",
                "This hit policy needs the output's values, highest priority first.",
                "该命中策略需要按优先级列出结果取值。",
            )
        if table.aggregation is None:
            return
        if table.hit_policy != "collect":
            self._say(
                whole,
                "table.aggregation_without_collect",
                "Only collected results can be summed, counted or compared.",
                "只有“全部收集”才能汇总。",
            )
        if len(results) > 1:
            self.problems.append(policies.no_aggregation())
        elif table.aggregation == "sum" and results and results[0].type.kind not in ("number", "Any"):
            self._say(
                Place("output", column=0),
                "table.sum_of_no_numbers",
                "Only numbers can be summed.",
                "只有数字可以求和。",
            )

    def _row(self, rule: Rule, place: int, columns: Sequence[Column], results: Sequence[Result]) -> Row:
        self._count(len(rule.cells), len(columns), Place("cell", place), "table.cell_count", ("tests", "个条件"))
        self._count(
            len(rule.outputs), len(results), Place("result", place), "table.result_count", ("results", "个结果")
        )
        cells: list[Cell] = []
        for at, (text, column) in enumerate(zip(rule.cells, columns, strict=False)):
            if text.strip() in ("", "-"):
                continue
            program = self._tests(text, column.type, Place("cell", place, at))
            cells.append(Cell(at, program, region_of(program)))
        cells.sort(key=lambda one: one.region is None)
        entries = tuple(
            self._entry(entry, result, Place("result", place, at))
            for at, (entry, result) in enumerate(zip(rule.outputs, results, strict=False))
        )
        entries += (Given(None),) * (len(results) - len(entries))
        title = in_both(rule.title or numbered("Row", "行", place))
        given = [one for one in entries if isinstance(one, Given)]
        ready = tuple(one.value for one in given) if len(given) == len(entries) else None
        return Row(rule.key or str(place + 1), title, tuple(cells), entries, rule.annotations, ready)

    def _count(self, found: int, wanted: int, where: Place, code: str, noun: tuple[str, str]) -> None:
        if found != wanted:
            self._say(
                where,
                code,
                f"The row has {found} {noun[0]} for {wanted} columns.",
                f"该行有 {found} {noun[1]}，应为 {wanted} 个。",
            )

    def _entry(self, entry: Entry, result: Result, where: Place) -> Program | Given:
        if isinstance(entry, Given):
            made: Program | Given = entry
            if entry.value is not None and not is_a(entry.value, result.type):
                named, named_zh = feel.types.named(result.type)
                self._say(where, "table.wrong_result", f"The result should be {named}.", f"结果应为{named_zh}。")
                return made
        elif isinstance(entry, Program):
            return entry
        elif not entry.strip():
            return Given(None)
        else:
            program = self._expression(entry, where, None if result.type.kind == "Any" else result.type)
            made = Given(program.tree.value) if isinstance(program.tree, t.Constant) else program
        if (
            isinstance(made, Given)
            and made.value is not None
            and result.ranked
            and self._is_missing(made.value, result)
        ):
            said = feel.to_text(made.value)
            self._say(
                where,
                "table.not_a_value",
                f'"{said}" is none of the values of the output.',
                f"“{said}”不在结果取值之中。",
            )
        return made

    def _is_missing(self, value: Any, result: Result) -> bool:
        try:
            return result.rank(value) is None
        except feel.EvaluationError:
            return False  # the values depend on facts, or are wrong themselves


def _titled(text: str) -> dict[str, str]:
    short = " ".join(text.split())[:80]
    return {"en": short, "zh": short}
