"""JSON pointers (RFC 6901) and patterns over them: where in a document something stands. Text and values only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

MISSING: Any = object()


def escape(token: str | int) -> str:
    """One reference token as it is written in a pointer."""
    return str(token).replace("~", "~0").replace("/", "~1")


def child(pointer: str, token: str | int) -> str:
    """The pointer of a member or item below `pointer`."""
    return f"{pointer}/{escape(token)}"


def join(tokens: Sequence[str | int]) -> str:
    """A pointer from its tokens; no tokens point at the whole."""
    return "".join(f"/{escape(token)}" for token in tokens)


@lru_cache(maxsize=65_536)
def split(pointer: str) -> tuple[str, ...]:
    """The tokens of a pointer."""
    if not pointer:
        return ()
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/"))


def parent(pointer: str) -> str:
    """The pointer one step up; the whole is its own parent."""
    return pointer.rpartition("/")[0]


def slug(pointer: str) -> str:
    """A pointer as the part of an address behind #, and as a piece of the identity of an element."""
    return pointer.strip("/").replace("/", "-")


def after_insertion(pointer: str, items: str, index: int) -> str:
    """A pointer as it is once an item was put into the list `items` before the one at `index`."""
    own, _, below = pointer.removeprefix(f"{items}/").partition("/")
    if not pointer.startswith(f"{items}/") or not is_index(own) or int(own) < index:
        return pointer
    return child(items, int(own) + 1) + (f"/{below}" if below else "")


def is_index(token: str) -> bool:
    """Whether a token may name a place in a list: plain digits, and no more of them than any list has."""
    return token.isascii() and token.isdigit() and len(token) < 10


def is_list(value: object) -> bool:
    """Whether a value is a list in a document (thawed or frozen)."""
    return isinstance(value, (list, tuple))


def resolve(value: Any, pointer: str) -> Any:
    """What stands at `pointer`, or MISSING."""
    for token in split(pointer):
        value = _step(value, token)
        if value is MISSING:
            return MISSING
    return value


def _step(value: Any, token: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(token, MISSING)
    if is_list(value) and is_index(token) and int(token) < len(value):
        return value[int(token)]
    return MISSING


def match(value: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Every (pointer, value) that fits a pattern in which `*` stands for any member or item."""
    found: list[tuple[str, Any]] = [("", value)]
    for token in split(pattern):
        found = [step for pointer, at in found for step in _steps(at, pointer, token)]
    yield from found


def _steps(value: Any, pointer: str, token: str) -> Iterator[tuple[str, Any]]:
    if token == "*":  # noqa: S105 - a wildcard, no secret
        yield from members(value, pointer)
        return
    found = _step(value, token)
    if found is not MISSING:
        yield child(pointer, token), found


def members(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """The members of a mapping or the items of a list, each with its pointer; nothing for a scalar."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield child(pointer, key), item
    elif is_list(value):
        for index, item in enumerate(value):
            yield child(pointer, index), item


def walk(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every node of a value with its pointer, parents first."""
    pending = [(pointer, value)]
    while pending:
        at, node = pending.pop()
        yield at, node
        pending.extend(reversed(list(members(node, at))))
