"""Expressions run over a frame of facts in polars beside compiled Python and the interpreter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from loanloom import feel
from loanloom.feel.running.interpreter import Interpreter, Located
from loanloom.feel.targets.polars.frame import frame
from loanloom.feel.targets.polars.target import to_polars
from loanloom.feel.targets.translation import Translation

FAULT = "fault"


def same(one: Any, other: Any) -> bool:
    """Digit by digit, trailing zeros aside; lists and records item by item."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    return type(one) is type(other) and bool(one == other)


def translated(expression: str, scope: feel.Type) -> tuple[feel.Checked, Translation[pl.Expr]]:
    checked = feel.check(expression, scope)
    assert checked.ok, (expression, [one.in_words() for one in checked.problems])
    return checked, to_polars(checked)


def python(checked: feel.Checked, row: Mapping[str, Any]) -> Any:
    assert checked.program is not None
    found = checked.program.evaluate(row)
    return FAULT if found.problem is not None else _plain(found.value)


def reference(checked: feel.Checked, row: Mapping[str, Any]) -> Any:
    assert checked.program is not None
    try:
        return _plain(Interpreter(row).run(checked.program.tree))
    except (Located, feel.problems.Fault):
        return FAULT


def _plain(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, feel.Months):
        return Decimal(value.total)
    if isinstance(value, tuple):
        return list(value)
    return value


def polars(translation: Translation[pl.Expr], data: pl.DataFrame, *, lazily: bool = False) -> list[Any]:
    """The value of each row, or FAULT."""
    assert translation.value is not None
    fault = translation.fault if translation.fault is not None else pl.lit(False)
    wanted = {"place": pl.int_range(pl.len()), "value": translation.value, "fault": fault}
    found = data.lazy().select(**wanted).collect() if lazily else data.select(**wanted)
    assert found.height == data.height
    assert found["fault"].null_count() == 0
    assert found.filter(pl.col("fault"))["value"].null_count() == found["fault"].sum()
    values, faults = found["value"].to_list(), found["fault"].to_list()
    return [FAULT if bad else _plain(value) for value, bad in zip(values, faults, strict=True)]


def disagreements(
    expression: str, scope: feel.Type, rows: Sequence[Mapping[str, Any]], types: Mapping[str, feel.Type]
) -> list[tuple[Any, ...]] | None:
    """Where the three differ; None where polars refuses the expression."""
    checked, translation = translated(expression, scope)
    if translation.problems:
        return None
    data = frame(types, rows)
    came = polars(translation, data)
    assert came[:2] == polars(translation, data.head(2)), expression  # few rows, where all may be alike
    if len(expression) % 3 == 0:  # planning a query is slow, so not for all
        assert came == polars(translation, data, lazily=True), expression
    found = []
    for row, by_polars in zip(rows, came, strict=True):
        one, other = python(checked, row), reference(checked, row)
        if not (same(one, other) and same(one, by_polars)):
            found.append((expression, row, one, other, by_polars))
    return found
