"""What changed between two registries, in words: titles instead of pointers, list items matched by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from loanloom.metadata import pairing, schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import Kind
from loanloom.metadata.pointers import MISSING, child, is_list
from loanloom.metadata.registry import Registry
from loanloom.metadata.said import Said, SayAt
from loanloom.metadata.wording import Piece, kind_in_words
from loanloom.problems import LANGUAGES, Text, say, text

What = Literal["added", "changed", "retired"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `pointer` is "" for a whole document. `path`, `old` and `new` say place and values in words."""

    kind: str
    key: str
    what: What
    pointer: str
    before: Any
    after: Any
    words: Text
    path: Text
    old: Text
    new: Text


def diff(old: Registry | None, new: Registry, say_at: SayAt | None = None) -> tuple[Change, ...]:
    """Every change from `old` (None: nothing yet) to `new`, in the order of the studio's list of kinds.

    `say_at` knows words for values that only an engine can read, such as conditions.
    """
    before = {document.identity: document for document in old.own} if old else {}
    after = {document.identity: document for document in new.own}
    rank = {kind.key: number for number, kind in enumerate(new.kinds)}
    changes: list[Change] = []
    for identity in sorted(before.keys() | after.keys(), key=lambda each: (rank.get(each[0], 99), each)):
        changes.extend(document_diff(before.get(identity), after.get(identity), old, new, say_at))
    return tuple(changes)


def document_diff(
    before: Document | None,
    after: Document | None,
    old: Registry | None,
    new: Registry,
    say_at: SayAt | None = None,
) -> tuple[Change, ...]:
    """The changes of one document."""
    if before is None and after is not None:
        return (_whole(after, "added", new),)
    if before is not None and after is None:
        return (_whole(before, "retired", old or new),)
    if before is None or after is None or before.digest == after.digest:
        return ()
    return tuple(_Comparison(before, after, old, new, say_at).changes())


