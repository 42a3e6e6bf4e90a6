"""Points of a score card as polars expressions: bins, sum, grade and the ranked reasons. Whole numbers throughout."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from loanloom.engines.scoring.model import Bin, Characteristic, Scorecard
from loanloom.feel import Type


@dataclass(frozen=True, slots=True)
class Points:
    """What one characteristic gives and how much less than its best, scaled; null where it has no bin."""

    points: pl.Expr
    lost: pl.Expr


def points_scale(card: Scorecard) -> int:
    """Decimals that hold every number of points of a card."""
    found = [card.base]
    for one in card.characteristics:
        found += [each.points for each in _bins(one)] + [each.lost for each in _bins(one)]
    for grade in card.grades:
        found += [end for end in (grade.low, grade.high) if end is not None]
    return max(0, *(-int(one.normalize().as_tuple().exponent) for one in found))


def _bins(one: Characteristic) -> list[Bin]:
    return [each for each in (*one.bins, *one.options.values(), one.missing, one.otherwise) if each is not None]


def points_of(one: Characteristic, name: str, type_: Type | None, scale: int) -> Points:
    """The points of a characteristic from its indicator's column; without a type they were found case by case."""
    if type_ is None:
        return Points(pl.col(f"{name}.points"), pl.col(f"{name}.lost"))
    points = _picked(one, pl.col(name), type_, lambda found: scaled(found.points, scale))
    return Points(points, _picked(one, pl.col(name), type_, lambda found: scaled(found.lost, scale)))


def _picked(one: Characteristic, value: pl.Expr, type_: Type, pick: Callable[[Bin], int]) -> pl.Expr:
    def give(found: Bin | None) -> pl.Expr:
        return pl.lit(None if found is None else pick(found), dtype=pl.Int64)

    if one.borders is None:
        tests = [(_is(value, code, type_), give(found)) for code, found in one.options.items()]
        rest = give(one.otherwise)
    else:
        whole, borders = _comparable(value, type_, one.borders)
        below = [whole < border if one.closed_left else whole <= border for border in borders]
        tests = list(zip(below, map(give, one.bins), strict=False))
        rest = give(one.bins[-1])
    for test, found in reversed(tests):
        rest = pl.when(test).then(found).otherwise(rest)
    return pl.when(value.is_null()).then(give(one.missing)).otherwise(rest)


def _is(value: pl.Expr, code: Any, type_: Type) -> pl.Expr:
    """Whether a value is a code."""
    if not isinstance(code, Decimal):
        return value == pl.lit(code)
    whole, codes = _comparable(value, type_, (code,))
    return whole == codes[0]


def _comparable(value: pl.Expr, type_: Type, borders: Sequence[Decimal]) -> tuple[pl.Expr, list[pl.Expr]]:
    """A number and the borders it is held against, as integers of one scale."""
    mine = type_.digits.scale if type_.digits else 0
    scale = max(mine, *(-int(one.normalize().as_tuple().exponent) for one in borders), 0)
    whole = value.cast(pl.Decimal(38, mine)).to_physical()
    ends = [scaled(one, scale) for one in borders]
    digits = (type_.digits.whole if type_.digits else 38) + scale
    dtype = pl.Int64 if digits <= 18 and all(abs(one) < 10**18 for one in ends) else pl.Int128
    factor = pl.lit(10 ** (scale - mine), dtype=dtype)
    whole = whole.cast(dtype) if scale == mine else whole.cast(dtype) * factor
    return whole, [pl.lit(one, dtype=dtype) for one in ends]


def scaled(value: Decimal, scale: int) -> int:
    """Points as a whole number of so many decimals."""
    return int(value.scaleb(scale))


def scored(card: Scorecard, data: pl.DataFrame, found: Mapping[str, Points], scale: int) -> pl.DataFrame:
    """Points, grade, reasons and what is unknown. Column by column: what several read is computed once."""
    points = {key: pl.col(f"points.{key}") for key in found}
    lost = {key: pl.col(f"lost.{key}") for key in found}
    data = data.select(
        **{f"points.{key}": one.points for key, one in found.items()},
        **{f"lost.{key}": one.lost for key, one in found.items()},
    )
    base = pl.lit(scaled(card.base, scale), dtype=pl.Int64)
    data = data.with_columns(total=sum(points.values(), base))
    data = data.with_columns(grade=_grade(card, pl.col("total"), scale))
    data = data.with_columns(known=pl.col("grade").is_not_null())
    whole = pl.when(pl.col("known")).then(pl.col("total"))
    return data.select(
        points=whole.cast(pl.Int128).reinterpret(dtype=pl.Decimal(38, scale)),
        grade=pl.col("grade"),
        reasons=_reasons(card, lost, scale),
        unknown=pl.concat_list(
            [pl.when(one.is_null()).then(pl.lit(key)) for key, one in points.items()]
        ).list.drop_nulls(),
    )


def _grade(card: Scorecard, total: pl.Expr, scale: int) -> pl.Expr:
    rest: pl.Expr = pl.lit(None, dtype=pl.String)
    for grade in reversed(card.grades):
        test = total.is_not_null()
        if grade.low is not None:
            test &= total >= scaled(grade.low, scale)
        if grade.high is not None:
            test &= total < scaled(grade.high, scale)
        rest = pl.when(test).then(pl.lit(grade.key)).otherwise(rest)
    return rest


def _reasons(card: Scorecard, lost: Mapping[str, pl.Expr], scale: int) -> pl.Expr:
    """The characteristics that lost most; among equals the earlier one. Each is one number, so that sorting is cheap:
    what is lost above, the place from the end below.
    """
    keys, many = list(lost), len(lost)
    codes = [
        pl.when(pl.col("known") & (one > 0)).then(one * many + (many - 1 - place))
        for place, one in enumerate(lost.values())
    ]
    ranked = pl.concat_list(codes).list.drop_nulls().list.sort(descending=True).list.head(card.reason_count)
    each = pl.element()
    reason = pl.struct(
        (many - 1 - each % many).replace_strict(range(many), keys, return_dtype=pl.String).alias("indicator"),
        (each // many).cast(pl.Int128).reinterpret(dtype=pl.Decimal(38, scale)).alias("lost"),
    )
    return ranked.list.eval(reason)
