"""Expressions while they are written: what they may see at a place of a definition, help, and trying them out.

Reads only. A stored application's facts come with the reader's own rights: what the form hides from their roles, and
what is kept encrypted, is left out, so that no expression can bring it to light.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom import feel
from loanloom.engines import expressions, forms
from loanloom.engines import facts as fact_scope
from loanloom.engines.expressions import SUBJECTS, Place
from loanloom.feel.help.completion import Completion, complete
from loanloom.feel.help.hover import Hover, Signature, hover, signature
from loanloom.feel.help.residual import residual
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.definitions import compiled, working
from loanloom.services.definitions.catalogue import kind_of, sounds
from loanloom.services.definitions.releases import candidate
from loanloom.services.errors import NotFound, Refused
from loanloom.services.origination import applications
from loanloom.store.tables import application

OPEN = feel.context({"as_of": feel.optional(feel.DATE)}, open=True)
"""What is seen without any subject: whatever facts are given."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where an expression stands: the place of a definition (with its text while it is being changed), or a subject."""

    kind: str = ""
    key: str = ""
    pointer: str = ""
    source: str | None = None
    subject: str = "application"
    cell_of: str | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a run. `hidden` are the facts that were left out because the reader may not see them."""

    checked: feel.Checked
    evaluation: feel.Evaluation
    explanation: feel.Explanation
    labels: Mapping[str, Text]
    hidden: tuple[str, ...] = ()
    unreadable: tuple[Problem, ...] = ()


def where(ctx: Context, asked: Asked) -> Place:
    """What may be written at a place."""
    ctx.require("definition.read")
    registry = working.registry_of(ctx)
    if not asked.kind:
        return about(registry, asked.subject, asked.cell_of)
    kind = kind_of(asked.kind)
    document = registry.get(kind.key, asked.key)
    if asked.source is not None:
        document = candidate.read_draft(kind.key, asked.key, asked.source)[0] or document
    if document is None:
        raise NotFound(text("definition", "配置"))
    found = expressions.place(document, asked.pointer, registry)
    if found is None:
        message = text(f"No expression stands at {asked.pointer[:200]}.", f"{asked.pointer[:200]} 处不是表达式。")
        raise Refused(Problem(code="expression.no_place", field="pointer", message=message))
    return found


def about(registry: Registry, subject: str, cell_of: str | None) -> Place:
    """What may be written about a subject; `cell_of` is what a cell of a decision table tests."""
    if subject == "none":
        place = Place("", "", "", OPEN)
    elif subject in SUBJECTS:
        place = Place("", "", "", fact_scope.scope(registry, subject), labels=fact_scope.labels(registry))
    else:
        message = text(f'There is nothing to say about "{subject[:60]}".', f"没有“{subject[:60]}”这一范围。")
        hint = text("Known are: " + ", ".join((*SUBJECTS, "none")), "可用：" + "、".join((*SUBJECTS, "none")))
        raise Refused(Problem(code="expression.unknown_scope", field="scope", message=message, hint=hint))
    if cell_of is None:
        return place
    tested = feel.check(cell_of, place.scope, functions=feel.LENDING)
    if not tested.ok:
        raise Refused(_said(tested.problems[0]))
    return Place("", "", "", place.scope, tested=tested.type, labels=place.labels)


def _said(problem: feel.FeelProblem) -> Problem:
    hint = dict(problem.hint) if problem.hint else None
    return Problem(
        code=problem.code, message=dict(problem.message), hint=hint, line=problem.line, column=problem.column
    )


# -- help -------------------------------------------------------------------------------------------------------------


def completions(place: Place, source: str, offset: int) -> list[Completion]:
    """What may be written at an offset; Chinese titles are found by their sound too."""
    found = _sounds(place.labels) if place.labels else None
    return complete(source, offset, place.scope, tested=place.tested, labels=place.labels, sounds=found)


def pointed(place: Place, source: str, offset: int) -> tuple[Hover | None, Signature | None]:
    """What stands at an offset, and the call around it."""
    said = hover(source, offset, place.scope, tested=place.tested, labels=place.labels)
    return said, signature(source, offset)


class _Same:
    """Labels by identity: they belong to a registry and are never changed."""

    __slots__ = ("labels",)

    def __init__(self, labels: Mapping[str, Text]) -> None:
        self.labels = labels

    def __hash__(self) -> int:
        return id(self.labels)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.labels is self.labels


def _sounds(labels: Mapping[str, Text]) -> Mapping[str, tuple[str, str]]:
    return _sounds_of(_Same(labels))


@lru_cache(maxsize=16)
def _sounds_of(kept: _Same) -> Mapping[str, tuple[str, str]]:
    return {path: sounds(title.get("zh", "")) for path, title in kept.labels.items() if "=" not in path}


# -- trying -----------------------------------------------------------------------------------------------------------


def run(ctx: Context, place: Place, source: str, given: Mapping[str, Any], tested: Any = None) -> Tried:
    """Run an expression over facts as JSON gives them."""
    read = fact_scope.read(place.scope, given)
    found = {"as_of": ctx.business_date, **read.facts}
    value = fact_scope.read(feel.context({"value": place.tested or feel.ANY}), {"value": tested}).facts["value"]
    return _tried(place, source, found, (value,) if place.tested is not None else (), unreadable=read.problems)


def run_on(ctx: Context, place: Place, source: str, number: str) -> Tried:
    """Run an expression over the facts of a stored application that the reader may see."""
    with ctx.transaction() as connection:
        row = row_of(ctx, connection, number)
        filling = applications.filling(ctx, connection, row)
        facts = applications.facts_of(ctx, connection, row.id)
    hidden = hidden_from(ctx, filling)
    shown = {name: without(value, name, hidden) for name, value in facts.items()}
    return _tried(place, source, shown, (None,) if place.tested is not None else (), hidden=hidden)


def row_of(ctx: Context, connection: Connection, number: str) -> Row[Any]:
    """The application of a number, or of the number of its row, if the reader may see it."""
    named = application.c.id if number.isdecimal() and len(number) < 12 else application.c.number
    wanted = int(number) if number.isdecimal() and len(number) < 12 else number
    row_id = connection.execute(select(application.c.id).where(named == wanted)).scalar_one_or_none()
    if row_id is None:
        raise NotFound(applications.APPLICATION)
    return applications.read(ctx, connection, row_id)


def hidden_from(ctx: Context, filling: applications.Filling) -> frozenset[str]:
    """The paths that the reader may not see in clear: encrypted ones, and those that a form hides or masks."""
    closed = {path.removesuffix("=*") for path in fact_scope.labels(filling.registry) if path.endswith("=*")}
    of_customer = compiled.record_form(filling.registry, "customer")
    for form, node in ((filling.form, applications.node_of(filling)), (of_customer, None)):
        modes = forms.modes(form, ctx.actor.roles, node)
        closed |= {path for path, mode in modes.items() if mode in ("hidden", "masked")}
    return frozenset(closed)


def without(value: Any, path: str, hidden: frozenset[str]) -> Any:
    """A fact with everything left out that the reader may not see."""
    if path in hidden:
        return None
    if isinstance(value, Mapping):
        return {name: without(one, f"{path}.{name}", hidden) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [without(one, path, hidden) for one in value]
    return value


def _tried(
    place: Place,
    source: str,
    facts: Mapping[str, Any],
    tested: tuple[Any, ...],
    *,
    hidden: frozenset[str] = frozenset(),
    unreadable: tuple[Problem, ...] = (),
) -> Tried:
    checked = place.check(source)
    if checked.program is None:
        raise Refused(tuple(_said(one) for one in checked.problems))
    evaluation = checked.program.evaluate(facts, *tested)
    explanation = checked.program.explain(facts, *tested)
    left_out = tuple(sorted(path for path in checked.inputs if any(covers(one, place.full(path)) for one in hidden)))
    return Tried(checked, evaluation, explanation, place.labels, left_out, unreadable)


def covers(hidden: str, path: str) -> bool:
    """Whether seeing one would show something of the other."""
    return path == hidden or path.startswith(f"{hidden}.") or hidden.startswith(f"{path}.")


def remaining(place: Place, source: str, known: Mapping[str, Any]) -> tuple[feel.Checked, tuple[Problem, ...]]:
    """What remains of an expression when some facts are known."""
    read = fact_scope.read(place.scope, known)
    return residual(place.check(source), read.facts), read.problems


__all__ = [
    "Asked",
    "Tried",
    "about",
    "completions",
    "covers",
    "hidden_from",
    "pointed",
    "remaining",
    "row_of",
    "run",
    "run_on",
    "where",
    "without",
]
