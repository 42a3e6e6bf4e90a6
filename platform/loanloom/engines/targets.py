"""Expressions that must run as SQL or polars: the one place where that is asked, for every kind that says so.

A kind names the places (`targets` in its `expressions`). What such a text cannot be there is a problem of its document
at its own line and column, before anything is published; a text that is wrong anyway is left to its engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loanloom import feel
from loanloom.engines import facts, reports
from loanloom.engines.reports.computing import measured
from loanloom.engines.reports.scope import columns, scope
from loanloom.feel import FeelProblem
from loanloom.feel.sql_target import Columns, to_sql
from loanloom.metadata import pointers
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import Expression
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text

SUBJECTS = ("customer", "application", "loan", "document")


def check(registry: Registry) -> list[Problem]:
    """Every expression of a registry that cannot run as its place needs."""
    return [problem for document in registry.documents.values() for problem in _document(document, registry)]


def _document(document: Document, registry: Registry) -> Iterator[Problem]:
    for place in registry.kinds.require(document.kind).expressions:
        if not place.targets:
            continue
        for pointer, written in pointers.match(document.spec, place.pointer):
            if isinstance(written, str) and not _is_field(document, pointer, written):
                yield from _expression(document, pointer, written, place, registry)


def _is_field(document: Document, pointer: str, written: str) -> bool:
    """A report's column that shows a field as it is, and computes nothing."""
    return document.kind == "report" and pointer.endswith("/value") and reports.is_field(written)


def _expression(
    document: Document, pointer: str, written: str, place: Expression, registry: Registry
) -> Iterator[Problem]:
    seen = _scope(document, place.scope, registry)
    if seen is None:
        message = text(
            f'What an expression with the scope "{place.scope}" sees is not known here.',
            f"无法确定可见范围“{place.scope}”中的内容。",
        )
        yield document.problem("targets.unknown_scope", message, pointer)
        return
    checked = feel.check(written, seen)
    if not checked.ok:
        return
    mapped = columns(registry, document.spec["data_set"]) if place.scope == "data_set" else None
    for target in place.targets:
        for problem in problems(checked, target, mapped):
            yield facts.problem_from_feel(problem, document, pointer)


def _scope(document: Document, name: str, registry: Registry) -> feel.Type | None:
    spec: Mapping[str, Any] = document.spec
    if name == "data_set":
        return scope(registry, spec["data_set"])
    if name == "totals":
        return measured(reports.read_report(document), registry)
    subject = spec.get("subject") if name == "subject" else name
    return facts.scope(registry, str(subject)) if subject in SUBJECTS else None


def problems(checked: feel.Checked, target: str, mapped: Columns | None = None) -> tuple[FeelProblem, ...]:
    """Why an expression cannot run on a target; without a mapping, as if every fact had a column."""
    if target == "sql":
        return to_sql(checked, mapped or {path: f'"{path}"' for path in checked.inputs}).problems
    from loanloom.feel.polars_target import to_polars

    return tuple(to_polars(checked).problems)
