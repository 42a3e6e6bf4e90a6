"""Choices that come from the house or the loan: branches, people, other loans of the customer, charges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from loanloom.problems import Problem, Text, text
from loanloom.services.access.sign_in import ab_user
from loanloom.services.context import Context
from loanloom.services.money.changes.kinds import Kind
from loanloom.services.money.changes.parameters import Field
from loanloom.services.money.loan_rows import Kept
from loanloom.services.scope import units_of
from loanloom.store import tables

NAMES = ("unit", "person", "loan", "agreed_charge", "charge", "partner", "guarantor")
OPEN = "guarantor"
"""A parameter that is written freely where the house knows nobody to choose."""
Choices = Mapping[str, tuple[tuple[str, Text], ...]]


def choices(ctx: Context, connection: Connection, kept: Kept, kind: Kind) -> Choices:
    """The choices of each parameter of a change that names something of the house, by parameter."""
    everywhere = [one for field in kind.fields for one in (field, *field.fields)]
    found = {one.name: _named(ctx, connection, kept, one.type) for one in everywhere if one.type in NAMES}
    return {name: options for name, options in found.items() if options or name != OPEN}


def _named(ctx: Context, connection: Connection, kept: Kept, wanted: str) -> tuple[tuple[str, Text], ...]:
    if wanted == "unit":
        return _units(ctx)
    if wanted == "partner":
        return _partners(connection)
    if wanted == "guarantor":
        return _guarantors(connection, kept)
    if wanted == "agreed_charge":
        return tuple((charge.key, _charge(ctx, charge.key)) for charge in kept.loan.terms.charges)
    if wanted == "charge":
        return _charges(ctx, kept)
    return _people(ctx, connection) if wanted == "person" else _loans(connection, kept)


def _partners(connection: Connection) -> tuple[tuple[str, Text], ...]:
    """Merchants and suppliers that may be paid."""
    party = tables.party
    query = select(party.c.id, party.c.name).where(
        party.c.state == "active", party.c.kind.in_(("merchant", "supplier"))
    )
    found = connection.execute(query.order_by(party.c.name, party.c.id))
    return tuple((str(row.id), text(row.name, row.name)) for row in found)


def _guarantors(connection: Connection, kept: Kept) -> tuple[tuple[str, Text], ...]:
    """Who stands for the loan: its guarantees, else the guarantee contracts beside its own; and who has paid for it."""
    names = [one.guarantor for one in kept.loan.terms.guarantees]
    if not names:
        contract = tables.contract
        query = select(contract.c.party_name).where(
            contract.c.main_contract_id == kept.row["contract_id"], contract.c.kind == "guarantee",
            contract.c.state == "signed",
        )  # fmt: skip
        names = [name for name in connection.execute(query.order_by(contract.c.id)).scalars() if name]
    names += [one.guarantor for one in kept.loan.circumstances.subrogations]
    return tuple((name, text(name, name)) for name in dict.fromkeys(names))


def _charge(ctx: Context, key: str) -> Text:
    return {language: ctx.registry.label("charge", key, language) for language in ("en", "zh")}


def _charges(ctx: Context, kept: Kept) -> tuple[tuple[str, Text], ...]:
    """The charges that have fallen on the loan, by their place among them."""
    found = []
    for place, one in enumerate(kept.loan.circumstances.charges):
        named = _charge(ctx, one.key)
        words = f" · {one.amount:,.2f}"
        found.append((str(place), text(named["en"] + words, named["zh"] + words)))
    return tuple(found)


def problems(
    ctx: Context, connection: Connection, kept: Kept, kind: Kind, record: Mapping[str, Any]
) -> tuple[Problem, ...]:
    """Parameters that name nothing of the house."""
    named = list(_written(kind.fields, record, ""))
    if not named:
        return ()
    known = choices(ctx, connection, kept, kind)
    return tuple(
        Problem(
            code="change.not_there",
            message=text(f"{field.title['en']}: choose one of the list.", f"{field.title['zh']}：请从列表中选择。"),
            field=place,
        )
        for place, field, value in named
        if field.name in known and str(value) not in {key for key, _ in known[field.name]}
    )


def _written(fields: Iterable[Field], record: Mapping[str, Any], before: str) -> Iterator[tuple[str, Field, Any]]:
    """Everything of a record that names something of the house: its place, field and value."""
    for field in fields:
        value = record.get(field.name)
        if field.type in NAMES and value is not None:
            yield before + field.name, field, value
        if field.type == "rows" and isinstance(value, list):
            for place, row in enumerate(value):
                if isinstance(row, Mapping):
                    yield from _written(field.fields, row, f"{before}{field.name}.{place}.")


def _units(ctx: Context) -> tuple[tuple[str, Text], ...]:
    return tuple((key, unit["title"]) for key, unit in units_of(ctx).items())


def _people(ctx: Context, connection: Connection) -> tuple[tuple[str, Text], ...]:
    """Staff of the company who may look after loans."""
    member = tables.membership
    roles = [document.key for document in ctx.registry.all("role") if "loan.change" in document.spec["functions"]]
    name = func.trim(func.concat(ab_user.c.first_name, " ", ab_user.c.last_name))
    query = (
        select(member.c.user_id, name.label("name"))
        .join(ab_user, ab_user.c.id == member.c.user_id)
        .where(member.c.company_id == ctx.company.id, member.c.active, member.c.customer_id.is_(None))
        .where(member.c.roles.overlap(roles))
        .order_by(name, member.c.user_id)
    )
    return tuple((str(row.user_id), text(row.name, row.name)) for row in connection.execute(query))


def _loans(connection: Connection, kept: Kept) -> tuple[tuple[str, Text], ...]:
    """Other running loans of the same customer."""
    loan = tables.loan
    query = (
        select(loan.c.number, loan.c.principal, loan.c.disbursed_on)
        .where(loan.c.customer_id == kept.row["customer_id"], loan.c.id != kept.id, loan.c.status == "active")
        .order_by(loan.c.id.desc())
    )
    found = connection.execute(query)
    said = {row.number: f"{row.number} · {row.principal:,.2f} · {row.disbursed_on}" for row in found}
    return tuple((number, text(words, words)) for number, words in said.items())
