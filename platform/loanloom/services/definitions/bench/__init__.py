"""The test bench: a rule set, score card, calculation, indicator or decision model on the facts of one case - an
example of the company, a real application, or what is typed - as it is live and as the drafts would have it.

Reads only. A real application shows whoever asks what its form shows them, and nothing that is kept encrypted; what
they may not see counts as not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from loanloom.engines import facts as fact_scope
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services import facts as readers
from loanloom.services.context import Context
from loanloom.services.definitions import expressions
from loanloom.services.definitions.bench.inputs import Input, as_typed, boxes, laid_over, read_by
from loanloom.services.definitions.bench.results import RUNS, Came, Line
from loanloom.services.definitions.releases.impact import closure
from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.origination import applications, assessing

KINDS: Final = tuple(RUNS)
"""What can be tried here; flows, products and single expressions have pages of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What is read and what came of it, live and with the drafts. `left_out` are facts the reader may not see."""

    inputs: tuple[Input, ...]
    live: Came | None
    draft: Came | None
    left_out: tuple[Text, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the draft says something else than what is live."""
        return self.live is not None and self.draft is not None and self.draft.differs(self.live)


@dataclass(frozen=True, slots=True)
class _Case:
    """Where the facts of a case come from: they are worked out by the definitions that look at it."""

    product: str
    facts: Mapping[str, Any]
    hidden: frozenset[str] = frozenset()


def examples(registry: Registry, tried: Document) -> tuple[Document, ...]:
    """The company's own example applications: those for products that use what is tried, else all."""
    found = _examples(registry)
    products = {key for kind, key in closure(registry, [tried.identity]) if kind == "product"}
    return tuple(one for one in found if one.spec["product"] in products) or found


def _examples(registry: Registry) -> tuple[Document, ...]:
    cases = registry.all("case")
    return tuple(one for one in cases if {"product", "facts"} <= set(one.spec) and not {"loan", "flow"} & set(one.spec))


def bench(
    ctx: Context, shown: Document, registry: Registry, live: Document | None, case: str, typed: Mapping[str, str] | None
) -> Bench:
    """Try `shown` as the drafts have it (in `registry`), and `live` where that is something else. `case` is the number
    of an application or the key of an example; `typed` are facts by path, None to take those of the case."""
    ctx.require("definition.read")
    found, problems = _case(ctx, registry, case)
    paths = read_by(shown, registry)
    left_out = [path for path in paths if any(expressions.covers(one, path) for one in found.hidden)]
    facts = _worked_out(registry, found)
    given = boxes(shown, registry, paths, as_typed(facts, paths) if typed is None else typed)
    whole, unread = laid_over({"as_of": ctx.business_date, **facts}, given, shown, registry)
    labels = fact_scope.labels(registry)
    draft = RUNS[shown.kind](shown, registry, whole) if shown is not live else None
    before = None
    if live is not None:
        theirs, _ = laid_over({"as_of": ctx.business_date, **_worked_out(ctx.registry, found)}, given, live, registry)
        before = RUNS[live.kind](live, ctx.registry, theirs)
    return Bench(
        inputs=given, live=before, draft=draft, problems=(*problems, *unread),
        left_out=tuple(labels.get(path, text(path, path)) for path in left_out),
    )  # fmt: skip


def _case(ctx: Context, registry: Registry, asked: str) -> tuple[_Case, tuple[Problem, ...]]:
    """The case of a number or a key; nothing at all, with why, where there is none to be seen."""
    if not asked:
        return _Case("", {}), ()
    example = next((one for one in _examples(registry) if one.key == asked), None)
    if example is not None:
        return _example(registry, example), ()
    try:
        return _real(ctx, registry, asked), ()
    except (NotFound, Forbidden):
        named = asked[:60]
        message = text(f"There is no application “{named}” that you may see.", f"没有您可查看的申请“{named}”。")
        return _Case("", {}), (Problem(code="bench.no_case", field="case", message=message),)
    except Refused as refused:
        return _Case("", {}), refused.problems


def _example(registry: Registry, example: Document) -> _Case:
    product = str(example.spec["product"])
    on = str(example.spec.get("as_of") or example.effective_from or "2026-01-01")
    raw = {**example.spec["facts"], "as_of": on}
    raw["application"] = {"applied_on": on, **raw.get("application", {}), "product": product}
    known = {"guarantors": [], "collateral": [], **fact_scope.convert(registry, "application", raw).facts}
    if registry.get("product", product) is not None:
        known["product"] = readers.of_product(registry, product, on=date.fromisoformat(on))
    return _Case(product, known)


def _real(ctx: Context, registry: Registry, number: str) -> _Case:
    with ctx.transaction() as connection:
        row = expressions.row_of(ctx, connection, number)
        then = replace(ctx, business_date=row.applied_on)
        filling = applications.filling(then, connection, row, registry)
    hidden = expressions.hidden_from(ctx, filling)
    facts = {name: expressions.without(value, name, hidden) for name, value in filling.facts.items()}
    return _Case(row.product_key, facts, hidden)


def _worked_out(registry: Registry, case: _Case) -> dict[str, Any]:
    """The facts of a case with indicators, score and limit as a set of definitions works them out."""
    if registry.get("product", case.product) is None:
        return dict(case.facts)
    try:
        return dict(assessing.assess(registry, case.product, case.facts).facts)
    except Refused:  # a draft on the way does not compile; its own page says what is wrong
        return dict(case.facts)


__all__ = ["KINDS", "RUNS", "Bench", "Came", "Input", "Line", "bench", "examples"]
