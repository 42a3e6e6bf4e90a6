"""Expressions that must run as SQL or polars: the one place where that is asked, for every kind that says so.

A kind names the places (`targets` in its `expressions`). What such a text cannot be there is a problem of its document
at its own line and column, before anything is published; a text that is wrong anyway is left to its engine.
"""

from __future__ import annotations

from collections.abc import Iterator

from loanloom import feel
from loanloom.engines import expressions, facts, reports
from loanloom.engines.reports.scope import columns
from loanloom.feel import FeelProblem
from loanloom.feel.targets.sql.target import Columns, to_sql
from loanloom.metadata import pointers
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import Expression
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.problems import Problem, text


def check(registry: Registry) -> list[Problem]:
    """Every expression of a registry that cannot run as its place needs."""
    kinds = [kind.key for kind in registry.kinds if any(one.targets for one in kind.expressions)]
    return [problem for kind in kinds for one in registry.all(kind) for problem in _of_document(one, registry)]


@kept_narrowly
def _of_document(document: Document, registry: Registry) -> tuple[Problem, ...]:
    return tuple(_document(document, registry))


def _document(document: Document, registry: Registry) -> Iterator[Problem]:
    for declared in registry.kinds.require(document.kind).expressions:
        if not declared.targets:
            continue
        for pointer, value in pointers.match(document.spec, declared.pointer):
            written = declared.text_of(value)
            if written is not None and not _is_field(document, pointer, written):
                yield from _expression(document, pointer, written, declared, registry)


def _is_field(document: Document, pointer: str, written: str) -> bool:
    """A report's column that shows a field as it is, and computes nothing."""
    return document.kind == "report" and pointer.endswith("/value") and reports.is_field(written)


def _expression(
    document: Document, pointer: str, written: str, declared: Expression, registry: Registry
) -> Iterator[Problem]:
    place = expressions.place(document, pointer, registry)
    if place is None:
        message = text("What an expression sees at this place is not known.", "无法确定此处表达式可见的内容。")
        yield document.problem("targets.unknown_scope", message, pointer)
        return
    checked = place.check(written)
    if not checked.ok:
        return
    mapped = columns(registry, document.spec["data_set"]) if declared.scope == "data_set" else None
    for target in declared.targets:
        for problem in problems(checked, target, mapped):
            yield facts.problem_from_feel(problem, document, pointer)


def problems(checked: feel.Checked, target: str, mapped: Columns | None = None) -> tuple[FeelProblem, ...]:
    """Why an expression cannot run on a target; without a mapping, as if every fact had a column."""
    if target == "sql":
        return to_sql(checked, mapped or {path: f'"{path}"' for path in checked.inputs}).problems
    from loanloom.feel.targets.polars.target import to_polars  # polars is an extra: only a kind that names it needs it

    return tuple(to_polars(checked).problems)
