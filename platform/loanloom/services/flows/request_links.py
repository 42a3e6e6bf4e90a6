"""Whom a request is about: a customer, contract or loan that its fields name by number. Reads only.

A field called `customer_number`, `contract_number` or `loan_number` links the case to the customer, so that it stands
in lists and among the facts as one of theirs. A number that nobody has, or of somebody the actor may not see, links
nothing: requests may be about what is not in the books yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.store import tables

_CUSTOMER = tables.customer
_NAMED = {"loan_number": tables.loan, "contract_number": tables.contract, "customer_number": _CUSTOMER}
"""The nearest comes first: a loan says more than its customer."""


def of(ctx: Context, connection: Connection, values: Mapping[str, Any]) -> dict[str, Any]:
    """`customer_id`, and the `product_key` of a contract or loan; empty for a request about nobody known."""
    for name, table in _NAMED.items():
        number = values.get(name)
        if not isinstance(number, str) or not number:
            continue
        columns = [table.c.id] if table is _CUSTOMER else [table.c.customer_id, table.c.product_key]
        found = connection.execute(select(*columns).where(table.c.number == number)).first()
        if found is not None and _visible(ctx, connection, found[0]):
            return dict(zip(("customer_id", "product_key"), found, strict=False))
    return {}


def _visible(ctx: Context, connection: Connection, customer_id: int) -> bool:
    row = connection.execute(select(_CUSTOMER).where(_CUSTOMER.c.id == customer_id)).one()
    return ctx.actor.is_system or scope.sees(ctx, row._mapping, is_customer=True)
