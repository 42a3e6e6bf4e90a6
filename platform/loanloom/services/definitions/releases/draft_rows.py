"""Rows of drafts: read locked, saved over the version they were read at, with everything that was saved before kept.

A step forward (`edited`) follows the text that is shown; undoing and redoing walk along those steps and are themselves
rows, so that no text is ever lost and a text that somebody opened long ago is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from loanloom.metadata.bundle import source_text
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.kinds import Kind, with_common
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry
from loanloom.metadata.structure import Schema
from loanloom.problems import Problem, Text, say, text
from loanloom.services.access.names import name_of
from loanloom.services.context import Context
from loanloom.services.definitions.releases import snapshots
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.store import audit
from loanloom.store.saving import update_if_unchanged
from loanloom.store.tables import draft, draft_revision

DEFINITION: Text = text("definition", "配置")
_KEY = Schema(with_common({"$ref": "#/$defs/key"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A definition as somebody left it, not yet live. `joined_with` is whose change was in between, where one was;
    `put_up` says, in a listing, that an open change has it as it stands.
    """

    id: int
    kind: str
    key: str
    title: Text
    source: str
    retire: bool
    version: int
    updated_by: int | None
    updated_at: datetime
    editor: str
    joined_with: Text | None = None
    put_up: bool = False

    @property
    def identity(self) -> Identity:
        """(kind, key)."""
        return self.kind, self.key


@dataclass(frozen=True, slots=True)
class Steps:
    """The versions that undoing and redoing would bring back; None where there is nothing to go to."""

    back: int | None = None
    forward: int | None = None


def read(connection: Connection, kind: str, key: str) -> RowMapping | None:
    """The row of a draft, locked."""
    query = select(draft).where(draft.c.kind == kind, draft.c.key == key)
    return connection.execute(query.with_for_update()).mappings().one_or_none()


def as_draft(connection: Connection, row: RowMapping, joined_with: Text | None = None) -> Draft:
    """A row as the value that screens know."""
    return Draft(
        id=row["id"], kind=row["kind"], key=row["key"], title=row["title"] or text(row["key"], row["key"]),
        source=row["source"], retire=row["retire"],
        version=row["version"], updated_by=row["updated_by"], updated_at=row["updated_at"],
        editor=say(name_of(connection, row["updated_by"]), "zh"), joined_with=joined_with,
    )  # fmt: skip


def live(ctx: Context, kind: str, key: str) -> Document:
    """What is live of a definition."""
    document = _live_registry(ctx).get(kind, key)
    if document is None:
        raise NotFound(DEFINITION)
    return document


def _live_registry(ctx: Context) -> Registry:
    with ctx.transaction() as connection:
        return snapshots.of_release(ctx.database, connection, ctx.company.id, snapshots.live_id(connection))


def save(
    ctx: Context, connection: Connection, kind: str, key: str, source: str, version: int | None, *,
    step: str = "edited", retiring: bool = False,
) -> RowMapping:  # fmt: skip
    """Keep a text over the version it was read at."""
    row = read(connection, kind, key)
    require_version(connection, row, version)
    found = read_document(source)
    if found.identity is not None and found.identity != (kind, key):
        raise Refused(_moved(kind, key))
    title = dict(found.document.title) if found.document else (dict(row["title"]) if row else {})
    values: dict[str, Any] = {
        "source": source, "title": title, "retire": retiring, "updated_by": ctx.actor.user_id, "updated_at": ctx.now,
        "editors": _editors(row, ctx.actor.user_id),
    }  # fmt: skip
    if row is None:
        made = {"kind": kind, "key": key, "created_by": ctx.actor.user_id, **values}
        connection.execute(draft.insert().values(made))
    elif not update_if_unchanged(connection, draft, row["id"], row["version"], values):
        raise Conflict()
    audit.write(
        connection,
        ctx.actor,
        "draft.retired" if retiring else "draft.saved",
        ("definition", f"{kind}/{key}"),
        before={"source": row["source"]} if row else None,
        after={"source": source},
    )
    saved = read(connection, kind, key)
    assert saved is not None
    _keep(ctx, connection, row, saved, step)
    return saved


def _editors(row: RowMapping | None, user_id: int | None) -> list[int]:
    return sorted({*(row["editors"] if row else ()), *(() if user_id is None else (user_id,))})


