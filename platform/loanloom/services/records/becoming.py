"""A record that becomes a customer: what it already knows goes into the customer's form, and it points at the customer.

Entities say so by `becomes_customer` of their register, such as prospects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.engines import forms
from loanloom.metadata.registers import Register
from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.records import kept
from loanloom.store import tables

_WRITTEN = re.compile(r"([a-z][a-z0-9_]{0,63})/([1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Origin:
    """The record that a customer is made of."""

    entity: str
    record_id: int

    def __str__(self) -> str:
        return f"{self.entity}/{self.record_id}"


def origin(written: str) -> Origin | None:
    """`prospect/12` as an address names it."""
    found = _WRITTEN.fullmatch(written)
    return Origin(found[1], int(found[2])) if found else None


def known(ctx: Context, of: Origin) -> Mapping[str, Any]:
    """What the customer's form begins with."""
    with ctx.transaction() as connection:
        register, row = _read(ctx, connection, of)
        values = kept.values_of(ctx, register, row)
    modes = forms.modes(kept.form_of(ctx, of.entity), ctx.actor.roles, None)
    seen = [name for name in register.becomes_customer if modes.get(f"{of.entity}.{name}") in ("read", "write")]
    return {f"customer.{name}": values[name] for name in seen if values.get(name) is not None}


def became(ctx: Context, connection: Connection, of: Origin, customer_id: int) -> None:
    """Within the transaction that took the customer on: the record leaves its list and points at the customer."""
    register, row = _read(ctx, connection, of, lock=True)
    kept.hand_over(ctx, connection, register, row, customer_id)


def customer_of(ctx: Context, connection: Connection, register: Register, row: Row[Any]) -> Row[Any] | None:
    """The customer that a record became, for whoever may see both."""
    if not register.becomes_customer or row.customer_id is None or not ctx.actor.may("customer.read"):
        return None
    table = tables.customer
    return connection.execute(
        select(table).where(table.c.id == row.customer_id, scope.visible(ctx, table))
    ).one_or_none()


def _read(ctx: Context, connection: Connection, of: Origin, *, lock: bool = False) -> tuple[Register, Row[Any]]:
    register = kept.register(ctx, of.entity, "write")
    if not register.becomes_customer:
        raise NotFound(register.label)
    row = kept.read(ctx, connection, of.entity, of.record_id, lock=lock)
    if row.state == kept.ARCHIVED:
        words = text("This record is out of use, or has become a customer.", "该档案已停用或已转为客户。")
        raise Refused(Problem(code="record.became_customer", message=words))
    return register, row
