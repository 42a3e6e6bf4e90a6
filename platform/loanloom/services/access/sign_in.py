"""Signing in: what a request needs to know of a user, in one query, and who then acts.

Reads Flask-AppBuilder's users; checks passwords; returns no hash and no password.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_appbuilder.security.sqla.models import User
from sqlalchemy import Connection, RowMapping, Select, Table, and_, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert
from werkzeug.security import check_password_hash

from loanloom.services.access.rights import rights_of
from loanloom.services.context import Actor, Company
from loanloom.store import tables

if TYPE_CHECKING:
    from loanloom.metadata.registry import Registry

ab_user: Table = User.__table__


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A user's place in one company."""

    company: Company
    business_date: date
    roles: tuple[str, ...]
    unit: str | None
    position: str | None
    customer_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A user as every request needs them: one query. `stamp` changes with the password, and when the user signs out
    everywhere, and ends older sessions; `ended` are those that were signed out one by one."""

    user_id: int
    username: str
    name: str
    email: str
    stamp: str
    ended: frozenset[str]
    language: str | None
    must_change_password: bool
    memberships: tuple[Membership, ...]

    def membership(self, company_id: int | None) -> Membership | None:
        """The place in this company, else the first one."""
        chosen = (one for one in self.memberships if one.company.id == company_id)
        return next(chosen, self.memberships[0] if self.memberships else None)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who knocks, as the audit wants to know it, before there is an Actor."""

    user_id: int | None
    username: str
    ip: str | None
    correlation_id: str | None = None


def _stamp(password_hash: str | None, sessions_since: str | None) -> str:
    return hashlib.sha256(f"{password_hash or ''}{sessions_since or ''}".encode()).hexdigest()[:16]


def _asked() -> Select[Any]:
    profile, membership, company = tables.user_profile, tables.membership, tables.company
    columns: list[Any] = [
        *ab_user.c["id", "username", "first_name", "last_name", "email", "password"],
        *profile.c["language", "must_change_password", "sessions_since", "ended_sessions"],
        *membership.c["roles", "unit", "position", "customer_id"],
        *company.c["key", "name", "time_zone", "currency", "business_date", "live_release_id"],
        company.c.id.label("company_id"),
    ]
    return (
        select(*columns)
        .select_from(ab_user)
        .outerjoin(profile, profile.c.user_id == ab_user.c.id)
        .outerjoin(membership, and_(membership.c.user_id == ab_user.c.id, membership.c.active))
        .outerjoin(company, company.c.id == membership.c.company_id)
        .where(ab_user.c.id == bindparam("user_id"), ab_user.c.active)
        .order_by(company.c.id)
    )


_ASKED = _asked()  # every request asks it; put together once


def signed_in(connection: Connection, user_id: int) -> SignedIn | None:
    """The active user of this number with all active memberships; None when there is no such (or no longer)."""
    rows = connection.execute(_ASKED, {"user_id": user_id}).mappings().all()
    if not rows:
        return None
    first = rows[0]
    return SignedIn(
        user_id=first["id"],
        username=first["username"],
        name=full_name(first),
        email=first["email"],
        stamp=_stamp(first["password"], first["sessions_since"]),
        ended=frozenset(first["ended_sessions"] or ()),
        language=first["language"],
        must_change_password=bool(first["must_change_password"]),
        memberships=tuple(_membership(row) for row in rows if row["company_id"] is not None),
    )


def _membership(row: RowMapping) -> Membership:
    company = Company(
        id=row["company_id"],
        key=row["key"],
        name=row["name"],
        currency=row["currency"],
        time_zone=row["time_zone"],
        release_id=row["live_release_id"],
    )
    return Membership(
        company=company,
        business_date=row["business_date"],
        roles=tuple(row["roles"]),
        unit=row["unit"],
        position=row["position"],
        customer_id=row["customer_id"],
    )


def full_name(row: Any) -> str:
    """One name as shown; Chinese names stand wholly in the first of Flask-AppBuilder's two fields."""
    return f"{row['first_name']} {row['last_name']}".strip()


def check_password(connection: Connection, user_id: int, password: str) -> bool:
    """Whether this is the user's present password."""
    hashed = connection.execute(select(ab_user.c.password).where(ab_user.c.id == user_id)).scalar()
    return hashed is not None and check_password_hash(hashed, password)


def set_language(connection: Connection, user_id: int, language: str) -> None:
    """Remember the language a user chose."""
    statement = upsert(tables.user_profile).values(user_id=user_id, language=language)
    connection.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_={"language": language}))


def actor_of(
    user: SignedIn, membership: Membership, registry: Registry, *, ip: str | None, correlation_id: str | None
) -> Actor:
    """The acting person with what their roles allow under the live registry."""
    functions, scope = rights_of(membership.roles, registry)
    return Actor(
        user_id=user.user_id,
        username=user.username,
        name=user.name,
        roles=membership.roles,
        functions=functions,
        scope=scope,
        unit=membership.unit,
        position=membership.position,
        customer_id=membership.customer_id,
        ip=ip,
        correlation_id=correlation_id,
    )
