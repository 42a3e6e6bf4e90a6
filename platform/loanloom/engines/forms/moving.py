"""What becomes of a half-filled form when a newer version of it takes over: what stays, what has no place any more,
what cannot be taken as it was written, what is asked in addition. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from loanloom.engines.forms.inputs import Raw, sort_out
from loanloom.engines.forms.model import Form
from loanloom.engines.forms.view import FieldView, FormView


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The fields concerned: what was filled in as the older form shows it, what is added as the newer one does."""

    kept: tuple[FieldView, ...]
    gone: tuple[FieldView, ...]
    doubtful: tuple[FieldView, ...]
    """Not taken as it was written by the newer form, whose problems they carry."""
    added: tuple[FieldView, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether everything stays where it was."""
        return not (self.gone or self.doubtful or self.added)


def fitting(form: Form, raw: Raw) -> dict[str, Any]:
    """Of what was typed, the part that a form has a place for."""
    return {name: value for name, value in raw.items() if not sort_out(form, {name: value}).problems}


def moved(old: Form, new: Form, before: FormView, after: FormView) -> Moved:
    """`before`: what was typed as the older form shows it; `after`: the same on the newer one."""
    filled = [one for one in before.fields() if _is_filled(one)]
    has, had = _places(new), _places(old)
    here = {one.name: one for one in after.fields()}
    stays = [one for one in filled if _place(old, one) in has]
    was_wrong = {one.name for one in filled if one.problems}
    doubtful = tuple(
        replace(one, problems=here[one.name].problems)
        for one in stays
        if one.name in here and here[one.name].problems and one.name not in was_wrong
    )
    in_doubt = {one.name for one in doubtful}
    return Moved(
        kept=tuple(one for one in stays if one.name not in in_doubt and one.group is None),
        gone=tuple(one for one in filled if _place(old, one) not in has and not _within_gone(old, one, has)),
        doubtful=doubtful,
        added=tuple(one for one in _shown_once(new, after) if _place(new, one) not in had),
    )


def _places(form: Form) -> frozenset[str]:
    """Every field and every column of a form, rows without their number."""
    columns = {
        f"{path}.{column.path}" for path, one in form.by_path.items() if one.group for column in one.group.columns
    }
    return frozenset(form.by_path) | columns


def _place(form: Form, field: FieldView) -> str:
    """The field or column that a drawn field is: `guarantors.0.name` is `guarantors.name`."""
    parts = field.name.split(".")
    return field.name if field.name in form.by_path else ".".join(part for part in parts if not part.isdecimal())


def _within_gone(form: Form, field: FieldView, has: frozenset[str]) -> bool:
    """A cell of rows that are gone as a whole is told with them."""
    owner = _place(form, field).rpartition(".")[0]
    return owner in form.by_path and owner not in has


def _shown_once(form: Form, view: FormView) -> Iterator[FieldView]:
    """The fields of the page, a column of several rows once, cells of a group left to it where it is new itself."""
    seen: set[str] = set()
    for one in view.fields():
        place = _place(form, one)
        if place not in seen:
            seen.add(place)
            yield one


def _is_filled(field: FieldView) -> bool:
    if field.group is not None:
        return any(_is_filled(cell) for row in field.group.rows for cell in row.fields)
    parts: Mapping[str, str] = field.parts
    return bool(field.text or field.files or any(parts.values()) or field.chosen)
