"""Finding the piece of a schema that governs a place in a value: for labels, choices, hints and matching by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loanloom.metadata.pointers import child, is_index, is_list, split
from loanloom.problems import Text

Piece = Mapping[str, Any]
NOTHING: Piece = {}
"""Where no schema says anything."""


def follow(piece: Piece, root: Piece) -> Piece:
    """The piece with its `$ref` replaced by what it names; what stands beside the `$ref` wins."""
    for _ in range(8):
        name = piece.get("$ref")
        if not isinstance(name, str) or not name.startswith("#/$defs/"):
            return piece
        beside = {key: value for key, value in piece.items() if key != "$ref"}
        piece = {**root.get("$defs", {}).get(name.removeprefix("#/$defs/"), {}), **beside}
    return piece


def step(piece: Piece, token: str, value: Any, root: Piece) -> Piece:
    """The piece that governs the member or item `token` of a value; `value` decides between alternatives."""
    if is_list(value):
        return items_of(piece, root)
    if token in piece.get("properties", NOTHING):
        return follow(piece["properties"][token], root)
    rest = piece.get("additionalProperties")
    if isinstance(rest, Mapping):
        return follow(rest, root)
    for branch in piece.get("anyOf", ()):
        resolved = follow(branch, root)
        if token in resolved.get("properties", NOTHING):
            return follow(resolved["properties"][token], root)
    return NOTHING


def items_of(piece: Piece, root: Piece) -> Piece:
    """The piece that governs the items of a list, also of one among alternatives."""
    branches = (piece, *(follow(branch, root) for branch in piece.get("anyOf", ())))
    return follow(next((one["items"] for one in branches if "items" in one), NOTHING), root)


def at(schema: Piece, spec: Any, pointer: str) -> Piece:
    """The piece that governs `pointer` in `spec`."""
    piece, value = follow(schema, schema), spec
    for token in split(pointer):
        piece = step(piece, token, value, schema)
        value = _below(value, token)
    return piece


def _below(value: Any, token: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(token)
    if is_list(value) and is_index(token) and int(token) < len(value):
        return value[int(token)]
    return None


def walk(schema: Piece, spec: Any) -> Iterator[tuple[str, Any, Piece]]:
    """Every node of `spec` with its pointer and the piece that governs it, parents first."""
    pending: list[tuple[str, Any, Piece]] = [("", spec, follow(schema, schema))]
    while pending:
        pointer, value, piece = pending.pop()
        yield pointer, value, piece
        below: list[tuple[str, Any, Piece]] = []
        if isinstance(value, Mapping):
            below = [(child(pointer, key), item, step(piece, key, value, schema)) for key, item in value.items()]
        elif is_list(value):
            inner = items_of(piece, schema)
            below = [(child(pointer, index), item, inner) for index, item in enumerate(value)]
        pending.extend(reversed(below))


def label(piece: Piece) -> Text | None:
    """What people call this place."""
    return piece.get("x-title")


def choices(piece: Piece) -> Mapping[str, Text]:
    """The words for the choices of an enumeration, also of one among alternatives."""
    found: dict[str, Text] = dict(piece.get("x-values", {}))
    for branch in piece.get("anyOf", ()):
        found.update(branch.get("x-values", {}))
    return found
