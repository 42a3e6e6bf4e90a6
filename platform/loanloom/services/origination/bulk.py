"""Applicants in bulk: customers made, forms judged, engines asked, flows begun, set by set. What an import stands on.

The same evaluator and the same engines as for one application at the desk; only the writing is done by sets. A set
is one transaction: it is in or not. An applicant is known by its key and comes in once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select

from loanloom.engines import forms
from loanloom.problems import Problem
from loanloom.services import facts, numbers
from loanloom.services.approval import approvals
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.origination import assessing, offering, submissions
from loanloom.services.origination.assessing import Assessed, assess
from loanloom.services.parties import customers
from loanloom.store import audit, tables

SET = 250
"""Applicants a transaction; large enough that statements do not count, small enough to show progress."""

__all__ = ["Applicant", "Assessed", "BroughtIn", "Progress", "assess", "bring_in"]


@dataclass(frozen=True, slots=True)
class Applicant:
    """One applicant: a key, the facts as they stand in the file, and how it ended, where the file knows."""

    key: str
    facts: Mapping[str, Any]
    outcome: str | None = None


@dataclass(slots=True)
class BroughtIn:
    """What became of them; problems by key for those left out."""

    created: int = 0
    already_there: int = 0
    problems: dict[str, tuple[Problem, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Judged:
    applicant: Applicant
    customer: Mapping[str, Any]
    known: Mapping[str, Any]
    assessed: Assessed


Progress = Callable[[int, int], None]


def bring_in(
    ctx: Context, product_key: str, applicants: Sequence[Applicant], *, on_progress: Progress | None = None
) -> BroughtIn:
    """Bring applicants in for a product. Repeating it brings in only those that are not there yet."""
    ctx.require("import.run")
    offering.open_product(ctx, product_key)
    done = BroughtIn()
    for start in range(0, len(applicants), SET):
        chosen = applicants[start : start + SET]
        with ctx.transaction() as connection:
            known = _known(connection, [one.key for one in chosen])
            done.already_there += len(known)
            judged = [_judge(ctx, product_key, one) for one in chosen if one.key not in known]
            for applicant, problems in ((one, two) for one, two in judged if isinstance(two, tuple)):
                done.problems[applicant.key] = problems
            sound = [two for _, two in judged if isinstance(two, _Judged)]
            _write(ctx, connection, product_key, sound)
            done.created += len(sound)
        if on_progress is not None:
            on_progress(start + len(chosen), len(applicants))
    return done


def _known(connection: Connection, keys: Sequence[str]) -> set[str]:
    column = tables.application.c.imported_key
    return set(connection.execute(select(column).where(column.in_(keys))).scalars())


def _judge(ctx: Context, product_key: str, one: Applicant) -> tuple[Applicant, _Judged | tuple[Problem, ...]]:
    """The form, the product and the engines over one applicant; papers are not asked of a file."""
    registry = ctx.registry
    product = registry.require("product", product_key)
    empty = customers.empty_facts(ctx, registry)
    customer = forms.evaluate(compiled.plain_form(registry, "customer"), flat(one.facts, ("customer",)), empty)
    known = {**empty, **customer.values, "product": facts.of_product(registry, product_key, on=ctx.business_date)}
    known["application"] = {**known["application"], "product": product_key, "applied_on": ctx.business_date}
    known["company"] = facts.of_company(ctx, registry)
    form = compiled.form(registry, product.spec["forms"]["application"])
    groups = ("application", "guarantors", "collateral")
    evaluated = forms.evaluate(form, flat(one.facts, groups), known)
    problems = [*customer.problems, *evaluated.problems]
    if not problems:
        known = {**known, **submissions.merged(known, evaluated.values)}
        problems = list(submissions.product_problems(ctx, registry, product_key, known))
    if problems:
        return one, tuple(problems)
    assessed = assess(registry, product_key, known)
    if assessed.problems:
        return one, assessed.problems
    return one, _Judged(one, known["customer"], known, assessed)


def flat(given: Mapping[str, Any], roots: Sequence[str]) -> dict[str, Any]:
    """Facts by record as the form's inputs: `application.amount`, rows whole."""
    return dict(_pairs(given, roots))


def _pairs(given: Mapping[str, Any], roots: Sequence[str]) -> Iterator[tuple[str, Any]]:
    for root in roots:
        value = given.get(root)
        if isinstance(value, Mapping):
            yield from ((f"{root}.{name}", one) for name, one in value.items())
        elif value:
            yield root, value


def _write(ctx: Context, connection: Connection, product_key: str, judged: Sequence[_Judged]) -> None:
    if not judged:
        return
    customer_ids = _write_customers(ctx, connection, judged)
    ids = _write_applications(ctx, connection, product_key, judged, customer_ids)
    found = {made: one.assessed for made, one in zip(ids, judged, strict=True)}
    assessing.keep(ctx, connection, found)
    approvals.start_many(ctx, connection, [(made, assessed.facts) for made, assessed in found.items()])
    for made, one in zip(ids, judged, strict=True):
        audit.write(
            connection, ctx.actor, "application.imported", ("application", made),
            after={"key": one.applicant.key}, release_id=ctx.company.release_id, at=ctx.now,
        )  # fmt: skip


def _write_customers(ctx: Context, connection: Connection, judged: Sequence[_Judged]) -> list[int]:
    table = tables.customer
    rows = [
        {
            "number": number,
            "since_on": ctx.business_date,
            "unit": ctx.actor.unit,
            "manager_user_id": ctx.actor.user_id,
            "created_by": ctx.actor.user_id,
            "imported_key": one.applicant.key,
            **customers.columns(ctx, ctx.registry, one.customer),
        }
        for number, one in zip(customers.next_numbers(ctx, connection, len(judged)), judged, strict=True)
    ]
    return _insert(connection, table, rows)


def _write_applications(
    ctx: Context, connection: Connection, product_key: str, judged: Sequence[_Judged], customer_ids: Sequence[int]
) -> list[int]:
    spec = ctx.registry.require("product", product_key).spec
    key = (spec.get("numbering") or {}).get("application")
    issued = numbers.issue_many(ctx, connection, key, len(judged), unit=ctx.actor.unit)
    rows = [
        {
            "number": number,
            "customer_id": customer_id,
            "product_key": product_key,
            "release_id": ctx.company.release_id,
            "currency": spec["currency"],
            "channel": one.known["application"].get("channel") or "import",
            "applied_on": ctx.business_date,
            "state": "draft",
            "unit": ctx.actor.unit,
            "created_by": ctx.actor.user_id,
            "updated_by": ctx.actor.user_id,
            "submitted_at": ctx.now,
            "imported_key": one.applicant.key,
            "recorded_outcome": one.applicant.outcome,
            **submissions.columns(ctx, ctx.registry, one.known),
            **assessing.figures(one.assessed),
        }
        for number, customer_id, one in zip(issued, customer_ids, judged, strict=True)
    ]
    return _insert(connection, tables.application, rows)


def _insert(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows at once; their ids in the order given."""
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [int(made) for made in connection.execute(statement, list(rows)).scalars()]
