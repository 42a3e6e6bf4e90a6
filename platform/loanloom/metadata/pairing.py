"""Which item of an old list is which item of the new one: by key where items have one, else by likeness and order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from loanloom.metadata import canonical

Pair = tuple[int | None, int | None]


def by_key(old: Sequence[Any], new: Sequence[Any], key: str) -> list[Pair]:
    """Pairs (old index, new index); None on one side means removed or added."""
    old_names, new_names = _names(old, key), _names(new, key)
    places = {name: index for index, name in enumerate(new_names)}
    pairs: list[Pair] = [(index, places.get(name)) for index, name in enumerate(old_names)]
    known = set(old_names)
    return [*pairs, *((None, index) for index, name in enumerate(new_names) if name not in known)]


def _names(items: Sequence[Any], key: str) -> list[str]:
    """A name for each item; items that repeat a name (or have none) are numbered so that none is lost."""
    seen: dict[str, int] = {}
    names = []
    for item in items:
        value = item.get(key) if isinstance(item, Mapping) else item
        name = canonical.to_json(value)
        seen[name] = seen.get(name, 0) + 1
        names.append(f"{name}#{seen[name]}")
    return names


def by_order(old: Sequence[Any], new: Sequence[Any]) -> list[Pair]:
    """Equal items first, then what stands between them pairwise."""
    matcher = SequenceMatcher(
        None, [canonical.to_json(item) for item in old], [canonical.to_json(item) for item in new], autojunk=False
    )
    pairs: list[Pair] = []
    for _, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        length = max(to_old - from_old, to_new - from_new)
        for step in range(length):
            left, right = from_old + step, from_new + step
            pairs.append((left if left < to_old else None, right if right < to_new else None))
    return pairs
