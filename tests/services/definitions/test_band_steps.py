"""Bands of a score card changed by their borders: the text keeps its comments, no gap comes about by itself."""

from __future__ import annotations

from bisect import bisect_right
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry
from loanloom.services.definitions.band_steps import grades_step, step_for
from loanloom.services.definitions.recent_cases import Case
from loanloom.services.definitions.score_bands import characteristics, joined_of
from loanloom.services.definitions.spreads import histogram, spread
from loanloom.services.errors import Refused

CARD = """\
apiVersion: loanloom/v1
kind: scorecard
key: card
title: {en: Card, zh: 评分卡}
spec:
  subject: application
  characteristics:
    - indicator: term_months
      reason: {en: Long, zh: 长}
      bands:
        - {to: 10, points: 15}      # short
        - {from: 10, to: 20, points: 5}   # usual
        - {from: 20, points: -10}   # long
      missing: {points: 0}
    - indicator: housing
      reason: {en: Rents, zh: 租}
      options:
        - {in: [owned], points: 10}
        - {in: [rented], points: -5}
      otherwise: error
  grades:
    - {key: A, title: {en: A, zh: A}}
"""


def document(text: str = CARD):
    return read_document(text, "card.yaml").document


def changed(typed: dict[str, str], do: str = "save", *, text: str = CARD, place: int = 0, pieces=()) -> str:
    edited = step_for(document(text), place, typed, do, pieces).edit(text)
    assert not edited.problems
    return edited.text


def bands(text: str) -> list[dict]:
    return [dict(one) for one in document(text).spec["characteristics"][0]["bands"]]


def test_a_border_that_moves_ends_one_band_and_begins_the_next() -> None:
    after = changed({"border.0": "12"})
    assert bands(after) == [
        {"to": 12, "points": 15}, {"from": 12, "to": 20, "points": 5}, {"from": 20, "points": -10},
    ]  # fmt: skip
    assert "# short" in after and "# usual" in after and "# long" in after


def test_what_is_left_as_it_was_leaves_the_text_alone() -> None:
    typed = {"border.0": "10", "border.1": "20", "points.0": "15", "points.1": "5", "points.2": "-10", "missing": "0"}
    assert changed(typed) == CARD


def test_a_band_is_split_in_the_middle_of_its_cases_or_of_itself() -> None:
    assert [one.get("to") for one in bands(changed({}, "split:1"))] == [10, 15, 20, None]
    seen = [Case(None, None, {"term_months": Decimal(one)}) for one in (11, 12, 13, 19, 30)]
    pieces = characteristics(document(), Registry({}, load_kinds()), seen)[0].pieces
    after = bands(changed({}, "split:1", pieces=pieces))
    assert [one.get("to") for one in after] == [10, Decimal("12.5"), 20, None]
    assert [one["points"] for one in after] == [15, 5, 5, -10]


def test_two_bands_are_joined_and_the_first_one_stays() -> None:
    after = changed({}, "join:1")
    assert bands(after) == [{"to": 10, "points": 15}, {"from": 10, "points": 5}]
    assert "# usual" in after and "# long" not in after
    assert bands(changed({}, "join:0"))[0] == {"to": 20, "points": 15}


def test_a_piece_without_points_has_no_band_and_gets_one_with_points() -> None:
    gap = changed({"points.1": ""})
    assert bands(gap) == [{"to": 10, "points": 15}, {"from": 20, "points": -10}]
    again = changed({"points.1": "3"}, text=gap)
    assert bands(again) == [
        {"to": 10, "points": 15}, {"from": 10, "to": 20, "points": 3}, {"from": 20, "points": -10},
    ]  # fmt: skip


def test_points_of_options_and_of_the_unknown() -> None:
    assert "{in: [rented], points: -8}" in changed({"points.1": "-8"}, place=1)
    assert "missing: {points: -20}" in changed({"missing": "-20"})


