"""What a change of a flow is made of: edits of its text gathered, and what is said about it. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loanloom.engines.flows.editing.ways import DrawnWay, Raw, drawn_ways
from loanloom.metadata import editing
from loanloom.metadata.editing import Edited
from loanloom.metadata.pointers import is_index, split
from loanloom.metadata.steps import Step
from loanloom.problems import Problem, Text, say, text

NODES = "/spec/nodes"


@dataclass(frozen=True, slots=True)
class Arranged:
    """A change that can be done: the step, the key of what is looked at afterwards, what else came of it."""

    step: Step
    chosen: str | None
    told: tuple[Text, ...] = ()


Outcome = Arranged | Problem


@dataclass(slots=True)
class Edits:
    """Edits of the steps of a flow, by their places as the flow stands: values are set, then items put into lists,
    then places emptied (those behind first), and at last the list of steps itself is changed. `meant` are steps that
    must be as they were seen."""

    values: dict[str, Any] = field(default_factory=dict)
    put: list[tuple[str, Any]] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)
    whole: list[Step] = field(default_factory=list)
    meant: list[str] = field(default_factory=list)

    def done(self) -> Step:
        """All of them as one step. It takes the steps of the flow that it touches for granted, and their order."""
        values, put, whole = dict(self.values), list(self.put), list(self.whole)
        emptied = sorted(dict.fromkeys(self.emptied), key=_behind, reverse=True)

        def edit(source: str) -> Edited:
            edited = editing.replace_values(source, values)
            for pointer, value in put:
                edited = edited if edited.problems else editing.insert_item(edited.text, pointer, value)
            for pointer in emptied:
                edited = edited if edited.problems else editing.remove_value(edited.text, pointer)
            for step in whole:
                edited = edited if edited.problems else step.edit(edited.text)
            return Edited(source, edited.problems) if edited.problems else edited

        touched = (*values, *(pointer for pointer, _ in put), *emptied, *self.meant)
        nodes = dict.fromkeys("/".join(one.split("/")[:4]) for one in touched if one.startswith(f"{NODES}/"))
        others = (one for one in touched if not one.startswith(f"{NODES}/"))
        return Step(edit, places=(*nodes, *others), lists=(NODES,))


def _behind(pointer: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(token), "") if is_index(token) else (-1, token) for token in split(pointer))


@dataclass(frozen=True, slots=True)
class Drawing:
    """The specification of a flow, with what the verbs ask of it."""

    spec: Mapping[str, Any]

    @property
    def nodes(self) -> Sequence[Raw]:
        return tuple(self.spec.get("nodes", ()))

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(str(node["key"]) for node in self.nodes)

    @property
    def ways(self) -> tuple[DrawnWay, ...]:
        return drawn_ways(self.nodes)

    def at(self, key: str) -> int | None:
        """The place of a step in the list."""
        return next((index for index, one in enumerate(self.keys) if one == key), None)

    def node(self, key: str) -> Raw | None:
        return next((node for node in self.nodes if node["key"] == key), None)

    def pointer(self, key: str) -> str:
        """The pointer of a step that is there."""
        return f"{NODES}/{self.keys.index(key)}"

    def way(self, written: str) -> DrawnWay | None:
        """A way by what it is called: its step, a colon, its place."""
        return next((way for way in self.ways if str(way) == written), None)

    def out_of(self, key: str) -> tuple[DrawnWay, ...]:
        return tuple(way for way in self.ways if way.source == key)

    def into(self, key: str) -> tuple[DrawnWay, ...]:
        """The ways of others that lead to a step."""
        return tuple(way for way in self.ways if way.to == key and way.source != key)

    def targets(self, way: DrawnWay) -> str:
        """The pointer at which a way says where it leads."""
        return f"{self.pointer(way.source)}/{way.target}"

    def titled(self, key: str) -> Text:
        """What people call a step."""
        node = self.node(key)
        title = node.get("title") if node is not None else None
        return title if isinstance(title, Mapping) and title else text(key, key)


def named(drawing: Drawing, keys: Sequence[str]) -> Text:
    """Several steps by name."""
    titles = [drawing.titled(key) for key in dict.fromkeys(keys)]
    return text(", ".join(say(one, "en") for one in titles), "、".join(say(one, "zh") for one in titles))


def cannot(code: str, message: Text, hint: Text | None = None) -> Problem:
    """Why a change is not done."""
    return Problem(code=f"flow_edit.{code}", message=message, hint=hint)


def gone() -> Problem:
    """What was meant is not there any more."""
    return cannot(
        "gone",
        text("This step or way is no longer there.", "该环节或路径已不存在。"),
        text("Look at the flow as it is now, then try again.", "请查看流程的最新内容后重试。"),
    )
