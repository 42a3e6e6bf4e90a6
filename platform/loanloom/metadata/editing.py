"""Changing a value in a source text by touching only its span, so that comments, order and style survive.

Every edit is read back and compared with what it should give; one that would say something else is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.metadata import canonical, flow_text
from loanloom.metadata.pointers import MISSING, child, is_list, parent, resolve, split
from loanloom.metadata.source import Span
from loanloom.metadata.tree import Tree, read_tree
from loanloom.problems import Problem, text


@dataclass(frozen=True, slots=True)
class Edited:
    """The text after the edit; unchanged when there are problems."""

    text: str
    problems: tuple[Problem, ...] = ()


def replace_values(source: str, values: Mapping[str, Any]) -> Edited:
    """Set each pointer to its value: replaced where something stands, else added. `/items/-` appends to a list."""
    edited = source
    for pointer, value in values.items():
        step = _applied(edited, pointer, value)
        if step.problems:
            return Edited(source, step.problems)
        edited = step.text
    return Edited(edited)


def remove_value(source: str, pointer: str) -> Edited:
    """Take a member or an item out."""
    return _applied(source, pointer, MISSING)


def _applied(source: str, pointer: str, value: Any) -> Edited:
    source = source.removeprefix("\ufeff")
    tree = read_tree(source)
    if tree.problems:
        return Edited(source, tree.problems)
    wanted = _change_value(canonical.thaw(tree.value), split(pointer), value)
    if wanted is MISSING:
        return Edited(source, (_refused(pointer),))
    edit = _Edit(source, tree)
    result = edit.remove(pointer) if value is MISSING else edit.set(pointer, value)
    check = read_tree(result) if result is not None else None
    if check is None or check.problems or canonical.to_json(check.value) != canonical.to_json(wanted):
        return Edited(source, (_refused(pointer),))
    return Edited(result or source)


def _refused(pointer: str) -> Problem:
    return Problem(
        code="metadata.edit_refused",
        pointer=pointer,
        message=text("This place cannot be changed here.", "此处无法直接修改。"),
        hint=text("Change it in the text view.", "请在文本视图中修改。"),
    )


def _change_value(value: Any, tokens: tuple[str, ...], new: Any) -> Any:
    """What the whole value becomes; MISSING when the pointer leads nowhere."""
    if not tokens:
        return new
    token, rest = tokens[0], tokens[1:]
    if value is None and token != "-":  # noqa: S105 - a list's end, no secret
        value = {}
    if isinstance(value, dict):
        below = _change_value(value.get(token), rest, new)
        if below is MISSING and (rest or token not in value):
            return MISSING
        return {
            **{key: item for key, item in value.items() if key != token or below is not MISSING},
            **({} if below is MISSING else {token: below}),
        }
    if value is None or is_list(value):
        return _change_list(list(value or []), token, rest, new)
    return MISSING


def _change_list(items: list[Any], token: str, rest: tuple[str, ...], new: Any) -> Any:
    if token == "-":  # noqa: S105 - the end of a list, no secret
        return [*items, _change_value(None, rest, new)]
    if not token.isdigit() or int(token) > len(items) - (new is MISSING):
        return MISSING
    index = int(token)
    below = _change_value(items[index] if index < len(items) else None, rest, new)
    if below is MISSING:
        return MISSING if rest else [*items[:index], *items[index + 1 :]]
    return [*items[:index], below, *items[index + 1 :]]


@dataclass(frozen=True, slots=True)
class _Edit:
    source: str
    tree: Tree

    def span(self, pointer: str) -> Span:
        return self.tree.source.positions.values[pointer]

    def in_flow(self, pointer: str) -> bool:
        """Whether a place lies inside braces or brackets."""
        while pointer:
            pointer = parent(pointer)
            if self.span(pointer).flow:
                return True
        return False

    # -- setting --------------------------------------------------------------------------------------------------

    def set(self, pointer: str, value: Any) -> str | None:
        if pointer in self.tree.source.positions.values:
            return self._replace(pointer, value)
        above = parent(pointer)
        token = split(pointer)[-1]
        if above not in self.tree.source.positions.values or resolve(self.tree.value, above) is None:
            end_of_list = token == "-"  # noqa: S105 - no secret either
            return self.set(above, [value] if end_of_list else {token: value})
        holder = resolve(self.tree.value, above)
        if isinstance(holder, dict):
            return self._insert(above, list(holder), f"{flow_text.word(token)}:", value)
        return self._insert(above, [str(index) for index in range(len(holder))], "-", value)

    def _replace(self, pointer: str, value: Any) -> str | None:
        span = self.span(pointer)
        if span.shape == "alias" or self._aliased(pointer):
            return None
        written = self._written(pointer, span, value)
        before, after = self.source[: span.start], self.source[span.end :]
        if before.endswith(":") or (before.endswith("-") and span.start == span.end):
            written = f" {written}"
        if span.shape == "block" and self.source[: span.end].endswith("\n") and not written.endswith("\n"):
            written += "\n"
        return before + written + after

    def _aliased(self, pointer: str) -> bool:
        """Whether an ancestor is an alias, so that the place really stands somewhere else."""
        while pointer:
            pointer = parent(pointer)
            if self.span(pointer).shape == "alias":
                return True
        return False

    def _written(self, pointer: str, span: Span, value: Any) -> str:
        if not isinstance(value, Mapping) and not is_list(value):
            return self._scalar(span, value)
        if span.flow or self.in_flow(pointer) or not value:
            return flow_text.write(value)
        if span.shape in ("mapping", "list"):
            return flow_text.write_block(value, span.column - 1).strip(" \n")
        one_line = flow_text.write(value)
        if len(one_line) <= 90:
            return one_line
        return "\n" + flow_text.write_block(value, self._indent(pointer) + 2).rstrip("\n")

    def _scalar(self, span: Span, value: Any) -> str:
        if not isinstance(value, str):
            return flow_text.scalar(value)
        if span.shape == "quoted":
            if self.source[span.start] == "'" and value.isprintable():
                return "'" + value.replace("'", "''") + "'"
            return flow_text.quoted(value)
        if span.shape == "block" and self._fits_block(value):
            return self._block(span, value)
        return flow_text.word(value)

    @staticmethod
    def _fits_block(value: str) -> bool:
        lines = value.rstrip("\n").split("\n")
        ends = value.endswith("\n") and not value.endswith("\n\n")
        return (
            bool(value.strip())
            and (ends or not value.endswith("\n"))
            and lines[0][:1] not in ("", " ")
            and all(line.isprintable() for line in lines)
        )

    def _block(self, span: Span, value: str) -> str:
        lines = self.source[span.start : span.end].split("\n")
        filled = next((line for line in lines[1:] if line.strip()), "  ")
        pad = " " * (len(filled) - len(filled.lstrip(" ")))
        header = "|" if value.endswith("\n") else "|-"
        body = "".join(f"{pad}{line}\n" if line else "\n" for line in value.rstrip("\n").split("\n"))
        return f"{header}\n{body}"

    def _indent(self, pointer: str) -> int:
        key = self.tree.source.positions.keys.get(pointer)
        return key.column - 1 if key else self.span(parent(pointer)).column - 1

    # -- adding ---------------------------------------------------------------------------------------------------

    def _insert(self, above: str, tokens: list[str], head: str, value: Any) -> str | None:
        """Add a member or item after the last one of a collection."""
        span = self.span(above)
        if span.shape == "alias" or self._aliased(above):
            return None
        flow = span.flow or self.in_flow(above)
        item = flow_text.write(value) if head == "-" else f"{head} {flow_text.write(value)}"
        if not tokens:
            whole = f"[{item}]" if head == "-" else f"{{{item}}}"
            return self.source[: span.start] + whole + self.source[span.end :]
        last = self.span(child(above, tokens[-1])).end
        if flow:
            return f"{self.source[:last]}, {item}{self.source[last:]}"
        return self._insert_line(last, span.column - 1, head, value)

    def _insert_line(self, last: int, indent: int, head: str, value: Any) -> str:
        pad = " " * indent
        if head == "-":
            lines = flow_text.write_block([value], indent)
        else:
            one = flow_text.write(value)
            long = (isinstance(value, Mapping) or is_list(value)) and value and len(one) > 90
            below = "\n" + flow_text.write_block(value, indent + 2) if long else f" {one}\n"
            lines = f"{pad}{head}{below}"
        if self.source[:last].endswith("\n"):
            return self.source[:last] + lines + self.source[last:]
        line_end = self.source.find("\n", last)
        if line_end < 0:
            return f"{self.source}\n{lines}"
        return self.source[: line_end + 1] + lines + self.source[line_end + 1 :]

    # -- removing -------------------------------------------------------------------------------------------------

    def remove(self, pointer: str) -> str | None:
        above = parent(pointer)
        holder = resolve(self.tree.value, above)
        if not pointer or self._aliased(pointer):
            return None
        tokens = list(holder) if isinstance(holder, dict) else [str(index) for index in range(len(holder))]
        place = tokens.index(split(pointer)[-1])
        if len(tokens) == 1:
            return self._replace(above, {} if isinstance(holder, dict) else [])
        if place + 1 < len(tokens):
            start, end = self._start(child(above, tokens[place])), self._start(child(above, tokens[place + 1]))
            return self.source[:start] + self.source[end:]
        return self._remove_last(above, tokens[place - 1], pointer)

    def _remove_last(self, above: str, previous: str, pointer: str) -> str:
        start, end = self.span(child(above, previous)).end, self.span(pointer).end
        if not (self.span(above).flow or self.in_flow(above)):
            if not self.source[:start].endswith("\n"):
                line_end = self.source.find("\n", start)
                start = line_end if 0 <= line_end < end else start
            if self.source[:end].endswith("\n") and not self.source[:start].endswith("\n"):
                end -= 1
        return self.source[:start] + self.source[end:]

    def _start(self, pointer: str) -> int:
        """Where a member's key, or an item's dash, begins."""
        key = self.tree.source.positions.keys.get(pointer)
        if key:
            return key.start
        start = self.span(pointer).start
        above = parent(pointer)
        if self.span(above).flow or self.in_flow(above):
            return start
        return self.source.rfind("-", 0, start)