def require_version(connection: Connection, row: RowMapping | None, version: int | None) -> None:
    """Tell whoever is late who was first."""
    if (row["version"] if row else None) == version:
        return
    who = name_of(connection, row["updated_by"]) if row else text("somebody", "他人")
    raise Conflict(
        Problem(
            code="draft.changed_meanwhile",
            message=text(
                f"{say(who, 'en')} changed this definition while you had it open.",
                f"您打开期间，{say(who, 'zh')}已修改此配置。",
            ),
            hint=text(
                "Your text is still here: compare it with theirs, then save again.",
                "您的内容仍在此处：请与对方的修改对照后再保存。",
            ),
        )
    )


def _moved(kind: str, key: str) -> Problem:
    return Problem(
        code="draft.identity_changed",
        message=text(f'This is {kind} "{key}"; its kind and key stay for ever.', f"这是“{key}”，其类别与键不可更改。"),
        hint=text("Copy it under the new key instead.", "请改用“复制”建立新的键。"),
    )


# -- keys -------------------------------------------------------------------------------------------------------------


def kind_of(key: str) -> Kind:
    """A kind that exists."""
    found = kinds().get(key)
    if found is None:
        raise NotFound(DEFINITION)
    return found


def check_new_key(ctx: Context, kind: str, key: str) -> None:
    """Refuse a key that is none, or that is taken by what is live."""
    known = kind_of(kind)
    faults = _KEY.faults(key)
    if faults or (known.key_style == "name" and "-" in key):
        hint = text(
            "Small letters, digits and - (no - for indicators), beginning with a letter.",
            "请用小写字母、数字和 -（指标不可用 -），以字母开头。",
        )
        raise Refused(
            Problem(
                code="draft.bad_key",
                field="key",
                hint=hint,
                message=text(f'"{key}" cannot be a key.', f"“{key}”不能用作键。")
                if key
                else text("Write a key.", "请填写键。"),
            )
        )
    if snapshots.live(ctx.database, ctx.company).get(kind, key) is not None:
        raise Refused(taken(key))


def taken(key: str) -> Problem:
    """Somebody has this key already."""
    return Problem(
        code="draft.key_taken",
        field="key",
        message=text(f'There is a "{key}" already.', f"“{key}”已存在。"),
        hint=text("Choose another key.", "请换一个键。"),
    )


# -- what was saved before ---------------------------------------------------------------------------------------------


def _keep(ctx: Context, connection: Connection, before: RowMapping | None, saved: RowMapping, step: str) -> None:
    kept = draft_revision.c
    known = select(kept.id).where(kept.draft_id == saved["id"]).limit(1)
    rows: list[dict[str, Any]] = []
    if connection.execute(known).first() is None:
        begun = before["source"] if before else _live_text(ctx, saved["kind"], saved["key"])
        if begun is not None:
            rows.append({"version": before["version"] if before else 0, "step": "edited", "source": begun})
    rows.append({"version": saved["version"], "step": step, "source": saved["source"]})
    values = {"draft_id": saved["id"], "made_by": ctx.actor.user_id, "made_at": ctx.now}
    connection.execute(draft_revision.insert(), [{**values, **row} for row in rows])


def _live_text(ctx: Context, kind: str, key: str) -> str | None:
    document = _live_registry(ctx).get(kind, key)
    return source_text(document) if document is not None else None


def text_at(connection: Connection, draft_id: int, version: int | None) -> str | None:
    """The text of a version; of None, what stood before the draft was begun."""
    kept = draft_revision.c
    query = select(kept.source).where(kept.draft_id == draft_id, kept.version == (version or 0))
    return connection.execute(query).scalar_one_or_none()


def steps(connection: Connection, draft_id: int) -> Steps:
    """Where undoing and redoing lead to."""
    kept = draft_revision.c
    query = select(kept.version, kept.step).where(kept.draft_id == draft_id).order_by(kept.version)
    return walked((row.version, row.step) for row in connection.execute(query))


def walked(rows: Iterable[tuple[int, str]]) -> Steps:
    """Where one stands after steps forward, undone and redone."""
    versions: list[int] = []
    at = -1
    for version, step in rows:
        if step == "edited":
            versions = [*versions[: at + 1], version]
        at += -1 if step == "undone" else 1
    back = versions[at - 1] if at > 0 else None
    return Steps(back, versions[at + 1] if at + 1 < len(versions) else None)
