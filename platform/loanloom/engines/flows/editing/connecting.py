"""Ways between the steps of a flow: drawn, led elsewhere, brought into order, taken away."""

from __future__ import annotations

from typing import Any

from loanloom.engines.flows.editing.shapes import Arranged, Drawing, Edits, Outcome, cannot, gone
from loanloom.engines.flows.editing.ways import DrawnWay, Raw
from loanloom.metadata import steps
from loanloom.problems import Text, say, text

SPLITTING = ("parallel", "inclusive", "exclusive")
"""Steps that are there for their ways: theirs stay a list, however few there are."""
FIRST_WAIT = 8
"""The working hours after which a wait goes a new way, until somebody says otherwise."""


def connect(spec: Raw, source: str, target: str) -> Outcome:
    """Draw a way from a step to another."""
    drawing = Drawing(spec)
    node = drawing.node(source)
    if node is None or drawing.node(target) is None:
        return gone()
    names = say(drawing.titled(source), "en"), say(drawing.titled(source), "zh")
    if node["type"] == "end":
        return cannot(
            "end_leads_on",
            text(f"“{names[0]}” is an end: nothing follows it.", f"“{names[1]}”是结束环节，之后没有环节。"),
            text("Draw the way from the step before it.", "请从它之前的环节画出路径。"),
        )
    if any(way.to == target and way.forward for way in drawing.out_of(source)):
        return cannot(
            "there_already",
            text(f"A way leads there from “{names[0]}” already.", f"“{names[1]}”已有通向该环节的路径。"),
        )
    edits = Edits()
    branch(drawing, edits, source, target)
    return Arranged(edits.done(), source)


def branch(drawing: Drawing, edits: Edits, source: str, target: str) -> None:
    """One more way out of a step: the only one, one beside others at once, or one that holds nowhere until somebody
    says when; the last of those that all have conditions is taken in every other case."""
    node, pointer = drawing.node(source), drawing.pointer(source)
    assert node is not None, "asked of steps that are there"
    routes, first = list(node.get("routes", ())), node.get("next")
    if node["type"] == "wait" and not routes and first is None and node.get("until") is None:
        edits.values[f"{pointer}/events{'/-' if node.get('events') else ''}"] = _waited(node, target)
    elif not routes and first is None:
        _only(edits, node, pointer, target)
    elif not routes:
        edits.values[f"{pointer}/routes"] = _two(node, str(first), target)
        edits.emptied.append(f"{pointer}/next")
    elif node["type"] == "parallel":
        edits.put.append((f"{pointer}/routes/-", {"to": target}))
    else:
        last = next((index for index, one in enumerate(routes) if "when" not in one), None)
        new: dict[str, Any] = {"otherwise": True, "to": target} if last is None else {"when": False, "to": target}
        edits.put.append((f"{pointer}/routes/{'-' if last is None else last}", new))


def _waited(node: Raw, target: str) -> Any:
    return first_wait(target) if node.get("events") else [first_wait(target)]


def first_wait(target: str) -> dict[str, Any]:
    """A way out of a wait that nobody has spoken of yet: a time has passed."""
    return {"working_hours": FIRST_WAIT, "to": target}


def _only(edits: Edits, node: Raw, pointer: str, target: str) -> None:
    if node["type"] not in SPLITTING:
        edits.values[f"{pointer}/next"] = target
    else:
        edits.values[f"{pointer}/routes"] = [only_route(str(node["type"]), target)]


def only_route(type_: str, target: str) -> dict[str, Any]:
    """The first route of a step that parts ways."""
    return {"to": target} if type_ == "parallel" else {"otherwise": True, "to": target}


def _two(node: Raw, first: str, target: str) -> list[dict[str, Any]]:
    if node["type"] == "parallel":
        return [{"to": first}, {"to": target}]
    return [{"when": False, "to": target}, {"otherwise": True, "to": first}]


def lead(spec: Raw, written: str, target: str) -> Outcome:
    """Lead a way to another step than it leads to now."""
    drawing = Drawing(spec)
    way = drawing.way(written)
    if way is None or drawing.node(target) is None:
        return gone()
    edits = Edits(values={drawing.targets(way): target})
    return Arranged(edits.done(), way.source)


def cut(spec: Raw, written: str) -> Outcome:
    """Take a way away."""
    drawing = Drawing(spec)
    way = drawing.way(written)
    if way is None:
        return gone()
    edits = Edits()
    take_away(drawing, edits, [way])
    told: tuple[Text, ...] = ()
    if way.forward and not any(other.forward for other in drawing.out_of(way.source) if other != way):
        name = drawing.titled(way.source)
        told = (text(f"Nothing follows “{say(name, 'en')}” now.", f"“{say(name, 'zh')}”之后已没有去向。"),)
    return Arranged(edits.done(), way.source, told)


def take_away(drawing: Drawing, edits: Edits, ways: list[DrawnWay]) -> None:
    """Empty the places of ways, with the lists that become empty; the only one that is left needs no condition."""
    for source in dict.fromkeys(way.source for way in ways):
        node, pointer = drawing.node(source), drawing.pointer(source)
        assert node is not None, "the step of a way is there"
        mine = [way.place for way in ways if way.source == source]
        for name in ("routes", "events", "deadlines"):
            gone_ones = {int(place.partition("/")[2]) for place in mine if place.startswith(f"{name}/")}
            if not gone_ones:
                continue
            left = [one for index, one in enumerate(node.get(name, ())) if index not in gone_ones]
            plain = name == "routes" and len(left) == 1 and "when" not in left[0] and node["type"] not in SPLITTING
            if plain and "title" not in left[0]:
                edits.values[f"{pointer}/next"] = left[0]["to"]
            if not left or f"{pointer}/next" in edits.values:
                edits.emptied.append(f"{pointer}/{name}")
            else:
                edits.emptied += [f"{pointer}/{name}/{index}" for index in gone_ones]
        edits.emptied += [f"{pointer}/{place}" for place in mine if not place[-1].isdigit()]


def order(spec: Raw, written: str, by: int) -> Outcome:
    """Let a route be looked at earlier or later than its neighbour: the first that holds is taken."""
    drawing = Drawing(spec)
    way = drawing.way(written)
    if way is None or not way.place.startswith("routes/"):
        return gone()
    node = drawing.node(way.source)
    index = int(way.place.partition("/")[2])
    if node is None or not 0 <= index + by < len(node["routes"]):
        return gone()
    edits = Edits(whole=[steps.move_item(f"{drawing.pointer(way.source)}/{way.place}", index + by)])
    return Arranged(edits.done(), way.source)
