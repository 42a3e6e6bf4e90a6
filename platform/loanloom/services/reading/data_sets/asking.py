"""What a reader asks of a list: words, filters, order, columns and the place to go on from; read from the address.

Unknown names and unreadable values are dropped, with a Problem for each value, so that an old bookmark still opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from decimal import Decimal
from typing import Any

from loanloom.core.dates import written_day
from loanloom.core.money import is_writable
from loanloom.engines.forms import formats
from loanloom.engines.reports.fields import Field
from loanloom.problems import Problem, say, text
from loanloom.services.reading.data_sets.model import DataSet

LONGEST_WORDS = 64
MOST_COLUMNS = 24
MOST_VALUES = 20
MOST_SORTS = 3
YES = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Range:
    """From and to, both inclusive; None is open."""

    first: Any = None
    last: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list as asked for."""

    words: str = ""
    filters: Mapping[str, tuple[Any, ...] | Range] = default(default_factory=dict)
    order: tuple[tuple[str, bool], ...] = ()
    columns: tuple[str, ...] = ()
    after: str | None = None
    before: str | None = None
    problems: tuple[Problem, ...] = ()


def read_question(
    arguments: Mapping[str, Sequence[str]],
    data_set: DataSet,
    *,
    columns: Iterable[str],
    order: Iterable[tuple[str, bool]],
) -> Asked:
    """The question in an address; what it leaves out comes from the page document."""
    problems: list[Problem] = []
    filters: dict[str, tuple[Any, ...] | Range] = {}
    for path, column in data_set.fields.items():
        found = _filter(arguments, path, column, problems)
        if found is not None:
            filters[path] = found
    chosen = [name for name in arguments.get("column", ()) if name in data_set.columns][:MOST_COLUMNS]
    return Asked(
        words=(_one(arguments, "q") or "").strip()[:LONGEST_WORDS],
        filters=filters,
        order=tuple(_order(arguments, data_set)) or tuple(one for one in order if one[0] in data_set.columns),
        columns=tuple(dict.fromkeys(chosen)) or tuple(name for name in columns if name in data_set.columns),
        after=_one(arguments, "after"),
        before=_one(arguments, "before"),
        problems=tuple(problems),
    )


def _one(arguments: Mapping[str, Sequence[str]], name: str) -> str | None:
    values = arguments.get(name) or ()
    return values[0] if values and values[0] else None


def _order(arguments: Mapping[str, Sequence[str]], data_set: DataSet) -> Iterator[tuple[str, bool]]:
    wanted = {name.removeprefix("-"): name.startswith("-") for name in arguments.get("sort", ())}
    yield from [one for one in wanted.items() if one[0] in data_set.columns][:MOST_SORTS]


def _filter(
    arguments: Mapping[str, Sequence[str]], path: str, column: Field, problems: list[Problem]
) -> tuple[Any, ...] | Range | None:
    if column.is_ranged:
        first = _value(_one(arguments, f"{path}.from"), column, problems)
        last = _value(_one(arguments, f"{path}.to"), column, problems)
        return None if first is None and last is None else Range(first, last)
    values = [value for value in arguments.get(path, ()) if value][:MOST_VALUES]
    if column.type == "yes_no":
        return tuple(YES[value] for value in values if value in YES) or None
    return tuple(value[:200] for value in values) or None


def _value(written: str | None, column: Field, problems: list[Problem]) -> Any:
    if not written:
        return None
    try:
        if column.type in ("date", "moment"):
            day = written_day(written)
            if day is None:
                raise ValueError(written)
            return day
        value = formats.number(formats.tidy(written).removesuffix("%"))
        if value is None or not is_writable(value) or abs(value) > Decimal(10) ** 16:
            raise ValueError(written)
        return value / 100 if column.type == "percent" else value
    except ValueError:
        title = column.title
        problems.append(
            Problem(
                code="list.bad_filter",
                field=column.path,
                message=text(
                    f"“{written[:40]}” is no value for {say(title, 'en')}; the filter is left out.",
                    f"“{written[:40]}”不是有效的{say(title, 'zh')}，已忽略该筛选条件。",
                ),
            )
        )
        return None
