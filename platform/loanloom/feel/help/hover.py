"""What a place of a text means: the type of the part under the cursor, its title, its codes, a function's use.

Works on unfinished text too and never raises.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import tree as t
from ..checking.scope import origin_of
from ..library import LENDING, Builtin, Library
from ..problems import FeelProblem, Words
from ..text import syntax as s
from ..types import Type
from .described import Labels, about, codes_in_words, result_of, type_in_words
from .unfinished import Unfinished, unfinished
from .watching import Seen, watch


@dataclass(frozen=True, slots=True)
class Hover:
    """What is said about the text from `start` to `end`. `path` is the fact it is, `usage` how a function is called."""

    start: int
    end: int
    type: Words
    path: str | None = None
    title: Words | None = None
    codes: Words | None = None
    usage: tuple[str, ...] = ()
    about: Words | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """The function whose brackets the cursor is in, and the argument it is at, counted from 0."""

    name: str
    usages: tuple[str, ...]
    argument: int
    about: Words | None = None


def hover(
    source: str,
    offset: int,
    scope: Type,
    library: Library = LENDING,
    *,
    tested: Type | None = None,
    labels: Labels | None = None,
) -> Hover | None:
    """What stands at an offset; None where nothing does."""
    offset = min(max(offset, 0), len(source))
    seen = watch(source, scope, library, tested)
    for end in (len(source), _word_end(source, offset)):
        seen = seen or _closed(source, end, scope, library, tested)
    if seen is None:
        return None
    found = min(
        (one for one in seen.nodes if one[0].start <= offset < max(one[0].end, one[0].start + 1)),
        key=lambda one: one[0].end - one[0].start,
        default=None,
    )
    called = _called(seen, offset, library)
    if called is not None:
        name, builtin = called
        return Hover(name.start, name.end, _result(builtin), None, None, None, _usages(builtin), about(builtin))
    return None if found is None else _said(*found, len(source), labels or {})


def _said(node: s.Node, typed: t.Node, length: int, labels: Labels) -> Hover:
    path = origin_of(typed)
    own = path if isinstance(typed, t.Input | t.Local | t.Member) else None
    title = labels.get(own) if own is not None else None
    codes = codes_in_words(typed.type, path, labels)
    return Hover(node.start, min(node.end, length), type_in_words(typed.type), own, title, codes)


def _closed(source: str, end: int, scope: Type, library: Library, tested: Type | None) -> Seen | None:
    """What is seen in an unfinished text up to `end`, with everything open closed."""
    text = unfinished(source, end)
    return watch(text.closed(end, ""), scope, library, tested) if text.inside == "code" else None


def _word_end(source: str, offset: int) -> int:
    while offset < len(source) and (source[offset].isalnum() or source[offset] == "_"):
        offset += 1
    return offset


def _called(seen: Seen, offset: int, library: Library) -> tuple[s.Node, Builtin] | None:
    """The library function whose name is at the offset."""
    for node, typed in seen.nodes:
        if not isinstance(node, s.Call) or not isinstance(node.function, s.Name) or isinstance(typed, t.Invoke):
            continue
        builtin = library.get(node.function.name)
        if builtin is not None and node.function.start <= offset < node.function.end:
            return node.function, builtin
    return None


def _result(builtin: Builtin) -> Words:
    found = [type_in_words(one.result) for one in builtin.overloads]
    return {language: " / ".join(dict.fromkeys(one[language] for one in found)) for language in ("en", "zh")}


def _usages(builtin: Builtin) -> tuple[str, ...]:
    return tuple(f"{one.strip()} → {result_of(builtin)}" for one in builtin.usage().split(" or "))


def signature(source: str, offset: int, library: Library = LENDING) -> Signature | None:
    """The call that the cursor stands in."""
    text = unfinished(source, min(max(offset, 0), len(source)))
    for opened in reversed(text.opened):
        if opened.text in ("[", "{"):
            return None
        if opened.text == "(":
            builtin = _named_before(text, opened.at, library)
            if builtin is not None:
                return Signature(builtin.name, _usages(builtin), _commas(text, opened.at), about(builtin))
    return None


def _named_before(text: Unfinished, bracket: int, library: Library) -> Builtin | None:
    """The function whose name, perhaps of several words, ends before a bracket."""
    parts = ""
    found = None
    for token in reversed(text.tokens[max(bracket - 6, 0) : bracket]):
        if token.kind != "name":
            break
        parts = f"{token.text} {parts}".strip()
        found = library.get(parts) or found
    return found


def _commas(text: Unfinished, bracket: int) -> int:
    """How many arguments are finished behind a bracket."""
    depth = count = 0
    for token in text.tokens[bracket + 1 :]:
        if token.kind != "symbol":
            continue
        depth += (token.text in "([{") - (token.text in ")]}")
        count += token.text == "," and depth == 0
    return count


def ranged(problem: FeelProblem, source: str) -> tuple[int, int]:
    """The range of a text that a problem is about: at least one character where there is any."""
    start = min(problem.start if problem.start is not None else 0, len(source))
    end = problem.end
    if end is None or end <= start:
        end = start
        while end < len(source) and (source[end].isalnum() or source[end] == "_"):
            end += 1
    if end == start:
        start, end = (start, start + 1) if start < len(source) else (max(len(source) - 1, 0), len(source))
    return start, min(end, len(source))
