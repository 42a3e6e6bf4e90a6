"""Handing an application in, all in one transaction: the form judged, the product's limits held, the engines asked,
the flow begun.

Any problem refuses the whole; nothing is half done. The same form posted twice is answered with the first result. A
refusal by rule is no problem: it is an outcome of the flow, kept with its reasons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam
from sqlalchemy import update as change
from sqlalchemy.sql.dml import ReturningUpdate

from loanloom.engines import forms, products
from loanloom.feel import EvaluationError
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services import facts, stored
from loanloom.services.approval import approvals
from loanloom.services.context import Context
from loanloom.services.definitions import compiled as engines
from loanloom.services.errors import Conflict, Refused
from loanloom.services.once import Once
from loanloom.services.origination import (
    applications,
    assessing,
    handing_over,
    materials,
    offering,
    quotes,
    uploads,
    visits,
)
from loanloom.services.origination.applications import TABLE, Filling
from loanloom.services.parties import agreements, customers, group_loans
from loanloom.services.records import references
from loanloom.store import audit, bulk

COLUMNS = ("amount", "term_months", "method", "purpose", "guarantee_mode")


@dataclass(frozen=True, slots=True)
class Submitted:
    """How an application stands after it was handed in. `replayed`: this is the first answer given again."""

    application_id: int
    number: str
    state: str
    outcome: str | None
    replayed: bool = False


def submit(
    ctx: Context,
    application_id: int,
    raw: Mapping[str, Any],
    *,
    version: int,
    idempotency_key: str | None = None,
    page: tuple[str, str] | None = None,
) -> Submitted:
    """Hand in a draft, or a returned application again; where staff complete what customers hand in, over to them.
    `page`: the open page and the one whose draft it began from, as for `applications.save_draft`."""
    ctx.require("application.create", "portal.use")
    with ctx.transaction() as connection:
        row = applications.read(ctx, connection, application_id, lock=True)
        said = {"raw": dict(raw)}
        first = Once(ctx, connection, idempotency_key, "application.submit", application_id, said, locked=True)
        if first.answer is not None:
            return Submitted(**{**first.answer, "replayed": True})
        if not applications.may_fill_in(ctx, row):
            raise Conflict(applications.closed())
        if row.version != version:
            raise Conflict()
        if page is not None and row.draft.get("editor", "") not in page:
            raise Conflict(applications.elsewhere())
        filling = applications.filling(ctx, connection, row)
        offering.refuse_stopped(connection, row.product_key)
        values = _judged(ctx, connection, filling, raw)
        assessed = None if handing_over.is_due(ctx, filling) else _assessed(connection, filling, values)
        with bulk.together(connection):
            if assessed is None:
                new = columns(ctx, filling.registry, _known(filling, values), was=row)
                handing_over.hand_over(ctx, connection, filling, raw, new)
                done = Submitted(application_id, row.number, handing_over.STATE, None)
            else:
                handed = _store(ctx, connection, filling, values, assessed)
                started = approvals.start(ctx, connection, application_id, assessed.facts, handed)
                done = Submitted(application_id, row.number, started.state, started.outcome)
            first.keep({name: value for name, value in asdict(done).items() if name != "replayed"})
        return done


def _assessed(connection: Connection, filling: Filling, values: Mapping[str, Any]) -> assessing.Assessed:
    """What the engines find, or Refused with what keeps them from it."""
    known = _known(filling, values)
    assessed = assessing.assess(filling.registry, filling.row.product_key, known)
    if assessed.problems:
        raise Refused(assessed.problems)
    amount = (known.get("application") or {}).get("amount")
    unvisited = visits.missing(connection, filling.registry, filling.row, amount)
    if unvisited is not None:
        raise Refused(unvisited)
    return assessed


def withdraw(ctx: Context, application_id: int, *, version: int, reason: str | None = None) -> None:
    """The applicant's side takes the application back."""
    ctx.require("application.create", "portal.use")
    with ctx.transaction() as connection:
        row = applications.read(ctx, connection, application_id, lock=True)
        if row.version != version:
            raise Conflict()
        if row.state in applications.BEFORE:
            own = ctx.actor.is_borrower and row.created_by == ctx.actor.user_id
            if not (applications.may_fill_in(ctx, row) or (own and row.state == handing_over.STATE)):
                raise Conflict(applications.closed())
            connection.execute(
                change(TABLE).where(TABLE.c.id == application_id).values(state="withdrawn", version=row.version + 1)
            )
            audit.write(
                connection, ctx.actor, "application.withdrawn", ("application", application_id),
                before={"state": row.state}, after={"state": "withdrawn"}, reason=reason, at=ctx.now,
            )  # fmt: skip
            return
        approvals.withdraw(ctx, connection, application_id, reason)


