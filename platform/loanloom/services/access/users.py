"""Users of a company: making them, their roles and unit there, their passwords.

Users are Flask-AppBuilder's and global; a membership ties one to a company with roles, unit and position. Passwords
are hashed here; nothing returns or logs one. Signing in is services/access/sign_in.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from werkzeug.security import generate_password_hash

from loanloom.problems import Problem, Text, errors, text
from loanloom.services.access import roles as roles_image
from loanloom.services.access.sign_in import ab_user, full_name
from loanloom.services.access.user_checks import account_problems, password_problems, role_problems
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.store import audit, tables

USER: Text = text("user", "用户")


def create(
    ctx: Context,
    *,
    username: str,
    name: str,
    email: str,
    password: str,
    roles: Sequence[str] = (),
    unit: str | None = None,
    position: str | None = None,
    customer_id: int | None = None,
    must_change: bool = False,
    exists_ok: bool = False,
) -> int:
    """A user with a membership in this company; the user's number."""
    ctx.require("user.manage")
    with ctx.transaction() as connection:
        found = connection.execute(select(ab_user.c.id).where(ab_user.c.username == username)).scalar()
        if found is not None and exists_ok:
            _place(ctx, connection, found, roles, unit, position, customer_id)
            return int(found)
        problems = [
            *account_problems(username, name, email),
            *password_problems(password, username),
            *role_problems(ctx, roles),
            *_taken(connection, username, email, except_user=None),
        ]
        if errors(problems):
            raise Refused(problems)
        user_id = _insert_user(ctx, connection, username, name, email, password)
        profile = {"user_id": user_id, "must_change_password": must_change, "password_changed_at": ctx.now}
        connection.execute(tables.user_profile.insert().values(profile))
        _place(ctx, connection, user_id, roles, unit, position, customer_id)
        after = {"username": username, "name": name, "email": email}
        audit.write(connection, ctx.actor, "user.created", ("user", user_id), after=after)
    return user_id


def _insert_user(ctx: Context, connection: Connection, username: str, name: str, email: str, password: str) -> int:
    now = ctx.now.replace(tzinfo=None)  # Flask-AppBuilder's columns are naive
    values = {
        "username": username,
        "first_name": name.strip(),
        "last_name": "",
        "email": email,
        "password": generate_password_hash(password),
        "active": True,
        "login_count": 0,
        "fail_login_count": 0,
        "created_on": now,
        "changed_on": now,
        "created_by_fk": ctx.actor.user_id,
        "changed_by_fk": ctx.actor.user_id,
    }
    return int(connection.execute(ab_user.insert().values(values).returning(ab_user.c.id)).scalar_one())


def _taken(connection: Connection, username: str, email: str, *, except_user: int | None) -> list[Problem]:
    found = []
    for column, value, field, words in (
        (ab_user.c.username, username, "username", text("This user name is taken.", "该用户名已被使用。")),
        (ab_user.c.email, email, "email", text("This e-mail address is taken.", "该邮箱已被使用。")),
    ):
        query = select(ab_user.c.id).where(func.lower(column) == value.lower())
        if except_user is not None:
            query = query.where(ab_user.c.id != except_user)
        if connection.execute(query).first():
            found.append(Problem(code=f"user.{field}_taken", field=field, message=words))
    return found


def _works_elsewhere(ctx: Context, connection: Connection, user_id: int) -> list[Problem]:
    """An administrator of one company has no hand in the account of somebody who also works in another."""
    membership = tables.membership
    others = select(membership.c.id).where(
        membership.c.user_id == user_id, membership.c.company_id != ctx.company.id, membership.c.active
    )
    if ctx.actor.is_system or connection.execute(others).first() is None:
        return []
    return [
        Problem(
            code="user.works_elsewhere",
            message=text("This person also works in another company.", "该用户同时属于其他公司。"),
            hint=text(
                "Name, address and password are theirs to change; roles here are yours.",
                "姓名、邮箱和密码须由本人修改；您可以调整其在本公司的角色。",
            ),
        )
    ]


