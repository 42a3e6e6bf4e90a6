"""A score card over real cases: for each characteristic how the values fall, what each band or option holds, how it was
decided there; and the grades that come of it. Counts only; the changes are in `band_steps`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from loanloom.engines import scoring
from loanloom.engines.scoring.indicators import Indicator, sound_indicators
from loanloom.engines.scoring.intervals import Joined, Span, joints
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text
from loanloom.services.definitions.recent_cases import Case
from loanloom.services.definitions.spreads import Held, Histogram, held_of, histogram


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of the line between two borders. `band` is the place of its band, None where no band is."""

    place: int
    low: Decimal | None
    high: Decimal | None
    band: int | None
    points: Decimal | None
    held: Held
    middle: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option of a characteristic of codes."""

    place: int
    label: Text
    points: Decimal
    held: Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristic:
    """One characteristic with what real cases have there. `tangled`: its bands overlap or are empty."""

    place: int
    indicator: str
    title: Text
    unit: Text | None
    closed_left: bool
    is_banded: bool
    tangled: bool
    pieces: tuple[Piece, ...]
    choices: tuple[Choice, ...]
    unknown: Held
    unknown_points: Decimal | None
    elsewhere: Held
    elsewhere_points: Decimal | None
    histogram: Histogram | None
    cases: int


@dataclass(frozen=True, slots=True)
class GradeHeld:
    """One grade: from how many points, what the card as it is here gives, and what is live. `border` is the number of
    the border that it begins at, None for the lowest one and where grades overlap.
    """

    key: str | None
    title: Text
    here: Held
    live: Held | None
    low: Decimal | None
    border: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The grades that come of a card, and the middle of the points. Without grades where the card has mistakes."""

    grades: tuple[GradeHeld, ...]
    mean: Decimal | None
    live_mean: Decimal | None


def characteristics(document: Document, registry: Registry, cases: Sequence[Case]) -> tuple[Characteristic, ...]:
    """Every characteristic of a card, with these cases."""
    known = sound_indicators(registry, None)
    return tuple(
        _characteristic(place, spec, known.by_key(spec["indicator"]), registry, cases)
        for place, spec in enumerate(document.spec["characteristics"])
    )


def _characteristic(
    place: int, spec: Mapping[str, Any], indicator: Indicator | None, registry: Registry, cases: Sequence[Case]
) -> Characteristic:
    key = spec["indicator"]
    named = registry.get("indicator", key)
    banded = "bands" in spec
    joined = joined_of(spec["bands"]) if banded else None
    closed_left = spec.get("closed", "left") == "left"
    pieces = _pieces(spec, joined, closed_left, key, cases) if joined is not None else ()
    options = () if banded else _choices(spec, indicator, key, cases)
    codes = set() if banded else {code for one in spec["options"] for code in one["in"]}
    values = [value for value in (one.values.get(key) for one in cases) if isinstance(value, Decimal)]
    unknown = [one for one in cases if one.values.get(key) is None]
    elsewhere = [one for one in cases if not banded and one.values.get(key) not in {None, *codes}]
    return Characteristic(
        place=place, indicator=key, title=spec.get("title") or (named.title if named else text(key, key)),
        unit=indicator.unit if indicator else None, closed_left=closed_left, is_banded=banded,
        tangled=joined is not None and bool(joined.overlaps or joined.empty), pieces=pieces, choices=options,
        unknown=held_of(unknown, len(cases)), unknown_points=_points(spec.get("missing")),
        elsewhere=held_of(elsewhere, len(cases)),
        elsewhere_points=_points(spec.get("otherwise")),
        histogram=histogram(values, joined.borders) if joined is not None else None, cases=len(cases),
    )  # fmt: skip


def joined_of(bands: Sequence[Mapping[str, Any]]) -> Joined:
    """Bands or grades as pieces of the line."""
    return joints([Span(_decimal(one.get("from")), _decimal(one.get("to")), at) for at, one in enumerate(bands)])


def _pieces(
    spec: Mapping[str, Any], joined: Joined, closed_left: bool, key: str, cases: Sequence[Case]
) -> tuple[Piece, ...]:
    edges = [None, *joined.borders, None]
    cut = bisect_right if closed_left else bisect_left
    where: dict[int, list[Case]] = {}
    for one in cases:
        value = one.values.get(key)
        if isinstance(value, Decimal):
            where.setdefault(cut(joined.borders, value), []).append(one)
    found = []
    for place, band in enumerate(joined.places):
        inside = where.get(place, [])
        points = None if band is None else Decimal(spec["bands"][band]["points"])
        middle = median([one.values[key] for one in inside]) if inside else None
        found.append(
            Piece(
                place=place,
                low=edges[place],
                high=edges[place + 1],
                band=band,
                points=points,
                held=held_of(inside, len(cases)),
                middle=middle,
            )
        )
    return tuple(found)


def _choices(
    spec: Mapping[str, Any], indicator: Indicator | None, key: str, cases: Sequence[Case]
) -> tuple[Choice, ...]:
    found = []
    for place, option in enumerate(spec["options"]):
        inside = [one for one in cases if one.values.get(key) in option["in"]]
        label, points = _labelled(option["in"], indicator), Decimal(option["points"])
        found.append(Choice(place=place, label=label, points=points, held=held_of(inside, len(cases))))
    return tuple(found)


def _labelled(codes: Iterable[Any], indicator: Indicator | None) -> Text:
    words = [indicator.value_words(code) if indicator else text(str(code), str(code)) for code in codes]
    return {"en": ", ".join(one["en"] for one in words), "zh": "、".join(one["zh"] for one in words)}


def _points(policy: Any) -> Decimal | None:
    return Decimal(policy["points"]) if isinstance(policy, Mapping) else None


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def totals(document: Document, live: Document | None, registry: Registry, cases: Sequence[Case]) -> Totals:
    """The grades of these cases by the card as it is here, beside the live one."""
    here = _graded(document, registry, cases)
    before = _graded(live, registry, cases) if live is not None and live.digest != document.digest else None
    if here is None:
        return Totals((), None, None)
    names: dict[str | None, Text] = {str(one["key"]): one["title"] for one in document.spec["grades"]}
    if None in here[0] or (before is not None and None in before[0]):
        names[None] = text("not scored", "未评分")
    joined = joined_of(document.spec["grades"])
    lows = {str(one["key"]): _decimal(one.get("from")) for one in document.spec["grades"]}
    grades = []
    for key, title in names.items():
        low = lows.get(key or "")
        border = joined.borders.index(low) if low is not None and not joined.overlaps and not joined.empty else None
        live_one = held_of(before[0].get(key, []), len(cases)) if before else None
        grades.append(GradeHeld(key, title, held_of(here[0].get(key, []), len(cases)), live_one, low, border))
    return Totals(tuple(grades), here[1], before[1] if before else None)


def _graded(
    document: Document, registry: Registry, cases: Sequence[Case]
) -> tuple[dict[str | None, list[Case]], Decimal | None] | None:
    """The cases by grade, and their mean points; None where the card has mistakes."""
    card = scoring.compile_scorecard(document, registry).card
    if card is None:
        return None
    found: dict[str | None, list[Case]] = {}
    points = []
    for one in cases:
        score = scoring.score(card, one.values)
        found.setdefault(score.grade.key if score.grade else None, []).append(one)
        if score.points is not None:
            points.append(score.points)
    return found, sum(points, Decimal(0)) / len(points) if points else None
