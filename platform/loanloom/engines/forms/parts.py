"""What a field's type adds to its view: inputs, levels, words, files, what the value itself says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines.forms.settle import ABSENT, Cell, is_blank
from loanloom.problems import LANGUAGES


def is_closed(cell: Cell) -> bool:
    """Whether only a mask of the value may be shown."""
    spec = cell.field.spec
    return cell.mode == "masked" or (cell.mode == "read" and spec.encrypted)


def of_type(cell: Cell) -> dict[str, Any]:
    """The part of a field's view that its type knows."""
    spec, behaviour = cell.field.spec, cell.field.spec.field_type
    if behaviour is None:
        return {}
    found: dict[str, Any] = {}
    if is_closed(cell):
        return {"files": ()} if behaviour.shape.files else found
    if behaviour.shape.files:
        found["files"] = tuple(cell.value) if spec.several else (str(cell.value),) if cell.value else ()
    if behaviour.parts is not None:
        found["parts"] = parts = _inputs(cell)
        if behaviour.levels is not None:
            found["levels"] = behaviour.levels(parts, spec)
    if is_blank(cell.value):
        return found
    if behaviour.words is not None:
        found["words"] = {language: behaviour.words(cell.value, spec, language) for language in LANGUAGES}
    elif behaviour.shape.parts:
        found["words"] = dict.fromkeys(LANGUAGES, behaviour.write(cell.value, spec))
    if behaviour.derived is not None:
        found["derived"] = behaviour.derived(cell.value, spec)
    return found


def _inputs(cell: Cell) -> Mapping[str, str]:
    """What stands in each input: what was typed while it cannot be read, else the value."""
    behaviour = cell.field.spec.behaviour
    assert behaviour.parts is not None
    if cell.value is None and cell.typed is not ABSENT and isinstance(cell.typed, Mapping):
        return {name: str(cell.typed.get(name) or "") for name in behaviour.inputs}
    return behaviour.parts(cell.value, cell.field.spec) if cell.value is not None else {}
