"""What the outline of a definition offers, done: parts added, moved, copied, taken out, brought into another shape.

Everything becomes a step of `metadata.steps` and goes through `releases.drafts`; what would no longer have the shape
that the kind asks for is refused with the reason, so that a draft changed here can always be shown here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom.metadata import schema_walk, shapes, steps
from loanloom.metadata.document import Document
from loanloom.metadata.editing import Edited
from loanloom.metadata.pointers import MISSING, child, is_index, is_list, parent, resolve, split
from loanloom.metadata.registry import Registry
from loanloom.metadata.steps import Step
from loanloom.metadata.structure import Fault
from loanloom.metadata.wording import Piece
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.releases import candidate, drafts
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.definitions.sheet import Layout
from loanloom.services.errors import Refused

GONE = Problem(
    code="draft.place_gone",
    message=text("This part is no longer there.", "该部分已不存在。"),
    hint=text("Look at the definition as it is now, then try again.", "请查看最新内容后重试。"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for: a thing to do, at a place (below the spec), perhaps with a choice or a name."""

    do: str
    pointer: str
    choice: str = ""
    name: str = ""


def arrange(ctx: Context, page: Page, asked: Asked, version: int | None) -> Draft:
    """Do it, over the version that it was asked at."""
    document = page.shown
    if document is None:
        raise Refused(page.problems)
    step = step_for(document, page.registry, asked)
    check_shape(ctx, page, document, step)
    return drafts.change(ctx, page.kind.key, page.key, step, version)


def step_for(document: Document, registry: Registry, asked: Asked) -> Step:
    """What is asked for as a step."""
    make = _STEPS.get(asked.do)
    made = make(_Arranging(Layout(document, registry, registry.kinds.require(document.kind))), asked) if make else None
    if made is None:
        raise Refused(GONE)
    return made


def fresh_item(document: Document, registry: Registry, pointer: str) -> Any:
    """The least that one more item of the list at a pointer may be; MISSING where there is no list."""
    return _Arranging(Layout(document, registry, registry.kinds.require(document.kind))).fresh_item(pointer)


def least_spec(document: Document, registry: Registry) -> dict[str, Any]:
    """The least that a document of its kind may say."""
    made = _Arranging(Layout(document, registry, registry.kinds.require(document.kind)))
    found: dict[str, Any] = made.least(made.root, "")
    return found


def keep(ctx: Context, page: Page, step: Step, version: int | None) -> Draft | None:
    """A step on a definition as it is shown, refused where it would lose the shape of its kind; None where nothing
    differs."""
    assert page.shown is not None, "asked only where it can be read"
    source = drafts.text_of(ctx, page.kind.key, page.key)
    edited = step.edit(source)
    if edited == Edited(source):
        return None
    _sound(page, page.shown, edited)
    return drafts.change(ctx, page.kind.key, page.key, step, version)


def check_shape(ctx: Context, page: Page, document: Document, step: Step) -> None:
    """Refuse a step after which the document would have faults of shape that it has not now."""
    after(page, document, step, drafts.text_of(ctx, page.kind.key, page.key))


def after(page: Page, document: Document, step: Step, source: str) -> Document:
    """The document as a step on its text makes it; refused with what hinders that, or with new faults of shape."""
    return _sound(page, document, step.edit(source))


def _sound(page: Page, document: Document, edited: Edited) -> Document:
    """The document as it is edited, refused where it has faults of shape that it had not before."""
    made = read(page, edited)
    before = {fault.pointer for fault in page.kind.compiled.faults(document.spec)}
    refuse_faults(made, [one for one in page.kind.compiled.faults(made.spec) if one.pointer not in before])
    return made


def read(page: Page, edited: Edited) -> Document:
    """An edited text as a document, whatever its shape."""
    if edited.problems:
        raise Refused(edited.problems)
    document, told = candidate.read_draft(page.kind.key, page.key, edited.text)
    if document is None:
        raise Refused(told)
    return document


def refuse_faults(document: Document, faults: Sequence[Fault]) -> None:
    """Refuse faults of shape, each at its place."""
    if faults:
        raise Refused(document.problem(one.code, one.message, one.pointer, hint=one.hint) for one in faults)


