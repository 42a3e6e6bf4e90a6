"""A new step of a flow, where somebody wants it: on a way, behind a step, before an end, or by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loanloom.engines.flows.editing.connecting import SPLITTING, branch, first_wait, only_route
from loanloom.engines.flows.editing.shapes import NODES, Arranged, Drawing, Edits, Outcome, cannot, gone
from loanloom.engines.flows.editing.ways import DrawnWay, Raw
from loanloom.metadata import steps
from loanloom.problems import Problem, Text, say, text

TYPES = (
    "approval", "countersign", "committee", "form", "decision", "calculation", "document", "exclusive", "parallel",
    "inclusive", "join", "notify", "cc", "wait", "service", "subflow", "end",
)  # fmt: skip
"""What may be put into a flow, what people need most first."""
_ENDINGS = ("approved", "refused", "completed", "withdrawn")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a step: the ways that will lead to it, where it leads on, the step it stands behind in the list."""

    ways: tuple[DrawnWay, ...] = ()
    then: str | None = None
    behind: str | None = None
    branch_of: str | None = None


def slot(drawing: Drawing, place: str) -> Slot | Problem:
    """The place somebody means: `way:<step>:<way>`, `at:<step>` (behind it, before it if it is an end), or nothing."""
    kind, _, named = place.partition(":")
    if not place:
        return Slot(behind=drawing.keys[-1] if drawing.keys else None)
    if kind == "way":
        way = drawing.way(named)
        return Slot((way,), way.to, way.source) if way is not None else gone()
    node = drawing.node(named) if kind == "at" else None
    if node is None:
        return gone()
    if node["type"] == "end":
        into = drawing.into(named)
        return Slot(into, named, into[0].source if into else _before(drawing, named))
    out = [way for way in drawing.out_of(named) if way.forward]
    if len(out) == 1:
        return Slot((out[0],), out[0].to, named)
    return Slot((), None, named, branch_of=named)


def _before(drawing: Drawing, key: str) -> str | None:
    at = drawing.keys.index(key)
    return drawing.keys[at - 1] if at else None


def add(spec: Raw, kind: str, place: str, title: Text) -> Outcome:
    """Put in a step of a type; it is called `title` until somebody names it."""
    drawing = Drawing(spec)
    types = [node["type"] for node in drawing.nodes]
    if kind not in (*TYPES, "start"):
        return gone()
    if kind == "start" and "start" in types:
        return cannot("second_start", text("A flow begins at exactly one step.", "一个流程只能有一个开始环节。"))
    found = slot(drawing, place) if kind != "start" else Slot()
    if isinstance(found, Problem):
        return found
    edits, key = Edits(), _fresh(drawing, kind)
    for way in found.ways:
        edits.values[drawing.targets(way)] = key
    if found.branch_of is not None:
        branch(drawing, edits, found.branch_of, key)
    then = found.then if kind != "start" else next((one for one in drawing.keys), None)
    index = 0 if kind == "start" else len(drawing.nodes)
    if found.behind is not None:
        index = drawing.keys.index(found.behind) + 1
    made = _made(drawing, kind, key, title, then)
    at_end = index == len(drawing.nodes)
    edits.whole.append(steps.add_item(f"{NODES}/{'-' if at_end else index}", made))
    return Arranged(edits.done(), key, _told(drawing, kind, found))


def _told(drawing: Drawing, kind: str, found: Slot) -> tuple[Text, ...]:
    if kind != "end" or found.then is None:
        return ()
    name = drawing.titled(found.then)
    english, chinese = say(name, "en"), say(name, "zh")
    return (text(f"The way ends here now; it led to “{english}”.", f"该路径现在在此结束，原来通向“{chinese}”。"),)


def _made(drawing: Drawing, kind: str, key: str, title: Text, then: str | None) -> dict[str, Any]:
    made: dict[str, Any] = {"key": key, "title": _told_apart(drawing, title), "type": kind}
    if kind == "end":
        used = {node.get("outcome") for node in drawing.nodes}
        made["outcome"] = next((one for one in _ENDINGS if one not in used), "completed")
    elif then is not None and kind == "wait":
        made["events"] = [first_wait(then)]
    elif then is not None and kind in SPLITTING:
        made["routes"] = [only_route(kind, then)]
    elif then is not None:
        made["next"] = then
    return made


def _fresh(drawing: Drawing, kind: str) -> str:
    tries = (kind, *(f"{kind}_{number}" for number in range(2, len(drawing.keys) + 3)))
    return next(one for one in tries if one not in drawing.keys)


def _told_apart(drawing: Drawing, title: Text) -> Text:
    """The title, with a number where another step is called so."""
    used = {say(node.get("title"), "en") for node in drawing.nodes} | {
        say(node.get("title"), "zh") for node in drawing.nodes
    }
    if not {say(title, "en"), say(title, "zh")} & used:
        return title
    number = next(one for one in range(2, len(drawing.keys) + 3) if f"{say(title, 'en')} {one}" not in used)
    return text(f"{say(title, 'en')} {number}", f"{say(title, 'zh')} {number}")
