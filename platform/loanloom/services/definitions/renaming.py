"""Giving a field, a code or an indicator another name in all definitions at once: a plan first, then drafts or files.

A plan is the new text of every document it touches, with comments and style kept; it is checked as a whole, and what
would be wrong afterwards is said before anything is written.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from loanloom.metadata.bundle import source_text
from loanloom.metadata.document import Document, Identity
from loanloom.metadata.editing import replace_values
from loanloom.metadata.fields import Field
from loanloom.metadata.kinds import with_common
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.metadata.rewriting import Change, Words, rewrite
from loanloom.metadata.structure import Schema
from loanloom.metadata.tree import read_tree
from loanloom.problems import Problem, errors, text
from loanloom.services.definitions import naming_places as places
from loanloom.services.definitions.releases.checking import check

_NAME = Schema(with_common({"$ref": "#/$defs/name"}))
_CODE = Schema(with_common({"$ref": "#/$defs/code"}))


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A document before and after; `pointers` are the places that change. A new `key` makes it a new document."""

    identity: Identity
    file: str
    before: str
    after: str
    pointers: tuple[str, ...]
    key: str | None = None
    new_file: str | None = None

    def diff(self) -> str:
        """The change as lines."""
        return "".join(
            difflib.unified_diff(
                self.before.splitlines(True), self.after.splitlines(True), self.file, self.new_file or self.file, n=1
            )
        )


