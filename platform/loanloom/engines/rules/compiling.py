"""Rule set document -> Ruleset, with every mistake gathered: wrong outputs, rows that overlap or are never reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.engines.rules import reaching
from loanloom.engines.rules.model import Cell, Column, Output, Rule, Ruleset
from loanloom.feel import Program
from loanloom.metadata.document import Document
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.registry import Registry
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
        self.problems: list[Problem] = []
        self.scope = fact_scope.scope(registry, document.spec["subject"])
        self.labels = fact_scope.labels(registry)

    def say(self, code: str, message: Text, pointer: str, hint: Text | None = None) -> None:
        self.problems.append(self.document.problem(code, message, pointer, hint=hint))

    def run(self) -> CompiledRuleset:
        spec = self.document.spec
        outputs = self._outputs(spec["outputs"])
        if spec["hit_policy"] == "priority" and not any(one.values for one in outputs):
            self.say(
                "rules.no_priorities",
                text("Priority needs the output's values, worst first.", "优先级策略需要列出结果取值（从最差起）。"),
                "/outputs/0",
                text("Add `values`.", "请补充 values。"),
            )
        columns: tuple[Column, ...] = ()
        if "table" in spec:
            columns, rules = self._table(spec["table"], outputs)
        else:
            rules = [self._rule(one, f"/rules/{place}", outputs) for place, one in enumerate(spec["rules"])]
        otherwise = spec.get("otherwise")
        if otherwise is not None:
            otherwise = self._then(otherwise, "/otherwise", outputs)
        if not errors(self.problems):
            self.problems.extend(reaching.check(self.document, rules))
        if errors(self.problems):
            return CompiledRuleset(None, tuple(self.problems))
        ruleset = Ruleset(
            key=self.document.key,
            title=self.document.title,
            digest=self.document.digest,
            hit_policy=spec["hit_policy"],
            outputs=outputs,
            columns=columns,
            rules=tuple(rules),
            otherwise=otherwise,
            labels=self.labels,
        )
        return CompiledRuleset(ruleset, tuple(self.problems))

    def _outputs(self, listed: Sequence[Mapping[str, Any]]) -> tuple[Output, ...]:
        found: list[Output] = []
        for place, one in enumerate(listed):
            type_ = fact_scope.output_type(one)
            values = tuple(fact_scope.scalar(value, type_) for value in one.get("values", ()))
            for at, value in enumerate(one.get("values", ())):
                if not _is_a(value, one["type"]):
                    self._wrong_type(value, one["type"], f"/outputs/{place}/values/{at}")
            title = one.get("title") or dict.fromkeys(("en", "zh"), one["key"])
            found.append(Output(key=one["key"], title=title, type=type_, values=values))
        return tuple(found)

    def _wrong_type(self, value: Any, wanted: str, pointer: str) -> None:
        self.say(
            "rules.wrong_output_type", text(f'"{value}" is not a {wanted}.', f"“{value}”不是声明的类型。"), pointer
        )

    def _then(self, then: Mapping[str, Any], pointer: str, outputs: Sequence[Output]) -> dict[str, Any]:
        declared = {one["key"]: one for one in self.document.spec["outputs"]}
        known = {one.key: one for one in outputs}
        found: dict[str, Any] = {}
        for key, value in then.items():
            where = f"{pointer}/{key}"
            if key not in known:
                self.say(
                    "rules.unknown_output",
                    text(f'"{key}" is not declared as an output.', f"“{key}”不是已声明的结果。"),
                    where,
                    nearest_hint(key, known),
                )
                continue
            if value is not None and not _is_a(value, declared[key]["type"]):
                self._wrong_type(value, declared[key]["type"], where)
                continue
            read = fact_scope.scalar(value, known[key].type) if value is not None else None
            if known[key].values and read is not None and read not in known[key].values:
                self.say(
                    "rules.unknown_value",
                    text(f'"{value}" is none of the values of {key}.', f"“{value}”不在“{key}”的取值之中。"),
                    where,
                    nearest_hint(str(value), map(str, known[key].values)),
                )
            found[key] = read
        return found

    def _rule(self, spec: Mapping[str, Any], pointer: str, outputs: Sequence[Output]) -> Rule:
        condition: Program | bool = False
        inputs: frozenset[str] = frozenset()
        if isinstance(spec["when"], bool):
            condition = spec["when"]
        else:
            checked = feel.check(spec["when"], self.scope, expect=feel.BOOLEAN)
            self._feel(checked.problems, f"{pointer}/when")
            condition, inputs = checked.program or False, checked.inputs
        return Rule(
            key=spec["key"],
            title=spec["title"],
            condition=condition,
            cells=(),
            reason=spec.get("reason"),
            then=self._then(spec["then"], f"{pointer}/then", outputs),
            inputs=tuple(sorted(inputs)),
        )

    def _feel(self, problems: Sequence[feel.FeelProblem], pointer: str) -> None:
        self.problems.extend(fact_scope.problem_from_feel(one, self.document, pointer) for one in problems)

    def _table(self, spec: Mapping[str, Any], outputs: Sequence[Output]) -> tuple[tuple[Column, ...], list[Rule]]:
        columns: list[Column] = []
        types: list[feel.Type] = []
        for place, one in enumerate(spec["inputs"]):
            checked = feel.check(one["value"], self.scope)
            self._feel(checked.problems, f"/table/inputs/{place}/value")
            types.append(checked.type)
            if checked.program is not None:
                columns.append(Column(one["title"], checked.program))
        if len(columns) < len(types):
            return (), []
        rows = [self._row(one, place, columns, types, outputs) for place, one in enumerate(spec["rows"])]
        return tuple(columns), rows

    def _row(
        self,
        spec: Mapping[str, Any],
        place: int,
        columns: Sequence[Column],
        types: Sequence[feel.Type],
        outputs: Sequence[Output],
    ) -> Rule:
        pointer = f"/table/rows/{place}"
        if len(spec["when"]) != len(columns):
            self.say(
                "rules.cell_count",
                text(
                    f"The row has {len(spec['when'])} tests for {len(columns)} inputs.",
                    f"该行有 {len(spec['when'])} 个条件，输入列为 {len(columns)} 个。",
                ),
                f"{pointer}/when",
                text("Write - where a column does not matter.", "不关心的列请写 -。"),
            )
        cells: list[Cell] = []
        inputs: set[str] = set()
        for at, (source, type_) in enumerate(zip(spec["when"], types, strict=False)):
            checked = feel.check_unary(source, type_, self.scope)
            self._feel(checked.problems, f"{pointer}/when/{at}")
            if checked.program is not None:
                cells.append(Cell(at, checked.program))
                inputs |= checked.inputs | columns[at].program.inputs
        title = spec.get("title") or spec.get("reason") or text(f"Row {place + 1}", f"第 {place + 1} 行")
        return Rule(
            key=str(spec.get("key", place + 1)),
            title=title,
            condition=True,
            cells=tuple(cells),
            reason=spec.get("reason"),
            then=self._then(spec["then"], f"{pointer}/then", outputs),
            inputs=tuple(sorted(inputs)),
        )


def _is_a(value: Any, wanted: str) -> bool:
    if wanted == "number":
        return isinstance(value, int | Decimal) and not isinstance(value, bool)
    if wanted == "boolean":
        return isinstance(value, bool)
    if wanted == "date":
        return isinstance(value, str) and fact_scope.scalar(value, feel.DATE) is not None
    return isinstance(value, str)


def check(registry: Registry) -> list[Problem]:
    """What is wrong with the rule sets of a registry."""
    return [one for document in registry.all("ruleset") for one in compile_ruleset(document, registry).problems]
