"""A step taken out of a flow: ways that led to it lead on to what followed, or are named where nothing single did."""

from __future__ import annotations

from loanloom.engines.flows.editing.connecting import take_away
from loanloom.engines.flows.editing.shapes import Arranged, Drawing, Edits, Outcome, cannot, gone, named
from loanloom.engines.flows.editing.ways import Raw
from loanloom.metadata import steps
from loanloom.problems import Text, text

FEWEST = 2


def remove(spec: Raw, key: str) -> Outcome:
    """Take a step out, with every mention of it in the flow."""
    drawing = Drawing(spec)
    node = drawing.node(key)
    if node is None:
        return gone()
    if node["type"] == "start" and [one["type"] for one in drawing.nodes].count("start") == 1:
        return cannot(
            "needs_start", text("A flow needs its beginning.", "流程必须保留开始环节。"),
            text("Change where it leads instead.", "可以改变它通向的环节。"),
        )  # fmt: skip
    if len(drawing.nodes) <= FEWEST:
        return cannot("needs_two", text("A flow has at least two steps.", "流程至少有两个环节。"))
    edits = Edits(meant=[drawing.pointer(key)])
    told = [*lead_on(drawing, edits, key), *_forget(drawing, edits, key)]
    edits.whole.append(steps.remove(drawing.pointer(key)))
    neighbours = [way.source for way in drawing.into(key)] or [way.to for way in drawing.out_of(key)]
    return Arranged(edits.done(), next((one for one in neighbours if one != key), None), tuple(told))


def heir(drawing: Drawing, key: str) -> str | None:
    """The one step that follows; None where nothing does, or several."""
    after = {way.to for way in drawing.out_of(key) if way.forward and way.to != key}
    return after.pop() if len(after) == 1 else None


def lead_on(drawing: Drawing, edits: Edits, key: str) -> list[Text]:
    """Let the ways that lead to a step lead to what follows it; what cannot be led on is taken away and named."""
    into, then = drawing.into(key), heir(drawing, key)
    if not into:
        return []
    mended = [way for way in into if then is not None and way.source != then]
    lost = [way for way in into if way not in mended]
    for way in mended:
        edits.values[drawing.targets(way)] = then
    take_away(drawing, edits, lost)
    told: list[Text] = []
    if mended and then is not None:
        who, to = named(drawing, [way.source for way in mended]), named(drawing, [then])
        told.append(text(f"{who['en']}: goes on to “{to['en']}” now.", f"{who['zh']}：现在通向“{to['zh']}”。"))
    if lost:
        who = named(drawing, [way.source for way in lost])
        told.append(
            text(
                f"These ways lost their end: from {who['en']}. Draw where they go on.",
                f"以下环节的路径失去了去向：{who['zh']}。请重新画出路径。",
            )
        )
    return told


def _forget(drawing: Drawing, edits: Edits, key: str) -> list[Text]:
    """Take a step out of what names it beside the ways: where something may be returned to, what is cancelled ..."""
    returning: list[str] = []
    for other in drawing.nodes:
        if other["key"] == key:
            continue
        for name in ("return_to", "cancels"):
            listed = list(other.get(name, ()))
            if key not in listed:
                continue
            _out_of_list(edits, f"{drawing.pointer(str(other['key']))}/{name}", listed, key)
            if name == "return_to":
                returning.append(str(other["key"]))
    before = list(drawing.spec.get("withdraw_until", ()))
    if key in before:
        _out_of_list(edits, "/spec/withdraw_until", before, key)
    if (drawing.spec.get("reconsider") or {}).get("to") == key:
        edits.emptied.append("/spec/reconsider/to")
    if not returning:
        return []
    who = named(drawing, returning)
    return [text(f"Nothing is returned to it any more from: {who['en']}.", f"以下环节不再退回到它：{who['zh']}。")]


def _out_of_list(edits: Edits, pointer: str, listed: list[str], key: str) -> None:
    edits.emptied.append(pointer if listed == [key] else f"{pointer}/{listed.index(key)}")
