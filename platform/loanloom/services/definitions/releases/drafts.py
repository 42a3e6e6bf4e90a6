"""Drafts: one per definition and company, edited by people, kept with a version so that nobody overwrites anybody.

Whoever is late with a change of places that nobody else touched meanwhile has it done on the text as it is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from loanloom.metadata.bundle import source_text
from loanloom.metadata.document import Identity
from loanloom.metadata.editing import Edited, remove_value, replace_values
from loanloom.metadata.merging import again, merge_texts
from loanloom.metadata.reader import read_document
from loanloom.metadata.steps import Step, set_values
from loanloom.problems import Problem, text
from loanloom.services.access.names import name_of
from loanloom.services.context import Context
from loanloom.services.definitions.releases import draft_rows
from loanloom.services.definitions.releases.draft_rows import DEFINITION, Draft, Steps
from loanloom.services.definitions.releases.policy import allow_drafts
from loanloom.services.definitions.releases.put_up import put_up
from loanloom.services.errors import NotFound, Refused
from loanloom.store import audit
from loanloom.store.tables import draft


def listing(ctx: Context) -> tuple[Draft, ...]:
    """Every draft of the company."""
    ctx.require("definition.read", "definition.edit")
    with ctx.transaction() as connection:
        rows = connection.execute(select(draft).order_by(draft.c.kind, draft.c.key)).mappings().all()
        waiting = put_up(connection)
        found = (draft_rows.as_draft(connection, row) for row in rows)
        return tuple(replace(one, put_up=one.identity in waiting) for one in found)


def find(ctx: Context, kind: str, key: str) -> Draft | None:
    """The draft of a definition, if there is one."""
    ctx.require("definition.read", "definition.edit")
    with ctx.transaction() as connection:
        row = draft_rows.read(connection, kind, key)
        return draft_rows.as_draft(connection, row) if row else None


def text_of(ctx: Context, kind: str, key: str) -> str:
    """The text one edits: the draft's, else the live one's."""
    found = find(ctx, kind, key)
    if found is not None:
        return found.source
    return source_text(draft_rows.live(ctx, kind, key))


def text_at(ctx: Context, kind: str, key: str, version: int | None) -> str | None:
    """The text that somebody has open who had that version; None where it is no longer known."""
    with ctx.transaction() as connection:
        row = draft_rows.read(connection, kind, key)
        if row is None:
            return source_text(draft_rows.live(ctx, kind, key)) if version is None else None
        return row["source"] if row["version"] == version else draft_rows.text_at(connection, row["id"], version)


def save(ctx: Context, kind: str, key: str, source: str, version: int | None) -> Draft:
    """Keep a text as the draft. `version` is the one it was opened with; None when there was no draft yet.

    A text with problems is kept all the same: it is a draft. What it says of its own kind and key must be right.
    """
    ctx.require("definition.edit")
    allow_drafts()
    draft_rows.kind_of(kind)
    with ctx.transaction() as connection:
        row = draft_rows.read(connection, kind, key)
        base = draft_rows.text_at(connection, row["id"], version) if row and row["version"] != version else None
        joined = merge_texts(base, source, row["source"]) if row and base is not None and not row["retire"] else None
        if row is None or joined in (None, row["source"]):
            return _kept(ctx, connection, kind, key, source, version)
        return _joined(ctx, connection, row, str(joined))


def save_together(ctx: Context, texts: Mapping[Identity, str], retired: Iterable[Identity] = ()) -> None:
    """Keep several texts as drafts at once, each over the draft there is; all of them or none."""
    ctx.require("definition.edit")
    allow_drafts()
    with ctx.transaction() as connection:
        for (kind, key), source in sorted(texts.items()):
            row = draft_rows.read(connection, kind, key)
            _kept(ctx, connection, kind, key, source, row["version"] if row else None)
        for kind, key in retired:
            row = draft_rows.read(connection, kind, key)
            source = row["source"] if row else source_text(draft_rows.live(ctx, kind, key))
            _kept(ctx, connection, kind, key, source, row["version"] if row else None, retiring=True)


def change(ctx: Context, kind: str, key: str, step: Step, version: int | None) -> Draft:
    """One step (metadata.steps), made against the version somebody had open, on the text as it is now."""
    ctx.require("definition.edit")
    allow_drafts()
    with ctx.transaction() as connection:
        return _changed(ctx, connection, (kind, key), step, version)


def change_together(
    ctx: Context, changes: Iterable[tuple[Identity, Step, int | None]], begun: Mapping[Identity, str] | None = None
) -> tuple[Draft, ...]:
    """Steps on several definitions, and definitions that begin with a text; all of them or none."""
    ctx.require("definition.edit")
    allow_drafts()
    for kind, key in begun or {}:
        draft_rows.check_new_key(ctx, kind, key)
    with ctx.transaction() as connection:
        for (kind, key), source in (begun or {}).items():
            if draft_rows.read(connection, kind, key) is not None:
                raise Refused(draft_rows.taken(key))
            _kept(ctx, connection, kind, key, source, None)
        return tuple(_changed(ctx, connection, identity, step, version) for identity, step, version in changes)


def _changed(ctx: Context, connection: Connection, identity: Identity, step: Step, version: int | None) -> Draft:
    kind, key = identity
    schema = draft_rows.kind_of(kind).schema
    row = draft_rows.read(connection, kind, key)
    if row is not None and row["version"] != version and not row["retire"]:
        base = draft_rows.text_at(connection, row["id"], version)
        joined = again(base, row["source"], step, schema) if base is not None else None
        if joined is not None:
            return _joined(ctx, connection, row, joined.text)
    draft_rows.require_version(connection, row, version)
    edited = step.edit(row["source"] if row else source_text(draft_rows.live(ctx, kind, key)))
    return _kept(ctx, connection, kind, key, _text_or_refused(edited), version)


def change_values(
    ctx: Context, kind: str, key: str, values: Mapping[str, Any], version: int | None, *, remove: Iterable[str] = ()
) -> Draft:
    """Change single values (pointers into the document) by touching only their places in the text."""
    return change(ctx, kind, key, set_values(values, remove), version)


def steps(ctx: Context, found: Draft) -> Steps:
    """Whether there is something to undo and to redo."""
    with ctx.transaction() as connection:
        return draft_rows.steps(connection, found.id)


def undo(ctx: Context, kind: str, key: str, version: int) -> Draft:
    """Bring back the text before the last change of the draft, whoever made it."""
    return _walk(ctx, kind, key, version, "undone")


def redo(ctx: Context, kind: str, key: str, version: int) -> Draft:
    """Bring back what was undone last."""
    return _walk(ctx, kind, key, version, "redone")


def _walk(ctx: Context, kind: str, key: str, version: int, step: str) -> Draft:
    ctx.require("definition.edit")
    allow_drafts()
    with ctx.transaction() as connection:
        row = draft_rows.read(connection, kind, key)
        if row is None:
            raise NotFound(DEFINITION)
        draft_rows.require_version(connection, row, version)
        ways = draft_rows.steps(connection, row["id"])
        goal = ways.back if step == "undone" else ways.forward
        source = draft_rows.text_at(connection, row["id"], goal) if goal is not None else None
        if source is None:
            message = text("There is nothing to go back to here.", "没有可以撤销或重做的修改。")
            raise Refused(Problem(code="draft.nothing_to_undo", message=message))
        saved = draft_rows.save(ctx, connection, kind, key, source, version, step=step)
        return draft_rows.as_draft(connection, saved)


def _joined(ctx: Context, connection: Connection, row: RowMapping, source: str) -> Draft:
    """Keep a text that holds what somebody else changed meanwhile, and say whose that was."""
    who = name_of(connection, row["updated_by"])
    saved = draft_rows.save(ctx, connection, row["kind"], row["key"], source, row["version"])
    return draft_rows.as_draft(connection, saved, joined_with=who)


def _kept(
    ctx: Context, connection: Connection, kind: str, key: str, source: str, version: int | None, *,
    retiring: bool = False,
) -> Draft:  # fmt: skip
    saved = draft_rows.save(ctx, connection, kind, key, source, version, retiring=retiring)
    return draft_rows.as_draft(connection, saved)


def _text_or_refused(edited: Edited) -> str:
    if edited.problems:
        raise Refused(edited.problems)
    return edited.text


def copy(ctx: Context, kind: str, key: str, new_key: str, title: Mapping[str, str]) -> Draft:
    """A new definition that begins as a copy of another one (its draft, or what is live), but for what it is called:
    two must not have one name in the language that nobody wrote."""
    ctx.require("definition.edit")
    allow_drafts()
    draft_rows.check_new_key(ctx, kind, new_key)
    names = {language: words.strip() for language, words in title.items() if words.strip()}
    values: dict[str, Any] = {"/key": new_key} | ({"/title": names} if names else {})
    with ctx.transaction() as connection:
        if draft_rows.read(connection, kind, new_key) is not None:
            raise Refused(draft_rows.taken(new_key))
        row = draft_rows.read(connection, kind, key)
        source = row["source"] if row else source_text(draft_rows.live(ctx, kind, key))
        if read_document(source).value is not None and "renamed_from" in read_document(source).value:
            source = _text_or_refused(remove_value(source, "/renamed_from"))
        return _kept(ctx, connection, kind, new_key, _text_or_refused(replace_values(source, values)), None)


def create(ctx: Context, kind: str, key: str, source: str) -> Draft:
    """A new definition from a text."""
    ctx.require("definition.edit")
    allow_drafts()
    draft_rows.check_new_key(ctx, kind, key)
    with ctx.transaction() as connection:
        if draft_rows.read(connection, kind, key) is not None:
            raise Refused(draft_rows.taken(key))
        return _kept(ctx, connection, kind, key, source, None)


def retire(ctx: Context, kind: str, key: str, version: int | None = None) -> Draft:
    """A draft that says: from the next change on, this definition is no longer used. Example cases about it, which
    nothing else can name, go with it."""
    ctx.require("definition.edit")
    allow_drafts()
    document = draft_rows.live(ctx, kind, key)
    examples = sorted({use.key for use in ctx.registry.used_by(kind, key) if use.kind == "case"})
    with ctx.transaction() as connection:
        for one in examples:
            if draft_rows.read(connection, "case", one) is None:
                _kept(ctx, connection, "case", one, source_text(draft_rows.live(ctx, "case", one)), None, retiring=True)
        return _kept(ctx, connection, kind, key, source_text(document), version, retiring=True)


def discard(ctx: Context, kind: str, key: str, version: int) -> None:
    """Throw a draft away; what is live stays."""
    ctx.require("definition.edit")
    with ctx.transaction() as connection:
        row = draft_rows.read(connection, kind, key)
        if row is None:
            raise NotFound(DEFINITION)
        draft_rows.require_version(connection, row, version)
        connection.execute(draft.delete().where(draft.c.id == row["id"], draft.c.version == version))
        audit.write(
            connection, ctx.actor, "draft.discarded", ("definition", f"{kind}/{key}"), before={"source": row["source"]}
        )


__all__ = [
    "DEFINITION",
    "Draft",
    "Steps",
    "change",
    "change_together",
    "change_values",
    "copy",
    "create",
    "discard",
    "find",
    "listing",
    "redo",
    "retire",
    "save",
    "save_together",
    "steps",
    "text_at",
    "text_of",
    "undo",
]
