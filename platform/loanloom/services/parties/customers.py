"""Customers: taken on, changed, found. Identity and phone numbers and e-mail addresses are kept closed, found by a
keyed hash, shown masked.

Nobody is entered twice: the identity number is unique, and somebody of the same name or phone is pointed out first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select
from sqlalchemy.exc import IntegrityError

from loanloom.engines import forms
from loanloom.metadata.field_types import empty
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services import facts, numbers, scope, stored
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.errors import Conflict, Refused
from loanloom.services.once import Once
from loanloom.services.records import becoming, form_files, references
from loanloom.store import audit, names, saving, tables
from loanloom.store.vault import masked

CUSTOMER = text("customer", "客户")
TABLE = tables.customer
COLUMNS = ("kind", "name", "address", "province", "industry")
CLOSED = ("id_number", "phone", "email")
NUMBERING = "customer"


@dataclass(frozen=True, slots=True)
class Found:
    """A customer in a list of search results."""

    id: int
    number: str
    name: str
    kind: str
    id_number: str
    phone: str


def form_of(ctx: Context) -> forms.Form:
    """The form that a customer is entered with."""
    return compiled.record_form(ctx.registry, "customer")


def create(
    ctx: Context,
    raw: Mapping[str, Any],
    *,
    idempotency_key: str | None = None,
    although_similar: bool = False,
    extra: Mapping[str, Any] | None = None,
    origin: becoming.Origin | None = None,
) -> int:
    """Take on a customer from a filled form; the id. `extra` sets columns no form asks for (demo, unit, manager);
    `origin` is the record that becomes this customer."""
    ctx.require("customer.write")
    with ctx.transaction() as connection:
        first = Once(ctx, connection, idempotency_key, "customer.create")
        if first.answer is not None:
            return int(first.answer["customer_id"])
        values = _evaluated(ctx, connection, raw, {"customer": {}, "as_of": ctx.business_date})
        _refuse_duplicates(ctx, connection, values, although_similar=although_similar)
        made = add(ctx, connection, values, extra)
        form_files.take(ctx, connection, form_of(ctx), ("customer", made), {"customer": values})
        if origin is not None:
            becoming.became(ctx, connection, origin, made)
        first.keep({"customer_id": made})
        return made


def add(ctx: Context, connection: Connection, values: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> int:
    """Write a customer whose facts are already clean; the id."""
    row = {
        "number": next_numbers(ctx, connection, 1)[0],
        "since_on": ctx.business_date,
        "unit": ctx.actor.unit,
        "manager_user_id": ctx.actor.user_id,
        "created_by": ctx.actor.user_id,
        **columns(ctx, ctx.registry, values),
        **(extra or {}),
    }
    made = _write(connection, insert(TABLE).values(row).returning(TABLE.c.id))
    audit.write(connection, ctx.actor, "customer.created", ("customer", made), after=_shown(row), at=ctx.now)
    return made


def update(ctx: Context, customer_id: int, raw: Mapping[str, Any], *, version: int) -> None:
    """Change a customer from a filled form; refused when somebody else changed it meanwhile."""
    ctx.require("customer.write")
    with ctx.transaction() as connection:
        row = _locked(ctx, connection, customer_id)
        if row.version != version:
            raise Conflict()
        before = facts.of_customer(ctx, row, ctx.registry)
        values = _evaluated(ctx, connection, raw, {"customer": before, "as_of": ctx.business_date})
        held = ("customer", customer_id), {"customer": values}, {"customer": before}
        form_files.take(ctx, connection, form_of(ctx), *held)
        write(ctx, connection, row, {**before, **values})


def write(ctx: Context, connection: Connection, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write clean facts over a customer's row, with what changed in the audit."""
    new = columns(ctx, ctx.registry, values, was=row.extra)
    try:
        changed = saving.update_if_unchanged(connection, TABLE, row.id, row.version, new)
    except IntegrityError as error:
        raise Refused(_duplicate()) from error
    if not changed:
        raise Conflict()
    before, after = audit.changes(_shown({name: getattr(row, name) for name in new}), _shown(new))
    audit.write(connection, ctx.actor, "customer.changed", ("customer", row.id), before=before, after=after, at=ctx.now)


def read(ctx: Context, connection: Connection, customer_id: int) -> Row[Any]:
    """A customer's row, if the actor may see it."""
    ctx.require("customer.read", "portal.use")
    row = connection.execute(select(TABLE).where(TABLE.c.id == customer_id)).one_or_none()
    scope.check_visible(ctx, row._mapping if row is not None else None, CUSTOMER, is_customer=True)
    assert row is not None
    return row


def search(ctx: Context, query: str, *, limit: int = 20) -> list[Found]:
    """By name, pinyin or initials, by number, or by a whole identity or phone number or e-mail address."""
    ctx.require("customer.read")
    with ctx.transaction() as connection:
        rows = connection.execute(
            select(TABLE)
            .where(scope.visible(ctx, TABLE), matching(ctx, query))
            .order_by(TABLE.c.id.desc())
            .limit(limit)
        )
        return [_found(row) for row in rows]


def matching(ctx: Context, query: str) -> Any:
    """The condition for lists: customers that `query` names."""
    plain = "".join(query.split())
    if not plain:
        return TABLE.c.id.is_not(None)
    vault, company = ctx.database.vault, ctx.company.id
    asked = [names.like_name(TABLE, plain), TABLE.c.number == plain.upper()]
    if "@" in plain or (any(letter.isdigit() for letter in plain) and len(plain) >= 7):
        whole = ("email",) if "@" in plain else ("id_number", "phone")
        asked += [
            getattr(TABLE.c, f"{name}_hash") == vault.search_hash(company, f"customer.{name}", plain) for name in whole
        ]
    return or_(*asked)


