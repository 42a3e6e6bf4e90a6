"""Two people's changes of one text brought together where they touch different places. Pure.

A change of places is done again on the text as the other left it, if the other left those places alone; a whole text
is joined line by line. What cannot be joined safely is None: then a person must look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from loanloom.metadata import canonical, schema_walk
from loanloom.metadata.editing import Edited
from loanloom.metadata.pointers import MISSING, child, is_list, resolve, split
from loanloom.metadata.steps import Step
from loanloom.metadata.tree import read_tree

_LONGEST = 20_000


def again(base: str, theirs: str, step: Step, schema: Mapping[str, Any]) -> Edited | None:
    """The change done on their text, if they left what it takes for granted as it was in `base`."""
    before, after = read_tree(base), read_tree(theirs)
    if before.problems or after.problems:
        return None
    same = _Same(before.value, after.value, schema)
    if not all(same.place(one) for one in step.places) or not all(same.order(one) for one in step.lists):
        return None
    edited = step.edit(theirs)
    return None if edited.problems else edited


@dataclass(frozen=True, slots=True)
class _Same:
    before: Any
    after: Any
    schema: Mapping[str, Any]

    def place(self, pointer: str) -> bool:
        """Whether the same stands at a place, reached through the same items of lists."""
        above, old, new = "", self.before, self.after
        for token in split(pointer):
            if is_list(old) != is_list(new):
                return False
            end = token == "-"  # noqa: S105 - the end of a list, no secret
            if is_list(old) and not end and self.who(above, old, token) != self.who(above, new, token):
                return False
            above, old, new = child(above, token), resolve(old, child("", token)), resolve(new, child("", token))
            if old is MISSING or new is MISSING:
                return old is new
        return canonical.to_json(old) == canonical.to_json(new)

    def order(self, pointer: str) -> bool:
        """Whether a list holds the same items in the same order, whatever they say."""
        old, new = resolve(self.before, pointer), resolve(self.after, pointer)
        if not (is_list(old) and is_list(new)):
            return old is new
        return len(old) == len(new) and all(
            self.who(pointer, old, str(at)) == self.who(pointer, new, str(at)) for at in range(len(old))
        )

    def who(self, pointer: str, items: Any, token: str) -> str:
        """What tells an item from the others: its key, else where it stands among how many."""
        item = resolve(items, child("", token))
        spec = self.before.get("spec") if isinstance(self.before, Mapping) else None
        piece = schema_walk.at(self.schema, spec, pointer.removeprefix("/spec"))
        own = item.get(piece.get("x-key", "key")) if isinstance(item, Mapping) else None
        return str(own) if own is not None else f"{token}/{len(items)}"


def merge_texts(base: str, mine: str, theirs: str) -> str | None:
    """Two texts that come from one, line by line; None where both changed the same lines in their own way, or where
    what comes out cannot be read although both could.
    """
    old, ours, others = (text.splitlines(keepends=True) for text in (base, mine, theirs))
    if max(len(old), len(ours), len(others)) > _LONGEST:
        return None
    merged: list[str] = []
    for first, second, third in _regions(old, ours, others):
        if first == second or second == third:
            merged += third
        elif first == third:
            merged += second
        else:
            return None
    text = "".join(merged)
    broken = bool(read_tree(text).problems)
    return None if broken and not (read_tree(mine).problems or read_tree(theirs).problems) else text


_Region = tuple[list[str], list[str], list[str]]


def _regions(old: list[str], ours: list[str], others: list[str]) -> Iterator[_Region]:
    """The texts cut where all three have the same line; what lies between, and what is the same, in turn."""
    to_ours, to_others = _kept(old, ours), _kept(old, others)
    at = (0, 0, 0)
    for line in range(len(old)):
        if line not in to_ours or line not in to_others:
            continue
        here = (line, to_ours[line], to_others[line])
        yield old[at[0] : here[0]], ours[at[1] : here[1]], others[at[2] : here[2]]
        yield [old[line]], [old[line]], [old[line]]
        at = (here[0] + 1, here[1] + 1, here[2] + 1)
    yield old[at[0] :], ours[at[1] :], others[at[2] :]


def _kept(old: list[str], new: list[str]) -> dict[int, int]:
    """The lines of a text that a later one still has, and where."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}
