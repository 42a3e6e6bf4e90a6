"""A draft that was begun under an older version of its form: what a newer one makes of it, and taking that on.

A draft stays with the release it was begun under until somebody takes the newer one on; once handed in it stays for
good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import Connection, Row
from sqlalchemy import update as change

from loanloom.engines import forms
from loanloom.engines.forms.moving import Moved, fitting, moved
from loanloom.metadata.registry import Registry
from loanloom.problems import text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, NotFound
from loanloom.services.origination import applications, offering
from loanloom.services.origination.applications import TABLE, Filling
from loanloom.store import audit

NEWER = text("newer version of the form", "新版表单")
LAID_OUT: Mapping[str, Any] = {"extra": {}, "guarantors": [], "collateral": []}
"""What a row holds by the fields of its version, emptied: handed over it says what the draft says, and a field that has
another type in the newer version could not be read from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What a newer version would make of a draft."""

    application: Row[Any]
    customer: Row[Any]
    moved: Moved
    typed: Mapping[str, Any]
    """What would be kept of what was typed."""


def offered(ctx: Context, connection: Connection, filling: Filling) -> Renewal | None:
    """What the version in force would change for a draft; None where nothing, or where it may not be taken on."""
    row = filling.row
    if (
        row.state not in applications.BEFORE
        or row.release_id == ctx.company.release_id
        or filling.registry is ctx.registry
    ):
        return None
    if ctx.registry.get("product", row.product_key) is None:
        return None
    bare = cast("Row[Any]", SimpleNamespace(**{**row._mapping, **LAID_OUT}))
    newer = applications.filling(ctx, connection, bare, ctx.registry)
    typed = fitting(newer.form, filling.typed or {})
    what = moved(filling.form, newer.form, _drawn(ctx, filling, filling.typed or {}), _drawn(ctx, newer, typed))
    if what.is_nothing and _says(filling.registry, row.product_key) == _says(ctx.registry, row.product_key):
        return None
    return Renewal(application=row, customer=filling.customer, moved=what, typed=typed)


def _drawn(ctx: Context, filling: Filling, typed: Mapping[str, Any]) -> forms.FormView:
    node = applications.node_of(filling)
    return forms.describe(filling.form, filling.facts, ctx.actor.roles, node, raw=typed, telling="entered")


def _says(registry: Registry, product: str) -> tuple[Any, Any]:
    """What a product and its form say."""
    spec = registry.require("product", product).spec
    return spec, registry.require("form", spec["forms"]["application"]).spec


def read(ctx: Context, application_id: int) -> Renewal:
    """What would change, to be looked at before."""
    ctx.require("application.create", "portal.use")
    with ctx.transaction() as connection:
        return _renewal(ctx, connection, applications.read(ctx, connection, application_id))


def take_on(ctx: Context, application_id: int, *, version: int) -> Renewal:
    """Go on under the version in force: what fits is kept, what does not is left behind and named in the audit."""
    ctx.require("application.create", "portal.use")
    with ctx.transaction() as connection:
        row = applications.read(ctx, connection, application_id, lock=True)
        if row.version != version:
            raise Conflict()
        done = _renewal(ctx, connection, row)
        spec = offering.open_product(ctx, row.product_key)
        offering.refuse_stopped(connection, row.product_key)
        new = {
            "release_id": ctx.company.release_id,
            "currency": spec["currency"],
            "draft": applications.draft_of(ctx, row, done.typed, editor=""),
            **LAID_OUT,
            "version": row.version + 1,
            "updated_at": ctx.now,
        }
        connection.execute(change(TABLE).where(TABLE.c.id == application_id).values(new))
        audit.write(
            connection, ctx.actor, "application.renewed", ("application", application_id),
            before={"release_id": row.release_id},
            after={"release_id": ctx.company.release_id, "left_behind": [one.name for one in done.moved.gone]},
            release_id=ctx.company.release_id, at=ctx.now,
        )  # fmt: skip
        return replace(done, application=row)


def _renewal(ctx: Context, connection: Connection, row: Row[Any]) -> Renewal:
    if not applications.may_fill_in(ctx, row):
        raise Conflict(applications.closed())
    found = offered(ctx, connection, applications.filling(ctx, connection, row))
    if found is None:
        raise NotFound(NEWER)
    return found
