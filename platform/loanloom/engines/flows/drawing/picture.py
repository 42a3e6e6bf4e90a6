"""A diagram as shapes: where every box, word, line and arrow goes. Pages only write them down as SVG.

Each diagram gives two pictures, one from left to right and one downwards; a page shows the first where it is wide
enough for it and the second elsewhere, so that nobody must push a picture to and fro.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from loanloom.engines.flows.drawing import measuring, wording
from loanloom.engines.flows.drawing.model import Diagram, DrawnEdge, DrawnNode
from loanloom.engines.flows.layout import Box, Laid, Line, Placed, Routed, laid_out
from loanloom.problems import say

TITLE, NOTE, LABEL = 13, 11, 11
TITLE_LINE, NOTE_LINE, LABEL_LINE = 17, 15, 14
GUTTER, RIGHT, ABOVE = 28, 10, 8
WIDEST, NARROWEST, WIDEST_NOTE = 118, 44, 138
LABEL_WIDEST = 84
ROUND = 7
WIDTHS = range(240, 1681, 20)
"""The widths of a page that pictures are made for."""
SMALLEST = 80
"""To how many hundredths a picture may shrink before a page shows the other one, or lets it be pushed to and fro."""

ICONS: Mapping[str, str] = {
    "start": "player-play", "form": "forms", "approval": "user", "countersign": "users", "committee": "gavel",
    "decision": "bolt", "calculation": "calculator", "service": "plug", "document": "file-text", "wait": "hourglass",
    "notify": "bell", "cc": "mail", "subflow": "stack-2", "parallel": "plus", "inclusive": "circle",
    "exclusive": "x", "join": "git-merge", "end": "flag",
}  # fmt: skip
SIGNS: Mapping[str, str] = {
    "done": "check", "refused": "x", "current": "point", "suspended": "player-pause", "cancelled": "ban",
}  # fmt: skip
_PILLS = ("start", "end")
_POINTED = ("exclusive", "parallel", "inclusive", "join", "decision")
Moment = Callable[[datetime], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of words at a place; `style` is title, note or label."""

    x: int
    y: int
    words: str
    style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One box: its outline as a path, its icon's place, its lines, and everything it says in words (`full`)."""

    node: DrawnNode
    outline: str
    x: int
    y: int
    width: int
    height: int
    icon: str
    icon_x: int
    lines: tuple[Words, ...]
    full: str
    stacked: bool = False

    @property
    def sign(self) -> str | None:
        """The sign at its corner, so that colour is not all that tells."""
        return SIGNS.get(self.node.mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One way: its path, its head, and its label."""

    edge: DrawnEdge
    path: str
    head: str
    lines: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture, `across` or downwards. `fits` is the least of WIDTHS in which it can be read; None: too wide."""

    across: bool
    width: int
    height: int
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]

    @property
    def fits(self) -> int | None:
        """The least of WIDTHS to which it may shrink."""
        return next((width for width in WIDTHS if width >= self.width * SMALLEST // 100), None)


def pictures(diagram: Diagram, moment: Moment) -> tuple[Picture, Picture]:
    """The diagram from left to right, and downwards. `moment` writes an instant as the reader wants it."""
    notes = [_notes(node, diagram, moment) for node in diagram.nodes]
    sizes = tuple(_Size.of(node, said) for node, said in zip(diagram.nodes, notes, strict=True))
    labels = [measuring.lines(edge.label, LABEL, LABEL_WIDEST, 3) for edge in diagram.edges]
    boxes = tuple(Box(node.key, size.width, size.height) for node, size in zip(diagram.nodes, sizes, strict=True))
    lines = tuple(
        Line(
            edge.source,
            edge.target,
            width=max((measuring.width(one, LABEL) for one in label), default=-8) + 8,
            height=LABEL_LINE * len(label) + 2 if label else 0,
            side=edge.aside,
        )
        for edge, label in zip(diagram.edges, labels, strict=True)
    )
    found = []
    for across in (True, False):
        laid = laid_out(boxes, lines, across=across)
        found.append(
            Picture(
                across=across,
                width=laid.width,
                height=laid.height,
                shapes=tuple(
                    _shape(*one, laid, diagram.language) for one in zip(diagram.nodes, sizes, notes, strict=True)
                ),
                arrows=_arrows(diagram, laid, labels),
            )
        )
    return found[0], found[1]


@dataclass(frozen=True, slots=True)
class _Size:
    title: tuple[str, ...]
    notes: tuple[str, ...]
    width: int
    height: int

    @classmethod
    def of(cls, node: DrawnNode, said: list[str]) -> _Size:
        title = measuring.lines(node.title, TITLE, WIDEST, 3)
        notes = tuple(measuring.shortened(one, NOTE, WIDEST_NOTE) for one in said)
        widest = max(
            [measuring.width(one, TITLE) for one in title] + [measuring.width(one, NOTE) for one in notes], default=0
        )
        ends = 12 if node.type in _POINTED else 6 if node.type in _PILLS else 0
        width = max(widest, NARROWEST) + GUTTER + RIGHT + 2 * ends
        return cls(title, notes, width + width % 2, 2 * ABOVE + TITLE_LINE * len(title) + NOTE_LINE * len(notes))


def _notes(node: DrawnNode, diagram: Diagram, moment: Moment) -> list[str]:
    """The small lines: who and when where something happened, else who does it and until when."""
    language = diagram.language
    who = wording.listed(node.who, language)
    if node.mark in ("done", "refused", "cancelled"):
        lines = [node.by, moment(node.at) if node.at is not None else None]
    elif node.mark in ("current", "suspended"):
        voted = f"{node.votes[0]}/{node.votes[1]}" if node.votes is not None else None
        due = say({"en": "due ", "zh": "截止 "}, language) + moment(node.due_at) if node.due_at is not None else None
        lines = [" · ".join(part for part in (who, voted) if part) or None, due]
    else:
        hours = say({"en": f"{node.hours} working hours", "zh": f"{node.hours} 工时"}, language)
        lines = [who or None, hours if node.hours is not None else None]
    first, second = lines
    return [line for line in (" · ".join(part for part in (node.state, first) if part), second) if line]


def _shape(node: DrawnNode, size: _Size, said: list[str], laid: Laid, language: str) -> Shape:
    place = laid.boxes[node.key]
    left = place.x - place.width // 2
    ends = 12 if node.type in _POINTED else 6 if node.type in _PILLS else 0
    x, y = left + GUTTER + ends, place.y - place.height // 2 + ABOVE + TITLE_LINE // 2
    lines = []
    for words in size.title:
        lines.append(Words(x=x, y=y, words=words, style="title"))
        y += TITLE_LINE
    y += (NOTE_LINE - TITLE_LINE) // 2
    for words in size.notes:
        lines.append(Words(x=x, y=y, words=words, style="note"))
        y += NOTE_LINE
    return Shape(
        node=node,
        outline=_outline(node, place),
        x=left,
        y=place.y - place.height // 2,
        width=place.width,
        height=place.height,
        icon=ICONS.get(node.type, "point"),
        icon_x=left + 7 + ends,
        lines=tuple(lines),
        full=" · ".join(part for part in (node.title, *said, _decided(node, language)) if part),
        stacked=node.type in ("countersign", "committee"),
    )


def _decided(node: DrawnNode, language: str) -> str | None:
    said = wording.SAID.get(node.outcome or "") or wording.OUTCOMES.get(node.outcome or "")
    return say(said, language) if said and node.mark in ("done", "refused") else None


def _outline(node: DrawnNode, place: Placed) -> str:
    """A pill for beginnings and ends, pointed where ways part or meet, a card for all else."""
    left, top = place.x - place.width // 2, place.y - place.height // 2
    width, height = place.width, place.height
    if node.type in _POINTED:
        point, half = 12, height // 2
        return (
            f"M{left + point},{top}h{width - 2 * point}l{point},{half}l{-point},{height - half}"
            f"h{2 * point - width}l{-point},{half - height}Z"
        )
    r = height // 2 if node.type in _PILLS else 7
    w, h = width - 2 * r, height - 2 * r
    return (
        f"M{left + r},{top}h{w}a{r},{r} 0 0 1 {r},{r}v{h}a{r},{r} 0 0 1 {-r},{r}"
        f"h{-w}a{r},{r} 0 0 1 {-r},{-r}v{-h}a{r},{r} 0 0 1 {r},{-r}Z"
    )


_LATER = ("done",)


def _arrows(diagram: Diagram, laid: Laid, labels: list[tuple[str, ...]]) -> tuple[Arrow, ...]:
    """The ways, those that were taken last, so that they lie above."""
    drawn = [
        Arrow(edge=edge, path=_path(way), head=_head(way), lines=_label(way, label))
        for edge, way, label in zip(diagram.edges, laid.lines, labels, strict=True)
    ]
    return tuple(sorted(drawn, key=lambda arrow: arrow.edge.mark in _LATER))


def _label(way: Routed, label: tuple[str, ...]) -> tuple[Words, ...]:
    if way.label is None:
        return ()
    x, middle = way.label
    first = middle - LABEL_LINE * (len(label) - 1) // 2
    return tuple(Words(x=x, y=first + LABEL_LINE * at, words=one, style="label") for at, one in enumerate(label))


def _path(way: Routed) -> str:
    """The points joined, corners rounded."""
    points = way.points
    found = f"M{points[0][0]},{points[0][1]}"
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        found += f"L{_towards(here, before)}Q{here[0]},{here[1]} {_towards(here, after)}"
    return found + f"L{points[-1][0]},{points[-1][1]}"


def _towards(here: tuple[int, int], other: tuple[int, int]) -> str:
    """A place on the way from a corner to the next point, as far as the corner is round."""
    dx, dy = other[0] - here[0], other[1] - here[1]
    far = min(ROUND, (abs(dx) + abs(dy)) // 2)
    return f"{here[0] + far * _sign(dx)},{here[1] + far * _sign(dy)}"


def _head(way: Routed) -> str:
    """The arrow's head: a triangle whose tip touches the box."""
    (x0, y0), (x, y) = way.points[-2:] if len(way.points) > 1 else ((0, 0), way.points[-1])
    dx, dy = _sign(x - x0), _sign(y - y0)
    return f"M{x},{y}L{x - 8 * dx + 4 * dy},{y - 8 * dy + 4 * dx}L{x - 8 * dx - 4 * dy},{y - 8 * dy - 4 * dx}Z"


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)