@pytest.mark.parametrize(
    ("typed", "do", "field"),
    [
        ({"border.0": "20"}, "save", "border.1"),
        ({"border.1": ""}, "save", "border.1"),
        ({"border.0": "ten"}, "save", "border.0"),
        ({"points.0": "1e99"}, "save", "points.0"),
        ({"missing": ""}, "save", "missing"),
        ({}, "split:9", None),
        ({}, "join:2", None),
        ({}, "split:-1", None),
    ],
)
def test_what_cannot_be_is_said_at_its_place(typed, do, field) -> None:
    with pytest.raises(Refused) as refused:
        step_for(document(), 0, typed, do)
    assert refused.value.problems[0].field == field


def test_a_characteristic_that_is_gone_and_bands_that_overlap() -> None:
    with pytest.raises(Refused):
        step_for(document(), 7, {}, "save")
    with pytest.raises(Refused) as refused:
        step_for(document(CARD.replace("to: 20", "to: 25")), 0, {}, "save")
    assert refused.value.problems[0].code == "bands.tangled"


@given(
    borders=st.lists(st.integers(-1000, 1000), min_size=2, max_size=2, unique=True).map(sorted),
    points=st.lists(st.integers(-70, 50).map(lambda one: None if one < -50 else one), min_size=3, max_size=3),
    do=st.sampled_from(["save", "split:0", "split:1", "split:2", "join:0", "join:1"]),
)
def test_bands_never_overlap_and_say_what_was_typed(borders, points, do) -> None:
    assume(any(one is not None for one in points))
    typed = {f"border.{at}": str(one) for at, one in enumerate(borders)}
    typed |= {f"points.{at}": "" if one is None else str(one) for at, one in enumerate(points)}
    after = changed(typed, do)
    joined = joined_of(document(after).spec["characteristics"][0]["bands"])
    assert not joined.overlaps and not joined.empty
    if do == "save":
        found = [
            None if band is None else bands(after)[band]["points"]
            for band in _at(joined, [Decimal(borders[0]) - 1, Decimal(borders[0]), Decimal(borders[1])])
        ]
        assert found == points


def _at(joined, values):
    return [joined.places[bisect_right(joined.borders, value)] for value in values]


@given(st.lists(st.decimals(-10_000, 10_000, places=2), min_size=1, max_size=300), st.lists(st.integers(-50, 50)))
def test_every_value_is_in_some_bar_and_every_border_in_sight(values, borders) -> None:
    drawn = histogram(values, [Decimal(one) for one in borders])
    assert drawn is not None
    assert sum(bar.count for bar in drawn.bars) == len(values)
    assert all(drawn.low < border < drawn.high for border in drawn.borders)


def test_quarters_and_codes() -> None:
    cases = [Case(None, None, {"a": Decimal(one)}) for one in range(1, 6)] + [Case(None, None, {"a": None})]
    found = spread("a", cases)
    assert (found.known, found.unknown, found.quarters) == (5, 1, (1, 2, 3, 4, 5))
    coded = spread("a", [Case(True, None, {"a": "x"}), Case(False, None, {"a": "x"}), Case(None, None, {"a": "y"})])
    assert [(code, held.count, held.approved) for code, held in coded.codes] == [
        ("x", 2, Decimal("0.5")), ("y", 1, None),
    ]  # fmt: skip
    assert coded.histogram is None


def test_a_border_between_grades_moves_both() -> None:
    text = CARD.replace(
        "- {key: A, title: {en: A, zh: A}}",
        "- {key: A, title: {en: A, zh: A}, from: 20}   # good\n    - {key: B, title: {en: B, zh: B}, to: 20}",
    )
    after = grades_step(document(text), {"border.0": "12.5"}).edit(text).text
    assert "from: 12.5}   # good" in after and "to: 12.5}" in after
    assert grades_step(document(text), {}).edit(text).text == text
    with pytest.raises(Refused):
        grades_step(document(text), {"border.0": "much"})
