"""Applications up to their submission: begun on a product, drafted with autosave, read, described as a form.

An application is pinned to the release that was live when it was begun: its form, rules and terms do not change
under the person who fills it in. Submitting is `submissions`; deciding is `approvals`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy import update as change
from sqlalchemy.dialects.postgresql import JSONB

from loanloom.engines import forms
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services import facts, numbers, scope
from loanloom.services.approval import flow_cases
from loanloom.services.context import Context
from loanloom.services.definitions import compiled, releases
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.flows import case as cases_kept
from loanloom.services.flows import guards as flow_guards
from loanloom.services.once import Once
from loanloom.services.origination import offering
from loanloom.services.parties import customers
from loanloom.store import audit, bulk, tables
from loanloom.store import json as exact

APPLICATION = text("application", "申请")
TABLE = tables.application
FOUND = select(TABLE).where(TABLE.c.id == bindparam("application_id"))
LOCKED = FOUND.with_for_update()
DRAFTED = (
    change(TABLE)
    .where(TABLE.c.id == bindparam("application_id"), tables.customer.c.id == TABLE.c.customer_id)
    .values(draft=bindparam("typed", type_=JSONB), updated_at=bindparam("moment"))
    .returning(*tables.customer.c)
)
"""Keeps a draft; the customer whose it is comes back in the same statement."""
BEFORE = ("draft", "handed_over")
"""States of an application that has not been submitted: nothing is judged, no case is begun."""
OPEN = (*BEFORE, "returned")
"""States in which an application may still be filled in."""
LARGEST_DRAFT = 200_000


@dataclass(frozen=True, slots=True)
class Filling:
    """An application being filled in: its row, its pinned release, its form, the facts beneath and what was typed."""

    row: Row[Any]
    customer: Row[Any]
    registry: Registry
    form: forms.Form
    facts: Mapping[str, Any]
    typed: Mapping[str, Any] | None
    editor: str

    @property
    def product(self) -> Mapping[str, Any]:
        """The product's spec."""
        spec: Mapping[str, Any] = self.registry.require("product", self.row.product_key).spec
        return spec


def begin(
    ctx: Context,
    product_key: str,
    customer_id: int,
    *,
    idempotency_key: str | None = None,
    channel: str = "branch",
    extra: Mapping[str, Any] | None = None,
) -> int:
    """Begin an application of a customer for a product; its id."""
    ctx.require("application.create", "portal.use")
    with ctx.transaction() as connection:
        first = Once(ctx, connection, idempotency_key, "application.begin", f"{product_key}:{customer_id}")
        if first.answer is not None:
            return int(first.answer["application_id"])
        customer = customers.read(ctx, connection, customer_id)
        spec = offering.open_product(ctx, product_key, customer.kind)
        offering.refuse_stopped(connection, product_key)
        unit = ctx.actor.unit or customer.unit
        values = {
            "number": numbers.issue(ctx, connection, (spec.get("numbering") or {}).get("application"), unit=unit),
            "customer_id": customer_id,
            "product_key": product_key,
            "release_id": ctx.company.release_id,
            "currency": spec["currency"],
            "channel": channel,
            "applied_on": ctx.business_date,
            "state": "draft",
            "unit": unit,
            "created_by": ctx.actor.user_id,
            "manager_user_id": customer.manager_user_id if ctx.actor.is_borrower else None,
            **(extra or {}),
        }
        with bulk.together(connection):
            made = int(bulk.insert(connection, TABLE, [values], returning=["id"])[0]["id"])
            audit.write(
                connection, ctx.actor, "application.begun", ("application", made),
                after={name: values[name] for name in ("number", "customer_id", "product_key")},
                release_id=ctx.company.release_id, at=ctx.now,
            )  # fmt: skip
            first.keep({"application_id": made})
        return made


def read(ctx: Context, connection: Connection, application_id: int, *, lock: bool = False) -> Row[Any]:
    """An application's row, if the actor may see it: by scope, or because an item of work on it is theirs."""
    ctx.require("application.read", "portal.use")
    row = connection.execute(LOCKED if lock else FOUND, {"application_id": application_id}).one_or_none()
    if row is not None and not scope.sees(ctx, row._mapping) and _has_work(ctx, connection, application_id):
        return row
    scope.check_visible(ctx, row._mapping if row is not None else None, APPLICATION)
    assert row is not None
    return row


def _has_work(ctx: Context, connection: Connection, application_id: int) -> bool:
    table = tables.work_item
    asked = select(table).where(table.c.case_id.in_(cases_kept.ids_of("application", application_id)))
    return ctx.actor.customer_id is None and any(flow_guards.concerns(ctx, item) for item in connection.execute(asked))


def filling(ctx: Context, connection: Connection, row: Row[Any], registry: Registry | None = None) -> Filling:
    """An application as something to fill in or to read as a form; under its own release unless another is given."""
    typed = _opened(ctx, row.draft) if row.state in OPEN else None
    return _filling(ctx, connection, row, typed, row.draft.get("editor", ""), registry)


