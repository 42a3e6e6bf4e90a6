"""Boxes and lines in, places and points out: the phases one after the other, for pictures that run down or across."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from loanloom.engines.flows.layout import ordering, placing, ranking, routing
from loanloom.engines.flows.layout.layered import Layered
from loanloom.engines.flows.layout.routing import TRACK, Net

MARGIN = 10
CHANNEL = 30
"""Between two layers at least: room for the head of an arrow and one bend."""
HEAD = 16
"""Straight before a box, for the head of the arrow."""
LOOP = 16
APART = 10
"""Between two lines at one side of a box."""
PORT = 16
"""Between the middle of a side and the first line that leads back."""

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """Something to place."""

    key: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Line:
    """Something that leads from box to box; `width` and `height` are those of its label. A line of the side (a return,
    a jump) does not say what comes first."""

    source: str
    target: str
    width: int = 0
    height: int = 0
    side: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a box is: its middle, and its size."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Routed:
    """The way of a line from box to box, and the middle of its label."""

    points: tuple[Point, ...]
    label: Point | None = None


@dataclass(frozen=True, slots=True)
class Laid:
    """The whole picture; `lines` in the order they came in."""

    width: int
    height: int
    boxes: Mapping[str, Placed]
    lines: tuple[Routed, ...]


@lru_cache(maxsize=512)
def laid_out(boxes: tuple[Box, ...], lines: tuple[Line, ...], *, across: bool = False) -> Laid:
    """Lay out boxes (the first one is where it begins) and the lines between them, downwards or from left to right.
    Lines from or to boxes that are not there are refused by KeyError. What was laid out before is known."""
    number = {box.key: at for at, box in enumerate(boxes)}
    ends = [(number[line.source], number[line.target]) for line in lines]
    graph = _layers(boxes, lines, ends, across=across)
    ordering.order(graph)
    return _Drawing(graph, boxes, lines, ends, across=across).laid()


def _layers(boxes: tuple[Box, ...], lines: tuple[Line, ...], ends: list[tuple[int, int]], *, across: bool) -> Layered:
    """Boxes in their layers, lines cut into pieces from layer to layer."""
    up = ranking.leading_up(len(boxes), ends, [line.side for line in lines])
    down = [(target, source) if at in up else (source, target) for at, (source, target) in enumerate(ends)]
    ranks = ranking.ranked(len(boxes), down, [2 if line.width else 1 for line in lines])
    graph = Layered(boxes=len(boxes), reversed=up)
    graph.layers = [[] for _ in range(max(ranks, default=0) + 1)]
    for box in boxes:
        _add(graph, ranks, None, box.height if across else box.width, box.width if across else box.height)
    for at, (source, target) in enumerate(down):
        if source == target:
            graph.across[source] += 2 * LOOP
            graph.chains.append([source])
        else:
            graph.chains.append(_chain(graph, ranks, lines[at], at, source, target, across))
    _begin(graph, ranks)
    return graph


def _add(graph: Layered, ranks: list[int], rank: int | None, across: int, along: int) -> int:
    vertex = len(graph.above)
    graph.above.append([])
    graph.below.append([])
    graph.led_above.append([])
    graph.led_below.append([])
    graph.across.append(across)
    graph.along.append(along)
    if rank is not None:
        ranks.append(rank)
    return vertex


def _chain(graph: Layered, ranks: list[int], line: Line, at: int, source: int, target: int, across: bool) -> list[int]:
    """The line cut at every layer; its label stands in the middle."""
    chain = [source]
    first, last = ranks[source] + 1, ranks[target]
    labelled = (first if at not in graph.reversed else last - 1) if line.width else None
    for rank in range(first, last):
        size = (line.height, line.width) if across else (line.width, line.height)
        vertex = _add(graph, ranks, rank, *(size if rank == labelled else (0, 0)))
        if rank == labelled:
            graph.labels[at] = vertex
        chain.append(vertex)
    chain.append(target)
    leads = at not in graph.reversed and not line.side
    for one, two in pairwise(chain):
        graph.below[one].append(two)
        graph.above[two].append(one)
        if leads or (graph.bend(one) and graph.bend(two)):
            graph.led_below[one].append(two)
            graph.led_above[two].append(one)
    return chain


def _begin(graph: Layered, ranks: list[int]) -> None:
    """The first order: as one comes upon the vertices going down from the first box, in the order of the lines."""
    seen = [False] * len(ranks)
    for root in range(len(ranks)):
        stack = [root]
        while stack:
            vertex = stack.pop()
            if seen[vertex]:
                continue
            seen[vertex] = True
            graph.layers[ranks[vertex]].append(vertex)
            stack.extend(reversed(graph.below[vertex]))


class _Drawing:
    """Coordinates of one layered graph. `u` runs across the layers, `v` along their direction."""

    def __init__(
        self,
        graph: Layered,
        boxes: tuple[Box, ...],
        lines: tuple[Line, ...],
        ends: list[tuple[int, int]],
        *,
        across: bool,
    ) -> None:
        self.graph, self.boxes, self.lines, self.ends, self.across = graph, boxes, lines, ends, across
        self.u = placing.centres(graph)
        self.rank = [0] * len(self.u)
        for rank, layer in enumerate(graph.layers):
            for vertex in layer:
                self.rank[vertex] = rank
        self.ports = self._ports()
        self.nets = self._nets()
        self.track = [dict(zip(nets, routing.tracks(list(nets.values())), strict=True)) for nets in self.nets]
        self.top, self.middle, self.bottom = self._v()

    def _ports(self) -> dict[tuple[int, bool], int]:
        """Where lines that lead back leave and reach a box, by (line, at its upper end): straight on where the box is
        wide enough for that, else beside the middle."""
        ports: dict[tuple[int, bool], int] = {}
        taken: dict[tuple[int, bool], list[int]] = {}
        for at in sorted(self.graph.reversed):
            chain = self.graph.chains[at]
            for upper in (True, False):
                box, beyond = (chain[0], chain[1]) if upper else (chain[-1], chain[-2])
                used = taken.setdefault((box, upper), [self.u[box]])
                ports[at, upper] = self._port(box, self.u[beyond], used)
                used.append(ports[at, upper])
        return ports

    def _port(self, box: int, wanted: int, used: list[int]) -> int:
        reach = max(self._half(box) - 8, 0)
        sign = 1 if wanted >= self.u[box] else -1
        offered = [wanted, *(self.u[box] + sign * PORT * number for number in range(1, len(used) + 1))]
        free = (at for at in offered if abs(at - self.u[box]) <= reach and all(abs(at - one) >= APART for one in used))
        return next(free, self.u[box] + sign * reach)

    def _half(self, box: int) -> int:
        """Half of a box's own extent across."""
        return (self.boxes[box].height if self.across else self.boxes[box].width) // 2

    def _at(self, line: int, chain: list[int], place: int) -> int:
        """Where a line passes the vertex at this place of its chain, across."""
        if line in self.graph.reversed and place in (0, len(chain) - 1):
            return self.ports[line, place == 0]
        return self.u[chain[place]]

    def _nets(self) -> list[dict[object, Net]]:
        """The nets in each channel under a layer: of a branching box together, of every other line by itself."""
        gathered: list[dict[object, tuple[int, list[int]]]] = [{} for _ in self.graph.layers]
        for at, chain in enumerate(self.graph.chains):
            for place in range(len(chain) - 1):
                start, end = self._at(at, chain, place), self._at(at, chain, place + 1)
                _, targets = gathered[self.rank[chain[place]]].setdefault(self._net(at, chain, place), (start, []))
                targets.append(end)
        return [{name: Net(start, tuple(targets)) for name, (start, targets) in nets.items()} for nets in gathered]

    def _net(self, line: int, chain: list[int], place: int) -> object:
        together = place == 0 and line not in self.graph.reversed
        return ("box", chain[0]) if together else ("line", line, place)

    def _v(self) -> tuple[list[int], list[int], list[int]]:
        """Top, middle and bottom of each layer along the direction."""
        tops, middles, bottoms = [], [], []
        here = MARGIN
        for rank, layer in enumerate(self.graph.layers):
            size = max((self.graph.along[vertex] for vertex in layer), default=0)
            tops.append(here)
            middles.append(here + size // 2)
            bottoms.append(here + size)
            deepest = max(self.track[rank].values(), default=0)
            bent = any(not net.straight for net in self.nets[rank].values())
            here += size + (max(CHANNEL, HEAD + 10 + deepest * TRACK) if bent or size else CHANNEL // 2)
        return tops, middles, bottoms

    def laid(self) -> Laid:
        """The picture."""
        routed = tuple(self._routed(at) for at in range(len(self.lines)))
        places = {
            box.key: self._placed(self.u[at], self.middle[self.rank[at]], box) for at, box in enumerate(self.boxes)
        }
        reach = [max(x, 0) for line in routed for x, _ in line.points]
        deep = [y for line in routed for _, y in line.points]
        reach += [place.x + place.width // 2 for place in places.values()]
        deep += [place.y + place.height // 2 for place in places.values()]
        for line, way in zip(self.lines, routed, strict=True):
            if way.label is not None:
                reach.append(way.label[0] + line.width // 2)
                deep.append(way.label[1] + line.height // 2)
        return Laid(max(reach, default=0) + MARGIN, max(deep, default=0) + MARGIN, places, routed)

    def _placed(self, u: int, v: int, box: Box) -> Placed:
        x, y = self._turned(u, v)
        return Placed(x, y, box.width, box.height)

    def _turned(self, u: int, v: int) -> Point:
        return (v, u + MARGIN) if self.across else (u + MARGIN, v)

    def _routed(self, at: int) -> Routed:
        chain = self.graph.chains[at]
        if len(chain) == 1:
            return self._loop(at, chain[0])
        points = [(self._at(at, chain, 0), self._edge(chain[0], 1))]
        for place in range(len(chain) - 1):
            start, end = self._at(at, chain, place), self._at(at, chain, place + 1)
            if start != end:
                rank = self.rank[chain[place]]
                bus = self.bottom[rank] + 10 + self.track[rank][self._net(at, chain, place)] * TRACK
                points += [(start, bus), (end, bus)]
        points.append((self._at(at, chain, len(chain) - 1), self._edge(chain[-1], -1)))
        label = self.graph.labels.get(at)
        if at in self.graph.reversed:
            points.reverse()
        return Routed(
            points=tuple(self._turned(u, v) for u, v in _without_repeats(points)),
            label=None if label is None else self._turned(self.u[label], self.middle[self.rank[label]]),
        )

    def _edge(self, box: int, side: int) -> int:
        """Where a box ends along the direction: its far side (1) or its near side (-1)."""
        return self.middle[self.rank[box]] + side * (self.graph.along[box] // 2)

    def _loop(self, at: int, box: int) -> Routed:
        """A line from a box to itself, beside it."""
        u, v = self.u[box] + self._half(box), self.middle[self.rank[box]]
        out = max(min(self.graph.along[box] // 4, 12), 4)
        points = [(u, v + out), (u + LOOP, v + out), (u + LOOP, v - out), (u, v - out)]
        turned = tuple(self._turned(*point) for point in points)
        label = self._turned(u + LOOP, v) if self.lines[at].width else None
        return Routed(points=turned, label=label)


def _without_repeats(points: list[Point]) -> list[Point]:
    kept = points[:1]
    for point in points[1:]:
        if point != kept[-1]:
            kept.append(point)
    return kept
