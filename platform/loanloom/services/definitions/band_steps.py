"""Changing the bands of a score card by their borders: what was typed becomes one step of a draft.

Between two borders lies one band or none. Moving a border moves the end of one band and the beginning of the next, so
that no gap comes about by itself; a piece without points has no band.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from loanloom.engines.scoring.intervals import Joined
from loanloom.metadata import steps
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import is_index
from loanloom.metadata.steps import Step
from loanloom.problems import Problem, Text, text
from loanloom.services.definitions.score_bands import Piece, joined_of
from loanloom.services.definitions.sheet import Cell
from loanloom.services.definitions.typed import parsed
from loanloom.services.errors import Refused

POINTS = text("points", "分值")
BORDER = text("border", "边界")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A piece as it shall be: `band` is the place of the band that it was, None for one that is new or has none."""

    low: Decimal | None
    high: Decimal | None
    band: int | None
    points: Decimal | None


def step_for(
    document: Document, place: int, typed: Mapping[str, str], do: str, pieces: Sequence[Piece] = ()
) -> Step:  # fmt: skip
    """What was typed for one characteristic, and what is to be done with its pieces: split:N, join:N (with the next).

    `pieces` are those with real cases: a piece is split at the middle of what lies in it.
    """
    listed = document.spec["characteristics"]
    if not 0 <= place < len(listed):
        raise Refused(_gone())
    spec, pointer = listed[place], f"/spec/characteristics/{place}"
    values = dict(_policies(spec, pointer, typed))
    if "bands" not in spec:
        values |= _options(spec, pointer, typed)
        return steps.set_values(values)
    drawn = _done(_read(spec, typed), do, pieces)
    return steps.in_turn(steps.set_values(values), _bands(spec, f"{pointer}/bands", drawn))


