"""The blocks of a template as people write them: texts to be filled in place by place, and changes of them as steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from loanloom.engines.documents.formatting import FORMATS
from loanloom.metadata import steps
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, is_list, resolve, split
from loanloom.metadata.steps import Step
from loanloom.problems import Problem, Text, text
from loanloom.services.errors import Refused

MOST_ROWS: Final = 200
KINDS: Mapping[str, Text] = {
    "heading": text("Heading", "标题"),
    "paragraph": text("Paragraph", "段落"),
    "clause": text("Clause", "条款"),
    "facts": text("Facts", "要素"),
    "table": text("Table", "表格"),
    "signatures": text("Signatures", "签章处"),
}
_ROW: Mapping[str, str] = {"facts": "facts", "signatures": "signatures", "table": "table/columns"}
"""Where the rows of a block lie, below the block."""


GONE: Final = Problem(
    code="template.place_gone",
    message=text("This part is no longer there.", "该部分已不存在。"),
    hint=text("Look at the template as it is now, then try again.", "请查看最新内容后重试。"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place to write in. `pointer` counts from the spec; `kind`: line, text, value (an expression), format."""

    pointer: str
    label: Text
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list or table: its pointer and its places."""

    pointer: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block: its own places, and its rows."""

    pointer: str
    kind: str
    title: Text
    places: tuple[Place, ...]
    rows: tuple[Row, ...]
    takes_rows: bool


_LABELS: Mapping[str, Text] = {
    "title": text("Title", "标题"),
    "text": text("Text", "正文"),
    "label": text("Label", "名称"),
    "value": text("Value", "取值"),
    "format": text("Format", "格式"),
    "rows": text("Rows", "行"),
    "party": text("Party", "签署方"),
    "name": text("Name", "名称"),
}
_SHAPES: Mapping[str, str] = {"text": "text", "value": "value", "rows": "value", "format": "format"}
_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "clause": ("title", "text"),
    "facts": ("label", "value", "format"),
    "table": ("title", "value", "format"),
    "signatures": ("party", "name"),
}


def blocks(document: Document) -> tuple[Block, ...]:
    """Every block in order."""
    return tuple(_block(one, f"/blocks/{at}") for at, one in enumerate(document.spec["blocks"]))


def _block(spec: Mapping[str, Any], pointer: str) -> Block:
    kind, body = next(iter(spec.items()))
    place = f"{pointer}/{kind}"
    own: tuple[Place, ...] = ()
    if kind in ("heading", "paragraph"):
        shape = "line" if kind == "heading" else "text"
        own = (Place(pointer=place, label=KINDS[kind], kind=shape, value=body),)
    elif kind == "clause":
        own = tuple(_place(body, place, name) for name in _MEMBERS["clause"])
    elif kind == "table":
        own = (_place(body, place, "rows"),)
    listed, at = (body["columns"], f"{place}/columns") if kind == "table" else (body, place)
    rows = () if kind not in _ROW else tuple(
        Row(f"{at}/{number}", tuple(_place(one, f"{at}/{number}", name) for name in _MEMBERS[kind]))
        for number, one in enumerate(listed)
    )  # fmt: skip
    return Block(pointer=pointer, kind=kind, title=KINDS[kind], places=own, rows=rows, takes_rows=kind in _ROW)


def _place(holder: Mapping[str, Any], pointer: str, name: str) -> Place:
    held = holder.get(name, "")
    value = str(held).lower() if isinstance(held, bool) else str(held)
    return Place(pointer=f"{pointer}/{name}", label=_LABELS[name], kind=_SHAPES.get(name, "line"), value=value)


def step_for(document: Document, typed: Mapping[str, str], act: str) -> Step:
    """What was typed at places (by pointer), and one thing done with a block or row: up, down, remove, row, add:KIND.

    `act` is DO:POINTER, or add:KIND:POINTER for a new block behind the one at the pointer.
    """
    values, gone = _written(document, typed)
    return steps.in_turn(steps.set_values(values, gone), *_acts(document, act))


