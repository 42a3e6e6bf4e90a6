"""Strict YAML (and JSON): text in, plain values with the place of every node out. Never raises for any text.

Reads events of PyYAML's C parser with a stack of its own, so that depth, size and aliases are bounded before
anything is built. It knows nothing of kinds; `reader.read_document` puts the envelope on top.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from loanloom.metadata.pointers import child
from loanloom.metadata.scalars import read_plain
from loanloom.metadata.source import Positions, Shape, Source, Span
from loanloom.metadata.syntax import syntax_problem
from loanloom.problems import Problem, Text, text

MAX_CHARACTERS = 1_000_000
MAX_NODES = 100_000
MAX_DEPTH = 50
REFUSED = "\0refused"
"""Stands for a key that was refused; places below it are forgotten at the end."""
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tree:
    """The value of a text, its source with positions, and what is wrong with it."""

    value: Any
    source: Source
    problems: tuple[Problem, ...]


class _Stop(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


@dataclass(slots=True)
class _Open:
    """A collection that is still being read; `key` is the member whose value comes next."""

    value: Any
    pointer: str
    start: Span
    anchor: str | None
    key: str | None = None
    size: int = 1
    height: int = 1
    skipping: bool = False
    end: int = 0


@dataclass(slots=True)
class _Builder:
    text: str
    file: str | None
    values: dict[str, Span] = field(default_factory=dict)
    keys: dict[str, Span] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int, int]] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)
    root: Any = None
    documents: int = 0
    nodes: int = 0

    # -- problems -------------------------------------------------------------------------------------------------

    def fault(self, code: str, message: Text, event: Any, hint: Text | None = None, pointer: str = "") -> Problem:
        mark = event.start_mark
        return Problem(
            code=f"metadata.{code}", message=message, hint=hint, file=self.file,
            line=mark.line + 1, column=mark.column + 1, pointer=pointer,
        )  # fmt: skip

    # -- events ---------------------------------------------------------------------------------------------------

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._begin(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self._finish(event)

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _Stop(self.fault(
                "several_documents", text("The file holds more than one document.", "文件中有多份文档。"), event,
                text("Keep one document in each file; remove the line ---.", "每个文件只放一份文档，请去掉 --- 行。"),
            ))  # fmt: skip

    def _count(self, event: Any, size: int = 1) -> None:
        self.nodes += size
        if self.nodes > MAX_NODES:
            raise _Stop(
                self.fault(
                    "too_large",
                    text(f"The document has more than {MAX_NODES:,} values.", f"文档的值超过 {MAX_NODES:,} 个。"),
                    event,
                )
            )

    def _check_tag(self, event: Any) -> None:
        if event.tag not in (None, "!"):
            self.problems.append(self.fault(
                "tag_refused", text(f"The tag {event.tag} is not allowed.", f"不允许使用标签 {event.tag}。"), event,
                text("Write the value plainly; put it in quotes if it is text.", "请直接书写取值；若是文本请加引号。"),
            ))  # fmt: skip

    def _check_depth(self, event: Any, height: int) -> None:
        """`height`: how many collections lie within each other in what comes now."""
        if len(self.stack) + height > MAX_DEPTH:
            words = text(f"Values are nested more than {MAX_DEPTH} deep.", f"嵌套超过 {MAX_DEPTH} 层。")
            raise _Stop(self.fault("too_deep", words, event))

    def _check_characters(self, event: Any) -> None:
        if "\0" in event.value:
            words = text("The text holds a character that cannot be kept.", "文本含有无法保存的字符。")
            self.problems.append(self.fault("character_refused", words, event))

    def _begin(self, event: Any) -> None:
        self._count(event)
        self._check_tag(event)
        self._check_depth(event, 1)
        mapping = isinstance(event, yaml.MappingStartEvent)
        skipping = self._in_key() and self._key_refused(event)
        pointer = self._pointer()
        start = _span(event, "mapping" if mapping else "list", flow=bool(event.flow_style))
        value: Any = {} if mapping else []
        self.stack.append(_Open(value, pointer, start, event.anchor, skipping=skipping))

    def _finish(self, event: Any) -> None:
        opened = self.stack.pop()
        end = event.end_mark.index if opened.start.flow else (opened.end or opened.start.start)
        start = opened.start
        span = Span(start.start, end, start.line, start.column, start.shape, start.flow)
        if opened.skipping:
            if self.stack:
                self.stack[-1].key = REFUSED
            return
        if opened.anchor:
            self.anchors[opened.anchor] = (opened.value, opened.size, opened.height)
        self._place(opened.value, span, opened.size, opened.height)

    def _scalar(self, event: Any) -> None:
        self._count(event)
        self._check_tag(event)
        self._check_characters(event)
        if self._in_key():
            self._key(event)
            return
        value: Any = event.value
        shape: Shape = "quoted" if event.style in ("'", '"') else "block" if event.style in ("|", ">") else "plain"
        if shape == "plain" and event.tag != "!":
            value, problem = read_plain(event.value)
            if problem:
                mark, kept = event.start_mark, self._pointer().partition(f"/{REFUSED}")[0]
                self.problems.append(
                    problem.at(file=self.file, line=mark.line + 1, column=mark.column + 1, pointer=kept)
                )
        if event.anchor:
            self.anchors[event.anchor] = (value, 1, 0)
        self._place(value, _span(event, shape))

    def _alias(self, event: Any) -> None:
        if self._in_key():
            self._key_refused(event)
            self.stack[-1].key = REFUSED
            return
        if event.anchor not in self.anchors:
            self.problems.append(self.fault(
                "alias_refused", text(f"The alias *{event.anchor} points at nothing or at itself.",
                                      f"别名 *{event.anchor} 指向空或自身。"), event))  # fmt: skip
            self._place(None, _span(event, "alias"))
            return
        value, size, height = self.anchors[event.anchor]
        self._count(event, size)
        self._check_depth(event, height)
        self._place(value, _span(event, "alias"), size, height)

    # -- keys and places ------------------------------------------------------------------------------------------

    def _in_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def _key_refused(self, event: Any) -> bool:
        self.problems.append(
            self.fault(
                "bad_key",
                text("A key must be one word, not a list or mapping.", "键必须是一个词，不能是列表或键值对。"),
                event,
                text("Text with braces needs quotes.", "带花括号的文本需要加引号。"),
                self.stack[-1].pointer,
            )
        )
        return True

    def _key(self, event: Any) -> None:
        top = self.stack[-1]
        key = event.value
        pointer = child(top.pointer, key)
        if key in top.value:
            first = self.keys[pointer].line
            self.problems.append(
                self.fault(
                    "duplicate_key",
                    text(f'The key "{key}" stands twice.', f"键“{key}”重复。"),
                    event,
                    text(f"It is already on line {first}; keep one of the two.", f"第 {first} 行已有；请只保留一个。"),
                    pointer,
                )
            )
            top.key = REFUSED
            return
        top.key = key
        self.keys[pointer] = _span(event, "plain")

    def _pointer(self) -> str:
        if not self.stack:
            return ""
        top = self.stack[-1]
        if isinstance(top.value, dict):
            return child(top.pointer, REFUSED if top.key is None else top.key)
        return child(top.pointer, len(top.value))

    def _place(self, value: Any, span: Span, size: int = 1, height: int = 0) -> None:
        if not self.stack:
            self.root = value
            self.values[""] = span
            return
        top = self.stack[-1]
        top.end = max(top.end, span.end)
        top.size += size
        top.height = max(top.height, height + 1)
        pointer = self._pointer()
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            key, top.key = top.key, None
            if key == REFUSED:
                return
            top.value[key] = value
        self.values[pointer] = span

    def places(self) -> Positions:
        """Where everything stands that was taken, so that no pointer leads to a value that is not there."""
        return Positions(_taken(self.values), _taken(self.keys))


def _taken(spans: dict[str, Span]) -> dict[str, Span]:
    return {pointer: span for pointer, span in spans.items() if REFUSED not in pointer}


def _span(event: Any, shape: Shape, *, flow: bool = False) -> Span:
    start, end = event.start_mark, event.end_mark
    return Span(start.index, end.index, start.line + 1, start.column + 1, shape, flow)


def read_tree(source_text: str, file: str | None = None) -> Tree:
    """The value of a YAML or JSON text with every place and every problem."""
    source_text = source_text.removeprefix("\ufeff")
    if len(source_text) > MAX_CHARACTERS:
        problem = Problem(
            code="metadata.too_large",
            file=file,
            line=1,
            column=1,
            message=text(
                f"The file is longer than {MAX_CHARACTERS:,} characters.", f"文件超过 {MAX_CHARACTERS:,} 个字符。"
            ),
        )
        return Tree(None, Source("", file), (problem,))
    builder = _Builder(source_text, file)
    for problem in _run(builder, _joined_surrogates(source_text)):
        builder.problems.append(problem)
    return Tree(builder.root, Source(source_text, file, builder.places()), tuple(builder.problems))


def _run(builder: _Builder, source_text: str) -> Iterator[Problem]:
    try:
        for event in yaml.parse(source_text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except _Stop as stop:
        yield stop.problem
    except yaml.YAMLError as error:
        yield syntax_problem(error, builder.file)
    except UnicodeEncodeError:
        yield Problem(
            code="metadata.syntax",
            file=builder.file,
            line=1,
            column=1,
            message=text("The text holds characters that are no Unicode text.", "文本中含有无效的 Unicode 字符。"),
        )


def _joined_surrogates(source_text: str) -> str:
    """JSON writes characters beyond U+FFFF as two escapes; YAML knows one."""
    if not source_text.lstrip().startswith("{") or "\\u" not in source_text:
        return source_text

    def join(found: re.Match[str]) -> str:
        high, low = int(found[2], 16), int(found[3], 16)
        return f"{found[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"

    return _PAIR.sub(join, source_text)
