"""The outputs of a rule set and what its rules say of them: plain values, or expressions written `= amount * 0.5`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.engines.rules.model import Output
from loanloom.metadata.document import Document
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.problems import Problem, Text, text

MARK = "="
"""Before a text, it makes the text an expression, as in a spreadsheet."""


_TYPES = {"number": "数字", "string": "文本", "boolean": "是/否", "date": "日期"}


class Outcomes:
    """Reads outputs and results of one document; mistakes go to `problems`."""

    def __init__(self, document: Document, scope: feel.Type, problems: list[Problem]) -> None:
        self.document = document
        self.scope = scope
        self.problems = problems
        self.declared = {one["key"]: one for one in document.spec["outputs"]}
        self.known: dict[str, Output] = {}
        for place, one in enumerate(document.spec["outputs"]):
            self.known[one["key"]] = self._output(one, f"/outputs/{place}")

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Every declared output."""
        return tuple(self.known.values())

    def _say(self, code: str, message: Text, pointer: str, hint: Text | None = None) -> None:
        self.problems.append(self.document.problem(code, message, pointer, hint=hint))

    def _output(self, one: Mapping[str, Any], pointer: str) -> Output:
        type_ = fact_scope.output_type(one)
        values = tuple(fact_scope.scalar(value, type_) for value in one.get("values", ()))
        for at, value in enumerate(one.get("values", ())):
            if not _is_a(value, one["type"]):
                self._wrong_type(value, f"{pointer}/values/{at}")
        title = one.get("title") or dict.fromkeys(("en", "zh"), one["key"])
        plain = Output(one["key"], title, type_, values, aggregation=one.get("aggregation"))
        default = self._value(plain, one["type"], one.get("default"), f"{pointer}/default")
        return Output(one["key"], title, type_, values, default, one.get("aggregation"))

    def _wrong_type(self, value: Any, pointer: str) -> None:
        wanted = self.declared[self._key(pointer)]["type"]
        hint = None
        if wanted == "number":
            hint = text("Write 12 % as 0.12; a formula begins with =.", "12% 请写 0.12；公式以 = 开头。")
        self._say(
            "rules.wrong_output_type",
            text(f'"{value}" is not a {wanted}.', f"“{value}”不是{_TYPES[wanted]}。"),
            pointer,
            hint,
        )

    def _key(self, pointer: str) -> str:
        parts = pointer.split("/")
        if parts[1] == "outputs":
            return str(self.document.spec["outputs"][int(parts[2])]["key"])
        return parts[-1]

    def then(self, then: Mapping[str, Any], pointer: str) -> dict[str, Any]:
        """What a rule says: values and programs by output."""
        found: dict[str, Any] = {}
        for key, value in then.items():
            where = f"{pointer}/{key}"
            if key not in self.known:
                self._say(
                    "rules.unknown_output",
                    text(f'"{key}" is not declared as an output.', f"“{key}”不是已声明的结果。"),
                    where,
                    nearest_hint(key, self.known),
                )
                continue
            found[key] = self._value(self.known[key], self.declared[key]["type"], value, where)
        return found

    def _value(self, output: Output, wanted: str, value: Any, where: str) -> Any:
        if isinstance(value, str) and value.startswith(MARK):
            return self._program(output, value, where)
        if value is None:
            return None
        if not _is_a(value, wanted):
            self._wrong_type(value, where)
            return None
        read = fact_scope.scalar(value, output.type)
        if output.values and read not in output.values:
            self._say(
                "rules.unknown_value",
                text(f'"{value}" is none of the values of {output.key}.', f"“{value}”不在“{output.key}”的取值之中。"),
                where,
                nearest_hint(str(value), map(str, output.values)),
            )
        return read

    def _program(self, output: Output, written: str, where: str) -> feel.Program | None:
        source = " " * len(MARK) + written[len(MARK) :]  # columns stay where the author sees them
        checked = feel.check(source, self.scope, expect=output.type, functions=feel.LENDING)
        self.problems.extend(fact_scope.problem_from_feel(one, self.document, where) for one in checked.problems)
        return checked.program


def _is_a(value: Any, wanted: str) -> bool:
    if wanted == "number":
        return isinstance(value, int | Decimal) and not isinstance(value, bool)
    if wanted == "boolean":
        return isinstance(value, bool)
    if wanted == "date":
        return isinstance(value, str) and fact_scope.scalar(value, feel.DATE) is not None
    return isinstance(value, str)
