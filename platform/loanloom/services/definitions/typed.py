"""What somebody typed into a cell as a value, and a value as it is typed."""

from __future__ import annotations

from typing import Any

from loanloom.core.money import is_writable
from loanloom.feel.help import figures
from loanloom.metadata.pointers import is_index, is_list
from loanloom.metadata.scalars import read_plain
from loanloom.metadata.structure import written
from loanloom.problems import Problem, text
from loanloom.services.definitions.sheet import Cell

EMPTY = Problem(code="cell.empty", message=text("Write something here.", "此处不能为空。"))
"""Nothing stands where something must."""


def parsed(cell: Cell, typed: list[str]) -> tuple[Any, Problem | None]:
    """The value of what was typed into a cell."""
    first = typed[0].strip() if typed else ""
    if cell.kind in ("choices", "references", "words"):
        values = (
            [each.strip() for one in typed for each in one.replace("，", ",").split(",")]
            if (cell.kind == "words")
            else typed
        )
        return [value for value in values if value], None
    if cell.kind in ("money", "percent", "number"):
        return _number(first, cell.kind)
    if cell.kind == "value":
        return read_word(first)
    if cell.kind == "values":
        read = [read_word(one.strip()) for one in first.replace("，", ",").split(",") if one.strip()]
        return [value for value, _ in read], next((wrong for _, wrong in read if wrong is not None), None)
    if cell.kind == "yes_no" or (cell.kind == "expression" and first in ("true", "false")):
        return first == "true", None
    if cell.kind == "choice" and is_index(first) and not (cell.options and not _numeric(cell)):
        return int(first), None
    if not first:
        return None, EMPTY
    return first, None


def read_word(typed: str) -> tuple[Any, Problem | None]:
    """A plain value as it is written in YAML: a number, true, false, null, or a text; a text in quotes is a text."""
    if len(typed) > 1 and typed[0] == typed[-1] and typed[0] in "\"'":
        return typed[1:-1], None
    return read_plain(typed)


def _numeric(cell: Cell) -> bool:
    return isinstance(cell.value, int) or any(key.isdigit() for key in cell.options or ())


def _number(typed: str, kind: str) -> tuple[Any, Problem | None]:
    value = figures.read(typed)
    if value is None or not is_writable(value):
        return None, Problem(
            code="cell.not_a_number", message=text(f'"{typed[:40]}" is not a number.', f"“{typed[:40]}”不是数值。")
        )
    value = value / 100 if kind == "percent" and not typed.endswith(("%", "％")) else value
    return (int(value) if value == value.to_integral_value() else value), None


def as_typed(value: Any) -> str:
    """A plain value, or a list of some, as `read_word` reads it: texts that would be something else in quotes."""
    if is_list(value):
        return ", ".join(as_typed(one) for one in value)
    if isinstance(value, str):
        return value if read_plain(value)[0] == value and value[:1] not in ("'", '"', "") else f'"{value}"'
    return "null" if value is None else written(value)