def similar(ctx: Context, connection: Connection, values: Mapping[str, Any]) -> list[Found]:
    """Customers with the same name or the same phone; those the actor may not see are only counted, nameless."""
    asked = [TABLE.c.name == values.get("name")]
    if values.get("phone"):
        asked.append(TABLE.c.phone_hash == _hash(ctx, "phone", values["phone"]))
    rows = connection.execute(select(TABLE).where(or_(*asked)).order_by(TABLE.c.id).limit(5))
    return [
        _found(row) if scope.sees(ctx, row._mapping, is_customer=True) else Found(0, "", "", row.kind, "", "")
        for row in rows
    ]


def columns(
    ctx: Context, registry: Registry, values: Mapping[str, Any], *, was: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The row's columns from clean facts. `was`: the added fields as they are kept."""
    vault, company = ctx.database.vault, ctx.company.id
    fields = [one for one in registry.entity_fields("customer") if not one.builtin]
    row: dict[str, Any] = {name: values.get(name) for name in COLUMNS}
    row |= names.name_columns(values.get("name") or "")
    row["extra"] = stored.to_json(vault, company, "customer", fields, values, was)
    for name in CLOSED:
        value = values.get(name)
        row[f"{name}_cipher"] = vault.encrypt(company, f"customer.{name}", value) if value else None
        row[f"{name}_hash"] = vault.search_hash(company, f"customer.{name}", value) if value else None
        row[f"{name}_masked"] = masked(value) if value else None
    return row


def next_numbers(ctx: Context, connection: Connection, count: int) -> list[str]:
    """The next customer numbers: by the company's numbering `customer`, else plainly C000001."""
    return numbers.issue_or_plain(ctx, connection, NUMBERING, "C", count)


def _evaluated(
    ctx: Context, connection: Connection, raw: Mapping[str, Any], known: Mapping[str, Any]
) -> Mapping[str, Any]:
    evaluated = forms.evaluate(form_of(ctx), raw, {**empty_facts(ctx, ctx.registry), **known}, ctx.actor.roles)
    problems = [*evaluated.problems, *references.problems(ctx, connection, form_of(ctx), evaluated.values, known)]
    if problems:
        raise Refused(problems)
    values: Mapping[str, Any] = evaluated.values.get("customer", {})
    return values


def empty_facts(ctx: Context, registry: Registry) -> dict[str, Any]:
    """Facts with nothing known yet: every declared field null."""
    found: dict[str, Any] = {
        record: {one.key: empty(one.shape) for one in registry.entity_fields(record)}
        for record in ("customer", "application")
    }
    return {**found, "guarantors": [], "collateral": [], "as_of": ctx.business_date}


def _refuse_duplicates(
    ctx: Context, connection: Connection, values: Mapping[str, Any], *, although_similar: bool
) -> None:
    if values.get("id_number"):
        same = select(TABLE).where(TABLE.c.id_number_hash == _hash(ctx, "id_number", values["id_number"]))
        row = connection.execute(same).one_or_none()
        if row is not None:
            raise Refused(_duplicate(row.number if scope.sees(ctx, row._mapping, is_customer=True) else None))
    alike = [] if although_similar else similar(ctx, connection, values)
    if alike:
        raise Refused([_alike(one) for one in alike])


def _hash(ctx: Context, name: str, value: str) -> bytes:
    return ctx.database.vault.search_hash(ctx.company.id, f"customer.{name}", value)


def _write(connection: Connection, statement: Any) -> int:
    try:
        return int(connection.execute(statement).scalar_one())
    except IntegrityError as error:
        raise Refused(_duplicate()) from error


def _locked(ctx: Context, connection: Connection, customer_id: int) -> Row[Any]:
    row = connection.execute(select(TABLE).where(TABLE.c.id == customer_id).with_for_update()).one_or_none()
    scope.check_visible(ctx, row._mapping if row is not None else None, CUSTOMER, is_customer=True)
    assert row is not None
    return row


def _found(row: Row[Any]) -> Found:
    return Found(row.id, row.number, row.name, row.kind, row.id_number_masked or "", row.phone_masked or "")


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit keeps of a row: no ciphers, no hashes, no search columns."""
    hidden = ("_cipher", "_hash", "_pinyin", "_grams")
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if not name.endswith(hidden)
    }


def _duplicate(number: str | None = None) -> Problem:
    known = f" ({number})" if number else ""
    return Problem(
        code="customer.duplicate",
        message=text(
            f"A customer with this identity number exists already{known}.", f"该证件号码的客户已存在{known}。"
        ),
        hint=text("Open that customer instead of entering it again.", "请直接使用已有客户，勿重复建档。"),
        field="customer.id_number",
    )


def _alike(one: Found) -> Problem:
    known = text(
        f"{one.name} ({one.number}, {one.id_number or one.phone}) has the same name or phone.",
        f"已有姓名或电话相同的客户：{one.name}（{one.number}，{one.id_number or one.phone}）。",
    )
    elsewhere = text("Another unit has a customer with the same name or phone.", "其他机构已有姓名或电话相同的客户。")
    return Problem(
        code="customer.similar",
        message=known if one.id else elsewhere,
        hint=text("If it is somebody else, say so and save again.", "如确为不同客户，请勾选确认后再保存。"),
        field="customer.name",
    )
