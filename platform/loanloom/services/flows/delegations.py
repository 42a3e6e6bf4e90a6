"""Standing in for somebody by date range (委托): who is away from when to when, and who decides meanwhile.

Everybody gives their own; whoever holds `flow.delegate` gives others'. It comes into force and ends by the business
date. Who stands in needs at least the same authority; a delegation is not passed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, func, insert, or_, select, update

from loanloom.engines.flows.resolving import Member
from loanloom.problems import text
from loanloom.services.access.sign_in import ab_user
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import colleagues, delegation_checks
from loanloom.services.flows.delegation_checks import Wanted
from loanloom.store import audit, messages, tables

DELEGATION = text("delegation", "委托")
_TABLE = tables.delegation


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """One delegation as it is shown. `to` is empty for a mere absence; `state` is coming, now or over."""

    id: int
    from_user: int
    from_name: str
    to_user: int | None
    to_name: str | None
    starts_on: date
    ends_on: date
    flows: tuple[str, ...]
    reason: str | None
    state: str
    version: int


def give(
    ctx: Context,
    *,
    starts_on: date,
    ends_on: date,
    to_user: int | None = None,
    flows: Sequence[str] = (),
    reason: str = "",
    from_user: int | None = None,
) -> int:
    """Somebody is away, and somebody else stands in for them; its number."""
    wanted = Wanted(
        from_user=colleagues.whose(ctx, from_user),
        to_user=to_user,
        starts_on=starts_on,
        ends_on=ends_on,
        flows=tuple(dict.fromkeys(flows)),
        reason=reason.strip(),
    )
    with ctx.transaction() as connection:
        _lock(ctx, connection, wanted)
        problems = delegation_checks.problems(
            ctx, wanted, colleagues.staff_of(ctx, connection), standing(ctx, connection)
        )
        if problems:
            raise Refused(problems)
        values = {
            "from_user": wanted.from_user, "to_user": wanted.to_user, "starts_on": starts_on, "ends_on": ends_on,
            "flows": list(wanted.flows), "reason": wanted.reason or None, "created_by": ctx.actor.user_id,
        }  # fmt: skip
        made = int(connection.execute(insert(_TABLE).values(values).returning(_TABLE.c.id)).scalar_one())
        told = {**values, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
        audit.write(connection, ctx.actor, "delegation.given", ("delegation", made), after=told, at=ctx.now)
        _tell(ctx, connection, wanted, made)
    return made


def end(ctx: Context, delegation_id: int, *, expected_version: int) -> None:
    """Back earlier than thought: it counts no longer, from now on. Whoever stands in may also give it back."""
    with ctx.transaction() as connection:
        query = select(_TABLE).where(_TABLE.c.id == delegation_id).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None or not (ctx.actor.may(colleagues.KEEP) or _concerns(ctx, row)):
            raise NotFound(DELEGATION)
        if row.version != expected_version or row.ended_at is not None:
            raise Conflict()
        values = {"ended_by": ctx.actor.user_id, "ended_at": ctx.now, "version": row.version + 1}
        connection.execute(update(_TABLE).where(_TABLE.c.id == delegation_id).values(values))
        before = {"from_user": row.from_user, "to_user": row.to_user, "ends_on": row.ends_on.isoformat()}
        audit.write(connection, ctx.actor, "delegation.ended", ("delegation", delegation_id), before=before, at=ctx.now)


def of(ctx: Context, user_id: int | None = None) -> tuple[Delegation, ...]:
    """The delegations that somebody gave or was given and that are not over: one's own, or another's."""
    whose = colleagues.whose(ctx, user_id)
    return _listed(ctx, or_(_TABLE.c.from_user == whose, _TABLE.c.to_user == whose))


def of_everybody(ctx: Context) -> tuple[Delegation, ...]:
    """All that are not over."""
    ctx.require(colleagues.KEEP)
    return _listed(ctx)


def colleagues_of(ctx: Context) -> tuple[Member, ...]:
    """Everybody who works here, by name: whom one may choose."""
    if ctx.actor.is_borrower:
        raise Forbidden()
    with ctx.transaction() as connection:
        return tuple(sorted(colleagues.staff_of(ctx, connection), key=lambda one: (one.name, one.id)))


def _listed(ctx: Context, *conditions: ColumnElement[bool]) -> tuple[Delegation, ...]:
    absent, other = ab_user.alias("absent"), ab_user.alias("other")
    query = (
        select(
            *_TABLE.c,
            _name(absent).label("from_name"),
            _name(other).label("to_name"),
        )
        .join(absent, absent.c.id == _TABLE.c.from_user)
        .outerjoin(other, other.c.id == _TABLE.c.to_user)
        .where(_TABLE.c.ended_at.is_(None), _TABLE.c.ends_on >= ctx.business_date, *conditions)
        .order_by(_TABLE.c.starts_on, _TABLE.c.id)
    )
    with ctx.transaction() as connection:
        rows = connection.execute(query).mappings().all()
    return tuple(_shown(ctx, row) for row in rows)


def _name(table: FromClause) -> ColumnElement[str]:
    columns = table.c
    return func.trim(columns.first_name + " " + columns.last_name)


def _shown(ctx: Context, row: Mapping[Any, Any]) -> Delegation:
    same = ("id", "from_user", "from_name", "to_user", "to_name", "starts_on", "ends_on", "reason", "version")
    state = "coming" if row["starts_on"] > ctx.business_date else "now"
    return Delegation(**{name: row[name] for name in same}, flows=tuple(row["flows"]), state=state)


def _concerns(ctx: Context, row: Row[Any]) -> bool:
    return ctx.actor.user_id is not None and ctx.actor.user_id in (row.from_user, row.to_user)


def _lock(ctx: Context, connection: Connection, wanted: Wanted) -> None:
    """Two delegations of the same people are given one after the other, so that each sees the other."""
    table = tables.membership
    people = [wanted.from_user, *([wanted.to_user] if wanted.to_user is not None else [])]
    query = select(table.c.id).where(table.c.company_id == ctx.company.id, table.c.user_id.in_(people))
    connection.execute(query.order_by(table.c.user_id).with_for_update())


def standing(ctx: Context, connection: Connection) -> list[Wanted]:
    """Every delegation that is not over."""
    query = select(_TABLE).where(_TABLE.c.ended_at.is_(None), _TABLE.c.ends_on >= ctx.business_date)
    return [
        Wanted(
            from_user=row.from_user,
            to_user=row.to_user,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            flows=tuple(row.flows),
        )
        for row in connection.execute(query.order_by(_TABLE.c.id))
    ]


def _tell(ctx: Context, connection: Connection, wanted: Wanted, made: int) -> None:
    """Whoever stands in is told, and the absent where somebody else wrote it down."""
    days = f"{wanted.starts_on.isoformat()} – {wanted.ends_on.isoformat()}"
    where: dict[str, Any] = {"url": "/account/away/", "subject": ("delegation", made)}
    if wanted.to_user is not None:
        title = text(f"You stand in for a colleague, {days}", f"您被委托代办审批：{days}")
        messages.send(connection, [wanted.to_user], "delegation", title, **where, key=f"delegation:{made}:to")
    if wanted.from_user != ctx.actor.user_id:
        title = text(f"Your absence was entered, {days}", f"已登记您的离岗委托：{days}")
        messages.send(connection, [wanted.from_user], "delegation", title, **where, key=f"delegation:{made}:from")
