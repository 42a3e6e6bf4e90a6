"""Drafts: one per definition and company, edited by people, kept with a version so that nobody overwrites anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from loanloom.metadata.bundle import source_text
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.editing import Edited, remove_value, replace_values
from loanloom.metadata.kinds import with_common
from loanloom.metadata.reader import read_document
from loanloom.metadata.structure import Schema
from loanloom.problems import Problem, Text, say, text
from loanloom.services.access.names import name_of
from loanloom.services.context import Context
from loanloom.services.definitions.releases import snapshots
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.definitions.releases.policy import allow_drafts
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.store import audit
from loanloom.store.saving import update_if_unchanged
from loanloom.store.tables import draft

DEFINITION: Text = text("definition", "配置")
_KEY = Schema(with_common({"$ref": "#/$defs/key"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A definition as somebody left it, not yet live."""

    id: int
    kind: str
    key: str
    source: str
    retire: bool
    version: int
    updated_by: int | None
    updated_at: datetime
    editor: str

    @property
    def identity(self) -> Identity:
        """(kind, key)."""
        return self.kind, self.key


def listing(ctx: Context) -> tuple[Draft, ...]:
    """Every draft of the company."""
    ctx.require("definition.read", "definition.edit")
    with ctx.transaction() as connection:
        rows = connection.execute(select(draft).order_by(draft.c.kind, draft.c.key)).mappings().all()
        return tuple(_draft(connection, row) for row in rows)


def find(ctx: Context, kind: str, key: str) -> Draft | None:
    """The draft of a definition, if there is one."""
    ctx.require("definition.read", "definition.edit")
    with ctx.transaction() as connection:
        row = _row(connection, kind, key)
        return _draft(connection, row) if row else None


def text_of(ctx: Context, kind: str, key: str) -> str:
    """The text one edits: the draft's, else the live one's."""
    found = find(ctx, kind, key)
    if found is not None:
        return found.source
    return source_text(_live(ctx, kind, key))


def save(ctx: Context, kind: str, key: str, source: str, version: int | None) -> Draft:
    """Keep a text as the draft. `version` is the one it was opened with; None when there was no draft yet.

    A text with problems is kept all the same: it is a draft. What it says of its own kind and key must be right.
    """
    ctx.require("definition.edit")
    allow_drafts()
    if kind not in kinds():
        raise NotFound(DEFINITION)
    with ctx.transaction() as connection:
        return _save(ctx, connection, kind, key, source, version)


def save_together(ctx: Context, texts: Mapping[Identity, str], retired: Iterable[Identity] = ()) -> None:
    """Keep several texts as drafts at once, each over the draft there is; all of them or none."""
    ctx.require("definition.edit")
    allow_drafts()
    with ctx.transaction() as connection:
        for (kind, key), source in sorted(texts.items()):
            row = _row(connection, kind, key)
            _save(ctx, connection, kind, key, source, row["version"] if row else None)
        for kind, key in retired:
            row = _row(connection, kind, key)
            source = row["source"] if row else source_text(_live(ctx, kind, key))
            _save(ctx, connection, kind, key, source, row["version"] if row else None, retiring=True)


def change_values(
    ctx: Context, kind: str, key: str, values: Mapping[str, Any], version: int | None, *, remove: Iterable[str] = ()
) -> Draft:
    """Change single values (pointers into the document) by touching only their places in the text."""
    ctx.require("definition.edit")
    allow_drafts()
    with ctx.transaction() as connection:
        row = _row(connection, kind, key)
        _same_version(connection, row, version)
        edited = replace_values(row["source"] if row else source_text(_live(ctx, kind, key)), values)
        for pointer in remove:
            edited = edited if edited.problems else remove_value(edited.text, pointer)
        return _save(ctx, connection, kind, key, _text_or_refused(edited), version)


def _text_or_refused(edited: Edited) -> str:
    if edited.problems:
        raise Refused(edited.problems)
    return edited.text


def copy(ctx: Context, kind: str, key: str, new_key: str, title: Mapping[str, str]) -> Draft:
    """A new definition that begins as a copy of another one (its draft, or what is live)."""
    ctx.require("definition.edit")
    allow_drafts()
    _check_new_key(ctx, kind, new_key)
    values: dict[str, Any] = {"/key": new_key}
    for language, words in title.items():
        if words.strip():
            values[f"/title/{language}"] = words.strip()
    with ctx.transaction() as connection:
        if _row(connection, kind, new_key) is not None:
            raise Refused(_taken(new_key))
        row = _row(connection, kind, key)
        source = row["source"] if row else source_text(_live(ctx, kind, key))
        if read_document(source).value is not None and "renamed_from" in read_document(source).value:
            source = _text_or_refused(remove_value(source, "/renamed_from"))
        return _save(ctx, connection, kind, new_key, _text_or_refused(replace_values(source, values)), None)


