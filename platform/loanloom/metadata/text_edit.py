"""Changes of a source text by spans: what is written anew, put in, moved or taken out, and nothing around it.

Whether the result says what was meant is asked by whoever calls (`metadata.editing`), not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.metadata import flow_text
from loanloom.metadata.pointers import child, is_list, parent, resolve, split
from loanloom.metadata.source import Span
from loanloom.metadata.tree import Tree


@dataclass(frozen=True, slots=True)
class TextEdit:
    """A text that was read, and its changes: each gives the new text, or None where the text does not allow it."""

    source: str
    tree: Tree

    def span(self, pointer: str) -> Span:
        return self.tree.source.positions.values[pointer]

    def _in_line(self, pointer: str) -> bool:
        """Whether a collection is written in braces or brackets, or lies inside some."""
        return self.span(pointer).flow or self.in_flow(pointer)

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
        head = f"{flow_text.word(token)}:" if isinstance(resolve(self.tree.value, above), dict) else "-"
        return self._insert(above, self._tokens(above), head, value)

    def _tokens(self, above: str) -> list[str]:
        """The members of a mapping or the items of a list, as pointers say them."""
        holder = resolve(self.tree.value, above)
        return list(holder) if isinstance(holder, dict) else [str(index) for index in range(len(holder))]

    def _replace(self, pointer: str, value: Any) -> str | None:
        if self._aliased(pointer):
            return None
        span = self.span(pointer)
        written = self._written(pointer, span, value)
        before, after = self.source[: span.start], self.source[span.end :]
        if before.endswith(":") or (before.endswith("-") and span.start == span.end):
            written = f" {written}"
        if span.shape == "block" and self.source[: span.end].endswith("\n") and not written.endswith("\n"):
            written += "\n"
        return before + written + after

    def _aliased(self, pointer: str) -> bool:
        """Whether a place is an alias or lies inside one, so that it really stands somewhere else."""
        while self.span(pointer).shape != "alias":
            if not pointer:
                return False
            pointer = parent(pointer)
        return True

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
        if self._aliased(above):
            return None
        span = self.span(above)
        item = flow_text.write(value) if head == "-" else f"{head} {flow_text.write(value)}"
        if not tokens:
            if head == "-" and isinstance(value, Mapping) and above and not self.in_flow(above):
                lines = flow_text.write_block([value], self._indent(above) + 2).rstrip("\n")
                return f"{self.source[: span.start].rstrip(' ')}\n{lines}{self.source[span.end :]}"
            whole = f"[{item}]" if head == "-" else f"{{{item}}}"
            return self.source[: span.start] + whole + self.source[span.end :]
        last = self.span(child(above, tokens[-1])).end
        if self._in_line(above):
            return f"{self.source[:last]}, {item}{self.source[last:]}"
        return self._insert_line(last, span.column - 1, head, value)

    def _insert_line(self, last: int, indent: int, head: str, value: Any) -> str:
        lines = flow_text.write_block([value], indent)
        if head != "-":
            one = flow_text.write(value)
            long = (isinstance(value, Mapping) or is_list(value)) and value and len(one) > 90
            below = "\n" + flow_text.write_block(value, indent + 2) if long else f" {one}\n"
            lines = f"{' ' * indent}{head}{below}"
        if self.source[:last].endswith("\n"):
            return self.source[:last] + lines + self.source[last:]
        line_end = self.source.find("\n", last)
        if line_end < 0:
            return f"{self.source}\n{lines}"
        return self.source[: line_end + 1] + lines + self.source[line_end + 1 :]

    # -- removing -------------------------------------------------------------------------------------------------

    def remove(self, pointer: str) -> str | None:
        above = parent(pointer)
        if not pointer or self._aliased(above):
            return None
        holder, tokens = resolve(self.tree.value, above), self._tokens(above)
        place = tokens.index(split(pointer)[-1])
        if len(tokens) == 1:
            return self._replace(above, {} if isinstance(holder, dict) else [])
        chunks = None if self._in_line(above) else self.chunks(above, tokens)
        if chunks is not None:
            start, end = chunks[place]
            return self.source[:start] + self.source[end:]
        if place + 1 < len(tokens):
            start, end = self._start(child(above, tokens[place])), self._start(child(above, tokens[place + 1]))
            return self.source[:start] + self.source[end:]
        return self._remove_last(above, tokens[place - 1], pointer)

    def _remove_last(self, above: str, previous: str, pointer: str) -> str:
        start, end = self.span(child(above, previous)).end, self.span(pointer).end
        if not self._in_line(above):
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
        if self._in_line(above):
            return start
        return self.source.rfind("-", 0, start)

    # -- order ----------------------------------------------------------------------------------------------------

    def chunks(self, above: str, tokens: list[str]) -> list[tuple[int, int]] | None:
        """Where each member of a block collection begins and ends, the comments above it included; None where they do
        not stand in lines of their own.
        """
        found: list[tuple[int, int]] = []
        for token in tokens:
            begin = self._start(child(above, token))
            line = self.source.rfind("\n", 0, begin) + 1
            if self.source[line:begin].strip():
                return None
            start = found[-1][1] if found else self._with_comments(line, begin - line)
            found.append((start, self._end(self.span(child(above, token)), begin - line)))
        return found

    def _with_comments(self, line: int, indent: int) -> int:
        """The beginning of the comments right above a line, as far in as it."""
        while line:
            above = self.source.rfind("\n", 0, line - 1) + 1
            words = self.source[above:line]
            if not words.lstrip(" ").startswith("#") or len(words) - len(words.lstrip(" ")) != indent:
                break
            line = above
        return line

    def _end(self, span: Span, indent: int) -> int:
        """The end of a member's last line, with the comments below that are further in than the member."""
        end = span.end
        if span.start == end or not self.source[:end].endswith("\n"):
            found = self.source.find("\n", end)
            end = len(self.source) if found < 0 else found + 1
        while True:
            found = self.source.find("\n", end)
            below = len(self.source) if found < 0 else found + 1
            words = self.source[end:below]
            if not words.lstrip(" ").startswith("#") or len(words) - len(words.lstrip(" ")) <= indent:
                return end
            end = below

    def move(self, above: str, order: list[int]) -> str | None:
        """The items of a list in another order."""
        if self._aliased(above):
            return None
        if not self.source.endswith("\n"):
            return (TextEdit(f"{self.source}\n", self.tree).move(above, order) or "").removesuffix("\n") or None
        tokens = self._tokens(above)
        if self._in_line(above):
            spans = [self.span(child(above, token)) for token in tokens]
            return self._permuted([(span.start, span.end) for span in spans], order)
        chunks = self.chunks(above, tokens)
        if chunks is None:
            return self._anew(above, [resolve(self.tree.value, child(above, str(index))) for index in order])
        return self._permuted(chunks, order)

    def _permuted(self, places: list[tuple[int, int]], order: list[int]) -> str:
        texts = [self.source[start:end] for start, end in places]
        result, last = [], 0
        for (start, end), index in zip(places, order, strict=True):
            result += [self.source[last:start], texts[index]]
            last = end
        return "".join(result) + self.source[last:]

    def _anew(self, above: str, items: list[Any]) -> str | None:
        """The whole list written again, where no comment would be lost."""
        span = self.span(above)
        return None if "#" in self.source[span.start : span.end] else self._replace(above, items)

    def insert(self, above: str, index: int, value: Any) -> str | None:
        """An item before another one of a list, or behind the last."""
        tokens = self._tokens(above)
        if index == len(tokens):
            return self.set(child(above, "-"), value)
        if self._aliased(above):
            return None
        if self._in_line(above):
            start = self.span(child(above, index)).start
            return f"{self.source[:start]}{flow_text.write(value)}, {self.source[start:]}"
        chunks = self.chunks(above, tokens)
        if chunks is None:
            items = [resolve(self.tree.value, child(above, token)) for token in tokens]
            return self._anew(above, [*items[:index], value, *items[index:]])
        start = chunks[index][0]
        written = flow_text.write_block([value], self.span(above).column - 1)
        return self.source[:start] + written + self.source[start:]

    def copy(self, above: str, index: int) -> str | None:
        """An item once more, right behind itself, written as it is."""
        if self._aliased(above):
            return None
        tokens, span = self._tokens(above), self.span(child(above, index))
        if self._in_line(above):
            return f"{self.source[: span.end]}, {self.source[span.start : span.end]}{self.source[span.end :]}"
        chunks = self.chunks(above, tokens)
        if chunks is None:
            return self.insert(above, index + 1, resolve(self.tree.value, child(above, index)))
        begin = self._start(child(above, index))
        line, end = self.source.rfind("\n", 0, begin) + 1, chunks[index][1]
        between = "" if self.source[:end].endswith("\n") else "\n"
        return self.source[:end] + between + self.source[line:end] + self.source[end:]

    def transfer(self, pointer: str, goal: str, index: int) -> str | None:
        """An item of one list in another list, before the one at `index`, written as it is with its comments; None
        where the two are not both written in lines.
        """
        above, place = parent(pointer), int(split(pointer)[-1])
        if self._aliased(above) or self._aliased(goal) or not self.source.endswith("\n"):
            return None
        mine, others = self._tokens(above), self._tokens(goal)
        if len(mine) < 2 or not others or self._in_line(above) or self._in_line(goal):
            return None
        from_chunks, to_chunks = self.chunks(above, mine), self.chunks(goal, others)
        if from_chunks is None or to_chunks is None:
            return None
        (start, end), further = from_chunks[place], self.span(goal).column - self.span(above).column
        at = to_chunks[index][0] if index < len(others) else to_chunks[-1][1]
        moved = _further_in(self.source[start:end], further)
        if at <= start:
            return self.source[:at] + moved + self.source[at:start] + self.source[end:]
        return self.source[:start] + self.source[end:at] + moved + self.source[at:]

    def rename(self, pointer: str, name: str) -> str | None:
        """A member of a mapping under another name."""
        span = self.tree.source.positions.keys.get(pointer)
        if span is None or self._aliased(parent(pointer)):
            return None
        return self.source[: span.start] + flow_text.word(name) + self.source[span.end :]


def _further_in(lines: str, by: int) -> str:
    """Lines set further in, or further out."""
    found = lines.splitlines(keepends=True)
    return "".join(line if not line.strip() else " " * by + line if by >= 0 else line[-by:] for line in found)
