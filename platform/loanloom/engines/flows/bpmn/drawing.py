"""A flow as BPMN draws it: elements and the arrows between them. Both the export and what is read of a file are this,
so that a drawing changed elsewhere can be compared with the flow it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from loanloom.xml_tree import Xml

Trigger = Literal["timer", "date", "message", "conditional", "error", "terminate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """A step that several people (or runs) take: side by side or one after the other, how many, until when."""

    sequential: bool = False
    cardinality: str = ""
    completion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Something drawn. `kind` is its name in BPMN; `trigger` and `detail` say what an event waits for; `attached` is
    the step on whose edge an event sits, `called` the flow that a call starts, `who` the resources of a task."""

    id: str
    kind: str
    name: str = ""
    trigger: Trigger | None = None
    detail: str = ""
    attached: str | None = None
    called: str | None = None
    loop: Loop | None = None
    who: tuple[str, ...] = ()
    raw: Xml | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A sequence flow. `default` is the way when no condition holds; one of the `side` leads back (a return)."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    default: bool = False
    side: bool = field(default=False, compare=False)
    raw: Xml | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """All of them, in the order of the document."""

    elements: Mapping[str, Element] = field(default_factory=dict)
    arrows: Mapping[str, Arrow] = field(default_factory=dict)

    @cached_property
    def out(self) -> Mapping[str, tuple[Arrow, ...]]:
        """The arrows that leave each element."""
        return self._by(source=True)

    @cached_property
    def into(self) -> Mapping[str, tuple[Arrow, ...]]:
        """The arrows that reach each element."""
        return self._by(source=False)

    def _by(self, *, source: bool) -> Mapping[str, tuple[Arrow, ...]]:
        found: dict[str, list[Arrow]] = {one: [] for one in self.elements}
        for arrow in self.arrows.values():
            found.setdefault(arrow.source if source else arrow.target, []).append(arrow)
        return {one: tuple(arrows) for one, arrows in found.items()}

    def attached_to(self, identity: str) -> Iterator[Element]:
        """The events on the edge of a step."""
        return (one for one in self.elements.values() if one.attached == identity)