@dataclass(frozen=True, slots=True)
class Renaming:
    """What a renaming would change. With problems nothing may be written; `notes` are worth a look."""

    old: str
    new: str
    documents: tuple[Rewritten, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    retired: tuple[Identity, ...] = ()

    @property
    def places(self) -> int:
        """How many places change."""
        return sum(len(one.pointers) for one in self.documents)


Found = list[tuple[Document, list[Change]]]


def field(registry: Registry, old: str, new: str) -> Renaming:
    """Another name for a field: `customer.old` to `customer.new`."""
    wrong = _field_problem(registry, old, new)
    if wrong is not None:
        return Renaming(old, new, problems=(wrong,))
    found: Found = []
    problems: list[Problem] = []
    for document in registry.own:
        changes, refused = places.of_fact(document, registry, old, new)
        problems += refused
        found.append((document, changes))
    return _planned(registry, old, new, found, problems, (_stored(old),))


def indicator(registry: Registry, old: str, new: str) -> Renaming:
    """Another key for an indicator: the definition is taken over under its new key, the old one retired."""
    own = registry.get("indicator", old)
    if own is None:
        return Renaming(old, new, problems=(_nothing("indicator", "指标", old),))
    if registry.get("indicator", new) is not None or _NAME.faults(new):
        return Renaming(old, new, problems=(_bad_name(new),))
    found: Found = []
    problems: list[Problem] = []
    for document in registry.own:
        path = (f"indicators.{old}", f"indicators.{new}")
        changes, refused = places.in_expressions(document, registry, *path)
        changes += places.in_references(document, registry, *path)
        changes += places.of_key(document, registry, "indicator", old, new)
        if document is own:
            changes.append(Words("/key", 0, len(old), new))
        problems += refused
        found.append((document, changes))
    return _planned(registry, old, new, found, problems, (), moved=own)


def code(registry: Registry, code_list: str, old: str, new: str) -> Renaming:
    """Another code in a code list, wherever it is compared, listed or written as an example."""
    own = registry.get("code_list", code_list)
    items = own.spec["items"] if own is not None else ()
    if own is None or own.builtin or old not in [one["key"] for one in items]:
        return Renaming(old, new, problems=(_nothing("code", "代码", old),))
    if new in [one["key"] for one in items] or _CODE.faults(new):
        return Renaming(old, new, problems=(_bad_name(new),))
    listed: list[Change] = [
        Words(f"/spec/items/{at}/{name}", 0, len(old), new)
        for at, one in enumerate(items)
        for name in ("key", "parent")
        if one.get(name) == old
    ]
    changed_list = read_document(rewrite(source_text(own), listed).text).document
    if changed_list is None:
        return Renaming(old, new, problems=(_bad_name(new),))
    changed = build([changed_list if one is own else one for one in registry.own], registry.kinds).registry
    fields = fields_of_list(registry, code_list)
    found: Found = [(own, listed)]
    problems: list[Problem] = []
    for document in registry.own:
        if document is not own:
            changes, refused = places.of_code(document, registry, changed, code_list, fields, old, new)
            problems += refused
            found.append((document, changes))
    return _planned(registry, old, new, found, problems, (*map(_stored, fields), *_mentions(registry, found, old)))


def own_fields(registry: Registry) -> tuple[str, ...]:
    """The paths of the fields that the company itself declares."""
    roots = {record: root for root, record in places.ROWS.items()}
    declared = ((record, one) for record in registry.records for one in registry.entity_fields(record))
    return tuple(f"{roots.get(record, record)}.{one.key}" for record, one in declared if not one.builtin)


def fields_of_list(registry: Registry, code_list: str) -> tuple[str, ...]:
    """The paths of the facts whose values are codes of a list."""
    found: list[str] = []

    def walk(fields: Iterable[Field], prefix: str) -> None:
        for one in fields:
            if one.code_list == code_list:
                found.append(prefix + one.key)
            walk(one.fields, f"{prefix}{one.key}.")

    roots = {record: root for root, record in places.ROWS.items()}
    for record in registry.records:
        walk(registry.entity_fields(record), f"{roots.get(record, record)}.")
    return tuple(found)


# -- from changes to texts --------------------------------------------------------------------------------------------


def _planned(
    registry: Registry,
    old: str,
    new: str,
    found: Found,
    problems: list[Problem],
    notes: tuple[Problem, ...],
    moved: Document | None = None,
) -> Renaming:
    written: list[Rewritten] = []
    for document, changes in found:
        if not changes:
            continue
        before = source_text(document)
        done = rewrite(before, changes)
        problems += [one.at(file=document.file) for one in done.problems]
        kind = registry.kinds.require(document.kind)
        file = document.file or kind.file_of(document.key)
        one = Rewritten(document.identity, file, before, done.text, tuple(sorted({each.pointer for each in changes})))
        if document is moved:
            after = replace_values(done.text, {"/renamed_from": old})
            problems += list(after.problems)
            one = replace(one, after=after.text, key=new, new_file=kind.file_of(new))
        written.append(one)
    retired = (moved.identity,) if moved is not None else ()
    if not errors(problems):
        problems += _wrong_afterwards(registry, written)
    return Renaming(old, new, tuple(written), tuple(problems), notes, retired)


def _wrong_afterwards(registry: Registry, written: list[Rewritten]) -> list[Problem]:
    """Errors of the whole set that it did not have before."""
    texts = {one.identity: one for one in written}
    documents: list[Document] = []
    for document in registry.own:
        one = texts.get(document.identity)
        read = read_document(one.after, one.new_file or one.file).document if one is not None else document
        if read is None:
            return [_bad_name(document.key)]
        documents.append(read)
    before = {(one.code, one.pointer) for one in check(registry.own).problems}
    found = errors(check(documents).problems)
    return [one for one in found if (one.code, one.pointer) not in before]


# -- what is said -----------------------------------------------------------------------------------------------------


def _field_problem(registry: Registry, old: str, new: str) -> Problem | None:
    parent, _, name = new.rpartition(".")
    if not parent or parent != old.rpartition(".")[0]:
        message = text(
            f"{old} stays in its record; {new} lies elsewhere.", f"“{old}”只能在原记录内改名，“{new}”不在其中。"
        )
        return Problem(code="rename.parent", message=message)
    declared = _field_at(registry, old)
    if declared is None:
        return _nothing("field", "字段", old)
    if declared.builtin:
        message = text(f"{old} comes with the system; its name stays.", f"“{old}”为系统内置字段，不可改名。")
        return Problem(code="rename.builtin", message=message)
    if _NAME.faults(name) or _field_at(registry, new) is not None:
        return _bad_name(new)
    return None


def _field_at(registry: Registry, path: str) -> Field | None:
    root, *names = path.split(".")
    fields: Iterable[Field] = registry.entity_fields(places.ROWS.get(root, root))
    found: Field | None = None
    for name in names:
        found = next((one for one in fields if one.key == name), None)
        fields = found.fields if found is not None else ()
    return found


def _nothing(what: str, what_zh: str, name: str) -> Problem:
    message = text(f"There is no {what} {name} that could be renamed.", f"没有可改名的{what_zh}“{name}”。")
    return Problem(code="rename.unknown", message=message)


def _bad_name(name: str) -> Problem:
    message = text(f"{name} cannot be the new name.", f"“{name}”不能用作新名称。")
    hint = text("It is taken, or is not written as names are.", "该名称已被使用，或不符合命名规则。")
    return Problem(code="rename.bad_name", message=message, hint=hint)


def _stored(path: str) -> Problem:
    return Problem(
        code="rename.stored_values",
        severity="warning",
        message=text(
            f"What is stored already under {path} keeps the old name; running cases read it as before.",
            f"已存储的“{path}”数据仍为旧名称；在途业务按原定义读取。",
        ),
    )


def _mentions(registry: Registry, found: Found, old: str) -> Iterable[Problem]:
    """Places where the same word stands and nobody can say that it is this code."""
    touched: Mapping[Identity, set[str]] = {
        document.identity: {one.pointer for one in changes} for document, changes in found
    }
    for document in registry.own:
        for pointer, value in read_values(source_text(document)):
            if value == old and pointer not in touched.get(document.identity, set()):
                message = text(
                    f'The word "{old}" stands here too; look whether it is this code.',
                    f"此处也有“{old}”，请确认是否为该代码。",
                )
                whole = pointer.removeprefix("/spec")
                yield document.problem("rename.same_word", message, whole, severity="warning")


def read_values(source: str) -> Iterable[tuple[str, object]]:
    """Every value of a text with its pointer."""
    from loanloom.metadata.pointers import walk

    return walk(read_tree(source).value)
