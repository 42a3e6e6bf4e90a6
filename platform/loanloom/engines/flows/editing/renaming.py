"""Another key for a step of a flow, with every mention of it in the flow: ways, returns, what conditions say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from loanloom.engines.flows.editing.shapes import Arranged, Drawing, Edits, Outcome, cannot, gone
from loanloom.engines.flows.reading import START
from loanloom.metadata import pointers
from loanloom.problems import say, text


def rename(spec: Mapping[str, Any], key: str, new: str) -> Outcome:
    """Give a step another key."""
    drawing = Drawing(spec)
    node = drawing.node(key)
    if node is None:
        return gone()
    if new in drawing.keys or (new == START and node["type"] != "start"):
        title = drawing.titled(new) if new in drawing.keys else text("Start", "开始")
        return cannot(
            "key_taken",
            text(f"“{say(title, 'en')}” has the key {new} already.", f"键 {new} 已由“{say(title, 'zh')}”使用。"),
            text("Choose another key.", "请换一个键。"),
        )
    edits = Edits(meant=[drawing.pointer(key)])
    edits.values[f"{drawing.pointer(key)}/key"] = new
    for pointer in _mentions(spec, key):
        edits.values[f"/spec{pointer}"] = new
    said = re.compile(rf"\bflow\.values\.{re.escape(key)}(?!\w)")
    for pointer, words in pointers.walk(spec):
        if not isinstance(words, str):
            continue
        other = said.sub(f"flow.values.{new}", words)
        if re.search(r"\bflow\.(passed|at)\b", words):
            other = other.replace(f'"{key}"', f'"{new}"')
        if other != words:
            edits.values[f"/spec{pointer}"] = other
    return Arranged(edits.done(), new)


def _mentions(spec: Mapping[str, Any], key: str) -> Iterator[str]:
    """The places at which steps are named by key, where they name this one."""
    for place, node in enumerate(spec.get("nodes", ())):
        at = f"/nodes/{place}"
        named = {"next": node.get("next"), "on_refuse": node.get("on_refuse")}
        named["call/on_failure"] = (node.get("call") or {}).get("on_failure")
        for name in ("routes", "events", "deadlines"):
            named |= {f"{name}/{index}/to": one.get("to") for index, one in enumerate(node.get(name, ()))}
        for name in ("return_to", "cancels"):
            named |= {f"{name}/{index}": one for index, one in enumerate(node.get(name, ()))}
        yield from (f"{at}/{name}" for name, one in named.items() if one == key)
    before = enumerate(spec.get("withdraw_until", ()))
    yield from (f"/withdraw_until/{index}" for index, one in before if one == key)
    if (spec.get("reconsider") or {}).get("to") == key:
        yield "/reconsider/to"
