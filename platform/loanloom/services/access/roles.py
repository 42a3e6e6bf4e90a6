"""Mirrors role documents and memberships into Flask-AppBuilder's tables, so that its API and reports agree with ours.

The live role documents are the truth; what stands in ab_role is their image, named <company>:<role>. Called at the end
of an activation and after memberships change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_permissionview_role,
    assoc_user_role,
)
from sqlalchemy import Connection, Table, delete, select

from loanloom.services.access import functions as known
from loanloom.services.access.rights import functions_of
from loanloom.services.context import Context
from loanloom.store.tables import membership

USE = "can_use"
permission: Table = Permission.__table__
view_menu: Table = ViewMenu.__table__
permission_view: Table = PermissionView.__table__
role_table: Table = Role.__table__
LONGEST_NAME = 64


def role_name(company_key: str, role: str) -> str:
    """The name of a company's role among Flask-AppBuilder's global ones."""
    return f"{company_key}:{role}"[:LONGEST_NAME]


def _ids(connection: Connection, table: Table, names: Iterable[str]) -> dict[str, int]:
    """The row number of each name, made where missing."""
    wanted = set(names)
    query = select(table.c.name, table.c.id).where(table.c.name.in_(wanted))
    found = {row[0]: row[1] for row in connection.execute(query)}
    for name in sorted(wanted - set(found)):
        found[name] = connection.execute(table.insert().values(name=name).returning(table.c.id)).scalar_one()
    return found


def write_functions(connection: Connection, names: Iterable[str] = known.FUNCTIONS) -> dict[str, int]:
    """These functions as permissions of Flask-AppBuilder; function -> number of its permission."""
    use = _ids(connection, permission, [USE])[USE]
    menus = _ids(connection, view_menu, names)
    query = select(permission_view.c.view_menu_id, permission_view.c.id).where(permission_view.c.permission_id == use)
    there = {row[0]: row[1] for row in connection.execute(query)}
    for menu in menus.values():
        if menu not in there:
            values = {"permission_id": use, "view_menu_id": menu}
            made = connection.execute(permission_view.insert().values(values).returning(permission_view.c.id))
            there[menu] = made.scalar_one()
    return {name: there[menu] for name, menu in menus.items()}


def sync(ctx: Context, connection: Connection) -> None:
    """Bring this company's roles, their permissions and their holders in line with the live release."""
    numbers = write_functions(connection, known.of(ctx.registry))
    documents = {role_name(ctx.company.key, document.key): document for document in ctx.registry.all("role")}
    roles = _ids(connection, role_table, documents)
    for name, document in documents.items():
        granted = {numbers[function] for function in functions_of(document.spec) if function in numbers}
        _replace(connection, assoc_permissionview_role, "permission_view_id", roles[name], granted)
    holders = _holders(connection, ctx)
    for name, number in roles.items():
        _replace(connection, assoc_user_role, "user_id", number, holders.get(name, set()))


def _holders(connection: Connection, ctx: Context) -> Mapping[str, set[int]]:
    query = select(membership.c.user_id, membership.c.roles).where(
        membership.c.company_id == ctx.company.id, membership.c.active
    )
    holders: dict[str, set[int]] = {}
    for user_id, keys in connection.execute(query):
        for key in keys:
            holders.setdefault(role_name(ctx.company.key, key), set()).add(user_id)
    return holders


def _replace(connection: Connection, link: Table, column: str, role: int, wanted: set[int]) -> None:
    """Make the rows of a link table for one role exactly `wanted`."""
    present = set(connection.execute(select(link.c[column]).where(link.c.role_id == role)).scalars())
    if present - wanted:
        connection.execute(delete(link).where(link.c.role_id == role, link.c[column].in_(present - wanted)))
    if wanted - present:
        connection.execute(link.insert(), [{column: one, "role_id": role} for one in sorted(wanted - present)])
