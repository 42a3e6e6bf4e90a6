"""One search over customers, applications, contracts, loans, requests and the records of registers: by number, name or
pinyin.

Shows only what the actor's functions and data scope let them see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from loanloom.metadata.registers import Register, registers
from loanloom.problems import Text, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.flows import my_cases
from loanloom.services.reading import data_sets
from loanloom.store import names
from loanloom.store.tables import application, contract, customer, flow_case, loan, record

MOST = 8
LONGEST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One record found. `exact`: its number is what was asked for; `about`: what is asked for in a request."""

    kind: str
    kind_title: Text
    order: int
    icon: str
    title: str
    note: str
    url: str
    state: str | None = None
    amount: Decimal | None = None
    exact: bool = False
    about: Text | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one kind of record is looked for."""

    table: Table
    function: str
    title: Text
    icon: str
    url: str
    state: str
    amount: str | None


PLACES = (
    _Place(customer, "customer.read", text("Customers", "客户"), "users", "/customers/{id}", "state", None),
    _Place(
        application,
        "application.read",
        text("Applications", "申请"),
        "file-text",
        "/applications/{id}",
        "state",
        "amount",
    ),
    _Place(contract, "contract.read", text("Contracts", "合同"), "signature", "/contracts/{id}", "state", "amount"),
    _Place(loan, "loan.read", text("Loans", "借据"), "coins", "/loans/{id}", "status", "principal"),
)


def everywhere(ctx: Context, words: str) -> tuple[Hit, ...]:
    """At most a few hits of each kind, numbers first."""
    asked = words.strip()[:LONGEST]
    if not asked:
        return ()
    with ctx.transaction() as connection:
        records = (
            hit
            for order, place in enumerate(PLACES)
            if ctx.actor.is_system or ctx.actor.may(place.function)
            for hit in _in(ctx, connection, order, place, asked)
        )
        return (*records, *_requests(ctx, connection, asked), *_registers(ctx, connection, asked))


def _in(ctx: Context, connection: Connection, order: int, place: _Place, asked: str) -> Iterator[Hit]:
    table = place.table
    columns: list[ColumnElement[Any]] = [
        table.c.id,
        table.c.number,
        table.c[place.state].label("state"),
        customer.c.name,
    ]
    if place.amount:
        columns.append(table.c[place.amount].label("amount"))
    statement = select(*columns)
    if table is not customer:
        statement = statement.join(customer, customer.c.id == table.c.customer_id)
    number = table.c.number.startswith(asked.upper(), autoescape=True)
    statement = (
        statement.where(or_(number, names.like_name(customer, asked)), scope.visible(ctx, table))
        .order_by(number.desc(), table.c.id.desc())
        .limit(MOST)
    )
    for row in connection.execute(statement).mappings():
        yield Hit(
            kind=table.name,
            kind_title=place.title,
            order=order,
            icon=place.icon,
            title=row["name"] if table is customer else row["number"],
            note=row["number"] if table is customer else row["name"],
            url=place.url.format(id=row["id"]),
            state=row["state"],
            amount=row.get("amount"),
            exact=row["number"] == asked.upper(),
        )


def _requests(ctx: Context, connection: Connection, asked: str) -> Iterator[Hit]:
    """Requests; cases about a record are found by the record."""
    number = flow_case.c.number.startswith(asked.upper(), autoescape=True)
    columns = flow_case.c["id", "number", "title", "status", "outcome", "amount"]
    statement = (
        select(*columns, customer.c.name)
        .select_from(flow_case.outerjoin(customer, customer.c.id == flow_case.c.customer_id))
        .where(
            flow_case.c.subject_kind == "request",
            or_(number, names.like_name(customer, asked)),
            my_cases.seen(ctx),
        )
        .order_by(number.desc(), flow_case.c.id.desc())
        .limit(MOST)
    )
    for row in connection.execute(statement).mappings():
        yield Hit(
            kind="request",
            kind_title=text("Requests", "业务申请"),
            order=len(PLACES),
            icon="file-plus",
            title=row["number"],
            note=row["name"] or "",
            url=f"/cases/{row['id']}",
            state=row["outcome"] or row["status"],
            amount=row["amount"],
            exact=row["number"] == asked.upper(),
            about=row["title"],
        )


def _registers(ctx: Context, connection: Connection, asked: str) -> Iterator[Hit]:
    """Records in use of the registers that the actor may see."""
    for at, register in enumerate(registers(ctx.registry).values(), len(PLACES) + 1):
        if ctx.actor.is_system or ctx.actor.may(register.right("read")):
            yield from _of_register(ctx, connection, register, at, asked)


def _of_register(ctx: Context, connection: Connection, register: Register, order: int, asked: str) -> Iterator[Hit]:
    found = data_sets.data_set(ctx.registry, register.key)
    assert found is not None
    fitting = data_sets.condition(ctx, found, data_sets.Asked(words=asked))
    statement = select(*record.c["id", "number", "name"]).select_from(found.source).where(fitting)
    for row in connection.execute(statement.order_by(record.c.id.desc()).limit(MOST)):
        yield Hit(
            kind=register.key,
            kind_title=register.title,
            order=order,
            icon=register.icon,
            title=row.name,
            note=row.number,
            url=f"/records/{register.key}/{row.id}",
            exact=row.number == asked.upper(),
        )