def _place(
    ctx: Context,
    connection: Connection,
    user_id: int,
    roles: Sequence[str],
    unit: str | None,
    position: str | None,
    customer_id: int | None,
    active: bool = True,
) -> None:
    """Write the membership and leave a trace of what changed."""
    table = tables.membership
    key = and_(table.c.user_id == user_id, table.c.company_id == ctx.company.id)
    columns = [table.c[name] for name in ("roles", "unit", "position", "customer_id", "active")]
    before = connection.execute(select(*columns).where(key)).mappings().first()
    after = {
        "roles": sorted(roles),
        "unit": unit or None,
        "position": position or None,
        "customer_id": customer_id,
        "active": active,
    }
    if before is not None and dict(before) == after:
        return
    values = {"user_id": user_id, "company_id": ctx.company.id, **after}
    statement = upsert(table).values(values)
    changed = {**after, "version": table.c.version + 1}
    connection.execute(statement.on_conflict_do_update(index_elements=["user_id", "company_id"], set_=changed))
    audit.write(
        connection,
        ctx.actor,
        "user.membership_changed",
        ("user", user_id),
        before=dict(before) if before is not None else None,
        after=after,
    )
    roles_image.sync(ctx, connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """A user of this company as the administration shows them."""

    id: int
    username: str
    name: str
    email: str
    active: bool
    roles: tuple[str, ...]
    unit: str | None
    position: str | None
    customer_id: int | None
    last_login: Any
    version: int


def _of_company(ctx: Context) -> Any:
    membership = tables.membership
    columns: list[Any] = [
        *ab_user.c["id", "username", "first_name", "last_name", "email", "last_login"],
        *membership.c["roles", "unit", "position", "customer_id", "version"],
        and_(ab_user.c.active, membership.c.active).label("active"),
    ]
    return (
        select(*columns)
        .join(membership, membership.c.user_id == ab_user.c.id)
        .where(membership.c.company_id == ctx.company.id)
    )


def _user_row(row: RowMapping) -> UserRow:
    names = ("id", "username", "email", "active", "unit", "position", "customer_id", "last_login", "version")
    return UserRow(name=full_name(row), roles=tuple(row["roles"]), **{name: row[name] for name in names})


def of_company(ctx: Context) -> tuple[UserRow, ...]:
    """Every user of this company, by user name."""
    ctx.require("user.manage", "audit.read")
    with ctx.transaction() as connection:
        rows = connection.execute(_of_company(ctx).order_by(ab_user.c.username)).mappings().all()
    return tuple(_user_row(row) for row in rows)


def read(ctx: Context, user_id: int) -> UserRow:
    """One user of this company."""
    ctx.require("user.manage", "audit.read")
    with ctx.transaction() as connection:
        row = connection.execute(_of_company(ctx).where(ab_user.c.id == user_id)).mappings().first()
    if row is None:
        raise NotFound(USER)
    return _user_row(row)


def change(
    ctx: Context,
    user_id: int,
    *,
    name: str,
    email: str,
    roles: Sequence[str],
    unit: str | None,
    position: str | None,
    active: bool,
    version: int | None = None,
) -> None:
    """Name, address, roles and unit of a user; nobody takes their own last right to manage users away."""
    ctx.require("user.manage")
    known = read(ctx, user_id)
    if version is not None and version != known.version:
        raise Conflict()
    problems = [*account_problems(known.username, name, email), *role_problems(ctx, roles)]
    with ctx.transaction() as connection:
        if (known.name, known.email) != (name.strip(), email):
            problems += _works_elsewhere(ctx, connection, user_id)
        problems += _taken(connection, known.username, email, except_user=user_id)
        if user_id == ctx.actor.user_id and (not active or set(roles) != set(known.roles)):
            problems.append(
                Problem(
                    code="user.own_rights",
                    field="roles",
                    message=text(
                        "You cannot change your own roles or close your own account.",
                        "不能修改自己的角色或停用自己的账号。",
                    ),
                    hint=text("Ask another administrator.", "请由其他管理员操作。"),
                )
            )
        if errors(problems):
            raise Refused(problems)
        values = {
            "first_name": name.strip(),
            "last_name": "",
            "email": email,
            "changed_on": ctx.now.replace(tzinfo=None),
            "changed_by_fk": ctx.actor.user_id,
        }
        connection.execute(ab_user.update().where(ab_user.c.id == user_id).values(values))
        if (known.name, known.email) != (name.strip(), email):
            audit.write(
                connection,
                ctx.actor,
                "user.changed",
                ("user", user_id),
                before={"name": known.name, "email": known.email},
                after={"name": name.strip(), "email": email},
            )
        _place(ctx, connection, user_id, roles, unit, position, known.customer_id, active)


def set_password(ctx: Context, user_id: int, password: str, *, must_change: bool) -> None:
    """Set somebody's password (administrator) or one's own after `check_password`."""
    if user_id != ctx.actor.user_id:
        ctx.require("user.manage")
        read(ctx, user_id)
    with ctx.transaction() as connection:
        username = connection.execute(select(ab_user.c.username).where(ab_user.c.id == user_id)).scalar_one()
        problems = [*password_problems(password, username)]
        if user_id != ctx.actor.user_id:
            problems += _works_elsewhere(ctx, connection, user_id)
        if problems:
            raise Refused(problems)
        hashed = generate_password_hash(password)
        connection.execute(ab_user.update().where(ab_user.c.id == user_id).values(password=hashed))
        values = {"must_change_password": must_change, "password_changed_at": ctx.now}
        statement = upsert(tables.user_profile).values(user_id=user_id, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))
        audit.write(connection, ctx.actor, "user.password_set", ("user", user_id))