def _judged(ctx: Context, connection: Connection, filling: Filling, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The clean values of the form, or Refused with everything that is wrong."""
    node = applications.node_of(filling)
    evaluated = forms.evaluate(filling.form, raw, filling.facts, ctx.actor.roles, node)
    problems = list(evaluated.problems)
    seen = {**filling.facts, **merged(filling.facts, evaluated.values)}
    said = {one.field for one in problems}
    product = product_problems(ctx, filling.registry, filling.row.product_key, seen)
    problems += (one for one in product if one.field not in said)
    offer = engines.offer(filling.registry, filling.row.product_key)
    problems += group_loans.problems(connection, offer, filling.row.customer_id)
    problems += materials.missing(connection, filling.registry, filling.row, seen)
    problems += _foreign_files(connection, filling, evaluated.values)
    problems += references.problems(ctx, connection, filling.form, evaluated.values, filling.facts)
    problems += agreements.missing(ctx, connection, filling.row.customer_id)
    if problems:
        raise Refused(problems)
    return evaluated.values


def merged(known: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Form values laid over the facts, record by record."""
    return {
        root: {**known.get(root, {}), **value} if isinstance(value, Mapping) else value
        for root, value in values.items()
    }


def product_problems(ctx: Context, registry: Registry, product_key: str, known: Mapping[str, Any]) -> Iterator[Problem]:
    """What the product itself says to an application: its end, amount, term, method and guarantee."""
    document = registry.require("product", product_key)
    live = ctx.registry.get("product", product_key)
    over = offering.ended((live or document).spec, ctx.business_date)
    if over is not None:
        yield over
    application = known["application"]
    offer = engines.offer(registry, product_key)
    asked = {name: application.get(name) for name in ("amount", "term_months", "method")}
    for name, value in asked.items():
        if value is None:
            yield _not_asked(name)
    months = asked["term_months"]
    agreed, problems = quotes.particulars(registry, product_key, known)
    yield from problems
    yield from products.check_request(
        offer, asked["amount"], None if months is None else int(months), asked["method"], agreed.days
    )
    yield from _guarantee_problems(registry, product_key, offer, known)


def _guarantee_problems(
    registry: Registry, product_key: str, offer: products.Offer, known: Mapping[str, Any]
) -> Iterator[Problem]:
    mode = known["application"].get("guarantee_mode") or "credit"
    if mode not in offer.guarantee_modes:
        yield _guarantee(
            "product.guarantee_not_offered",
            "This product does not take this kind of guarantee.",
            "该产品不接受此担保方式。",
        )
        return
    required = assessing.guarantee_required(registry, product_key)
    try:
        needed = required is not None and required(known) is True
    except EvaluationError:
        needed = False
    if needed and mode == "credit":
        yield _guarantee(
            "product.guarantee_required", "An application like this needs a guarantee.", "该申请须提供担保。"
        )
    if mode == "guarantee" and not known.get("guarantors"):
        yield _guarantee("product.no_guarantor", "Name at least one guarantor.", "请至少填写一名保证人。", "guarantors")
    if mode in ("mortgage", "pledge") and not known.get("collateral"):
        yield _guarantee("product.no_collateral", "Name what is given as security.", "请填写抵质押物。", "collateral")


def _guarantee(code: str, en: str, zh: str, field: str = "application.guarantee_mode") -> Problem:
    return Problem(code=code, message=text(en, zh), field=field)


def _not_asked(name: str) -> Problem:
    words = {"amount": ("amount", "金额"), "term_months": ("term", "期限"), "method": ("repayment method", "还款方式")}
    en, zh = words[name]
    return Problem(
        code="application.incomplete",
        message=text(f"The {en} is missing.", f"缺少{zh}。"),
        field=f"application.{name}",
    )


def _foreign_files(connection: Connection, filling: Filling, values: Mapping[str, Any]) -> list[Problem]:
    """File fields may only hold files that were handed in for this very application."""
    subject = ("application", filling.row.id)
    found = []
    for path, value in forms.files_of(filling.form, values):
        if not uploads.belongs(connection, uploads.number_of(value), subject):
            message = text("Choose the file again.", "请重新选择文件。")
            found.append(Problem(code="form.not_a_file", message=message, field=path))
    return found


def _known(filling: Filling, values: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with the form's values over them."""
    return {**filling.facts, **merged(filling.facts, values)}


def _store(
    ctx: Context, connection: Connection, filling: Filling, values: Mapping[str, Any], assessed: assessing.Assessed
) -> approvals.Handed:
    """Write the clean values and the figures found to their rows; what the flow is to write with its first step."""
    row, known = filling.row, _known(filling, values)
    new = columns(ctx, filling.registry, known, was=row)
    before = {name: getattr(row, name) for name in (*COLUMNS, "extra", "guarantors", "collateral")}
    changes = {**new, **assessing.figures(assessed), "updated_by": ctx.actor.user_id}
    changes["draft"] = {"by": applications.makers_of(row, ctx.actor.user_id)}
    changes |= {"updated_at": ctx.now, "submitted_at": ctx.now}
    given = {f"new_{name}": value for name, value in changes.items()}
    written = connection.execute(_writing(tuple(changes)), {"application_id": row.id, **given}).one()
    old, changed = audit.changes(before, {name: new[name] for name in before})
    told = audit.entry(
        ctx.actor, "application.filled_in", ("application", row.id),
        before=old, after=changed, release_id=row.release_id, at=ctx.now,
    )  # fmt: skip
    if values.get("customer"):
        _store_customer(ctx, connection, filling, known["customer"])
    return approvals.Handed(row=written, findings=assessing.rows_of(ctx, {row.id: assessed}), told=[told])


@cache
def _writing(names: tuple[str, ...]) -> ReturningUpdate[Any]:
    """Writes these columns (`new_...`) of an application and gives its row; put together once."""
    values = {name: bindparam(f"new_{name}", type_=TABLE.c[name].type) for name in names}
    return change(TABLE).where(TABLE.c.id == bindparam("application_id")).values(values).returning(TABLE)


def columns(
    ctx: Context, registry: Registry, known: Mapping[str, Any], *, was: Row[Any] | None = None
) -> dict[str, Any]:
    """An application's columns from clean facts. `was`: its row as it is kept, whose closed values stay as they are."""
    application, vault, company = known["application"], ctx.database.vault, ctx.company.id
    fields = [one for one in registry.entity_fields("application") if not one.builtin]
    new: dict[str, Any] = {name: application.get(name) for name in COLUMNS}
    new["term_months"] = None if new["term_months"] is None else int(new["term_months"])
    new["amount"] = None if new["amount"] is None else Decimal(new["amount"])
    new["guarantee_mode"] = new["guarantee_mode"] or "credit"
    kept = was.extra if was is not None else None
    new["extra"] = stored.to_json(vault, company, "application", fields, application, kept)
    for group, entity in (("guarantors", "guarantor"), ("collateral", "collateral")):
        declared = registry.entity_fields(entity)
        rows, before = known.get(group) or (), getattr(was, group, None) or ()
        new[group] = stored.rows_to_json(vault, company, entity, declared, rows, before)
    return new


def _store_customer(ctx: Context, connection: Connection, filling: Filling, known: Mapping[str, Any]) -> None:
    """The form may ask for facts of the customer; what it changed is written to the customer too."""
    before = facts.of_customer(ctx, filling.customer, ctx.registry)
    if any(before.get(name) != value for name, value in known.items()):
        customers.write(ctx, connection, filling.customer, {**before, **known})
