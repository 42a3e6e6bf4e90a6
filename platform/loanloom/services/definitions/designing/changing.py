"""Changes of a form in the designer: a field put on it, moved, taken off; sections likewise. By mouse, keyboard and
plain post all ask for the same: something (`what`), to a place (`where`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.engines.forms.fields import field_paths
from loanloom.metadata import steps
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, child, is_index, is_list, parent, resolve, split
from loanloom.metadata.steps import Step
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.definitions.arranging import GONE, keep
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.designing.palette import places
from loanloom.services.definitions.keys import key_of
from loanloom.services.definitions.releases.drafts import Draft
from loanloom.services.errors import Refused

AWAY = "palette"
"""The place where a field is dropped that the form shall no longer ask for."""
FIELD = re.compile(r"/sections/\d{1,4}/fields/\d{1,4}")
SECTION = re.compile(r"/sections/\d{1,4}")
_INTO = re.compile(r"/sections/\d{1,4}/fields/(\d{1,4}|-)")


@dataclass(frozen=True, slots=True)
class Moved:
    """A change and where what was changed stands after it."""

    step: Step
    at: str | None


def design(ctx: Context, page: Page, what: str, where: str, version: int | None) -> tuple[Draft | None, str | None]:
    """Do it; the draft, and where the thing stands now."""
    document = page.shown
    if document is None:
        raise Refused(page.problems)
    moved = step_for(document, page, what, where)
    return change(ctx, page, moved.step, version), moved.at


def change(ctx: Context, page: Page, step: Step, version: int | None) -> Draft | None:
    """A step on a form, refused where the form would no longer have the shape of one; what changes nothing is no
    draft."""
    return keep(ctx, page, step, version) or page.draft


def step_for(document: Document, page: Page, what: str, where: str) -> Moved:
    """What is asked for as a step."""
    made: Moved | None = None
    if FIELD.fullmatch(what):
        made = _taken_off(document, what) if where == AWAY else _field_moved(document, what, where)
    elif SECTION.fullmatch(what):
        made = _section_gone(document, what) if where == AWAY else _section_moved(document, what, where)
    else:
        made = _placed(document, page, what, where)
    if made is None:
        raise Refused(GONE)
    return made


def _placed(document: Document, page: Page, path: str, where: str) -> Moved | None:
    """A declared field on the form: before the one at a place, or behind the last where that ends in -."""
    if path not in field_paths(page.registry, str(document.spec["record"])) or not _INTO.fullmatch(where):
        return None
    there = places(document).get(path)
    if there is not None:
        return _field_moved(document, there, where)
    fields = _fields(document, where)
    index = _index(fields, where)
    if fields is None or index is None:
        return None
    goal = child(parent(where), index)
    return Moved(steps.add_item(f"/spec{parent(where)}/{_end(fields, index)}", {"field": path}), goal)


def _field_moved(document: Document, what: str, where: str) -> Moved | None:
    if resolve(document.spec, what) is MISSING or not _INTO.fullmatch(where):
        return None
    fields, index = _fields(document, where), _index(_fields(document, where), where)
    if fields is None or index is None:
        return None
    if parent(what) != parent(where):
        goal = f"{parent(where)}/{_end(fields, index)}"
        return Moved(steps.transfer_item(f"/spec{what}", f"/spec{goal}"), child(parent(where), index))
    return _within(what, index, len(fields))


def _within(what: str, index: int, count: int) -> Moved:
    """Within one list: the place is counted before the thing is taken out."""
    own = int(split(what)[-1])
    to = min(index - (index > own), count - 1)
    return Moved(steps.move_item(f"/spec{what}", to), child(parent(what), to))


def _section_moved(document: Document, what: str, where: str) -> Moved | None:
    sections = document.spec["sections"]
    if resolve(document.spec, what) is MISSING or not re.fullmatch(r"/sections/(\d{1,4}|-)", where):
        return None
    index = _index(sections, where)
    return None if index is None else _within(what, index, len(sections))


def _taken_off(document: Document, what: str) -> Moved | None:
    if resolve(document.spec, what) is MISSING:
        return None
    return Moved(steps.remove(f"/spec{what}"), parent(parent(what)))


def _section_gone(document: Document, what: str) -> Moved | None:
    section = resolve(document.spec, what)
    if section is MISSING:
        return None
    if len(document.spec["sections"]) == 1:
        message = text("A form keeps at least one section.", "表单至少保留一个分节。")
        raise Refused(Problem(code="form.last_section", message=message))
    if section["fields"]:
        message = text("Fields still stand in this section.", "该分节中还有字段。")
        hint = text("Move them elsewhere or take them off first.", "请先将字段移走或移除。")
        raise Refused(Problem(code="form.section_in_use", message=message, hint=hint))
    return Moved(steps.remove(f"/spec{what}"), None)


def add_section(ctx: Context, page: Page, title: Mapping[str, str], version: int | None) -> tuple[Draft | None, str]:
    """A new, empty section behind the others."""
    document = page.shown
    if document is None:
        raise Refused(page.problems)
    named = both(title)
    taken = {str(one["key"]) for one in document.spec["sections"]}
    section = {"key": key_of(named, taken), "title": named, "columns": 2, "fields": []}
    draft = change(ctx, page, steps.add_item("/spec/sections/-", section), version)
    return draft, f"/sections/{len(document.spec['sections'])}"


def both(title: Mapping[str, str]) -> dict[str, str]:
    """A name in both languages; the one that was not given is said as the other."""
    en, zh = title.get("en", "").strip(), title.get("zh", "").strip()
    if not (en or zh):
        raise Refused(
            Problem(code="form.no_name", message=text("Say what it is called.", "请填写名称。"), field="title")
        )
    return {"en": en or zh, "zh": zh or en}


def _fields(document: Document, where: str) -> Any:
    found = resolve(document.spec, parent(where))
    return found if is_list(found) else None


def _index(items: Any, where: str) -> int | None:
    token = split(where)[-1]
    if items is None or (is_index(token) and int(token) > len(items)):
        return None
    return int(token) if is_index(token) else len(items)


def _end(items: Any, index: int) -> str:
    return "-" if index == len(items) else str(index)
