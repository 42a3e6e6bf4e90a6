"""A table of a decision model tried with values that somebody makes up for what its columns look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from loanloom import feel
from loanloom.dmn import BoxedTable
from loanloom.dmn import tables as decision_tables
from loanloom.engines import decided
from loanloom.engines import facts as fact_scope
from loanloom.feel import Program, Type
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.definitions.grids import model_tables, reading
from loanloom.services.definitions.grids.model import Column, Grid
from loanloom.services.definitions.grids.trying import PREFIX, Asked, Tried, asked_for, raw_facts

_MOMENT = frozenset({"as_of", "now"})


def asked(document: Document, registry: Registry, at: str, typed: Mapping[str, str]) -> tuple[Asked, ...]:
    """What the table reads, in the order in which it meets it; nothing where the model does not run, and where the
    table calls a function of the model."""
    found = _found(document, registry)
    table = _table(found, at)
    if table is None:
        return ()
    types = _scope(found, at).members
    names = [one for one in dict.fromkeys(_read(table.table)) if one not in _MOMENT]
    if any(name not in types or types[name].kind in ("function", "context", "range") for name in names):
        return ()
    called = model_tables.called(document, registry)
    labels = {name: called.title(name) for name in names}
    for name in names:
        labels |= {f"{name}={code}": called.code(name, code) for code in types[name].values or ()}
    return tuple(asked_for(name, types[name], labels, typed.get(PREFIX + name, "")) for name in names)


def _found(document: Document, registry: Registry) -> decided.Decided:
    facts = fact_scope.model_scope(registry, str(document.spec["subject"]))
    return decided.decided(document, registry, facts)


def _table(found: decided.Decided, at: str) -> BoxedTable | None:
    known = found.model.tables if found.model is not None else ()
    return next((one for one in known if one.source.place.pointer == at), None)


def _scope(found: decided.Decided, at: str) -> Type:
    return next((one.scope for place, one in found.seen.items() if place.startswith(f"{at}/")), feel.context({}))


def _read(table: decision_tables.DecisionTable) -> Iterator[str]:
    for column in table.columns:
        yield from sorted(column.program.inputs)
    for row in table.rows:
        for program in (*(cell.program for cell in row.cells), *row.results):
            yield from sorted(program.inputs) if isinstance(program, Program) else ()
    for result in table.results:
        yield from sorted(result.default.inputs) if isinstance(result.default, Program) else ()


def run(
    document: Document, registry: Registry, grid: Grid, at: str, facts: tuple[Asked, ...], on: date, language: str
) -> Tried:
    """What the table says to these values; what was left empty is not known."""
    found = _found(document, registry)
    table = _table(found, at)
    assert table is not None, "asked only where it runs"
    known = fact_scope.read(_scope(found, at), raw_facts(facts, on)).facts
    result = decision_tables.run(table.table, known)
    lines = [line.pointer for line in grid.lines]
    stopped = {lines[one.row]: f"{lines[one.row]}/when/{one.column}"
               for one in result.trace if one.hit is False and one.column is not None}  # fmt: skip
    unknown = frozenset(lines[one.row] for one in result.trace if one.hit is None)
    answers = [column for column in grid.columns if column.kind == "answer"]
    said = tuple((column.label, _said(column, result.value, place, len(answers), language))
                 for place, column in enumerate(answers))  # fmt: skip
    return Tried(said, frozenset(lines[one] for one in result.hits), stopped, unknown,
                 tuple(_problem(one) for one in result.problems))  # fmt: skip


def _said(column: Column, value: Any, place: int, count: int, language: str) -> str:
    """The part of a result that a column gives, with codes by their names."""
    rows = value if isinstance(value, list | tuple) else [value]
    parts = [list(row.values())[place] if count > 1 and isinstance(row, Mapping) else row for row in rows]
    words = (reading.answer_words(column, part, language) for part in parts if part is not None)
    return ("、" if language == "zh" else ", ").join(words)


def _problem(found: decision_tables.TableProblem) -> Problem:
    said: Text = text(found.problem.message["en"], found.problem.message.get("zh", found.problem.message["en"]))
    return Problem(code=found.code, message=said)
