"""What a field type is, and the small readings that every family of types shares. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from loanloom.metadata.field_types import SHAPES, Shape
from loanloom.problems import Problem, Text, text

if TYPE_CHECKING:
    from loanloom.engines.forms.model import Option, Spec

SHORT_TEXT, LONG_TEXT = 255, 4000
Inputs = Mapping[str, str]
"""The text of each input of a value that is entered in several."""


class Fault(Exception):
    """What is wrong with one value. `unfinished`: nothing is wrong yet, something is still to come."""

    def __init__(self, code: str, en: str, zh: str, *, unfinished: bool = False) -> None:
        super().__init__(code)
        self.problem = Problem(code=f"form.{code}", message=text(en, zh))
        self.unfinished = unfinished


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType:
    """How one type of field is read, checked, written and drawn. A plugin's part for the slot `field_type` is one.

    `read` takes text as a person types it (a percentage as 12.5) or a value that already has its type (0.125), gives
    None for nothing, raises Fault. `write` gives the text of an input. A type that is entered in several inputs names
    them (`inputs`), says what stands in each (`parts`) and reads a mapping of them.
    """

    shape: Shape
    read: Callable[[Any, Spec], Any]
    write: Callable[[Any, Spec], str]
    widget: str
    title: Text = field(default_factory=dict)
    """What authors call it; of the built-in ones it stands in the kind `entity`."""
    inputs: tuple[str, ...] = ()
    parts: Callable[[Any, Spec], Inputs] | None = None
    levels: Callable[[Inputs, Spec], tuple[tuple[Option, ...], ...]] | None = None
    """The choices of each level, where one choice opens the next."""
    words: Callable[[Any, Spec, str], str] | None = None
    """How a value reads in a language, where its text or its code's title is not enough."""
    derived: Callable[[Any, Spec], tuple[tuple[Text, Any], ...]] | None = None
    """What the value itself says, shown beside it."""
    wide: bool = False


def built_in(key: str, read: Callable[[Any, Spec], Any], write: Callable[[Any, Spec], str], **rest: Any) -> FieldType:
    """A built-in type; drawn by the widget of its own name unless another is given."""
    return FieldType(shape=SHAPES[key], read=read, write=write, widget=rest.pop("widget", key), **rest)


def text_of(raw: Any) -> str:
    """What was posted as one text; the first of several that is not empty."""
    if isinstance(raw, list | tuple):
        raw = next((part for part in raw if part), "")
    if not isinstance(raw, str):
        raise Fault("not_text", "This is not text.", "这里应填写文字。")
    if "\x00" in raw:
        raise Fault("not_text", "This holds characters that cannot be kept.", "含有无法保存的字符。")
    return raw


def write_plain(value: Any, spec: Spec) -> str:
    """The value as it is."""
    return str(value)
