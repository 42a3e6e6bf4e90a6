"""Choices: yes or no, one or several codes, a code found level by level. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loanloom.engines.forms.types import levels
from loanloom.engines.forms.types.base import Fault, built_in, text_of, write_plain

if TYPE_CHECKING:
    from loanloom.engines.forms.model import Spec

_YES = frozenset({"true", "yes", "1", "on", "是"})
_NO = frozenset({"false", "no", "0", "off", "否"})


def _read_yes_no(raw: Any, spec: Spec) -> bool | None:
    if isinstance(raw, bool):
        return raw
    value = text_of(raw).strip().lower()
    if not value:
        return None
    if value in _YES:
        return True
    if value in _NO:
        return False
    raise Fault("not_yes_no", "Answer yes or no.", "请选择是或否。")


def _write_yes_no(value: Any, spec: Spec) -> str:
    return "true" if value else "false"


def _known(key: str, spec: Spec) -> str:
    if key not in spec.option_keys:
        raise levels.unknown_choice(key, spec)
    return key


def _read_choice(raw: Any, spec: Spec) -> str | None:
    value = text_of(raw).strip()
    return _known(value, spec) if value else None


def _read_choices(raw: Any, spec: Spec) -> tuple[str, ...]:
    parts = [raw] if isinstance(raw, str) else raw
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise Fault("unknown_choice", "These are not choices.", "不是有效的选项。")
    return tuple(dict.fromkeys(_known(part.strip(), spec) for part in parts if part.strip()))


def _write_choices(value: Any, spec: Spec) -> str:
    return ",".join(value)


TYPES = {
    "yes_no": built_in("yes_no", _read_yes_no, _write_yes_no),
    "choice": built_in("choice", _read_choice, write_plain),
    "multi_choice": built_in("multi_choice", _read_choices, _write_choices, wide=True),
    "cascade": built_in(
        "cascade", levels.read, write_plain, inputs=levels.INPUTS, parts=levels.inputs_of, levels=levels.offered,
        words=levels.words, wide=True,
    ),
}  # fmt: skip
