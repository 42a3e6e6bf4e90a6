"""A step moved to another place of its flow: what led to it leads on, and it stands where it was dropped."""

from __future__ import annotations

from loanloom.engines.flows.editing.adding import slot
from loanloom.engines.flows.editing.connecting import SPLITTING, branch, only_route
from loanloom.engines.flows.editing.removing import lead_on
from loanloom.engines.flows.editing.shapes import Arranged, Drawing, Edits, Outcome, cannot, gone
from loanloom.engines.flows.editing.ways import Raw
from loanloom.metadata import steps
from loanloom.problems import Problem, say, text


def move(spec: Raw, key: str, place: str) -> Outcome:
    """Take a step from where it stands and put it on a way, behind a step or before an end."""
    drawing = Drawing(spec)
    node = drawing.node(key)
    if node is None:
        return gone()
    out = [way for way in drawing.out_of(key) if way.forward]
    refused = _stays(drawing, node, len({way.to for way in out}))
    if refused is not None:
        return refused
    found = slot(drawing, place)
    if isinstance(found, Problem):
        return found
    ways = [way for way in found.ways if key not in (way.source, way.to)]
    if found.behind in (None, key) or found.then == key or place == f"at:{key}" or not (ways or found.branch_of):
        return cannot("stands_there", text("The step stands there already.", "该环节已在此处。"))
    edits = Edits(meant=[drawing.pointer(key)])
    told = lead_on(drawing, edits, key)
    for way in ways:
        edits.values[drawing.targets(way)] = key
    if found.branch_of is not None:
        branch(drawing, edits, found.branch_of, key)
    if found.then is not None:
        _lead(drawing, edits, node, found.then)
    edits.whole += _reordered(drawing, key, str(found.behind))
    return Arranged(edits.done(), key, tuple(told))


def _stays(drawing: Drawing, node: Raw, after: int) -> Problem | None:
    name = drawing.titled(str(node["key"]))
    if node["type"] in ("start", "end"):
        return cannot(
            "end_stays",
            text(f"“{say(name, 'en')}” stays where it is.", f"“{say(name, 'zh')}”不能移动。"),
            text("Draw the ways to it or from it instead.", "请改画通向它或从它出发的路径。"),
        )
    if after > 1:
        return cannot(
            "several_ways",
            text(f"Several ways lead on from “{say(name, 'en')}”.", f"“{say(name, 'zh')}”之后有多条路径。"),
            text("Lead its ways one by one, then move it.", "请先逐条调整它的路径，再移动。"),
        )
    return None


def _lead(drawing: Drawing, edits: Edits, node: Raw, then: str) -> None:
    """Let a step that has at most one way go on to another."""
    key = str(node["key"])
    out = [way for way in drawing.out_of(key) if way.forward]
    for way in out:
        edits.values[drawing.targets(way)] = then
    if not out and node["type"] in SPLITTING:
        edits.values[f"{drawing.pointer(key)}/routes"] = [only_route(str(node["type"]), then)]
    elif not out:
        edits.values[f"{drawing.pointer(key)}/next"] = then


def _reordered(drawing: Drawing, key: str, behind: str) -> list[steps.Step]:
    at, goal = drawing.keys.index(key), drawing.keys.index(behind)
    to = goal + 1 if goal < at else goal
    return [] if to == at else [steps.move_item(drawing.pointer(key), to)]