def _filling(
    ctx: Context, connection: Connection, row: Row[Any], typed: Mapping[str, Any] | None, editor: str,
    registry: Registry | None = None, customer: Row[Any] | None = None,
) -> Filling:  # fmt: skip
    registry = registry or releases.pinned(ctx, connection, row.release_id)
    customer = customer if customer is not None else facts.customer_row(connection, row.customer_id)
    return Filling(
        row=row,
        customer=customer,
        registry=registry,
        form=compiled.application_form(registry, row.product_key),
        facts=facts.basis(ctx, row, customer, registry),
        typed=typed,
        editor=editor,
    )


def may_fill_in(ctx: Context, row: Row[Any]) -> bool:
    """Whether the actor may fill in this application now. Customers fill in what they alone have typed into: once
    staff take part, or are to, it is the house's."""
    if row.state not in OPEN or not (ctx.actor.may("application.create") or ctx.actor.may("portal.use")):
        return False
    if ctx.actor.is_borrower and (row.state == "handed_over" or makers_of(row) != [ctx.actor.user_id]):
        return False
    return scope.sees(ctx, row._mapping)


def save_draft(ctx: Context, application_id: int, raw: Mapping[str, Any], *, editor: str, seen: str) -> Filling:
    """Keep what has been typed so far, right or wrong; what it was typed into. `editor` is the open page, `seen` the
    one whose draft it began from: a draft that another page has saved since is not overwritten."""
    ctx.require("application.create", "portal.use")
    with ctx.transaction() as connection:
        row = read(ctx, connection, application_id, lock=True)
        if not may_fill_in(ctx, row):
            raise Conflict(closed())
        if row.draft.get("editor", "") not in (editor, seen):
            raise Conflict(elsewhere())
        values = {name: value for name, value in raw.items() if isinstance(name, str)}
        draft = draft_of(ctx, row, values, editor=editor)
        keeping = {"application_id": application_id, "typed": draft, "moment": ctx.now}
        customer = connection.execute(DRAFTED, keeping).one()
        return _filling(ctx, connection, row, values, editor, customer=customer)


def draft_of(ctx: Context, row: Row[Any], typed: Mapping[str, Any], *, editor: str) -> dict[str, Any]:
    """The draft as it is kept: what was typed, on which page, by whom so far. Refused where it is far too much."""
    if sum(len(name) + len(str(value)) for name, value in typed.items()) > LARGEST_DRAFT:
        raise Refused(Problem(code="form.too_much", message=text("Too much text.", "内容过多，无法保存。")))
    return {"closed": _closed(ctx, typed), "editor": editor, "by": makers_of(row, ctx.actor.user_id)}


def makers_of(row: Row[Any], *more: int | None) -> list[int]:
    """Everybody who has typed into an application, its creator first: none of them may check it."""
    people = (row.created_by, row.updated_by, *row.draft.get("by", ()), *more)
    return list(dict.fromkeys(who for who in people if who is not None))


def _closed(ctx: Context, values: Mapping[str, Any]) -> str:
    """What was typed, encrypted as a whole: it may hold identity numbers before any field is known to be one."""
    closed = ctx.database.vault.encrypt(ctx.company.id, "application.draft", exact.dumps(values))
    return base64.b64encode(closed).decode("ascii")


def _opened(ctx: Context, draft: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if "closed" not in draft:
        return None
    plain = ctx.database.vault.decrypt(ctx.company.id, "application.draft", base64.b64decode(draft["closed"]))
    typed: Mapping[str, Any] = exact.loads(plain)
    return typed


def facts_of(ctx: Context, connection: Connection, application_id: int) -> dict[str, Any]:
    """Everything any expression may see of an application, as it stands now."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == application_id)).one_or_none()
    if row is None:
        raise NotFound(APPLICATION)
    registry = releases.pinned(ctx, connection, row.release_id)
    customer = facts.customer_row(connection, row.customer_id)
    return facts.basis(ctx, row, customer, registry) | facts.found_by_engines(connection, registry, application_id)


def node_of(filling_in: Filling) -> str | None:
    """The flow node at which an application is filled in: its start."""
    return flow_cases.flow_of(filling_in.registry, filling_in.row.product_key).start


def closed() -> Problem:
    """The application is no longer to be filled in."""
    return Problem(
        code="application.closed",
        message=text("This application has been handed in; it can no longer be changed.", "该申请已提交，不能再修改。"),
        hint=text("Ask the approver to return it if something is wrong.", "如需修改，请联系审批人退回。"),
    )


def elsewhere() -> Problem:
    """Another page has saved this draft meanwhile."""
    return Problem(
        code="application.open_elsewhere",
        message=text("This application is being filled in on another page.", "该申请正在另一页面填写。"),
        hint=text("Open it again to go on from what was saved there.", "请重新打开，以最新保存的内容继续填写。"),
    )
