"""The shapes that a schema lets a place take, and the least value of one: what an editor offers. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from loanloom.metadata.pointers import child, is_list
from loanloom.metadata.schema_walk import Piece, follow
from loanloom.metadata.structure import Schema
from loanloom.problems import LANGUAGES

Refer = Callable[[str], str | None]
"""The key of a document that a place (a pointer) may refer to, where it refers to one."""

_SAMPLES = ("new", "New", "CNY", "1000", "2026-01-01", "2026-01-01 09:00", "2026-01", "09:00", "{sequence:4}", "/")
_NEVER = False
"""The condition of something new: it holds nowhere until somebody writes one."""


def alternatives(piece: Piece, root: Piece) -> tuple[Piece, ...]:
    """The shapes to choose between at a place; none where there is one, or where all are plain values."""
    found = tuple(follow(branch, root) for branch in piece.get("anyOf", ()) if set(branch) != {"required"})
    return found if any(shape(one) != "plain" for one in found) else ()


def shape(piece: Piece) -> str:
    """Whether a piece is for an object, a list or a plain value."""
    if piece.get("type") == "object" or "properties" in piece:
        return "object"
    return "list" if piece.get("type") == "array" else "plain"


def chosen(value: Any, among: tuple[Piece, ...]) -> int:
    """Which of several shapes a value has."""
    mine = "object" if isinstance(value, Mapping) else "list" if is_list(value) else "plain"
    fitting = [number for number, one in enumerate(among) if shape(one) == mine]
    if mine == "object":
        fitting.sort(key=lambda number: sum(name not in among[number].get("properties", {}) for name in value))
    return fitting[0] if fitting else 0


def resolved(piece: Piece, value: Any, root: Piece) -> Piece:
    """The piece with the alternative that its value has taken."""
    for _ in range(8):
        among = alternatives(piece, root)
        if not among:
            break
        beside = {key: one for key, one in piece.items() if key != "anyOf"}
        piece = {**beside, **among[chosen(value, among)]}
    return piece


def rivals(piece: Piece, present: Iterable[str]) -> Mapping[str, str]:
    """Members that may stand in an object only instead of another one: the one that is absent, with the present."""
    here, found = set(present), {}
    groups = [one["required"] for one in piece.get("oneOf", ()) if set(one) == {"required"}]
    names = [group[0] for group in groups if len(group) == 1]
    if piece.get("maxProperties") == 1:
        names = [*names, *piece.get("properties", ())]
    standing = next((name for name in names if name in here), None)
    for name in names:
        if standing is not None and name not in here:
            found[name] = standing
    return found


def least(piece: Piece, root: Piece, pointer: str, refer: Refer) -> Any:
    """The smallest value that a piece allows at a place."""
    piece = follow(piece, root)
    if "const" in piece:
        return piece["const"]
    if piece.get("enum"):
        return next((one for one in piece["enum"] if one is not None), None)
    if piece.get("x-text"):
        return dict.fromkeys(LANGUAGES, "")  # whoever adds it says what it is called
    among = [follow(branch, root) for branch in piece.get("anyOf", ()) if set(branch) != {"required"}]
    if among:
        beside = {key: one for key, one in piece.items() if key != "anyOf"}
        return least({**beside, **among[0]}, root, pointer, refer)
    if shape(piece) == "object":
        return _least_object(piece, root, pointer, refer)
    if shape(piece) == "list":
        items = piece.get("items", {})
        return [least(items, root, child(pointer, at), refer) for at in range(max(piece.get("minItems", 0), 1))]
    return _least_plain(piece, root, pointer, refer)


def _least_object(piece: Piece, root: Piece, pointer: str, refer: Refer) -> dict[str, Any]:
    properties, names = piece.get("properties", {}), list(piece.get("required", ()))
    either = (*piece.get("oneOf", ()), *piece.get("anyOf", ()))
    choices = [one["required"] for one in either if set(one) == {"required"}]
    if choices and not any(set(group) <= set(names) for group in choices):
        names += [name for name in choices[0] if name not in names]
    missing = piece.get("minProperties", 0) - len(names)
    names += [name for name in properties if name not in names][: max(missing, 0)]
    found = {name: least(properties[name], root, child(pointer, name), refer) for name in names if name in properties}
    if not found and not properties and isinstance(piece.get("additionalProperties"), Mapping):
        found["new"] = least(piece["additionalProperties"], root, child(pointer, "new"), refer)
    return found


def _least_plain(piece: Piece, root: Piece, pointer: str, refer: Refer) -> Any:
    types = piece.get("type", "string")
    types = [types] if isinstance(types, str) else list(types)
    if piece.get("x-expression"):
        return _NEVER if "boolean" in types else "null"
    if "string" in types and "number" not in types:
        named = refer(pointer)
        check = Schema({**piece, "$defs": root.get("$defs", {})})
        return named or next((one for one in _SAMPLES if not check.faults(one)), "new")
    if "boolean" in types and "number" not in types:
        return False
    if "exclusiveMinimum" in piece:
        over = piece["exclusiveMinimum"]
        return over + 1 if over + 1 < piece.get("exclusiveMaximum", over + 2) else Decimal(over) + Decimal("0.1")
    return max(piece.get("minimum", 0), 0)


def fresh(piece: Piece, root: Piece, taken: Iterable[str], begin: str = "new") -> str:
    """A key that no other item has, like `begin`, in the way this place writes keys."""
    used = set(taken)
    check = Schema({**follow(piece, root), "$defs": root.get("$defs", {})})
    start: str = next((one for one in (begin, *_SAMPLES) if not check.faults(one)), begin)
    for number in range(1, 10_000):
        counted = (str(int(start) + number),) if start.isdigit() else ()
        tries: tuple[str, ...] = (
            (start,) if number == 1 else (f"{start}-{number}", f"{start}_{number}", *counted, f"{start}{number}")
        )
        for one in tries:
            if one not in used and not check.faults(one):
                return one
    return start
