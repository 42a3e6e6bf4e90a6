"""The layout of any flow: nothing overlaps, every way runs at right angles from box to box, few ways cross."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.engines.flows.layout import Box, Laid, Line, laid_out

CHAIN = "begin check review approve end"


def boxes_of(names: str) -> tuple[Box, ...]:
    return tuple(Box(name, 160, 50) for name in names.split())


def lines_of(*pairs: str, width: int = 0) -> tuple[Line, ...]:
    return tuple(Line(*pair.split(), width=width, height=16 if width else 0) for pair in pairs)


@st.composite
def graphs(draw):
    """Any graph: circles, several lines between two boxes, lines to oneself, parts that hang together with nothing."""
    count = draw(st.integers(1, 14))
    boxes = tuple(Box(f"n{at}", draw(st.integers(30, 180)), draw(st.integers(24, 90))) for at in range(count))
    node = st.integers(0, count - 1)
    lines = tuple(
        Line(f"n{one}", f"n{two}", width=width, height=16 if width else 0, side=side)
        for one, two, width, side in draw(
            st.lists(st.tuples(node, node, st.sampled_from([0, 0, 40, 110]), st.booleans()), max_size=26)
        )
    )
    return boxes, lines


def rectangle(place):
    half_w, half_h = place.width / 2, place.height / 2
    return place.x - half_w, place.y - half_h, place.x + half_w, place.y + half_h


def overlap(one, other, gap: float = 0) -> bool:
    return one[0] < other[2] + gap and other[0] < one[2] + gap and one[1] < other[3] + gap and other[1] < one[3] + gap


def pieces(way):
    return zip(way.points, way.points[1:], strict=False)


@pytest.mark.parametrize("across", [False, True])
@given(graph=graphs())
@settings(deadline=None)
def test_nothing_lies_on_anything_else(across: bool, graph) -> None:
    boxes, lines = graph
    laid = laid_out(boxes, lines, across=across)
    places = [rectangle(laid.boxes[box.key]) for box in boxes]
    for at, one in enumerate(places):
        assert min(one) >= 0 and one[2] <= laid.width and one[3] <= laid.height
        for other in places[at + 1 :]:
            assert not overlap(one, other, gap=8), "boxes keep their distance"
    labels = [
        (way.label[0] - line.width / 2, way.label[1] - 8, way.label[0] + line.width / 2, way.label[1] + 8)
        for line, way in zip(lines, laid.lines, strict=True)
        if way.label is not None and line.source != line.target
    ]
    for at, one in enumerate(labels):
        assert not any(overlap(one, place) for place in places), "no label on a box"
        assert not any(overlap(one, other) for other in labels[at + 1 :]), "no label on a label"


@pytest.mark.parametrize("across", [False, True])
@given(graph=graphs())
@settings(deadline=None)
def test_ways_run_at_right_angles_from_the_edge_of_one_box_to_the_edge_of_the_other(across: bool, graph) -> None:
    boxes, lines = graph
    laid = laid_out(boxes, lines, across=across)
    for line, way in zip(lines, laid.lines, strict=True):
        for (x1, y1), (x2, y2) in pieces(way):
            assert (x1 == x2) != (y1 == y2), "each piece is level or upright, and goes somewhere"
        assert on_edge(way.points[0], rectangle(laid.boxes[line.source]))
        assert on_edge(way.points[-1], rectangle(laid.boxes[line.target]))
        for box in boxes:
            inside = rectangle(laid.boxes[box.key])
            assert not any(through(piece, inside) for piece in pieces(way)), f"{line} runs through {box.key}"


@given(graph=graphs())
@settings(deadline=None)
def test_buses_of_different_boxes_do_not_lie_on_each_other(graph) -> None:
    boxes, lines = graph
    laid = laid_out(boxes, lines)
    level = [
        (line, min(x1, x2), max(x1, x2), y1)
        for line, way in zip(lines, laid.lines, strict=True)
        for (x1, y1), (x2, y2) in pieces(way)
        if y1 == y2 and line.source != line.target
    ]
    for at, (one, left, right, y) in enumerate(level):
        for other, low, high, height in level[at + 1 :]:
            if one.source != other.source and one.target != other.target:
                assert y != height or high <= left or right <= low, f"{one} and {other} look like one way"


def on_edge(point, edges) -> bool:
    x, y = point
    near = (abs(x - edges[0]) <= 1, abs(y - edges[1]) <= 1, abs(x - edges[2]) <= 1, abs(y - edges[3]) <= 1)
    return any(near) and edges[0] - 1 <= x <= edges[2] + 1 and edges[1] - 1 <= y <= edges[3] + 1


def through(piece, edges) -> bool:
    (x1, y1), (x2, y2) = piece
    return overlap((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)), edges, gap=-2)


def crossings(laid: Laid) -> int:
    """How often two ways that have no box in common cross."""
    all_pieces = [(at, piece) for at, way in enumerate(laid.lines) for piece in pieces(way)]
    return sum(
        1
        for at, ((x1, y1), (x2, y2)) in all_pieces
        for other, ((a1, b1), (a2, b2)) in all_pieces
        if at != other and y1 == y2 and a1 == a2 and min(x1, x2) < a1 < max(x1, x2) and min(b1, b2) < y1 < max(b1, b2)
    )


def test_a_chain_is_one_straight_line() -> None:
    laid = laid_out(boxes_of(CHAIN), lines_of("begin check", "check review", "review approve", "approve end"))
    assert {place.x for place in laid.boxes.values()} == {laid.boxes["begin"].x}
    assert [place.y for place in laid.boxes.values()] == sorted(place.y for place in laid.boxes.values())
    assert all(len(way.points) == 2 for way in laid.lines)


def test_an_end_that_only_decisions_lead_to_stands_at_the_bottom() -> None:
    laid = laid_out(
        boxes_of(f"{CHAIN} refused"), lines_of("begin check", "check review", "review approve", "approve end")
    )
    assert laid.boxes["refused"].y == laid.boxes["end"].y


def test_across_runs_from_left_to_right() -> None:
    laid = laid_out(
        boxes_of(CHAIN), lines_of("begin check", "check review", "review approve", "approve end"), across=True
    )
    assert {place.y for place in laid.boxes.values()} == {laid.boxes["begin"].y}
    assert [place.x for place in laid.boxes.values()] == sorted(place.x for place in laid.boxes.values())


def test_a_way_back_turns_and_does_not_move_what_comes_first() -> None:
    """A return is drawn from the later box up to the earlier one, beside the way down."""
    there = lines_of("begin check", "check review", "review approve", "approve end")
    plain = laid_out(boxes_of(CHAIN), there)
    laid = laid_out(boxes_of(CHAIN), (*there, Line("approve", "check", side=True)))
    order = [name for name, _ in sorted(laid.boxes.items(), key=lambda pair: pair[1].y)]
    assert order == CHAIN.split()
    back = laid.lines[-1].points
    assert back[0][1] > back[-1][1], "it runs up"
    assert back[0] != laid.lines[2].points[-1], "it leaves beside the way that comes in"
    assert {name: place.y for name, place in plain.boxes.items()}.keys() == laid.boxes.keys()


def test_branches_that_could_be_drawn_without_crossing_are() -> None:
    laid = laid_out(
        boxes_of("split a b c d join"),
        lines_of("split a", "split b", "split c", "c d", "a join", "b join", "d join", width=0),
    )
    assert crossings(laid) == 0
    ys = {laid.boxes[name].y for name in "abc"}
    assert len(ys) == 1, "branches stand side by side"


def test_labels_stand_on_their_own_ways() -> None:
    laid = laid_out(boxes_of("ask yes no"), lines_of("ask yes", "ask no", width=90))
    for way in laid.lines:
        x, y = way.label
        assert any(
            min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2) for (x1, y1), (x2, y2) in pieces(way)
        )


def test_the_largest_flow_that_may_be_written_is_laid_out_in_time() -> None:
    """500 steps, the most that a document may have: half of them in ladders of returns."""
    boxes = tuple(Box(f"n{at}", 160, 50) for at in range(500))
    lines = [Line(f"n{at}", f"n{at + 1}") for at in range(499)]
    lines += [Line(f"n{at}", f"n{at + 7}", width=60, height=16) for at in range(0, 480, 5)]
    lines += [Line(f"n{at + 3}", f"n{at}", side=True) for at in range(0, 480, 4)]
    begun = time.process_time()
    laid_out(boxes, tuple(lines))
    assert time.process_time() - begun < 10


def test_the_same_picture_every_time() -> None:
    boxes, lines = boxes_of("a b c d"), lines_of("a b", "a c", "b d", "c d", "d a")
    one = laid_out(boxes, lines)
    laid_out.cache_clear()
    assert laid_out(boxes, lines) == one
