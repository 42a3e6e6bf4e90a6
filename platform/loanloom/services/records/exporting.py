"""Records out as the sheet they come in by: to mend many at once and bring them in again."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from loanloom.engines import forms
from loanloom.metadata.registers import Register
from loanloom.problems import say
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.reading.data_sets import data_set
from loanloom.services.records import columns, kept, sheets
from loanloom.services.records.columns import NUMBER, OWNER, Column

MOST = 5_000


def sheet(ctx: Context, entity: str, language: str, *, filled: bool = False) -> bytes:
    """The sheet of a register: empty, or filled with the records in use that the actor sees."""
    register = kept.register(ctx, entity, "write")
    shown = columns.columns(ctx, register)
    rows = _rows(ctx, register, shown, language) if filled else ()
    return sheets.workbook(say(register.title, language), shown, language, rows)


def _rows(ctx: Context, register: Register, shown: tuple[Column, ...], language: str) -> Iterator[dict[str, str]]:
    found, table = data_set(ctx.registry, register.key), kept.TABLE
    assert found is not None
    owner = kept.OWNERS[register.about][0] if register.about else None
    query = select(table).select_from(found.source).where(table.c.entity == register.key, table.c.state == kept.ACTIVE)
    if owner is not None:
        query = query.add_columns(owner.c.number.label("owner_number"))
    if not register.shared:
        query = query.where(scope.visible(ctx, found.scoped))
    form = kept.form_of(ctx, register.key)
    with ctx.transaction() as connection:
        for row in connection.execute(query.order_by(table.c.id).limit(MOST)).all():
            known = kept.known(ctx, register, row, kept.whose(ctx, connection, register, row))
            values = columns.by_field(forms.describe(form, known, ctx.actor.roles).values)
            about = {NUMBER: row.number, OWNER: getattr(row, "owner_number", "")}
            yield {**about, **columns.line_of(values, shown, language)}
