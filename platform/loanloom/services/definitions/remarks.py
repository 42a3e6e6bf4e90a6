"""What people say to each other about a definition that is being changed: on the whole or a cell, until settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, tuple_

from loanloom.metadata.document import Identity
from loanloom.problems import Problem, Text, text
from loanloom.services.access.names import names
from loanloom.services.context import Context
from loanloom.services.definitions import catalogue
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.store import audit, messages
from loanloom.store.tables import definition_remark as remark
from loanloom.store.tables import draft

REMARK: Text = text("remark", "批注")
RIGHTS = ("definition.edit", "release.propose", "release.approve")
LONGEST = 4_000
_ON = text("A remark on", "新批注：")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One remark. `pointer` is the cell it is about; empty for the whole definition."""

    id: int
    kind: str
    key: str
    pointer: str
    words: str
    by: str | None
    written_at: datetime
    settled_by: str | None
    settled_at: datetime | None


def listing(ctx: Context, about: Iterable[Identity], *, settled: bool = False) -> tuple[Remark, ...]:
    """Remarks on these definitions, the oldest first; `settled` ones too where they are asked for."""
    ctx.require("definition.read")
    wanted = list(about)
    query = select(remark).where(tuple_(remark.c.kind, remark.c.key).in_(wanted)).order_by(remark.c.id)
    if not settled:
        query = query.where(remark.c.settled_at.is_(None))
    with ctx.transaction() as connection:
        rows = connection.execute(query).all() if wanted else []
        people = names(connection, {user for row in rows for user in (row.written_by, row.settled_by)})
    return tuple(
        Remark(
            id=row.id, kind=row.kind, key=row.key, pointer=row.pointer, words=row.words,
            by=people.get(row.written_by), written_at=row.written_at,
            settled_by=people.get(row.settled_by), settled_at=row.settled_at,
        )
        for row in rows
    )  # fmt: skip


def write(ctx: Context, kind: str, key: str, words: str, pointer: str = "") -> int:
    """Say something about a definition; those who edited its draft, and those who spoke before, are told."""
    ctx.require(*RIGHTS)
    said = words.strip()
    if not said or len(said) > LONGEST:
        told = text(f"Write something, at most {LONGEST} characters.", f"请填写内容，最多 {LONGEST} 字。")
        raise Refused(Problem(code="remark.words", field="words", message=told))
    title = catalogue.page(ctx, kind, key).title
    with ctx.transaction() as connection:
        values = {
            "kind": kind, "key": key, "pointer": pointer[:500], "words": said, "written_by": ctx.actor.user_id,
            "written_at": ctx.now,
        }  # fmt: skip
        made = int(connection.execute(remark.insert().values(values).returning(remark.c.id)).scalar_one())
        audit.write(connection, ctx.actor, "remark.written", ("definition", f"{kind}/{key}"), after=values, at=ctx.now)
        people = sorted(_concerned(connection, kind, key) - {ctx.actor.user_id or 0})
        told = {tag: f"{_ON[tag]} {title.get(tag, key)}" for tag in ("en", "zh")}
        url = f"/studio/definitions/{kind}/{key}/#remarks"
        messages.send(connection, people, "release.remark", told, url=url, key=f"remark-{made}")
    return made


def settle(ctx: Context, remark_id: int) -> Identity:
    """Mark a remark as dealt with; the definition it is on."""
    ctx.require(*RIGHTS)
    with ctx.transaction() as connection:
        row = connection.execute(select(remark).where(remark.c.id == remark_id).with_for_update()).one_or_none()
        if row is None:
            raise NotFound(REMARK)
        if row.settled_at is not None:
            raise Conflict(Problem(code="remark.settled", message=text("It is settled already.", "该批注已处理。")))
        ended = {"settled_by": ctx.actor.user_id, "settled_at": ctx.now}
        connection.execute(remark.update().where(remark.c.id == remark_id).values(ended))
        about = ("definition", f"{row.kind}/{row.key}")
        audit.write(connection, ctx.actor, "remark.settled", about, before={"words": row.words}, at=ctx.now)
        return row.kind, row.key


def _concerned(connection: Connection, kind: str, key: str) -> set[int]:
    mine = select(draft.c.editors).where(draft.c.kind == kind, draft.c.key == key)
    editors = connection.execute(mine).scalar_one_or_none() or ()
    spoke = select(remark.c.written_by).where(remark.c.kind == kind, remark.c.key == key).distinct()
    return {*editors, *(user for user in connection.execute(spoke).scalars() if user is not None)}
