"""An import_mapping document -> programs from a row to facts, checked against columns and fields. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.engines.imports.fields import RECORDS, field_at
from loanloom.engines.imports.rows import Row, Rows, read_rows
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.problems import Problem, Text, errors, text

TYPES: Mapping[str, feel.Type] = {
    "text": feel.STRING,
    "number": feel.NUMBER,
    "integer": feel.NUMBER,
    "date": feel.DATE,
    "yes_no": feel.BOOLEAN,
}
_NAME = re.compile(r"[{]([a-z][a-z0-9_]*)[}]")


@dataclass(frozen=True, slots=True)
class Mapped:
    """One row as facts: the key it is known by, the facts, and the recorded outcome (good, bad or none)."""

    key: str
    facts: Mapping[str, Mapping[str, Any]]
    outcome: str | None
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class ImportMapping:
    """A compiled mapping."""

    record: str
    product: str | None
    account: str | None
    format: str
    headings: Mapping[str, str]
    skip: int
    columns: Mapping[str, str]
    pattern: str
    programs: tuple[tuple[str, str, feel.Program], ...]
    outcome: tuple[str, str] | None

    def read(self, content: bytes, file: str = "") -> Rows:
        """The rows of a file of this mapping's format."""
        return read_rows(
            content, self.columns, file, headings=self.headings, skip=self.skip, sheet=self.format == "xlsx"
        )

    def map(self, row: Row) -> tuple[Mapped | None, tuple[Problem, ...]]:
        """The facts of a row, or what is wrong with it."""
        records = RECORDS if self.record in RECORDS else (self.record,)
        facts: dict[str, dict[str, Any]] = {record: {} for record in records}
        problems: list[Problem] = []
        seen = {"row": row.values}
        for record, field, program in self.programs:
            done = program.evaluate(seen)
            if done.problem is None:
                facts[record][field] = done.value
            else:
                problems.append(_row_problem(done.problem, f"{record}.{field}", row.line))
        key = _NAME.sub(lambda found: _shown(row.values.get(found[1])), self.pattern)
        if any(row.values.get(name) is None for name in _NAME.findall(self.pattern)):
            problems.append(_without_key(row.line, self.pattern))
        if problems:
            return None, tuple(problems)
        return Mapped(key, facts, self._outcome(row), row.line), ()

    def _outcome(self, row: Row) -> str | None:
        if self.outcome is None or (written := row.values.get(self.outcome[0])) is None:
            return None
        return "bad" if _shown(written) == self.outcome[1] else "good"


@dataclass(frozen=True, slots=True)
class Compiled:
    """The mapping, or None with what is wrong."""

    mapping: ImportMapping | None
    problems: tuple[Problem, ...]


def row_scope(spec: Mapping[str, Any]) -> feel.Type:
    """What a value sees: the columns of its row."""
    columns = {name: feel.optional(TYPES[kind]) for name, kind in spec["columns"].items()}
    return feel.context({"row": feel.context(columns)})


def compile_mapping(document: Document, registry: Registry) -> Compiled:
    """Compile one import_mapping document."""
    spec = document.spec
    columns = spec["columns"]
    scope = row_scope(spec)
    problems: list[Problem] = list(_unknown_columns(document))
    programs = []
    allowed = RECORDS if spec["record"] in RECORDS else (spec["record"],)
    for path, source in spec["values"].items():
        pointer = f"/values/{path}"
        record, _, name = path.partition(".")
        field = field_at(path, registry)
        if field is None or record not in allowed:
            words = text(f"There is no field {path}.", f"没有字段 {path}。")
            problems.append(_placed(document, pointer, "import.unknown_field", words))
            continue
        checked = feel.check(
            source, scope, expect=feel.optional(fact_scope.field_type(field, registry)), functions=feel.LENDING
        )
        problems.extend(fact_scope.problem_from_feel(one, document, pointer) for one in checked.problems)
        if checked.program is not None:
            programs.append((record, name, checked.program))
    if errors(problems):
        return Compiled(None, tuple(problems))
    outcome = spec.get("outcome")
    made = ImportMapping(
        record=spec["record"],
        product=spec.get("product"),
        account=spec.get("account"),
        format=spec["format"],
        headings=dict(spec.get("headings", {})),
        skip=spec.get("skip", 0),
        columns=dict(columns),
        pattern=spec["key"],
        programs=tuple(programs),
        outcome=(outcome["column"], _shown(outcome["bad_value"])) if outcome else None,
    )
    return Compiled(made, tuple(problems))


def check(registry: Registry) -> list[Problem]:
    """Everything wrong with the import mappings of a registry."""
    return [problem for document in registry.all("import_mapping") for problem in _of_mapping(document, registry)]


@kept_narrowly
def _of_mapping(document: Document, registry: Registry) -> tuple[Problem, ...]:
    return tuple(compile_mapping(document, registry).problems)


def _unknown_columns(document: Document) -> Iterable[Problem]:
    columns = document.spec["columns"]
    named = [("/key", name) for name in _NAME.findall(document.spec["key"])]
    if outcome := document.spec.get("outcome"):
        named.append(("/outcome/column", outcome["column"]))
    for pointer, name in named:
        if name not in columns:
            words = text(f"The column {name} is not declared.", f"未声明列 {name}。")
            yield _placed(document, pointer, "import.unknown_column", words)
    if not _NAME.search(document.spec["key"]):
        words = text("The key names no column, so every row would be the same.", "键中没有列名，所有行将视为同一行。")
        yield _placed(document, "/key", "import.constant_key", words)


def _placed(document: Document, pointer: str, code: str, message: Text) -> Problem:
    return fact_scope.place(Problem(code=code, message=message, pointer=pointer), document)


def _row_problem(found: feel.FeelProblem, field: str, line: int) -> Problem:
    return Problem(code=found.code, message=found.message, hint=found.hint, field=field, line=line)


def _without_key(line: int, pattern: str) -> Problem:
    return Problem(
        code="import.no_key",
        message=text(f"A column of the key {pattern} is empty.", f"键 {pattern} 所用的列为空。"),
        line=line,
    )


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
