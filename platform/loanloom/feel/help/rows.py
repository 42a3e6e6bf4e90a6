"""A condition as rows (fact, comparison, value) joined by `and` or by `or`, and rows as text and as a sentence again.

Several rows in brackets stand where a row may. What is more than that (arithmetic, calls) has no rows and stays text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from ..problems import Refused, Words, words
from ..text import syntax as s
from ..text.cursor import NameTable
from ..text.formatter import canonical
from ..text.parser import parse
from ..types import Type
from . import figures
from .described import Labels

Join = Literal["and", "or"]
COMPARISONS: Mapping[str, tuple[str, str]] = {
    "=": ("is", "等于"),
    "!=": ("is not", "不等于"),
    "<": ("is less than", "小于"),
    "<=": ("is at most", "不超过"),
    ">": ("is more than", "大于"),
    ">=": ("is at least", "不低于"),
    "in": ("is one of", "属于"),
    "not in": ("is none of", "不属于"),
    "between": ("is between", "介于"),
    "[)": ("is between, without the upper end", "介于（不含上限）"),
    "(]": ("is between, without the lower end", "介于（不含下限）"),
    "()": ("is between, without both ends", "介于（不含上下限）"),
    "yes": ("holds", "为是"),
    "no": ("does not hold", "为否"),
    "empty": ("is not known", "未填写"),
    "filled": ("is known", "已填写"),
}
"""Every comparison with its words."""
SPANS = ("between", "[)", "(]", "()")
"""The comparisons with a lower and an upper end; brackets say which end belongs to it."""
_NO_VALUE = ("yes", "no", "empty", "filled")
_YEARS_END = 10_000
"""Below this a number may be a year, which nobody writes in groups."""
DEEPEST = 2
"""How many brackets may stand within one another."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a fact by its path, a comparison, and the values as one types them (another fact by its path).
    `figures` says that those which look like numbers are numbers, not codes made of digits."""

    path: str
    comparison: str = "="
    values: tuple[str, ...] = ()
    figures: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines of which all, or any, must hold; a bracket is a line that holds lines."""

    rows: tuple[Row | Rows, ...]
    join: Join = "and"

    def filled(self) -> Rows:
        """Without lines that name no fact yet, and without brackets that hold none."""
        kept = (one.filled() if isinstance(one, Rows) else one for one in self.rows)
        return Rows(tuple(one for one in kept if (one.rows if isinstance(one, Rows) else one.path)), self.join)


def comparisons_of(type_: Type | None) -> tuple[str, ...]:
    """The comparisons that a fact of a type may stand in."""
    if type_ is None or type_.kind == "Any":
        return tuple(COMPARISONS)
    if type_.kind == "boolean":
        return ("yes", "no", "empty", "filled")
    if type_.kind == "string":
        return ("=", "!=", "in", "not in", "empty", "filled")
    return ("=", "!=", "<", "<=", ">", ">=", *SPANS, "in", "not in", "empty", "filled")


def rows_of(source: str) -> Rows | None:
    """The rows of a condition; None where it is no such thing."""
    try:
        node = parse(source, NameTable())
    except Refused:
        return None
    if isinstance(node, s.Logic):
        return _joined(node, DEEPEST)
    row = _row(node)
    return Rows((row,)) if row is not None else None


def _joined(node: s.Logic, deeper: int) -> Rows | None:
    found: list[Row | Rows] = []
    for part in node.operands:
        if isinstance(part, s.Logic):
            one: Row | Rows | None = _joined(part, deeper - 1) if deeper else None
        else:
            one = _row(part)
        if one is None:
            return None
        found.append(one)
    return Rows(tuple(found), node.operator)


def _row(node: s.Node) -> Row | None:
    path = _path(node)
    if path is not None:
        return Row(path, "yes")
    if isinstance(node, s.Call) and node.function == s.Name("not") and len(node.arguments) == 1 and not node.names:
        inner = _row(node.arguments[0])
        turned = {"yes": "no", "in": "not in"}.get(inner.comparison) if inner else None
        return replace(inner, comparison=turned) if inner and turned else None
    if isinstance(node, s.Compare):
        return _compared(node)
    if isinstance(node, s.In):
        return _among(node)
    if isinstance(node, s.Between):
        return _between(node.value, node.low, node.high)
    return None


def _among(node: s.In) -> Row | None:
    if len(node.tests) == 1 and isinstance(node.tests[0], s.Range):
        span = node.tests[0]
        ends = f"{'[' if span.low_closed else '('}{']' if span.high_closed else ')'}"
        return _between(node.value, span.low, span.high, "between" if ends == "[]" else ends)
    path, values = _path(node.value), [_value(one) for one in node.tests]
    if path is None or None in values:
        return None
    return Row(path, "in", tuple(one for one in values if one is not None), _figures(*node.tests))


def _between(value: s.Node, low: s.Node | None, high: s.Node | None, comparison: str = "between") -> Row | None:
    path = _path(value)
    bounds = [_value(one) for one in (low, high) if one is not None]
    found = tuple(one for one in bounds if one is not None)
    return Row(path, comparison, found, _figures(low, high)) if path is not None and len(found) == 2 else None


def _compared(node: s.Compare) -> Row | None:
    path = _path(node.left)
    if path is None:
        return None
    if isinstance(node.right, s.Literal_) and node.right.value is None:
        named = {"=": "empty", "!=": "filled"}.get(node.operator)
        return Row(path, named) if named else None
    if isinstance(node.right, s.Literal_) and isinstance(node.right.value, bool):
        return Row(path, "yes" if node.right.value else "no") if node.operator == "=" else None
    value = _value(node.right)
    return None if value is None else Row(path, node.operator, (value,), _figures(node.right))