def _policies(spec: Mapping[str, Any], pointer: str, typed: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The points of what is unknown and of everything else, where they are points."""
    for name in ("missing", "otherwise"):
        held = spec.get(name)
        if isinstance(held, Mapping) and name in typed:
            points = _number(typed[name], name, POINTS)
            if points is None:
                raise Refused(_empty(name))
            if points != Decimal(held["points"]):
                yield f"{pointer}/{name}/points", _plain(points)


def _options(spec: Mapping[str, Any], pointer: str, typed: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for at, option in enumerate(spec["options"]):
        name = f"points.{at}"
        points = _number(typed.get(name, str(option["points"])), name, POINTS)
        if points is None:
            raise Refused(_empty(name))
        if points != Decimal(option["points"]):
            found[f"{pointer}/options/{at}/points"] = _plain(points)
    return found


def grades_step(document: Document, typed: Mapping[str, str]) -> Step:
    """The borders between grades as they were typed."""
    grades = document.spec["grades"]
    joined, edges = _edges(grades, typed)
    values: dict[str, Any] = {}
    for at, place in enumerate(joined.places):
        for name, value in (("from", edges[at]), ("to", edges[at + 1])):
            if place is not None and value is not None and Decimal(grades[place][name]) != value:
                values[f"/spec/grades/{place}/{name}"] = _plain(value)
    return steps.set_values(values)


def _edges(spans: Sequence[Mapping[str, Any]], typed: Mapping[str, str]) -> tuple[Joined, list[Decimal | None]]:
    """The line cut as it is, and the borders that were typed; what was not typed stays."""
    joined = joined_of(spans)
    if joined.overlaps or joined.empty:
        raise Refused(_tangled())
    borders: list[Decimal] = []
    for at, border in enumerate(joined.borders):
        name = f"border.{at}"
        value = _number(typed.get(name, str(border)), name, BORDER)
        if value is None:
            raise Refused(_empty(name))
        if borders and value <= borders[-1]:
            raise Refused(_not_ascending(name))
        borders.append(value)
    return joined, [None, *borders, None]


def _read(spec: Mapping[str, Any], typed: Mapping[str, str]) -> list[Drawn]:
    """The pieces with the borders and points that were typed."""
    joined, edges = _edges(spec["bands"], typed)
    found = []
    for at, band in enumerate(joined.places):
        name = f"points.{at}"
        usual = "" if band is None else str(spec["bands"][band]["points"])
        points = _number(typed.get(name, usual), name, POINTS)
        found.append(Drawn(low=edges[at], high=edges[at + 1], band=band, points=points))
    return found


def _done(drawn: list[Drawn], do: str, pieces: Sequence[Piece]) -> list[Drawn]:
    what, _, rest = do.partition(":")
    at = int(rest) if is_index(rest) else -1
    if what == "split" and 0 <= at < len(drawn):
        one = drawn[at]
        middle = _middle(one, pieces[at].middle if at < len(pieces) else None)
        if middle is None:
            raise Refused(_no_room())
        return [*drawn[:at], replace(one, high=middle), replace(one, low=middle, band=None), *drawn[at + 1 :]]
    if what == "join" and 0 <= at < len(drawn) - 1:
        one, following = drawn[at], drawn[at + 1]
        kept = one if one.points is not None else following
        return [*drawn[:at], replace(kept, low=one.low, high=following.high), *drawn[at + 2 :]]
    if what in ("split", "join"):
        raise Refused(_gone())
    return drawn


def _middle(one: Drawn, seen: Decimal | None) -> Decimal | None:
    """Where a piece is split: in the middle of its cases, else of itself, else one beyond its only end."""
    if one.low is not None and one.high is not None:
        half = (one.low + one.high) / 2
        spread = one.high - one.low
        seen = None if seen is None else seen.quantize(Decimal(1).scaleb(max(spread.adjusted() - 2, -6)))
        return seen if seen is not None and one.low < seen < one.high else half
    if seen is not None and (one.low is None or seen > one.low) and (one.high is None or seen < one.high):
        return seen
    if one.low is not None:
        return one.low + 1
    return Decimal(0) if one.high is None else one.high - 1


def _bands(spec: Mapping[str, Any], pointer: str, drawn: Sequence[Drawn]) -> Step:
    """From the bands there are to the pieces as they shall be: values set, bands taken out, bands put in."""
    listed, values, gone = spec["bands"], {}, []
    for one in drawn:
        if one.band is None or one.points is None:
            continue
        at, band = f"{pointer}/{one.band}", listed[one.band]
        for name, value in (("from", one.low), ("to", one.high), ("points", one.points)):
            if value is None and name in band:
                gone.append(f"{at}/{name}")
            elif value is not None and (name not in band or Decimal(band[name]) != value):
                values[f"{at}/{name}"] = _plain(value)
    order: list[int | None] = list(range(len(listed)))
    several = [steps.set_values(values, gone)]
    kept = {one.band for one in drawn if one.points is not None}
    for band in sorted(set(range(len(listed))) - kept, reverse=True):
        several.append(steps.remove(f"{pointer}/{band}"))
        order.remove(band)
    return steps.in_turn(*several, *_new(drawn, pointer, order))


def _new(drawn: Sequence[Drawn], pointer: str, order: list[int | None]) -> Iterator[Step]:
    """Every band that is new, behind the one before it."""
    behind = 0
    for one in drawn:
        if one.points is None:
            continue
        if one.band is not None:
            behind = order.index(one.band) + 1
            continue
        place = f"{pointer}/{behind}" if behind < len(order) else f"{pointer}/-"
        bounds = {"from": one.low, "to": one.high, "points": one.points}
        yield steps.add_item(place, {name: _plain(value) for name, value in bounds.items() if value is not None})
        order.insert(behind, None)
        behind += 1


def _number(typed: str, name: str, what: Text) -> Decimal | None:
    """A number that was typed; None for nothing."""
    if not typed.strip():
        return None
    value, wrong = parsed(Cell(pointer=name, label=what, words=what, kind="number"), [typed])
    if wrong is not None:
        raise Refused(wrong.at(field=name))
    return Decimal(value)


def _plain(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value


def _gone() -> Problem:
    return Problem(
        code="bands.gone", message=text("This is no longer there.", "该内容已不存在。"),
        hint=text("Look at the card as it is now, then try again.", "请查看最新内容后重试。"),
    )  # fmt: skip


def _empty(name: str) -> Problem:
    return Problem(code="bands.empty", field=name, message=text("Write a number here.", "请填写数值。"))


def _tangled() -> Problem:
    return Problem(
        code="bands.tangled",
        message=text("These bands overlap or are empty.", "这些区间存在重叠或为空。"),
        hint=text("Mend them in the content first.", "请先在“内容”中修正。"),
    )


def _not_ascending(name: str) -> Problem:
    message = text("A border must be higher than the one before.", "边界必须大于上一个边界。")
    return Problem(code="bands.not_ascending", field=name, message=message)


def _no_room() -> Problem:
    return Problem(code="bands.no_room", message=text("This band cannot be split.", "该区间无法再拆分。"))
