"""The page of one record, and the form to fill in. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from loanloom.engines import forms
from loanloom.metadata.registers import About, Register, registers
from loanloom.problems import Problem
from loanloom.services.access import names
from loanloom.services.context import Context
from loanloom.services.origination import uploads
from loanloom.services.origination.uploads import Upload
from loanloom.services.reading import record_history
from loanloom.services.reading.record_history import Happening
from loanloom.services.records import becoming, kept


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """Everything the page shows. `owner`: the customer or partner it belongs to."""

    register: Register
    row: Row[Any]
    owner: Row[Any] | None
    customer: Row[Any] | None
    """The customer that the record became."""
    form: forms.FormView
    manager: Mapping[str, str]
    files: Sequence[Upload]
    history: Sequence[Happening]
    may_change: bool


def read(ctx: Context, entity: str, record_id: int) -> RecordPage:
    """The page of a record the actor may see."""
    register = kept.register(ctx, entity)
    with ctx.transaction() as connection:
        row = kept.read(ctx, connection, entity, record_id)
        owner = kept.whose(ctx, connection, register, row)
        known = kept.known(ctx, register, row, owner)
        return RecordPage(
            register=register,
            row=row,
            owner=owner,
            customer=becoming.customer_of(ctx, connection, register, row),
            form=forms.describe(kept.form_of(ctx, entity), known, ctx.actor.roles, read_only=True),
            manager=names.name_of(connection, row.manager_user_id),
            files=uploads.listing(connection, ("record", record_id)),
            history=record_history.of(
                connection, ctx.registry, ("record", record_id), own=kept.titles(register), fields=register.fields
            ),
            may_change=ctx.actor.may(register.right("write")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledIn:
    """A form about to be filled in, of a new record or of one that is there."""

    register: Register
    row: Row[Any] | None
    owner: Row[Any] | None
    form: forms.FormView


def form(
    ctx: Context,
    entity: str,
    *,
    record_id: int | None = None,
    owner: int | None = None,
    raw: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
) -> FilledIn:
    """The form with what is known and what was typed so far."""
    register = kept.register(ctx, entity, "write")
    with ctx.transaction() as connection:
        row = kept.read(ctx, connection, entity, record_id) if record_id is not None else None
        whose = kept.whose(ctx, connection, register, row, owner)
        known = kept.known(ctx, register, row, whose)
    telling: forms.Telling = "none" if raw is None else "entered"
    view = forms.describe(
        kept.form_of(ctx, entity), known, ctx.actor.roles, raw=raw, telling=telling, also=tuple(problems)
    )
    return FilledIn(register=register, row=row, owner=whose, form=view)


def of_owner(ctx: Context, about: About) -> tuple[Register, ...]:
    """The registers whose records belong to customers or partners and that the actor may see."""
    return tuple(
        one
        for one in registers(ctx.registry).values()
        if one.about == about and (ctx.actor.is_system or ctx.actor.may(one.right("read")))
    )


def count_of(connection: Connection, shown: Sequence[Register], owner: int) -> int:
    """How many records in use one customer or partner has in these registers; the caller has checked sight."""
    if not shown:
        return 0
    table, column = kept.TABLE, kept.TABLE.c[f"{shown[0].about}_id"]
    named = table.c.entity.in_([one.key for one in shown])
    query = select(func.count()).select_from(table).where(column == owner, named, table.c.state == kept.ACTIVE)
    return int(connection.execute(query).scalar_one())
