"""The page of one customer: facts, exposure, and what it has with us. Reads only; lists below it are the lists of
the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from loanloom.engines import forms
from loanloom.metadata.registers import Register
from loanloom.services import facts
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.origination import uploads
from loanloom.services.origination.uploads import Upload
from loanloom.services.parties import agreements, customers, exposure
from loanloom.services.parties.agreements import Overview
from loanloom.services.parties.exposure import Exposure
from loanloom.services.reading import record_history
from loanloom.services.reading.record_history import Happening
from loanloom.services.records import pages as records
from loanloom.store import tables

TABS = ("facts", "applications", "loans", "records", "papers", "agreements", "history")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPage:
    """Everything the page shows; parts of tabs that are not open stay empty."""

    customer: Row[Any]
    form: forms.FormView
    exposure: Exposure
    applications: int
    loans: int
    may_change: bool
    may_apply: bool
    registers: Sequence[Register]
    records: int
    files: Sequence[Upload] = ()
    agreements: Overview | None = None
    history: Sequence[Happening] = ()


def read(ctx: Context, customer_id: int, tab: str) -> CustomerPage:
    """The page of a customer the actor may see."""
    with ctx.transaction() as connection:
        row = customers.read(ctx, connection, customer_id)
        known = {**customers.empty_facts(ctx, ctx.registry), "customer": facts.of_customer(ctx, row, ctx.registry)}
        form = compiled.record_form(ctx.registry, "customer")
        registers = records.of_owner(ctx, "customer")
        counts = {
            name: connection.execute(
                select(func.count()).select_from(table).where(table.c.customer_id == customer_id)
            ).scalar_one()
            for name, table in (("applications", tables.application), ("loans", tables.loan))
        }
        return CustomerPage(
            customer=row,
            form=forms.describe(form, known, ctx.actor.roles, read_only=True),
            exposure=exposure.of_customer(connection, customer_id),
            may_change=ctx.actor.may("customer.write"),
            may_apply=ctx.actor.may("application.create"),
            registers=registers,
            records=records.count_of(connection, registers, customer_id),
            files=uploads.listing(connection, ("customer", customer_id)) if tab == "papers" else (),
            agreements=agreements.of_customer(ctx, connection, customer_id) if tab == "agreements" else None,
            history=_history(ctx, connection, customer_id) if tab == "history" else (),
            **counts,
        )


def _history(ctx: Context, connection: Connection, customer_id: int) -> Sequence[Happening]:
    return record_history.of(connection, ctx.registry, ("customer", customer_id), own=agreements.TITLES)
