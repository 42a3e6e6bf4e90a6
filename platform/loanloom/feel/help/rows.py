"""A condition as rows (fact, comparison, value) joined by `and` or by `or`, and rows as text and as a sentence again.

What is more than that (arithmetic, calls, both joins at once) has no rows and stays text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from ..problems import Refused, Words, words
from ..text import syntax as s
from ..text.cursor import NameTable
from ..text.formatter import canonical
from ..text.parser import parse
from ..types import Type
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
    "yes": ("holds", "为是"),
    "no": ("does not hold", "为否"),
    "empty": ("is not known", "未填写"),
    "filled": ("is known", "已填写"),
}
"""Every comparison with its words."""
_NO_VALUE = ("yes", "no", "empty", "filled")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a fact by its path, a comparison, and the values as one types them (another fact by its path)."""

    path: str
    comparison: str = "="
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines of which all, or any, must hold."""

    rows: tuple[Row, ...]
    join: Join = "and"


def comparisons_of(type_: Type | None) -> tuple[str, ...]:
    """The comparisons that a fact of a type may stand in."""
    if type_ is None or type_.kind == "Any":
        return tuple(COMPARISONS)
    if type_.kind == "boolean":
        return ("yes", "no", "empty", "filled")
    among = ("=", "!=", "in", "not in", "empty", "filled")
    return among if type_.kind == "string" else ("=", "!=", "<", "<=", ">", ">=", "in", "not in", "empty", "filled")


def rows_of(source: str) -> Rows | None:
    """The rows of a condition; None where it is no such thing."""
    try:
        node = parse(source, NameTable())
    except Refused:
        return None
    join: Join = "and"
    parts: tuple[s.Node, ...] = (node,)
    if isinstance(node, s.Logic):
        join, parts = node.operator, node.operands
    found = [_row(part) for part in parts]
    return None if None in found else Rows(tuple(one for one in found if one is not None), join)


def _row(node: s.Node) -> Row | None:
    path = _path(node)
    if path is not None:
        return Row(path, "yes")
    if isinstance(node, s.Call) and node.function == s.Name("not") and len(node.arguments) == 1 and not node.names:
        inner = _row(node.arguments[0])
        turned = {"yes": "no", "in": "not in"}.get(inner.comparison) if inner else None
        return Row(inner.path, turned, inner.values) if inner and turned else None
    if isinstance(node, s.Compare):
        return _compared(node)
    if isinstance(node, s.In):
        path, values = _path(node.value), [_value(one) for one in node.tests]
        if path is None or None in values:
            return None
        return Row(path, "in", tuple(one for one in values if one is not None))
    return None


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
    return None if value is None else Row(path, node.operator, (value,))


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
    for row in rows.rows:
        values = [_written(value, types.get(row.path), types) for value in row.values]
        first = values[0] if values else '""'
        written.append({
            "yes": row.path, "no": f"not({row.path})", "empty": f"{row.path} = null", "filled": f"{row.path} != null",
            "in": f"{row.path} in ({', '.join(values)})", "not in": f"not({row.path} in ({', '.join(values)}))",
        }.get(row.comparison, f"{row.path} {row.comparison} {first}"))  # fmt: skip
    return f" {rows.join} ".join(written)


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
    bare = value.replace(",", "").replace("，", "").strip()
    try:
        number = Decimal(bare.removesuffix("%"))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 20:
        return None
    number = number / 100 if bare.endswith("%") else number
    return canonical(s.Literal_(abs(number))) if number >= 0 else f"-{canonical(s.Literal_(abs(number)))}"


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def sentence(rows: Rows, labels: Labels) -> Words:
    """The rows read back, in both languages."""
    found = [(_said(row, labels, "en"), _said(row, labels, "zh")) for row in rows.rows]
    joins = {"and": (" and ", "，且"), "or": (" or ", "，或")}[rows.join]
    return words(joins[0].join(en for en, _ in found), joins[1].join(zh for _, zh in found))


def _said(row: Row, labels: Labels, language: str) -> str:
    zh = language == "zh"
    named = labels.get(row.path, {}).get(language, row.path)
    word = COMPARISONS[row.comparison][zh]
    if row.comparison in _NO_VALUE or not row.values:
        return f"{named}{'' if zh else ' '}{word}"
    values = [_named(row.path, value, labels, language) for value in row.values]
    listed = ("、" if zh else ", ").join(values)
    return f"{named}{word}{listed}" if zh else f"{named} {word} {listed}"


def _named(path: str, value: str, labels: Labels, language: str) -> str:
    found = labels.get(f"{path}={value}") or (labels.get(value) if "." in value else None)
    return found.get(language, value) if found else value
