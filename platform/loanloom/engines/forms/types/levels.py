"""A code of a list with parents, found level by level: province, city, district. Pure.

The code of the last level is kept. Each choice opens the next; one that does not lie below the choice before it (the
province was changed) is dropped. Text from outside may be the code, or the titles with a stroke between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from loanloom.engines.forms.types.base import Fault, Inputs, text_of
from loanloom.problems import say

if TYPE_CHECKING:
    from loanloom.engines.forms.model import Option, Spec

INPUTS = ("level1", "level2", "level3", "level4", "level5")
_STROKE = re.compile(r"\s*[/／>]\s*")


def read(raw: Any, spec: Spec) -> str | None:
    """The code chosen, which must be of the last level unless the field may stop earlier."""
    path = _chosen(raw, spec) if isinstance(raw, Mapping) else _written(text_of(raw).strip(), spec)
    if not path:
        return None
    if not spec.any_level and spec.below(path[-1]):
        raise Fault("unfinished_choice", "Choose down to the last level.", "请选择到最后一级。", unfinished=True)
    return path[-1]


def _chosen(raw: Mapping[str, Any], spec: Spec) -> list[str]:
    path: list[str] = []
    for name in INPUTS:
        code = text_of(raw.get(name) or "").strip()
        if not code:
            break
        above = path[-1] if path else None
        if code not in spec.option_keys:
            raise unknown_choice(code, spec)
        if spec.by_key[code].parent != above:
            break
        path.append(code)
    return path


def _written(value: str, spec: Spec) -> list[str]:
    if not value:
        return []
    if value in spec.option_keys:
        return path_of(value, spec)
    path: list[str] = []
    for name in _STROKE.split(value):
        above = path[-1] if path else None
        found = next((one.key for one in spec.below(above) if name == one.key or name in one.title.values()), None)
        if found is None:
            raise unknown_choice(name, spec)
        path.append(found)
    return path


def unknown_choice(code: str, spec: Spec) -> Fault:
    """A code that may not be chosen: one that was retired is called by its title."""
    retired = spec.by_key.get(code)
    if retired is None:
        return Fault("unknown_choice", f"“{code[:40]}” is not one of the choices.", f"“{code[:40]}”不在可选项中。")
    en, zh = (say(retired.title, language) for language in ("en", "zh"))
    return Fault("unknown_choice", f"“{en}” is no longer offered.", f"“{zh}”已停用，请另选。")


def path_of(code: str, spec: Spec) -> list[str]:
    """The codes from the first level down to this one."""
    path: list[str] = []
    here: str | None = code
    while here is not None and here not in path and len(path) < len(INPUTS):
        path.insert(0, here)
        option = spec.by_key.get(here)
        here = option.parent if option is not None else None
    return path


def inputs_of(value: Any, spec: Spec) -> Inputs:
    """Which code stands in the box of each level."""
    return dict(zip(INPUTS, path_of(str(value), spec), strict=False))


def offered(parts: Inputs, spec: Spec) -> tuple[tuple[Option, ...], ...]:
    """The choices of the first level and of every level that a choice has opened."""
    found: list[tuple[Option, ...]] = []
    above: str | None = None
    for name in INPUTS:
        options = tuple(one for one in spec.below(above) if not one.retired or one.key == parts.get(name))
        if not options:
            break
        found.append(options)
        above = parts.get(name)
        if above is None or above not in {one.key for one in options}:
            break
    return tuple(found)


def words(value: Any, spec: Spec, language: str) -> str:
    """The titles of every level; Chinese writes them in one."""
    titles = [say(spec.by_key[one].title, language) if one in spec.by_key else one for one in path_of(str(value), spec)]
    return "".join(titles) if language == "zh" else " / ".join(titles)


def written(value: Any, spec: Spec, language: str) -> str:
    """The titles of every level with a stroke between, as `read` takes them; the code itself where it was retired."""
    path = [spec.by_key[one] for one in path_of(str(value), spec) if one in spec.by_key]
    titles = [say(one.title, language) for one in path]
    if not path or any(one.retired for one in path) or any(_STROKE.search(title) for title in titles):
        return str(value)
    return "/".join(titles)
