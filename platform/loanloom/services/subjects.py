"""The records that files, documents and audit rows hang on: may this actor see the record? One answer for all of
them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Table, select

from loanloom.problems import Text, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.store import tables

_SUBJECTS: dict[str, tuple[Table, str, Text]] = {
    "customer": (tables.customer, "customer.read", text("customer", "客户")),
    "application": (tables.application, "application.read", text("application", "申请")),
    "sanction": (tables.sanction, "sanction.read", text("sanction", "批复")),
    "contract": (tables.contract, "contract.read", text("contract", "合同")),
    "loan": (tables.loan, "loan.read", text("loan", "借据")),
}

OWN_PAPERS = ("mortgage", "pledge", "note", "bureau_authorisation", "debit_authorisation")
"""Papers of a package that the borrower signs too where they are a party."""


def check(ctx: Context, connection: Connection, kind: str, subject_id: int) -> None:
    """Raise Forbidden or NotFound unless the actor may see the record."""
    if kind == "user" and ctx.actor.user_id == subject_id:
        return  # a file chosen on a form whose record is not made yet: its chooser's alone
    if kind == "flow_case":
        from loanloom.services.flows import finding  # cases make papers, which ask here

        finding.check_visible(ctx, connection, subject_id)
        return
    if kind == "record":
        from loanloom.services.records import kept  # records keep files, which ask here

        kept.check_visible(ctx, connection, subject_id)
        return
    if kind not in _SUBJECTS:
        raise NotFound()
    table, function, words = _SUBJECTS[kind]
    ctx.require(function, "portal.use")
    row = connection.execute(select(table).where(table.c.id == subject_id)).one_or_none()
    scope.check_visible(ctx, row._mapping if row is not None else None, words, is_customer=kind == "customer")
    if kind == "contract" and ctx.actor.customer_id is not None:
        assert row is not None
        holder = select(tables.customer.c.name).where(tables.customer.c.id == ctx.actor.customer_id)
        if not is_own_contract(row, connection.execute(holder).scalar_one()):
            raise NotFound(words)


def is_own_contract(row: Row[Any], customer_name: str) -> bool:
    """Whether the customer is a party to this contract of theirs; what a guarantor or another owner signed is not."""
    return bool(row.kind == "loan" or (row.kind in OWN_PAPERS and row.party_name == customer_name))
