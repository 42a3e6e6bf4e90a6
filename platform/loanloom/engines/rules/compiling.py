"""Rule set document -> Ruleset, with every mistake gathered. Tables and hit policies are those of `dmn.tables`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom import feel
from loanloom.dmn import tables
from loanloom.engines import facts as fact_scope
from loanloom.engines.rules import reaching
from loanloom.engines.rules.model import Cell, Column, Output, Rule, Ruleset
from loanloom.engines.rules.outcomes import Outcomes
from loanloom.feel import Program
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.problems import Problem, Text, errors, text


@dataclass(frozen=True, slots=True)
class CompiledRuleset:
    """A rule set ready to run, or None with what is wrong. Warnings may accompany one."""

    ruleset: Ruleset | None
    problems: tuple[Problem, ...]


def compile_ruleset(document: Document, registry: Registry) -> CompiledRuleset:
    """Read and check one rule set document."""
    return _Compiler(document, registry).run()


class _Compiler:
    def __init__(self, document: Document, registry: Registry) -> None:
        self.document = document
        self.spec = document.spec
        self.problems: list[Problem] = []
        self.scope = fact_scope.scope(registry, self.spec["subject"])
        self.labels = fact_scope.labels(registry)
        self.outcomes = Outcomes(document, self.scope, self.problems)

    def say(self, code: str, message: Text, pointer: str, hint: Text | None = None) -> None:
        self.problems.append(self.document.problem(code, message, pointer, hint=hint))

    def run(self) -> CompiledRuleset:
        spec, outputs = self.spec, self.outcomes.outputs
        self._policy(outputs)
        pointer, listed = ("/table/rows", spec["table"]["rows"]) if "table" in spec else ("/rules", spec["rules"])
        then = [self.outcomes.then(one["then"], f"{pointer}/{place}/then") for place, one in enumerate(listed)]
        otherwise = self.outcomes.then(spec.get("otherwise", {}), "/otherwise")
        table = self._table(then)
        rules = tuple(self._rules(table, then)) if table is not None else ()
        if table is not None and not errors(self.problems):
            if "table" in spec:
                self.problems.extend(reaching.check_table(self.document, table, self.labels))
            else:
                self.problems.extend(reaching.check_list(self.document, rules))
        if table is None or errors(self.problems):
            return CompiledRuleset(None, tuple(self.problems))
        ruleset = Ruleset(
            key=self.document.key,
            title=self.document.title,
            digest=self.document.digest,
            hit_policy=spec["hit_policy"],
            outputs=outputs,
            table=table,
            columns=tuple(Column(dict(one.title), one.program) for one in table.columns),
            rules=rules,
            otherwise={one.key: one.default for one in outputs} | otherwise,
            labels=self.labels,
        )
        return CompiledRuleset(ruleset, tuple(self.problems))

    def _policy(self, outputs: Sequence[Output]) -> None:
        policy = self.spec["hit_policy"]
        if policy in ("priority", "output_order") and not any(one.values for one in outputs):
            self.say(
                "rules.no_priorities",
                text("Priority needs the output's values, worst first.", "优先级策略需要列出结果取值（从最差起）。"),
                "/outputs/0",
                text("Add `values`.", "请补充 values。"),
            )
        for place, one in enumerate(outputs):
            if one.aggregation is None:
                continue
            where = f"/outputs/{place}/aggregation"
            if policy != "collect":
                self.say(
                    "rules.aggregation_without_collect",
                    text("Only collected results are brought together.", "只有“全部收集”才能汇总。"),
                    where,
                    text("Take it out, or let the hit policy be `collect`.", "请删除，或将命中策略改为 collect。"),
                )
            elif one.aggregation == "sum" and one.type.kind != "number":
                self.say("rules.sum_of_no_numbers", text("Only numbers can be summed.", "只有数字可以求和。"), where)

    def _table(self, then: Sequence[Mapping[str, Any]]) -> tables.DecisionTable | None:
        """The rule set as a decision table; a list of rules as one without columns, whose conditions stand apart."""
        inputs: tuple[tables.Input, ...] = ()
        listed = self.spec.get("rules", ())
        if "table" in self.spec:
            given = self.spec["table"]["inputs"]
            listed = self.spec["table"]["rows"]
            inputs = tuple(tables.Input(one["value"], one["title"], allowed=one.get("allowed")) for one in given)
        rules = tuple(self._row(one, place, then[place]) for place, one in enumerate(listed))
        outputs = tuple(
            tables.Output(one.key, one.title, one.type, one.values or None) for one in self.outcomes.outputs
        )
        made = tables.Table(inputs, outputs, rules, self.spec["hit_policy"], title=self.document.title)
        compiled = tables.compile_table(made, self.scope, feel.LENDING)
        known = len(self.problems) > 0
        for found in compiled.problems:
            if found.place.part not in ("result", "output") and not (known and found.place.part == "table"):
                self.problems.append(self._problem(found))
        return compiled.table

    def _row(self, spec: Mapping[str, Any], place: int, then: Mapping[str, Any]) -> tables.Rule:
        results = tuple(_entry(then.get(one.key)) for one in self.outcomes.outputs)
        if "rules" in self.spec:
            return tables.Rule((), results, spec["key"], spec["title"])
        title = spec.get("title")
        if title is None:
            key = f" ({spec['key']})" if "key" in spec else ""
            key_zh = f"（{spec['key']}）" if "key" in spec else ""
            title = text(f"Row {place + 1}{key}", f"第 {place + 1} 行{key_zh}")
        return tables.Rule(tuple(spec["when"]), results, str(spec.get("key", place + 1)), title)

    def _problem(self, found: tables.TableProblem) -> Problem:
        """A mistake in the table at its place in the document."""
        place = found.place
        pointers = {
            "input": f"/table/inputs/{place.column}/value",
            "allowed": f"/table/inputs/{place.column}/allowed",
            "cell": f"/table/rows/{place.rule}/when" + ("" if place.column is None else f"/{place.column}"),
        }
        problem = found.problem
        pointer = pointers.get(place.part, "/table")
        if not problem.code.startswith("table."):
            return fact_scope.problem_from_feel(problem, self.document, pointer)
        hint = None
        if problem.code == "table.cell_count":
            hint = text(
                "One test for each column; write - where a column does not matter.", "每列一个条件；不关心的列请写 -。"
            )
        code = problem.code.replace("table.", "rules.", 1)
        return self.document.problem(code, dict(problem.message), pointer, hint=hint)

    def _rules(self, table: tables.DecisionTable, then: Sequence[Mapping[str, Any]]) -> Iterator[Rule]:
        if "rules" in self.spec:
            for place, spec in enumerate(self.spec["rules"]):
                yield self._rule(spec, f"/rules/{place}/when", then[place])
            return
        read = [one.program.inputs for one in table.columns]
        rows = self.spec["table"]["rows"]
        for place, (spec, row, results) in enumerate(zip(rows, table.rows, then, strict=True), 1):
            inputs = frozenset().union(*(one.program.inputs | read[one.column] for one in row.cells))
            yield Rule(
                key=row.key,
                title=spec.get("title") or spec.get("reason") or row.title,
                condition=True,
                cells=tuple(Cell(one.column, one.program) for one in sorted(row.cells, key=lambda one: one.column)),
                reason=spec.get("reason"),
                then=results,
                inputs=tuple(sorted(inputs)),
                row=place,
            )

    def _rule(self, spec: Mapping[str, Any], pointer: str, then: Mapping[str, Any]) -> Rule:
        condition: Program | bool = False
        inputs: frozenset[str] = frozenset()
        if isinstance(spec["when"], bool):
            condition = spec["when"]
        else:
            checked = feel.check(spec["when"], self.scope, expect=feel.BOOLEAN, functions=feel.LENDING)
            self.problems.extend(fact_scope.problem_from_feel(one, self.document, pointer) for one in checked.problems)
            condition, inputs = checked.program or False, checked.inputs
        return Rule(
            key=spec["key"],
            title=spec["title"],
            condition=condition,
            cells=(),
            reason=spec.get("reason"),
            then=then,
            inputs=tuple(sorted(inputs)),
        )


def _entry(value: Any) -> tables.Entry:
    return value if isinstance(value, Program) else tables.Given(value)


def check(registry: Registry) -> list[Problem]:
    """What is wrong with the rule sets of a registry."""
    return [one for document in registry.all("ruleset") for one in _of_ruleset(document, registry)]


@kept_narrowly
def _of_ruleset(document: Document, registry: Registry) -> tuple[Problem, ...]:
    return tuple(compile_ruleset(document, registry).problems)
