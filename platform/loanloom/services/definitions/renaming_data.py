"""A renaming in facts that are written out beside the definitions, such as demonstration data. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from loanloom.metadata.rewriting import Change, rewrite
from loanloom.metadata.tree import read_tree
from loanloom.services.definitions import naming_places as places
from loanloom.services.definitions.renaming import Rewritten


def field_in_data(file: str, source: str, old: str, new: str) -> Rewritten | None:
    """Facts written out in a file of their own (demonstration data): None where the field is not among them."""
    value = read_tree(source).value
    changes = places.in_facts(value, "", old.split("."), new.rpartition(".")[2])
    return _data(file, source, changes)


def code_in_data(file: str, source: str, fields: Iterable[str], old: str, new: str) -> Rewritten | None:
    """The same for a code."""
    value = read_tree(source).value
    changes = [one for path in fields for one in places.code_in_facts(value, "", path.split("."), old, new)]
    return _data(file, source, changes)


def _data(file: str, source: str, changes: list[Change]) -> Rewritten | None:
    done = rewrite(source, changes)
    if not changes or done.problems:
        return None
    return Rewritten(("", ""), file, source, done.text, tuple(sorted({one.pointer for one in changes})))