def _written(document: Document, typed: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    gone: list[str] = []
    for place in _places(document):
        if place.pointer not in typed:
            continue
        words = typed[place.pointer].replace("\r\n", "\n")
        if place.kind != "text":
            words = words.strip()
        if words.strip() == place.value.strip():
            continue
        if place.kind == "format" and words not in ("", *FORMATS):
            raise Refused(_unknown_format(place.pointer))
        if not words.strip() and place.kind != "format":
            raise Refused(_empty(place.pointer))
        if words:
            values[f"/spec{place.pointer}"] = words
        else:
            gone.append(f"/spec{place.pointer}")
    return values, gone


def _places(document: Document) -> Iterator[Place]:
    for block in blocks(document):
        yield from block.places
        for row in block.rows:
            yield from row.places


def _acts(document: Document, act: str) -> Iterator[Step]:
    do, _, rest = act.partition(":")
    choice, _, pointer = rest.partition(":") if do == "add" else ("", "", rest)
    if do in ("", "save"):
        return
    found = resolve(document.spec, pointer)
    tokens = split(pointer)
    if found is MISSING or tokens[:1] != ("blocks",):
        raise Refused(GONE)
    if do == "add" and choice in KINDS and len(tokens) == 2:
        at = int(tokens[1]) + 1
        last = at == len(document.spec["blocks"])
        yield steps.add_item(f"/spec/blocks/{'-' if last else at}", _new_block(choice))
    elif do == "row" and is_list(found) and len(tokens) in (3, 4):
        if len(found) >= MOST_ROWS:
            raise Refused(GONE)
        yield steps.add_item(f"/spec{pointer}/-", _new_row(tokens[2]))
    elif do in _MOVES and tokens[-1].isdecimal():
        yield from _MOVES[do](document, pointer, int(tokens[-1]))
    else:
        raise Refused(GONE)


def _remove(document: Document, pointer: str, at: int) -> Iterator[Step]:
    if len(resolve(document.spec, pointer.rpartition("/")[0])) == 1:
        raise Refused(_last())
    yield steps.remove(f"/spec{pointer}")


def _moved(document: Document, pointer: str, at: int, by: int) -> Iterator[Step]:
    if 0 <= at + by < len(resolve(document.spec, pointer.rpartition("/")[0])):
        yield steps.move_item(f"/spec{pointer}", at + by)


_MOVES: Mapping[str, Callable[[Document, str, int], Iterator[Step]]] = {
    "remove": _remove,
    "up": lambda document, pointer, at: _moved(document, pointer, at, -1),
    "down": lambda document, pointer, at: _moved(document, pointer, at, 1),
}


def _new_block(kind: str) -> dict[str, Any]:
    """A block with nothing written into it yet, which is told as a problem until somebody does."""
    body: Any = {
        "heading": "",
        "paragraph": "",
        "clause": {"title": "", "text": ""},
        "table": {"rows": "schedule", "columns": [_new_row("table")]},
    }.get(kind)
    return {kind: body if body is not None else [_new_row(kind)]}


def _new_row(kind: str) -> dict[str, Any]:
    if kind == "facts":
        return {"label": "", "value": "contract.number"}
    if kind == "signatures":
        return {"party": "", "name": "{{ customer.name }}"}
    return {"title": "", "value": "due_on", "format": "date"}


def _empty(pointer: str) -> Problem:
    hint = text("Take the block or row out if it is not needed.", "如不需要，请删除该内容块或该行。")
    return Problem(
        code="template.empty", field=pointer, message=text("Write something here.", "此处不能为空。"), hint=hint
    )


def _unknown_format(pointer: str) -> Problem:
    message = text("There is no such format.", "没有该格式。")
    return Problem(code="document.unknown_format", field=pointer, message=message)


def _last() -> Problem:
    return Problem(
        code="template.last",
        message=text("The last one stays. Write something else into it.", "至少保留一项，请直接修改其内容。"),
    )