def create(ctx: Context, kind: str, key: str, source: str) -> Draft:
    """A new definition from a text."""
    ctx.require("definition.edit")
    allow_drafts()
    _check_new_key(ctx, kind, key)
    with ctx.transaction() as connection:
        if _row(connection, kind, key) is not None:
            raise Refused(_taken(key))
        return _save(ctx, connection, kind, key, source, None)


def retire(ctx: Context, kind: str, key: str, version: int | None = None) -> Draft:
    """A draft that says: from the next change on, this definition is no longer used."""
    ctx.require("definition.edit")
    allow_drafts()
    document = _live(ctx, kind, key)
    with ctx.transaction() as connection:
        return _save(ctx, connection, kind, key, source_text(document), version, retiring=True)


def discard(ctx: Context, kind: str, key: str, version: int) -> None:
    """Throw a draft away; what is live stays."""
    ctx.require("definition.edit")
    with ctx.transaction() as connection:
        row = _row(connection, kind, key)
        if row is None:
            raise NotFound(DEFINITION)
        _same_version(connection, row, version)
        connection.execute(draft.delete().where(draft.c.id == row["id"], draft.c.version == version))
        audit.write(
            connection, ctx.actor, "draft.discarded", ("definition", f"{kind}/{key}"), before={"source": row["source"]}
        )


# -- inside -----------------------------------------------------------------------------------------------------------


def _save(
    ctx: Context, connection: Connection, kind: str, key: str, source: str, version: int | None, *,
    retiring: bool = False,
) -> Draft:  # fmt: skip
    row = _row(connection, kind, key)
    _same_version(connection, row, version)
    read = read_document(source)
    if read.identity is not None and read.identity != (kind, key):
        raise Refused(_moved(kind, key))
    title = dict(read.document.title) if read.document else (dict(row["title"]) if row else {})
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
    saved = _row(connection, kind, key)
    assert saved is not None
    return _draft(connection, saved)


def _editors(row: RowMapping | None, user_id: int | None) -> list[int]:
    return sorted({*(row["editors"] if row else ()), *(() if user_id is None else (user_id,))})


def _row(connection: Connection, kind: str, key: str) -> RowMapping | None:
    query = select(draft).where(draft.c.kind == kind, draft.c.key == key)
    return connection.execute(query.with_for_update()).mappings().one_or_none()


def _same_version(connection: Connection, row: RowMapping | None, version: int | None) -> None:
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


def _live(ctx: Context, kind: str, key: str) -> Document:
    with ctx.transaction() as connection:
        live = snapshots.live_id(connection)
        registry = snapshots.of_release(ctx.database, connection, ctx.company.id, live)
    document = registry.get(kind, key)
    if document is None:
        raise NotFound(DEFINITION)
    return document


def _check_new_key(ctx: Context, kind: str, key: str) -> None:
    known = kinds().get(kind)
    if known is None:
        raise NotFound(DEFINITION)
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
                message=text(f'"{key}" cannot be a key.', f"“{key}”不能用作键。"),
            )
        )
    if snapshots.live(ctx.database, ctx.company).get(kind, key) is not None:
        raise Refused(_taken(key))


def _taken(key: str) -> Problem:
    return Problem(
        code="draft.key_taken",
        field="key",
        message=text(f'There is a "{key}" already.', f"“{key}”已存在。"),
        hint=text("Choose another key.", "请换一个键。"),
    )


def _moved(kind: str, key: str) -> Problem:
    return Problem(
        code="draft.identity_changed",
        message=text(f'This is {kind} "{key}"; its kind and key stay for ever.', f"这是“{key}”，其类别与键不可更改。"),
        hint=text("Copy it under the new key instead.", "请改用“复制”建立新的键。"),
    )


def _draft(connection: Connection, row: RowMapping) -> Draft:
    return Draft(
        id=row["id"], kind=row["kind"], key=row["key"], source=row["source"], retire=row["retire"],
        version=row["version"], updated_by=row["updated_by"], updated_at=row["updated_at"],
        editor=say(name_of(connection, row["updated_by"]), "zh"),
    )  # fmt: skip
