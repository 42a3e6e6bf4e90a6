"""Making the Context of a use case where no request does it: tasks, the command line, the demo."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from loanloom.problems import text
from loanloom.services import company as companies
from loanloom.services.access import sign_in
from loanloom.services.context import Actor, Context, system_actor
from loanloom.services.definitions import releases
from loanloom.services.errors import NotFound
from loanloom.store.database import Database


def context_of(
    database: Database, company: str | int, actor: Actor | None = None, *, now: datetime | None = None
) -> Context:
    """The surroundings of one company (by key or id) as they are now; the system acts unless someone else does."""
    with database.transaction() as connection:
        found = companies.read(connection, company)
        day = companies.business_date(connection, found.id)
    return Context(
        database=database,
        company=found,
        registry=releases.live(database, found),
        actor=actor or system_actor(),
        now=now or datetime.now(UTC),
        business_date=day,
    )


def acting(ctx: Context, user: int | str | None, *, correlation_id: str | None = None) -> Context:
    """The same with this user (id or username) acting, as far as their roles go today; the system for None."""
    if user is None:
        return ctx.as_actor(system_actor(correlation_id=correlation_id))
    with ctx.database.transaction() as connection:
        user_id = user if isinstance(user, int) else _id_of(connection, user)
        found = sign_in.signed_in(connection, user_id) if user_id is not None else None
    place = found.membership(ctx.company.id) if found else None
    if found is None or place is None or place.company.id != ctx.company.id:
        raise NotFound(text("user", "用户"))
    return ctx.as_actor(sign_in.actor_of(found, place, ctx.registry, ip=None, correlation_id=correlation_id))


def _id_of(connection: Connection, username: str) -> int | None:
    query = select(sign_in.ab_user.c.id).where(sign_in.ab_user.c.username == username)
    return connection.execute(query).scalar_one_or_none()
