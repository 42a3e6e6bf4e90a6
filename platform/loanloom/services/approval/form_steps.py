"""A form step in the flow of an application, such as an investigation 调查: what it fills in is written back to the
application, as far as the step lets it (`may_change`), and judged like the application itself.

Who fills in made the application too, and never approves it. The engines find anew what follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from loanloom.engines import flows, forms
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.errors import Refused
from loanloom.services.flows import node_forms
from loanloom.services.flows.case import Case
from loanloom.services.origination import applications, assessing, submissions
from loanloom.services.records import form_files, references
from loanloom.store import audit, bulk, tables

if TYPE_CHECKING:
    from loanloom.services.flows.commands import Asked

ROOTS = ("application", "guarantors", "collateral")
"""The records that a step writes: a customer is changed on the customer's own page."""
_NOBODY = ("-",)


def form_of(ctx: Context, case: Case, item: flows.Item) -> forms.Form | None:
    """The form of an item as this person may fill it in; None where there is only to say that it is done."""
    node = case.flow.nodes[item.node]
    if item.kind != "form" or node.form is None:
        return None
    form = compiled.form(case.registry, node.form)
    names = {path for path in node.may_change if path.partition(".")[0] in ROOTS}
    return node_forms.narrowed(form, node, ctx.actor.roles or _NOBODY, names)


def hand_in(asked: Asked, item: flows.Item) -> None:
    """What was typed, judged and kept; the flow goes on by it."""
    if item.kind == "revision":
        raise Refused(_elsewhere())
    form = form_of(asked.ctx, asked.case, item)
    if form is None:
        return
    known, product = dict(asked.world.facts), asked.case.product_key or ""
    raw, roles = asked.given.record("data"), asked.ctx.actor.roles or _NOBODY
    evaluated = references.judged(asked.ctx, asked.connection, form, raw, known, roles, item.node)
    form_files.take(asked.ctx, asked.connection, form, ("application", asked.case.record.id), evaluated.values, known)
    values = {root: value for root, value in evaluated.values.items() if root in ROOTS}
    seen = {**known, **submissions.merged(known, values)}
    wrong = list(submissions.product_problems(asked.ctx, asked.case.registry, product, seen))
    found = assessing.assess(asked.case.registry, product, seen)
    if wrong or found.problems:
        raise Refused([*wrong, *found.problems])
    _write(asked, item, seen, found)
    amount = seen["application"].get("amount")
    asked.shown = {"amount": amount} if amount is not None and amount != asked.case.amount else {}
    asked.seen(found.facts)


def _write(asked: Asked, item: flows.Item, seen: Mapping[str, Any], found: assessing.Assessed) -> None:
    """The application's row, what the engines found, and the audit of what changed at which step."""
    ctx, connection, row = asked.ctx, asked.connection, asked.case.record
    new = submissions.columns(ctx, asked.case.registry, seen, was=row)
    before, after = audit.changes({name: getattr(row, name) for name in new}, new)
    by = {"by": applications.makers_of(row, ctx.actor.user_id)}
    table = tables.application
    changed = {**new, **assessing.figures(found), "draft": {**row.draft, **by}, "updated_at": ctx.now}
    connection.execute(update(table).where(table.c.id == row.id).values(**changed))
    bulk.insert(connection, tables.assessment, assessing.rows_of(ctx, {row.id: found}))
    audit.write(
        connection, ctx.actor, "application.filled_in", ("application", row.id), before=before,
        after={**after, "step": item.node}, release_id=row.release_id, at=ctx.now,
    )  # fmt: skip


def _elsewhere() -> Problem:
    return Problem(
        code="flow.hand_in",
        message=text("Hand this in on the page of its record.", "请在该业务自己的页面修改后提交。"),
    )