def _whole(document: Document, what: What, registry: Registry) -> Change:
    kind = kind_in_words(registry, document.kind)
    words = {
        "added": text("added", "新增"), "retired": text("retired", "停用"),
    }[what]  # fmt: skip
    said = text(
        f'{say(kind, "en")} "{say(document.title, "en")}" {words["en"]}.',
        f"{words['zh']}{say(kind, 'zh')}「{say(document.title, 'zh')}」。",
    )
    nothing = text("", "")
    before, after = (None, document) if what == "added" else (document, None)
    return Change(*document.identity, what, "", before, after, said, nothing, nothing, nothing)


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in both documents: its pointer (in the old one when removed), its name, its piece of schema; `was` is
    where it stood in the old one."""

    pointer: str
    path: Text
    piece: Piece
    was: str

    def below(self, token: str | int, name: Text, piece: Piece, was: str | int | None = None) -> _Place:
        path = (
            name
            if not self.path["en"]
            else text(f"{self.path['en']} › {say(name, 'en')}", f"{self.path['zh']} › {say(name, 'zh')}")
        )
        return _Place(child(self.pointer, token), path, piece, child(self.was, token if was is None else was))


@dataclass(frozen=True, slots=True)
class _Comparison:
    before: Document
    after: Document
    old: Registry | None
    new: Registry
    say_at: SayAt | None

    @property
    def kind(self) -> Kind:
        return self.new.kinds.require(self.after.kind)

    def changes(self) -> Iterator[Change]:
        text_piece: Piece = {"x-text": True}
        yield from self._values(
            _Place("/title", text("Name", "名称"), text_piece, "/title"), self.before.title, self.after.title
        )
        if self.before.effective_from != self.after.effective_from:
            yield self._change(
                _Place("/effective_from", text("Not live before", "最早生效日"), {}, "/effective_from"),
                self.before.effective_from,
                self.after.effective_from,
            )
        root = _Place("/spec", text("", ""), schema_walk.follow(self.kind.schema, self.kind.schema), "/spec")
        yield from self._values(root, self.before.spec, self.after.spec)

    def _values(self, place: _Place, before: Any, after: Any) -> Iterator[Change]:
        if _same(before, after):
            return
        if isinstance(before, Mapping) and isinstance(after, Mapping) and not place.piece.get("x-text"):
            yield from self._mappings(place, before, after)
        elif is_list(before) and is_list(after):
            yield from self._lists(place, before, after)
        else:
            yield self._change(place, before, after)

    def _mappings(self, place: _Place, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
        for key in [*before, *(key for key in after if key not in before)]:
            holder = after if key in after else before
            piece = schema_walk.step(place.piece, key, holder, self.kind.schema)
            name = schema_walk.label(piece) or self._after.field_title(key) or text(key, key)
            yield from self._values(place.below(key, name, piece), before.get(key, MISSING), after.get(key, MISSING))

    def _lists(self, place: _Place, before: Any, after: Any) -> Iterator[Change]:
        items = schema_walk.follow(place.piece.get("items", {}), self.kind.schema)
        key = place.piece.get("x-key")
        scalar = not any(isinstance(item, Mapping) or is_list(item) for item in (*before, *after))
        if scalar:
            yield self._change(place, before, after)
            return
        pairs = pairing.by_key(before, after, key) if key else pairing.by_order(before, after)
        for left, right in pairs:
            index = right if right is not None else left
            item = after[right] if right is not None else before[left]
            side = self._after if right is not None else self._before
            name = side.item_name(place.pointer.removeprefix("/spec"), place.piece, item, index or 0)
            below = place.below(index or 0, name, items, left)
            yield from self._values(
                below, MISSING if left is None else before[left], MISSING if right is None else after[right]
            )
        kept = [right for left, right in pairs if left is not None and right is not None]
        if kept != sorted(kept):
            yield self._reordered(place)

    @property
    def _before(self) -> Said:
        return Said(self.before, self.old or self.new, self.say_at)

    @property
    def _after(self) -> Said:
        return Said(self.after, self.new, self.say_at)

    def _reordered(self, place: _Place) -> Change:
        words = self._sentence(place, text("put into another order", "调整了顺序"))
        nothing = text("", "")
        return Change(*self.after.identity, "changed", place.pointer, None, None, words, place.path, nothing, nothing)

    def _change(self, place: _Place, before: Any, after: Any) -> Change:
        shown_old = self._shown(place, place.was, before, self._before, after)
        shown_new = self._shown(place, place.pointer, after, self._after, before)
        if before is MISSING:
            said = text(f"added: {shown_new['en']}", f"新增为 {shown_new['zh']}")
        elif after is MISSING:
            said = text(f"removed (was {shown_old['en']})", f"已删除（原为 {shown_old['zh']}）")
        else:
            said = text(
                f"changed from {shown_old['en']} to {shown_new['en']}", f"由 {shown_old['zh']} 改为 {shown_new['zh']}"
            )
        before, after = (None if value is MISSING else value for value in (before, after))
        return Change(
            *self.after.identity,
            "changed",
            place.pointer,
            before,
            after,
            self._sentence(place, said),
            place.path,
            shown_old,
            shown_new,
        )

    def _shown(self, place: _Place, pointer: str, value: Any, said: Said, other: Any) -> Text:
        if value is MISSING:
            return text("", "")
        if place.piece.get("x-text") and isinstance(value, Mapping) and isinstance(other, Mapping):
            return {language: _wording(value, other, language) for language in LANGUAGES}
        below = pointer.removeprefix("/spec")
        return {language: said.value(below, value, place.piece, language) for language in LANGUAGES}

    def _sentence(self, place: _Place, said: Text) -> Text:
        kind = kind_in_words(self.new, self.after.kind)
        path = place.path
        return text(
            f'{say(kind, "en")} "{say(self.after.title, "en")}": {path["en"]} {said["en"]}.',
            f"{say(kind, 'zh')}「{say(self.after.title, 'zh')}」：{path['zh']} {said['zh']}。",
        )


def _wording(value: Mapping[str, str], other: Mapping[str, str], language: str) -> str:
    """A text in the reader's language where that is what changed, else in the languages that did change."""
    if value.get(language) != other.get(language):
        return value.get(language, "—")
    changed = [tag for tag in sorted({*value, *other}) if value.get(tag) != other.get(tag)]
    return ", ".join(f"{tag}: {value.get(tag, '—')}" for tag in changed)


def _same(before: Any, after: Any) -> bool:
    """Equal in value and in type: 1 and true are not the same."""
    if before is MISSING or after is MISSING:
        return before is after
    if isinstance(before, bool) or isinstance(after, bool):
        return before is after
    if is_list(before) and is_list(after):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return before.keys() == after.keys() and all(_same(before[key], after[key]) for key in before)
    return bool(before == after)