@dataclass(frozen=True, slots=True)
class _Arranging:
    layout: Layout

    @property
    def root(self) -> Piece:
        return self.layout.kind.schema

    def at(self, pointer: str) -> Any:
        return resolve(self.layout.document.spec, pointer)

    def piece(self, pointer: str) -> Piece:
        value = self.at(pointer)
        return shapes.resolved(self.layout.piece(pointer), value, self.root)

    def least(self, piece: Piece, pointer: str) -> Any:
        return shapes.least(piece, self.root, pointer, self._refer)

    def _refer(self, pointer: str) -> str | None:
        """A document that a new place may name: one that its neighbours in the list do not name yet."""
        target = self.layout.target(pointer)
        if target is None:
            return None
        item, name = parent(pointer), split(pointer)[-1]
        others = self.at(parent(item)) if item else MISSING
        taken = {one.get(name) for one in others if isinstance(one, Mapping)} if is_list(others) else set()
        keys = [document.key for document in self.layout.registry.all(target)]
        return next((key for key in keys if key not in taken), keys[0] if keys else None)

    # -- lists --------------------------------------------------------------------------------------------------------

    def add(self, asked: Asked) -> Step | None:
        value = self.fresh_item(asked.pointer)
        return None if value is MISSING else steps.add_item(f"/spec{asked.pointer}/-", value)

    def fresh_item(self, pointer: str) -> Any:
        """The least that one more item of a list may be, with a key of its own; MISSING where there is no list."""
        items = self.at(pointer)
        if not is_list(items):
            return MISSING
        piece = self.piece(pointer)
        inner, own = schema_walk.items_of(piece, self.root), child(pointer, len(items))
        value = self.least(inner, own)
        name, key = self._fresh(piece, items, "new")
        if key is not None and isinstance(value, dict) and self.layout.target(child(own, name)) is None:
            value[name] = key
        return value

    def copy(self, asked: Asked) -> Step | None:
        above, item = parent(asked.pointer), self.at(asked.pointer)
        items = self.at(above)
        if not is_list(items) or item is MISSING:
            return None
        piece = self.piece(above)
        own = item.get(piece.get("x-key", "key")) if isinstance(item, Mapping) else None
        name, key = self._fresh(piece, items, own) if isinstance(own, str) else ("", None)
        return steps.copy_item(f"/spec{asked.pointer}", {} if key is None else {f"/{name}": key})

    def _fresh(self, piece: Piece, items: Any, begin: str) -> tuple[str, str | None]:
        """The member that tells the items of a list apart, and a key for one more; none where items may repeat."""
        name = str(piece.get("x-key", "key"))
        inner = schema_walk.items_of(piece, self.root)
        own = schema_walk.follow(inner.get("properties", {}).get(name, schema_walk.NOTHING), self.root)
        if piece.get("x-repeats") or own.get("type") != "string" or "enum" in own or "format" in own:
            return name, None
        taken = [one.get(name) for one in items if isinstance(one, Mapping)]
        return name, shapes.fresh(own, self.root, (one for one in taken if isinstance(one, str)), begin)

    def move(self, asked: Asked) -> Step | None:
        items, token = self.at(parent(asked.pointer)), asked.pointer.rpartition("/")[2]
        to = int(token) + (-1 if asked.do == "up" else 1) if is_index(token) else -1
        if not is_list(items) or not 0 <= to < len(items):
            return None
        return steps.move_item(f"/spec{asked.pointer}", to)

    def remove(self, asked: Asked) -> Step | None:
        return None if self.at(asked.pointer) is MISSING else steps.remove(f"/spec{asked.pointer}")

    # -- objects ------------------------------------------------------------------------------------------------------

    def part(self, asked: Asked) -> Step | None:
        if self.at(asked.pointer) is not MISSING:
            return None
        value = self.least(self.layout.piece(asked.pointer), asked.pointer)
        return steps.set_values({f"/spec{asked.pointer}": value})

    def instead(self, asked: Asked) -> Step | None:
        """One part in the place of its rival."""
        rival = child(parent(asked.pointer), asked.choice)
        if self.at(asked.pointer) is not MISSING or self.at(rival) is MISSING:
            return None
        value = self.least(self.layout.piece(asked.pointer), asked.pointer)
        return steps.set_values({f"/spec{asked.pointer}": value}, (f"/spec{rival}",))

    def member(self, asked: Asked) -> Step | None:
        place = child(asked.pointer, asked.name)
        if not isinstance(self.at(asked.pointer), Mapping) or not asked.name or self.at(place) is not MISSING:
            return None
        return steps.set_values({f"/spec{place}": self.least(self.layout.piece(place), place)})

    def rename(self, asked: Asked) -> Step | None:
        free = self.at(asked.pointer) is not MISSING and asked.name
        return steps.rename_member(f"/spec{asked.pointer}", asked.name) if free else None

    def shape(self, asked: Asked) -> Step | None:
        """A place in another of its shapes; what it said is kept where the two allow it."""
        value = self.at(asked.pointer)
        among = shapes.alternatives(self.layout.piece(asked.pointer), self.root)
        if value is MISSING or not is_index(asked.choice) or int(asked.choice) >= len(among):
            return None
        goal = among[int(asked.choice)]
        kept: Any = self.least(goal, asked.pointer)
        if shapes.shape(goal) == "list" and isinstance(value, Mapping):
            kept = [value]
        elif shapes.shape(goal) == "object" and is_list(value) and value and isinstance(value[0], Mapping):
            kept = value[0]
        return steps.set_values({f"/spec{asked.pointer}": kept})


_STEPS: Mapping[str, Callable[[_Arranging, Asked], Step | None]] = {
    "add": _Arranging.add,
    "copy": _Arranging.copy,
    "up": _Arranging.move,
    "down": _Arranging.move,
    "remove": _Arranging.remove,
    "part": _Arranging.part,
    "instead": _Arranging.instead,
    "member": _Arranging.member,
    "rename": _Arranging.rename,
    "shape": _Arranging.shape,
}
