"""Data scope: which rows an actor may see. The only place that turns own/department/branch/all into a condition.

Every list adds `visible(ctx, table)` to its WHERE; every read of one record calls `check_visible(ctx, row)`. Both
follow one rule over the columns `unit`, `created_by`, `started_by`, `manager_user_id`, `customer_id`, whichever
the table has:

- all: everything of the company; branch: the units of one's branch; department: one's unit and the units below it;
- own: rows one created, started or manages. Wider scopes include the narrower ones.
- a borrower (actor with `customer_id`) sees rows of that customer alone, whatever the roles say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, false, or_, select, true, union

from loanloom.problems import Text
from loanloom.services.context import Actor, Context
from loanloom.services.errors import NotFound

PERSON_COLUMNS = ("created_by", "started_by", "manager_user_id")


def units_of(ctx: Context) -> Mapping[str, Mapping[str, Any]]:
    """The organisation document's units by key; empty while none is live."""
    found: dict[str, Mapping[str, Any]] = {}
    for document in ctx.registry.all("organisation"):
        for unit in document.spec.get("units", ()):
            found[str(unit["key"])] = unit
    return found


def branch_of(units: Mapping[str, Mapping[str, Any]], unit: str | None) -> str | None:
    """The nearest branch (or the company) at or above `unit`; `unit` itself when the organisation does not know it."""
    seen: set[str] = set()
    key = unit
    while key is not None and key in units and key not in seen:
        if units[key].get("type") in ("branch", "company"):
            return key
        seen.add(key)
        parent = units[key].get("parent")
        key = str(parent) if parent is not None else None
    return unit


def below(units: Mapping[str, Mapping[str, Any]], top: str) -> frozenset[str]:
    """`top` and every unit under it."""
    inside = {top}
    grown = True
    while grown:
        more = {key for key, unit in units.items() if unit.get("parent") in inside} - inside
        inside |= more
        grown = bool(more)
    return frozenset(inside)


def above(units: Mapping[str, Mapping[str, Any]], unit: str) -> list[str]:
    """`unit` and every unit it belongs to, itself first."""
    found = [unit]
    while (parent := units.get(found[-1], {}).get("parent")) is not None and parent not in found:
        found.append(str(parent))
    return found


def units_in_scope(ctx: Context) -> frozenset[str] | None:
    """The units whose rows the actor sees; None means all of them."""
    actor = ctx.actor
    if actor.scope == "all":
        return None
    if actor.scope == "own" or actor.unit is None:
        return frozenset()
    units = units_of(ctx)
    top = branch_of(units, actor.unit) if actor.scope == "branch" else actor.unit
    return below(units, top) if top is not None else frozenset()


def visible(ctx: Context, table: FromClause) -> ColumnElement[bool]:
    """The WHERE condition for lists of `table`."""
    actor = ctx.actor
    columns = table.c
    if actor.customer_id is not None:
        return _of_customer(table, actor)
    units = units_in_scope(ctx)
    if units is None:
        return true()
    allowed: list[ColumnElement[bool]] = [
        columns[name] == actor.user_id for name in PERSON_COLUMNS if name in columns and actor.user_id is not None
    ]
    if units and "unit" in columns:
        allowed.append(columns.unit.in_(sorted(units)))
    return or_(*allowed) if allowed else false()


def visible_by_key(ctx: Context, table: Table) -> ColumnElement[bool]:
    """The same for a table so large that one's own rows must be found by an index for each person column."""
    actor = ctx.actor
    if actor.customer_id is not None or actor.user_id is None or units_in_scope(ctx) != frozenset():
        return visible(ctx, table)
    mine = [select(table.c.id).where(table.c[name] == actor.user_id) for name in PERSON_COLUMNS if name in table.c]
    return table.c.id.in_(union(*mine)) if mine else false()


def _of_customer(table: FromClause, actor: Actor) -> ColumnElement[bool]:
    if "customer_id" in table.c:
        return and_(table.c.customer_id == actor.customer_id)
    if getattr(table, "name", "") == "customer":
        return and_(table.c.id == actor.customer_id)
    return false()


def sees(ctx: Context, row: Mapping[Any, Any], *, is_customer: bool = False) -> bool:
    """Whether the actor may see this one row, by the rule of `visible`."""
    actor = ctx.actor
    if actor.customer_id is not None:
        return row.get("id" if is_customer else "customer_id") == actor.customer_id
    units = units_in_scope(ctx)
    if units is None:
        return True
    if actor.user_id is not None and any(row.get(name) == actor.user_id for name in PERSON_COLUMNS):
        return True
    return row.get("unit") in units


def check_visible(ctx: Context, row: Mapping[Any, Any] | None, what: Text, *, is_customer: bool = False) -> None:
    """Raise NotFound for a row that is missing or out of the actor's sight; the two look the same from outside."""
    if row is None or not sees(ctx, row, is_customer=is_customer):
        raise NotFound(what)
