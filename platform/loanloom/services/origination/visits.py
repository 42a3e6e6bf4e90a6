"""Site visits 实地调查: two investigators, A who leads and writes and B who was there too and confirms, with photos.

A product may ask for a confirmed visit with so many photos before an application is handed in. Photos are files of the
application; a confirmed visit never changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services.access.names import names
from loanloom.services.access.rights import roles_with
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.origination import applications, uploads
from loanloom.services.origination.uploads import Upload
from loanloom.store import audit, messages, tables

TABLE = tables.site_visit
VISIT = text("site visit", "实地调查")
PHOTOS = ("jpg", "png")
MOST_PHOTOS, LONGEST = 20, 4_000
File = tuple[str, bytes]
"""Name and content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit with its photos and what the actor may do with it."""

    row: Row[Any]
    a: str
    b: str
    photos: Sequence[Upload]
    may_confirm: bool
    may_change: bool


def record(
    ctx: Context, application_id: int, *, visited_on: date, place: str, investigator_b: int, findings: str,
    photos: Sequence[File] = (),
) -> int:  # fmt: skip
    """Write down a visit; whoever does is investigator A. B is asked to confirm it."""
    ctx.require("application.create")
    with ctx.transaction() as connection:
        row = applications.read(ctx, connection, application_id, lock=True)
        problems = _faults(ctx, connection, visited_on, place, investigator_b, findings, len(photos))
        if problems:
            raise Refused(problems)
        values = {
            "application_id": row.id, "visited_on": visited_on, "place": place.strip(), "findings": findings.strip(),
            "investigator_a": ctx.actor.user_id, "investigator_b": investigator_b, "confirmed_a_at": ctx.now,
            "unit": row.unit, "created_by": ctx.actor.user_id,
        }  # fmt: skip
        visit_id = int(connection.execute(insert(TABLE).values(values).returning(TABLE.c.id)).scalar_one())
        for name, content in photos:
            _photo(ctx, connection, row.id, visit_id, name, content)
        _tell(ctx, connection, row.id, "recorded", {"visit": visit_id, "visited_on": visited_on, "b": investigator_b})
        messages.send(
            connection, [investigator_b], "visit", text("Confirm a site visit", "请确认实地调查"),
            text(f"application {row.number}", f"申请 {row.number}"), url=f"/applications/{row.id}/visits",
            subject=("application", row.id), key=f"visit-{visit_id}",
        )  # fmt: skip
        return visit_id


def confirm(ctx: Context, application_id: int, visit_id: int, *, version: int) -> None:
    """Investigator B was there and says so; from then on nothing of it changes."""
    ctx.require("application.read")
    with ctx.transaction() as connection:
        row = _open(ctx, connection, application_id, visit_id, version)
        if row.investigator_b != ctx.actor.user_id:
            raise Forbidden(_not_b())
        _move(connection, row, {"state": "confirmed", "confirmed_b_at": ctx.now})
        _tell(ctx, connection, application_id, "confirmed", {"visit": visit_id})


def withdraw(ctx: Context, application_id: int, visit_id: int, *, version: int) -> None:
    """Investigator A takes back what is not confirmed."""
    ctx.require("application.create")
    with ctx.transaction() as connection:
        row = _open(ctx, connection, application_id, visit_id, version)
        if row.investigator_a != ctx.actor.user_id:
            raise Forbidden()
        _move(connection, row, {"state": "withdrawn"})
        _tell(ctx, connection, application_id, "withdrawn", {"visit": visit_id})


def listing(ctx: Context, application_id: int) -> Sequence[Visit]:
    """The visits of an application the actor may see, the newest first."""
    with ctx.transaction() as connection:
        row = _application(ctx, connection, application_id)
        rows = connection.execute(
            select(TABLE)
            .where(TABLE.c.application_id == row.id, TABLE.c.state != "withdrawn")
            .order_by(TABLE.c.visited_on.desc(), TABLE.c.id.desc())
        ).all()
        files = uploads.listing(connection, ("application", row.id)) if rows else []
        called = names(connection, {who for one in rows for who in (one.investigator_a, one.investigator_b)})
        me = ctx.actor.user_id
        return [
            Visit(
                row=one,
                a=called.get(one.investigator_a, ""),
                b=called.get(one.investigator_b, ""),
                photos=[each for each in files if each.field == _field(one.id)],
                may_confirm=one.state == "open" and one.investigator_b == me,
                may_change=one.state == "open" and one.investigator_a == me,
            )
            for one in rows
        ]


def colleagues(ctx: Context) -> Mapping[int, str]:
    """Who may be investigator B: staff who take or read applications, but the actor."""
    with ctx.transaction() as connection:
        found = names(connection, _able(ctx, connection))
    return dict(sorted(found.items()))


def missing(connection: Connection, registry: Registry, row: Row[Any], amount: Decimal | None) -> Problem | None:
    """Why an application may not be handed in: its product wants a confirmed visit, with so many photos."""
    asked = registry.require("product", row.product_key).spec.get("investigation") or {}
    if not asked.get("required") or (amount is not None and amount < Decimal(str(asked.get("above", 0)))):
        return None
    table = tables.upload
    taken = (
        select(func.count())
        .where(
            table.c.subject_kind == "application", table.c.subject_id == row.id, table.c.state == "kept",
            table.c.field == func.concat("visit-", TABLE.c.id),
        )
        .correlate(TABLE)
        .scalar_subquery()
    )  # fmt: skip
    done = select(func.max(taken)).where(TABLE.c.application_id == row.id, TABLE.c.state == "confirmed")
    photos, least = connection.execute(done).scalar_one(), int(asked.get("photos", 0))
    if photos is not None and photos >= least:
        return None
    return Problem(
        code="visit.missing",
        message=text(
            f"A site visit confirmed by two investigators with {least} photos is missing.",
            f"缺少双人确认的实地调查记录（照片不少于 {least} 张）。",
        ),
        hint=text(
            "Record it under Site visits, and let the second investigator confirm it.",
            "请在“实地调查”中登记并由 B 角确认。",
        ),
    )


def _photo(ctx: Context, connection: Connection, application_id: int, visit_id: int, name: str, content: bytes) -> None:
    subject = ("application", application_id)
    uploads.keep(ctx, connection, subject, name, content, field=_field(visit_id), accept=PHOTOS)


def _field(visit_id: int) -> str:
    return f"visit-{visit_id}"


def _faults(
    ctx: Context, connection: Connection, visited_on: date, place: str, b: int, findings: str, photos: int
) -> list[Problem]:
    found = []
    if visited_on > ctx.business_date:
        found.append(_fault("visited_on", "The visit is still to come.", "调查日期不得晚于当前营业日。"))
    if not place.strip() or len(place) > LONGEST:
        found.append(_fault("place", "Say where it was.", "请填写调查地点。"))
    if not findings.strip() or len(findings) > LONGEST:
        found.append(_fault("findings", "Say what was found.", "请填写调查情况。"))
    if b == ctx.actor.user_id or b not in _able(ctx, connection):
        found.append(_fault("investigator_b", "Name a colleague who was there too.", "请选择同行的 B 角调查人。"))
    if photos > MOST_PHOTOS:
        found.append(_fault("photos", f"At most {MOST_PHOTOS} photos.", f"照片不得超过 {MOST_PHOTOS} 张。"))
    return found


def _fault(field: str, en: str, zh: str) -> Problem:
    return Problem(code=f"visit.{field}", field=field, message=text(en, zh))


def _able(ctx: Context, connection: Connection) -> list[int]:
    roles = sorted({*roles_with(ctx.registry, "application.read"), *roles_with(ctx.registry, "application.create")})
    return [one for one in messages.holders(connection, ctx.company.id, roles) if one != ctx.actor.user_id]


def _open(ctx: Context, connection: Connection, application_id: int, visit_id: int, version: int) -> Row[Any]:
    _application(ctx, connection, application_id, lock=True)
    asked = select(TABLE).where(TABLE.c.id == visit_id, TABLE.c.application_id == application_id).with_for_update()
    row = connection.execute(asked).one_or_none()
    if row is None:
        raise NotFound(VISIT)
    if row.state != "open" or row.version != version:
        raise Conflict()
    return row


def _application(ctx: Context, connection: Connection, application_id: int, *, lock: bool = False) -> Row[Any]:
    """The application of these visits: for whoever may see it, and for investigator B of another branch too."""
    try:
        return applications.read(ctx, connection, application_id, lock=lock)
    except NotFound:
        named = select(TABLE.c.id).where(
            TABLE.c.application_id == application_id,
            TABLE.c.investigator_b == ctx.actor.user_id,
            TABLE.c.state != "withdrawn",
        )
        if connection.execute(named.limit(1)).first() is None:
            raise
        table = tables.application
        asked = select(table).where(table.c.id == application_id)
        return connection.execute(asked.with_for_update() if lock else asked).one()


def _move(connection: Connection, row: Row[Any], values: Mapping[str, Any]) -> None:
    connection.execute(update(TABLE).where(TABLE.c.id == row.id).values(**values, version=row.version + 1))


def _tell(ctx: Context, connection: Connection, application_id: int, verb: str, after: Mapping[str, Any]) -> None:
    subject = ("application", application_id)
    audit.write(connection, ctx.actor, f"application.visit_{verb}", subject, after=after, at=ctx.now)


def _not_b() -> Problem:
    return Problem(
        code="visit.not_b",
        message=text("Only the second investigator confirms a visit.", "仅 B 角调查人可以确认。"),
    )
