"""What may be written at a place of an unfinished text: facts, locals, parts, functions, values, keywords, dates.

Works on any text, broken ones too, and never raises. Facts are found by their path, their titles in any language, and
by sounds (such as pinyin) that the caller knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from weakref import WeakKeyDictionary

from ..checking.rules import PARTS
from ..checking.scope import origin_of
from ..library import LENDING, Library
from ..problems import Words, words
from ..text.cursor import KEYWORDS
from ..text.formatter import quoted
from ..text.lexer import Token
from ..types import SIMPLE, Type, optional
from .described import Labels, about, codes_in_words, result_of, type_in_words
from .unfinished import MARK, Unfinished, unfinished
from .watching import Seen, watch

Kind = Literal["fact", "local", "member", "function", "value", "keyword", "date", "type"]
Sounds = Mapping[str, Iterable[str]]
"""Other ways to type the title of a fact, by its path: its pinyin in full and its initials."""

MOST: Final = 60
"""Completions given at once."""

_RANGE_PARTS: Final = ("start", "end", "start included", "end included")
_OPERAND_WORDS: Final = ("if", "for", "some", "every", "not", "function", "true", "false", "null")
_OPERATOR_WORDS: Final = ("and", "or", "in", "between", "instance of")
_NEXT_WORD: Final = {
    "if": "then", "then": "else", "for in": "return", "some in": "satisfies", "for": "in", "some": "in",
}  # fmt: skip
_DEPTH: Final = 3
_KEPT: Final = 32


@dataclass(frozen=True, slots=True)
class Completion:
    """One thing that may be written: `apply` replaces the text from `start` to `end`; the cursor goes `cursor`
    characters into it.
    """

    label: str
    kind: Kind
    apply: str
    start: int
    end: int
    cursor: int
    type: Words | None = None
    title: Words | None = None
    about: Words | None = None


@dataclass(frozen=True, slots=True)
class _Offer:
    """A completion before it is known what it replaces; `search` is what it is found by beside its label."""

    label: str
    kind: Kind
    apply: str = ""
    type: Words | None = None
    title: Words | None = None
    about: Words | None = None
    search: tuple[str, ...] = ()
    back: int = 0


_FACTS: dict[int, tuple[Type, Labels, Sounds, list[_Offer]]] = {}
_FUNCTIONS: WeakKeyDictionary[Library, list[_Offer]] = WeakKeyDictionary()
_NO_LABELS: Final[Labels] = {}
_NO_SOUNDS: Final[Sounds] = {}


def complete(
    source: str,
    offset: int,
    scope: Type,
    library: Library = LENDING,
    *,
    tested: Type | None = None,
    labels: Labels | None = None,
    sounds: Sounds | None = None,
) -> list[Completion]:
    """What may be written at an offset, best first."""
    offset = min(max(offset, 0), len(source))
    text = unfinished(source, offset)
    if text.inside == "comment":
        return []
    help_ = _Help(scope, library, tested, labels or _NO_LABELS, sounds or _NO_SOUNDS)
    if text.inside == "string":
        return help_.in_string(text, source, offset)
    for at in _splits(text.tokens, offset):
        start = text.tokens[at].start if at < len(text.tokens) else offset
        found = _matching(help_.offers(text, at, start), source[start:offset])
        if found or at == len(text.tokens):
            return [_applied(one, start, offset) for one in found[:MOST]]
    return []


def _splits(found: tuple[Token, ...], offset: int) -> Iterator[int]:
    """Where the word at the cursor may begin: the longest run of plain words first, then nothing at all."""
    first = len(found)
    if found and found[-1].end == offset:
        while first > 0 and found[first - 1].kind == "name" and (first == len(found) or _is_plain(found[first - 1])):
            first -= 1
    yield from range(first, len(found) + 1)


def _is_plain(token: Token) -> bool:
    return token.text not in KEYWORDS and token.text != "of"


def _matching(offers: Iterable[_Offer], typed: str) -> list[_Offer]:
    """The offers that fit what was typed, best first; all of them in their order where nothing was."""
    if not typed:
        return [one for one in offers if "." not in one.label or one.kind == "value"]
    low = " ".join(typed.lower().split())
    ranked = [(rank, at, one) for at, one in enumerate(offers) if (rank := _rank(one, low)) is not None]
    return [one for _, _, one in sorted(ranked, key=lambda each: each[:2])]


def _rank(offer: _Offer, typed: str) -> int | None:
    label = offer.label.lower()
    if label.startswith(typed):
        return 0
    if label.rpartition(".")[2].startswith(typed):
        return 1
    if any(one.startswith(typed) for one in offer.search):
        return 2
    if any(typed in one for one in offer.search if not one.isascii()):
        return 3
    if len(typed) > 1 and any(part.startswith(typed) for part in label.replace(".", " ").replace("_", " ").split()):
        return 4
    return 5 if len(typed) > 2 and (typed in label or any(typed in one for one in offer.search)) else None


def _applied(offer: _Offer, start: int, end: int) -> Completion:
    apply = offer.apply or offer.label
    cursor = len(apply) - offer.back
    return Completion(offer.label, offer.kind, apply, start, end, cursor, offer.type, offer.title, offer.about)


class _Help:
    """What is known about one place: the facts, the functions, and the titles of both."""

    def __init__(self, scope: Type, library: Library, tested: Type | None, labels: Labels, sounds: Sounds) -> None:
        self.scope = scope
        self.library = library
        self.tested = tested
        self.labels = labels
        self.sounds = sounds

    def offers(self, text: Unfinished, at: int, start: int) -> list[_Offer]:
        """Everything that may stand from the token at `at` on."""
        position = text.position(at)
        if position == "operator":
            touches = at > 0 and at == len(text.tokens) and text.tokens[-1].end == start
            return [] if touches else list(self._operators(text, at))
        if position == "type":
            return [_Offer(name, "type") for name in SIMPLE if name not in ("Null",)]
        if position in ("key", "none", "text"):
            return []
        seen = watch(text.closed(start), self.scope, self.library, self.tested)
        if position == "member":
            return [] if seen is None or seen.base is None else list(self._members(seen))
        found = list(self._values(seen)) if seen is not None else []
        return [*found, *self._names(seen), *self._functions(), *_words(_OPERAND_WORDS)]

    def in_string(self, text: Unfinished, source: str, offset: int) -> list[Completion]:
        """The codes that a text may be, where it stands against an enumeration."""
        start = len(text.source)
        seen = watch(text.closed(start, MARK), self.scope, self.library, self.tested)
        if seen is None:
            return []
        end = offset + 1 if source[offset : offset + 1] == '"' else offset
        typed = source[start + 1 : offset].lower()
        found = [one for one in self._values(seen) if one.kind == "value" and _fits_code(one, typed)]
        return [_applied(one, start, end) for one in found[:MOST]]

    # -- what there is ------------------------------------------------------------------------------------------------

    def _names(self, seen: Seen | None) -> Iterator[_Offer]:
        shadowed = set()
        for name, (type_, origin) in (seen.names if seen is not None else {}).items():
            shadowed.add(name)
            yield self._fact(name, type_, origin, "local")
            for path, inner in _paths(type_, f"{name}.", 1):
                tail = path.removeprefix(f"{name}.")
                yield self._fact(path, inner, f"{origin}.{tail}" if origin else None, "local")
        for one in self._facts():
            if one.label.partition(".")[0] not in shadowed:
                yield one

    def _facts(self) -> list[_Offer]:
        """The facts of the scope; kept for the next time, since a scope lives as long as its release."""
        known = _FACTS.get(id(self.scope))
        if known is None or known[0] is not self.scope or known[1] is not self.labels or known[2] is not self.sounds:
            found = [self._fact(path, type_, path, "fact") for path, type_ in _paths(self.scope, "", _DEPTH)]
            if len(_FACTS) >= _KEPT:
                _FACTS.clear()
            known = _FACTS[id(self.scope)] = (self.scope, self.labels, self.sounds, found)
        return known[3]

    def _fact(self, label: str, type_: Type, origin: str | None, kind: Kind) -> _Offer:
        title = self.labels.get(origin or label)
        search = tuple(one.lower() for one in title.values()) if title else ()
        search += tuple(self.sounds.get(origin or label, ()))
        codes = codes_in_words(type_, origin, self.labels)
        return _Offer(label, kind, "", type_in_words(type_), title, codes, search)

    def _members(self, seen: Seen) -> Iterator[_Offer]:
        base = seen.base
        assert base is not None
        item = base.type.item if base.type.kind == "list" else base.type
        if item is None:
            return
        origin = origin_of(base)
        missing = base.type.nullable or item.nullable
        for name, type_ in item.fields:
            shown = optional(type_) if missing else type_
            yield self._fact(name, shown, f"{origin}.{name}" if origin else None, "member")
        if item.kind == "range":
            yield from (_Offer(name, "member") for name in _RANGE_PARTS)
        for name, type_ in PARTS.get(item.kind, {}).items():
            yield _Offer(name, "member", "", type_in_words(type_))

    def _values(self, seen: Seen) -> Iterator[_Offer]:
        """Codes or dates, where what is written stands against an enumeration or a date."""
        against = seen.against
        type_ = against.type if against is not None else self.tested
        if type_ is None:
            return
        origin = origin_of(against) if against is not None else None
        item = type_.item if type_.kind == "list" and type_.item is not None else type_
        for code in item.values or ():
            title = self.labels.get(f"{origin}={code}")
            search = (code.lower(), *(one.lower() for one in (title or {}).values()))
            yield _Offer(quoted(code), "value", "", None, title, None, search)
        if item.kind == "boolean":
            yield from (_Offer(one, "value") for one in ("true", "false"))
        if item.kind in ("date", "date and time"):
            yield _Offer("today()", "date", "", type_in_words(SIMPLE["date"]), words("the business date", "业务日期"))
            yield _Offer('date("")', "date", "", type_in_words(SIMPLE["date"]), words("a date", "日期"), back=2)

    def _functions(self) -> list[_Offer]:
        known = _FUNCTIONS.get(self.library)
        if known is None:
            known = _FUNCTIONS[self.library] = list(_functions(self.library))
        return known

    def _operators(self, text: Unfinished, at: int) -> Iterator[_Offer]:
        innermost = next((one for one in reversed(text.opened) if one.at < at), None)
        following = _NEXT_WORD.get(innermost.text) if innermost is not None else None
        if following is not None:
            yield from _words((following,))
        yield from _words(_OPERATOR_WORDS)


def _functions(library: Library) -> Iterator[_Offer]:
    for name in library.names:
        builtin = library.get(name)
        if builtin is not None and name != "not":
            usage = f"{builtin.usage()} → {result_of(builtin)}"
            said = about(builtin)
            search = tuple(one.lower() for one in said.values()) if said else ()
            yield _Offer(name, "function", f"{name}()", words(usage, usage), None, said, search, back=1)
    yield _Offer("today()", "function", "", type_in_words(SIMPLE["date"]), words("the business date", "业务日期"))


def _words(found: Iterable[str]) -> Iterator[_Offer]:
    for one in found:
        yield _Offer(one, "keyword", "not()" if one == "not" else "", back=1 if one == "not" else 0)


def _fits_code(offer: _Offer, typed: str) -> bool:
    return any(one.startswith(typed) or (not one.isascii() and typed in one) for one in offer.search)


def _paths(type_: Type, prefix: str, depth: int) -> Iterator[tuple[str, Type]]:
    """The paths below a type with their types, lists looked through."""
    for name, one in type_.fields:
        one = optional(one) if type_.nullable else one
        yield prefix + name, one
        inner = one.item if one.kind == "list" and one.item is not None else one
        if inner.kind == "context" and depth > 1:
            yield from _paths(inner, f"{prefix}{name}.", depth - 1)


__all__ = ["Completion", "complete"]
