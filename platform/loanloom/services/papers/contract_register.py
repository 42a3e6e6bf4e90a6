"""The register of contracts: what happened to them on paper, in lines that are only added; and its pages for those who
keep seals and archive. Reads and notes; decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, or_, select

from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.store import bulk, names, tables

TABLE, CONTRACT, CUSTOMER = tables.contract_record, tables.contract, tables.customer
Kind = Literal["approved", "refused", "printed", "sealed", "sent", "signed", "archived", "lent", "returned"]
KINDS: tuple[Kind, ...] = ("printed", "sealed", "sent", "signed", "archived", "lent", "returned", "approved", "refused")


def note(
    ctx: Context, connection: Connection, contract_ids: Sequence[int], kind: Kind, *, on: date | None = None,
    **said: Any,
) -> None:  # fmt: skip
    """Add a line to the life of these contracts."""
    common = {"kind": kind, "happened_on": on or ctx.business_date, "at": ctx.now, **said}
    by = {"by_id": ctx.actor.user_id, "by_name": ctx.actor.name}
    bulk.insert(connection, TABLE, [{"contract_id": one, **common, **by} for one in contract_ids])


def lines(connection: Connection, contract_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """What happened to these contracts on paper, the newest first."""
    asked = select(TABLE).where(TABLE.c.contract_id.in_(contract_ids)).order_by(TABLE.c.id.desc())
    return connection.execute(asked).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the register, the newest first; `before` is the key of the next page."""

    rows: tuple[Row[Any], ...]
    before: int | None = None


def page(ctx: Context, *, kind: str | None = None, query: str = "", before: int | None = None, limit: int = 30) -> Page:
    """The lines of the contracts that the actor may see."""
    ctx.require("contract.read")
    statement: Select[Any] = (
        select(
            TABLE,
            CONTRACT.c.number.label("contract_number"),
            CONTRACT.c.kind.label("contract_kind"),
            CONTRACT.c.lent_until,
            CUSTOMER.c.name.label("customer_name"),
        )
        .join(CONTRACT, CONTRACT.c.id == TABLE.c.contract_id)
        .join(CUSTOMER, CUSTOMER.c.id == CONTRACT.c.customer_id)
        .where(scope.visible(ctx, CONTRACT))
    )
    if kind in KINDS:
        statement = statement.where(TABLE.c.kind == kind)
    words = query.strip()
    if words:
        found = (CONTRACT.c.number.startswith(words, autoescape=True), TABLE.c.number == words)
        statement = statement.where(or_(*found, names.like_name(CUSTOMER, words)))
    if before is not None:
        statement = statement.where(TABLE.c.id < before)
    with ctx.transaction() as connection:
        rows = connection.execute(statement.order_by(TABLE.c.id.desc()).limit(limit + 1)).all()
    shown = tuple(rows[:limit])
    return Page(rows=shown, before=shown[-1].id if len(rows) > limit else None)
