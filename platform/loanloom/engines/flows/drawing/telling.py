"""A flow, and where a case stands in it, as a picture to draw and lines to read. Without a state: the flow itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from loanloom.engines.flows.drawing import marks, story, waits, ways
from loanloom.engines.flows.drawing.model import Diagram, DrawnEdge, DrawnNode, Mark, Titles, Waiting
from loanloom.engines.flows.model import Flow, Node
from loanloom.engines.flows.moves import Entry
from loanloom.engines.flows.state import State
from loanloom.problems import Problem, Text, say


def no_titles(kind: str, key: str) -> Text | None:
    """Nothing is known by title: keys stand for themselves."""
    return None


def diagram(
    flow: Flow,
    language: str,
    *,
    state: State | None = None,
    history: Sequence[Entry] = (),
    names: Mapping[int, str] | None = None,
    titles: Titles = no_titles,
    reasons: Mapping[str, Text] | None = None,
    due: Mapping[int, datetime] | None = None,
    problems: Mapping[str, Sequence[Problem]] | None = None,
) -> Diagram:
    """The picture of a case in this state, with this history; without a state, of the flow itself.

    `names` are people by id, `titles` those of documents, `reasons` titles of reason codes, `due` when open items are
    due by number, `problems` what is wrong with the flow by node.
    """
    names, due = names or {}, due or {}
    drawn = ways.of_flow(flow)
    places = waits.Place(flow, state or State(), language, titles, names, due, waits.since_opened(history))
    waiting = tuple(places.waiting(token, drawn) for token in (state.tokens if state is not None else ()))
    shown = marks.of_nodes(flow, state, history, drawn)
    went = marks.taken(state, history)
    aside = ways.taken_aside(flow, drawn, history) if state is not None else []
    edges = [
        DrawnEdge(
            source=way.source,
            target=way.target,
            label=say(way.label, language),
            kind=way.kind,
            mark=marks.of_edge((way.source, way.target), went, shown, state is not None),
        )
        for way in drawn
    ]
    edges += [
        DrawnEdge(source=way.source, target=way.target, label=say(way.label, language), kind=way.kind, mark="done")
        for way in aside
    ]
    last = _last_words(history)
    nodes = tuple(
        _node(flow, node, shown[node.key], last.get(node.key), waiting, len((problems or {}).get(node.key, ())),
              language=language, names=names, titles=titles)
        for node in _beginning_first(flow)
    )  # fmt: skip
    return Diagram(
        title=say(flow.title, language),
        nodes=nodes,
        edges=tuple(edges),
        steps=story.told(flow, history, language, names, reasons or {}),
        waits=waiting,
        says=waits.sentence(waiting, state, language),
        language=language,
        started=state is not None,
    )


def _beginning_first(flow: Flow) -> list[Node]:
    return sorted(flow, key=lambda node: node.key != flow.start)


_SAYING = frozenset(
    ("decided", "ruled", "started", "resubmitted", "ended", "expired", "called", "call_failed", "awaited", "passed",
     "terminated", "withdrawn", "documents", "told", "sub_ended", "calculated", "cancelled")
)  # fmt: skip


def _last_words(history: Sequence[Entry]) -> dict[str, Entry]:
    """The last thing said at each node."""
    return {entry.node: entry for entry in history if entry.kind in _SAYING}


def _node(
    flow: Flow,
    node: Node,
    mark: Mark,
    last: Entry | None,
    waiting: Sequence[Waiting],
    problems: int,
    *,
    language: str,
    names: Mapping[int, str],
    titles: Titles,
) -> DrawnNode:
    here = next((one for one in waiting if one.node == node.key), None)
    told = last if mark not in ("possible", "not_taken") else None
    outcome = told.action if told else None
    return DrawnNode(
        key=node.key,
        title=say(node.title, language),
        type=node.type,
        mark=mark,
        state=node.state,
        who=here.who if here is not None and here.who else waits.whom(flow, node, titles, language),
        outcome=outcome or (node.outcome if node.type == "end" and mark in ("done", "refused") else None),
        by=names.get(told.by) if told is not None and told.by is not None else None,
        at=here.since if here is not None else told.at if told is not None else None,
        due_at=here.due_at if here is not None else None,
        hours=node.working_hours,
        votes=here.votes if here is not None else None,
        problems=problems,
    )
