"""Finding a record to name in a field: records of any register, customers, partners, applications, contracts, loans,
colleagues, departments.

What a field keeps is what people know a thing by: its number, a department's key, a colleague's log-in name. Shows only
what the actor may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, Table, and_, or_, select

from loanloom.metadata.registers import Register, register_of
from loanloom.problems import say, text
from loanloom.services import scope
from loanloom.services.access.sign_in import ab_user, full_name
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.store import names, tables

MOST = 20
UNKNOWN = text("look-up", "查找对象")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing found. `key` is what a field keeps; `title` says it; `note` helps to tell it from others."""

    key: str
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where numbered records are looked for."""

    table: Table
    function: str
    named: Table


PLACES: Mapping[str, _Place] = {
    "customer": _Place(tables.customer, "customer.read", tables.customer),
    "party": _Place(tables.party, "customer.read", tables.party),
    "application": _Place(tables.application, "application.read", tables.customer),
    "contract": _Place(tables.contract, "contract.read", tables.customer),
    "loan": _Place(tables.loan, "loan.read", tables.customer),
}
TARGETS = (*PLACES, "user", "department")
"""What can be looked up besides the records of registers."""


def search(ctx: Context, target: str, words: str, limit: int = MOST) -> list[Choice]:
    """What `words` may mean: by number, name, pinyin or initials; without words, the newest."""
    asked = words.strip()[: names.MAX_QUERY]
    return _asked(ctx, target, lambda number, named: _like(number, named, asked), asked, limit)


def named(ctx: Context, target: str, keys: Iterable[str], connection: Connection | None = None) -> dict[str, Choice]:
    """What these keys stand for; those there are not, or that the actor may not see, are missing. Within a transaction
    where one is given."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    found = _asked(ctx, target, lambda number, _named: number.in_(wanted), None, len(wanted), wanted, connection)
    return {one.key: one for one in found if one.key in wanted}


Condition = Callable[[ColumnElement[Any], FromClause], ColumnElement[bool]]


def _like(number: ColumnElement[Any], named: Any, asked: str) -> ColumnElement[bool]:
    if not asked:
        return number.is_not(None)
    return or_(number.startswith(asked.upper(), autoescape=True), names.like_name(named, asked))


def _asked(
    ctx: Context,
    target: str,
    fits: Condition,
    words: str | None,
    limit: int,
    keys: list[str] | None = None,
    within: Connection | None = None,
) -> list[Choice]:
    if target == "department":
        return _departments(ctx, words, keys)[:limit]
    if target == "user":
        return _colleagues(ctx, words, keys, limit, within)
    register = register_of(ctx.registry, target)
    if register is None and target not in PLACES:
        raise NotFound(UNKNOWN)
    query = _of_place(ctx, PLACES[target], fits) if register is None else _of_register(ctx, register, fits)
    with nullcontext(within) if within is not None else ctx.transaction() as connection:
        return [Choice(row.number, row.name, row.note) for row in connection.execute(query.limit(limit))]


def _of_place(ctx: Context, place: _Place, fits: Condition) -> Select[Any]:
    ctx.require(place.function)
    table, who = place.table, place.named
    note = table.c.number.label("note")
    query = select(table.c.id, table.c.number, who.c.name, note)
    if who is not table:
        query = query.join(who, and_(who.c.id == table.c.customer_id, who.c.company_id == table.c.company_id))
    return query.where(scope.visible(ctx, table), fits(table.c.number, who)).order_by(table.c.id.desc())


def _of_register(ctx: Context, register: Register, fits: Condition) -> Select[Any]:
    ctx.require(register.right("read"))
    record = tables.record
    query = select(record.c.id, record.c.number, record.c.name, record.c.number.label("note"))
    seen: ColumnElement[bool] | None = None if register.shared else scope.visible(ctx, record)
    if register.about is not None:
        owner = tables.customer if register.about == "customer" else tables.party
        query = query.with_only_columns(record.c.id, record.c.number, record.c.name, owner.c.name.label("note"))
        query = query.join(
            owner, and_(owner.c.id == record.c[f"{register.about}_id"], owner.c.company_id == record.c.company_id)
        )
        seen = scope.visible(ctx, owner)
    conditions = [record.c.entity == register.key, fits(record.c.number, record), record.c.state == "active"]
    return query.where(*conditions, *([seen] if seen is not None else [])).order_by(record.c.id.desc())


def _departments(ctx: Context, words: str | None, keys: list[str] | None) -> list[Choice]:
    found = []
    for key, unit in scope.units_of(ctx).items():
        title = say(unit["title"], "zh")
        spelt = names.name_pinyin(title)
        said = names.normal(words or "")
        if (keys is None or key in keys) and (said in names.normal(title) or said in spelt or said in key):
            found.append(Choice(key, title, say(unit["title"], "en")))
    return found


def _colleagues(
    ctx: Context, words: str | None, keys: list[str] | None, limit: int, within: Connection | None
) -> list[Choice]:
    member = tables.membership
    query = (
        select(ab_user.c.username, ab_user.c.first_name, ab_user.c.last_name, member.c.unit)
        .join(member, member.c.user_id == ab_user.c.id)
        .where(member.c.company_id == ctx.company.id, member.c.active, member.c.customer_id.is_(None))
        .order_by(ab_user.c.username)
    )
    if keys is not None:
        query = query.where(ab_user.c.username.in_(keys))
    said = names.normal(words or "")
    with nullcontext(within) if within is not None else ctx.transaction() as connection:
        rows = connection.execute(query).mappings().all()
    units = scope.units_of(ctx)
    found = []
    for row in rows:
        name = full_name(row)
        if said in names.normal(name) or said in names.name_pinyin(name) or said in row["username"].lower():
            unit = units.get(row["unit"] or "")
            found.append(Choice(row["username"], name, say(unit["title"], "zh") if unit else ""))
    return found[:limit]
