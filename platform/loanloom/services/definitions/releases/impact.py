"""Whom a change touches: products that use what changes, and how many running cases, contracts and loans they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, Table, func, select

from loanloom.metadata.diff import Change
from loanloom.metadata.document import Identity
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, say, text
from loanloom.services.definitions import uses
from loanloom.services.definitions.releases.reclassing import reclassed
from loanloom.store.tables import application, contract, loan

SHOWN = ("report", "page")
"""Kinds that show figures to people: what they show changes with what they read."""
RUNNING = ("draft", "handed_over", "submitted", "returned", "approved", "contracted")


@dataclass(frozen=True, slots=True)
class Impact:
    """One product and what runs under it. These keep what they began with, but for what follows the product.

    `reclassed`: running loans that new class rules would class otherwise than they are.
    """

    product: str
    title: Text
    applications: int
    contracts: int
    loans: int
    tracking: tuple[str, ...]
    words: Text
    reclassed: int = 0

    def as_values(self) -> dict[str, Any]:
        """For the plan."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return values | {"title": dict(self.title), "words": dict(self.words), "tracking": list(self.tracking)}


def closure(registry: Registry, changed: Iterable[Identity]) -> set[Identity]:
    """The changed documents and everything that uses them, directly or not."""
    found: set[Identity] = set()
    pending = list(changed)
    while pending:
        identity = pending.pop()
        if identity not in found:
            found.add(identity)
            pending.extend((use.kind, use.key) for use in registry.used_by(*identity))
    return found


def impact_of(connection: Connection, changes: Iterable[Change], old: Registry, new: Registry) -> tuple[Impact, ...]:
    """Every product that a set of changes touches, with the counts of what runs under it."""
    changed = {(change.kind, change.key) for change in changes}
    touched = closure(new, changed) | closure(old, changed)
    keys = sorted(key for kind, key in touched if kind == "product")
    counts = [_counts(connection, table, keys) for table in (application, contract, loan)]
    return tuple(
        _with_classes(
            _impact(key, old, new, *(count.get(key, 0) for count in counts)), reclassed(connection, key, old, new)
        )
        for key in keys
    )


def _with_classes(impact: Impact, moves: Mapping[tuple[str, str], int] | None) -> Impact:
    """The same, with how many loans the new class rules would move from which class to which."""
    if moves is None:
        return impact
    total = sum(moves.values())
    listed = ", ".join(f"{now} → {given}: {count:,}" for (now, given), count in moves.items())
    said = text(
        f" The new class rules would class {total:,} of them otherwise" + (f" ({listed})." if listed else "."),
        f"新的分类规则将改变其中 {total:,} 笔的五级分类" + (f"（{listed}）。" if listed else "。"),
    )
    joined = {language: words + said.get(language, "") for language, words in impact.words.items()}
    return replace(impact, words=joined, reclassed=total)


def _counts(connection: Connection, table: Table, keys: list[str]) -> dict[str, int]:
    query = select(table.c.product_key, func.count()).where(table.c.product_key.in_(keys))
    if table is application:
        query = query.where(application.c.state.in_(RUNNING))
    elif table is contract:
        query = query.where(contract.c.kind == "loan", contract.c.state.in_(("prepared", "signed")))
    else:
        query = query.where(loan.c.status == "active")
    return {row[0]: row[1] for row in connection.execute(query.group_by(table.c.product_key))}


def _impact(key: str, old: Registry, new: Registry, applications: int, contracts: int, loans: int) -> Impact:
    document = new.get("product", key) or old.require("product", key)
    if old.get("product", key) is None and not applications + contracts + loans:
        return Impact(key, document.title, 0, 0, 0, (), _new(document.title))
    tracking = tuple(name for name, how in (document.at("/binding") or {}).items() if how == "tracking")
    title = document.title
    said = text(
        f'"{say(title, "en")}": {applications} running applications and {contracts} contracts keep what they began with'
        f"; {loans} running loans" + (" follow the product where it says so." if tracking else " are untouched."),
        f"「{say(title, 'zh')}」：{applications} 笔在途申请、{contracts} 份合同沿用原版本；"
        f"{loans} 笔存量借据" + ("按产品约定的要素随之调整。" if tracking else "不受影响。"),
    )
    return Impact(key, title, applications, contracts, loans, tracking, said)


def _new(title: Text) -> Text:
    return text(
        f'"{say(title, "en")}" is new: nothing runs under it yet.',
        f"「{say(title, 'zh')}」为新产品：尚无在途业务。",
    )


def reports_of(changes: Iterable[Change], old: Registry, new: Registry) -> tuple[Identity, ...]:
    """The reports and lists that read what changes, beside those that change themselves."""
    changed = {(change.kind, change.key) for change in changes}
    touched = {one for one in closure(new, changed) | closure(old, changed) if one[0] in SHOWN}
    for kind, key in changed:
        if kind == "entity":
            touched |= _of_fields(key, old, new) | _of_fields(key, new, old)
    return tuple(sorted(one for one in touched - changed if new.get(*one) is not None))


def _of_fields(key: str, one: Registry, other: Registry) -> set[Identity]:
    """What shows the fields of an entity that the other registry declares otherwise or no longer."""
    mine, theirs = one.get("entity", key), other.get("entity", key)
    if mine is None or theirs is None:
        return set()
    there = {field["key"]: field for field in theirs.spec["fields"]}
    moved = {field["key"] for field in mine.spec["fields"] if there.get(field["key"]) != field}
    fields = (each for each in uses.of_fields(one, mine) if each.path.rpartition(".")[2] in moved)
    return {(use.kind, use.key) for each in fields for use in each.uses if use.kind in SHOWN}
