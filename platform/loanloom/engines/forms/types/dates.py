"""Days, months and periods. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from loanloom.core.dates import written_day
from loanloom.engines.forms import formats
from loanloom.engines.forms.types.base import Fault, Inputs, built_in, text_of, write_plain

if TYPE_CHECKING:
    from loanloom.engines.forms.model import Spec

_BETWEEN = re.compile(r"\s*(?:/|～|~|至|到|—|–|\bto\b)\s*")


def _day_of(raw: Any) -> date | None:
    if isinstance(raw, date):
        return raw
    value = text_of(raw).strip()
    if not value:
        return None
    found = written_day(value)
    if found is None:
        raise Fault(
            "not_a_date",
            f"“{value[:40]}” is not a date of the calendar; write 2026-01-31.",
            f"“{value[:40]}”不是有效日期，请按2026-01-31填写。",
        )
    return found


def _read_date(raw: Any, spec: Spec) -> date | None:
    value = _day_of(raw)
    return None if value is None else _within(value, spec)


def _within(value: date, spec: Spec) -> date:
    low, high = spec.minimum, spec.maximum
    if isinstance(low, date) and value < low:
        raise Fault("below_minimum", f"Not before {low.isoformat()}.", f"不得早于{low.isoformat()}。")
    if isinstance(high, date) and value > high:
        raise Fault("above_maximum", f"Not after {high.isoformat()}.", f"不得晚于{high.isoformat()}。")
    return value


def _write_date(value: Any, spec: Spec) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _read_month(raw: Any, spec: Spec) -> str | None:
    value = text_of(raw).strip()
    if not value:
        return None
    found = formats.month(value)
    if found is None:
        raise Fault(
            "not_a_month",
            f"“{value[:40]}” is not a month; write 2026-01.",
            f"“{value[:40]}”不是有效月份，请按2026-01填写。",
        )
    return found


def _read_period(raw: Any, spec: Spec) -> dict[str, date] | None:
    """Both days, the first not after the last; from two inputs, a fact, or one text with “to” between."""
    if not isinstance(raw, Mapping):
        written = _BETWEEN.split(text_of(raw).strip(), maxsplit=1)
        raw = {"start": written[0], "end": written[1] if len(written) > 1 else ""}
    start, end = _day_of(raw.get("start") or ""), _day_of(raw.get("end") or "")
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise Fault("half_period", "Both days are needed.", "请同时填写起始日和截止日。", unfinished=True)
    if start > end:
        raise Fault("period_turned", "The period ends before it begins.", "截止日早于起始日。")
    return {"start": _within(start, spec), "end": _within(end, spec)}


def _write_period(value: Any, spec: Spec) -> str:
    return " – ".join(_write_date(one, spec) for one in (value.get("start"), value.get("end")) if one)


def _period_inputs(value: Any, spec: Spec) -> Inputs:
    return {name: _write_date(value[name], spec) for name in ("start", "end") if value.get(name)}


def _period_words(value: Any, spec: Spec, language: str) -> str:
    start, end = (_write_date(value.get(name) or "…", spec) for name in ("start", "end"))
    return f"{start} 至 {end}" if language == "zh" else f"{start} to {end}"


TYPES = {
    "date": built_in("date", _read_date, _write_date),
    "month": built_in("month", _read_month, write_plain),
    "period": built_in(
        "period", _read_period, _write_period, inputs=("start", "end"), parts=_period_inputs, words=_period_words
    ),
}