def _figures(*nodes: s.Node | None) -> bool:
    """Whether no text stands among the values, which may be a code made of digits."""
    return not any(isinstance(node, s.Literal_) and isinstance(node.value, str) for node in nodes)


def _path(node: s.Node) -> str | None:
    if isinstance(node, s.Name):
        return node.name
    base = _path(node.base) if isinstance(node, s.Member) else None
    return f"{base}.{node.name}" if base is not None and isinstance(node, s.Member) else None


def _value(node: s.Node) -> str | None:
    """A value as one types it: a code or text bare, a number, a date, the path of another fact."""
    if isinstance(node, s.Literal_) and isinstance(node.value, str):
        return node.value
    if isinstance(node, s.Literal_) and isinstance(node.value, Decimal) and not isinstance(node.value, bool):
        return canonical(node)
    if isinstance(node, s.Negate) and isinstance(node.operand, s.Literal_):
        return canonical(node)
    if isinstance(node, s.AtLiteral):
        return node.text
    path = _path(node)
    return path if path is not None and "." in path else None


def text_of(rows: Rows, types: Mapping[str, Type]) -> str:
    """The condition that rows say; a fact's type says how its values are written."""
    written = []
    for one in rows.rows:
        if not isinstance(one, Rows):
            written.append(_test(one, types))
        elif len(one.rows) > 1 and (one.join == "or" or rows.join == "and"):
            written.append(f"({text_of(one, types)})")
        else:  # `and` binds closer
            written.append(text_of(one, types))
    return f" {rows.join} ".join(written)


def _test(row: Row, types: Mapping[str, Type]) -> str:
    values = [_written(value, types.get(row.path), types) for value in row.values]
    first, second = (*values, '""', '""')[:2]
    return {
        "yes": row.path, "no": f"not({row.path})", "empty": f"{row.path} = null", "filled": f"{row.path} != null",
        "in": f"{row.path} in ({', '.join(values)})", "not in": f"not({row.path} in ({', '.join(values)}))",
        "between": f"{row.path} between {first} and {second}",
        **{ends: f"{row.path} in {ends[0]}{first}..{second}{ends[1]}" for ends in SPANS[1:]},
    }.get(row.comparison, f"{row.path} {row.comparison} {first}")  # fmt: skip


def _written(value: str, type_: Type | None, types: Mapping[str, Type]) -> str:
    if value in types and "." in value:
        return value
    kind = type_.kind if type_ is not None else "Any"
    if kind in ("number", "Any"):
        number = _number(value)
        if number is not None:
            return number
    if kind == "date" and _is_date(value):
        return f'@"{value}"'
    return canonical(s.Literal_(value))


def _number(value: str) -> str | None:
    number = figures.read(value)
    if number is None:
        return None
    return canonical(s.Literal_(abs(number))) if number >= 0 else f"-{canonical(s.Literal_(abs(number)))}"


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def sentence(rows: Rows, labels: Labels) -> Words:
    """The rows read back, in both languages."""
    return words(_sentence(rows, labels, "en"), _sentence(rows, labels, "zh"))


_JOINS: Mapping[str, Mapping[Join, str]] = {
    "en": {"and": " and ", "or": " or "},
    "zh": {"and": "，且", "or": "，或"},
}
_BRACKETS = {"en": "({})", "zh": "（{}）"}


def _sentence(rows: Rows, labels: Labels, language: str) -> str:
    said = []
    for one in rows.rows:
        if not isinstance(one, Rows):
            said.append(_said(one, labels, language))
        elif len(one.rows) > 1:
            said.append(_BRACKETS[language].format(_sentence(one, labels, language)))
        else:
            said.append(_sentence(one, labels, language))
    return _JOINS[language][rows.join].join(said)


def _said(row: Row, labels: Labels, language: str) -> str:
    zh = language == "zh"
    named = labels.get(row.path, {}).get(language, row.path)
    word = COMPARISONS[row.comparison][zh]
    if row.comparison in _NO_VALUE or not row.values:
        return f"{named}{'' if zh else ' '}{word}"
    values = [_named(row, value, labels, language) for value in row.values]
    if row.comparison in SPANS[1:] and len(values) == 2:
        return _half_open(named, row.comparison, values, language)
    if row.comparison == "between":
        listed = f"{'与' if zh else ' and '}".join(values) + ("之间" if zh else "")
    else:
        listed = ("、" if zh else ", ").join(values)
    return f"{named}{word}{listed}" if zh else f"{named} {word} {listed}"


def _half_open(named: str, ends: str, values: list[str], language: str) -> str:
    """Each end of a span by itself: whether it belongs to it is heard."""
    zh = language == "zh"
    words_ = (COMPARISONS[">=" if ends[0] == "[" else ">"][zh], COMPARISONS["<=" if ends[1] == "]" else "<"][zh])
    if zh:
        return f"{named}{words_[0]}{values[0]}且{words_[1]}{values[1]}"
    return f"{named} {words_[0]} {values[0]} and {words_[1]} {values[1]}"


def _named(row: Row, value: str, labels: Labels, language: str) -> str:
    found = labels.get(f"{row.path}={value}") or (labels.get(value) if "." in value else None)
    if found:
        return found.get(language, value)
    number = figures.read(value) if row.figures and value.lstrip("-").replace(".", "", 1).isdigit() else None
    return value if number is None or abs(number) < _YEARS_END else figures.grouped(number)
