"""The columns of a register's sheet: which record, whose, and one for each value that a cell can hold.

A period, an address or a location has one for each of its parts, a group one for each of its fields; files and rows
have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from loanloom.core.dates import written_day
from loanloom.engines import forms
from loanloom.engines.forms.model import FormField, Spec
from loanloom.engines.forms.types import levels
from loanloom.metadata.field_types import Part
from loanloom.metadata.registers import Register
from loanloom.problems import Text, say, text
from loanloom.services.context import Context
from loanloom.services.records import kept

NUMBER, OWNER = "number", "owner"
TITLES: Mapping[str, Text] = {
    NUMBER: text("Number (empty for a new one)", "编号（新建留空）"),
    "customer": text("Customer number", "客户编号"),
    "party": text("Partner number", "合作方编号"),
}
ANSWERS: Mapping[str, Text] = {"yes": text("Yes", "是"), "no": text("No", "否")}
BY_LEVELS = text("levels with / between", "各级用“/”隔开")
BETWEEN = "；"
"""What stands between several choices in one cell; also ; , and 、 are read."""
_PARTING = re.compile("[;,、，]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a sheet: a value of the form by its name, or what says which record and whose."""

    name: str
    title: Text
    path: tuple[str, ...] = ()
    """Where the value stands in what the form takes: the field, within a group its field, of several parts the part."""
    whole: Text = field(default_factory=dict)
    """What the field is called that a part belongs to."""
    required: bool = False
    choices: Mapping[str, Text] = field(default_factory=dict)
    spec: Spec | None = None
    part: Part | None = None

    @property
    def field(self) -> str:
        """The field as problems of the form name it."""
        return ".".join(self.path[:-1] if self.part else self.path)

    @property
    def several(self) -> bool:
        """Whether a cell may hold several choices."""
        return self.spec is not None and self.part is None and self.spec.several

    @property
    def _day(self) -> bool:
        return self._type == "date"

    @property
    def _type(self) -> str:
        return self.part.type if self.part else self.spec.behaviour.shape.type if self.spec else "string"

    @property
    def by_levels(self) -> bool:
        """Whether a cell holds a code found level by level."""
        spec, part = self.spec, self.part
        return spec is not None and spec.behaviour.levels is not None and (part is None or part.coded)

    def heading(self, language: str) -> str:
        """What stands above the column; a star says that it must be filled in."""
        return say(self.title, language) + (" *" if self.required else "")

    def raw(self, cell: str) -> Any:
        """A cell as the form takes it: the key of a choice that was written by its name, a day by its digits."""
        if self.several:
            return [key for written in cell.split(BETWEEN) for key in self._keys(written.strip())]
        if self._day and (day := written_day(cell.removesuffix(" 00:00:00"))) is not None:
            return day.isoformat()
        return self._key(cell) if self.choices else cell

    def _keys(self, written: str) -> list[str]:
        """The keys of choices that somebody parted otherwise; a name may hold such a mark itself."""
        whole = self._key(written)
        parts = [written] if whole in self.choices else _PARTING.split(written)
        return [self._key(one.strip()) for one in parts if one.strip()]

    def _key(self, cell: str) -> str:
        named = (key for key, title in self.choices.items() if cell in title.values())
        return cell if cell in self.choices else next(named, cell)

    def cell(self, value: Any, language: str) -> str:
        """A value of the form as a cell says it."""
        if value is None or self.spec is None:
            return ""
        if isinstance(value, list | tuple):
            return BETWEEN.join(self.cell(one, language) for one in value)
        if isinstance(value, bool):
            return say(ANSWERS["yes" if value else "no"], language)
        if self.by_levels:
            return levels.written(value, self.spec, language)
        if value in self.choices:
            return say(self.choices[value], language)
        if isinstance(value, date):
            return value.isoformat()
        if self.part is not None:
            return f"{value:f}" if self._type == "number" else str(value)
        return str(value) if self.several else self.spec.behaviour.write(value, self.spec)


def columns(ctx: Context, register: Register) -> tuple[Column, ...]:
    """The columns of a register's sheet, as far as the actor may fill in."""
    first = [Column(name=NUMBER, title=TITLES[NUMBER])]
    if register.about:
        first.append(Column(name=OWNER, title=TITLES[register.about], required=True))
    found = [one for fields in _by_field(ctx, register) for one in fields[1]]
    titles = [one.title for one in (*first, *found)]
    return (*first, *(_told_apart(one) if titles.count(one.title) > 1 else one for one in found))


def left_out(ctx: Context, register: Register) -> tuple[Text, ...]:
    """What one may fill in on the record's page and in no sheet: files and rows."""
    return tuple(one.title for one, found in _by_field(ctx, register) if not found)


def _by_field(ctx: Context, register: Register) -> Iterator[tuple[FormField, Sequence[Column]]]:
    form = kept.form_of(ctx, register.key)
    may = forms.modes(form, ctx.actor.roles, None)
    for one in form.by_path.values():
        if may[one.path] == "write" and _asked(one) and one.path.startswith(f"{register.key}."):
            yield one, tuple(_of_field(one, one.title, (one.path,), one.required is True, may))


def _asked(one: FormField) -> bool:
    return one.computed is None and one.read_only is not True


def _of_field(
    one: FormField, title: Text, path: tuple[str, ...], required: bool, may: Mapping[str, forms.Mode]
) -> Iterator[Column]:
    if one.group is not None:
        for inner in one.group.columns if one.group.single else ():
            if may[f"{one.path}.{inner.path}"] == "write" and _asked(inner):
                asked = required and inner.required is True
                yield from _of_field(inner, _joined(title, inner.title), (*path, inner.path), asked, may)
        return
    behaviour, name = one.spec.behaviour, ".".join(path)
    shape = behaviour.shape
    if shape.files or (shape.several and not shape.coded):
        return
    made = Column(name=name, title=title, whole=title, path=path, required=required, spec=one.spec)
    if not shape.parts:
        choices = ANSWERS if shape.type == "boolean" else {} if made.by_levels else _choices(one)
        yield replace(made, choices=choices, title=_with_levels(title) if made.by_levels else title)
    for key, part in shape.parts.items():
        if key in behaviour.inputs or part.coded:  # the others follow from these
            named = _joined(title, part.title)
            yield replace(
                made, name=f"{name}.{key}", path=(*path, key), part=part, required=required and not part.optional,
                title=_with_levels(named) if part.coded and behaviour.levels else named,
            )  # fmt: skip


def _choices(one: FormField) -> Mapping[str, Text]:
    return {option.key: option.title for option in one.spec.options if not option.retired}


def _joined(whole: Text, part: Text) -> Text:
    return {"en": f"{say(whole, 'en')}: {say(part, 'en')}", "zh": f"{say(whole, 'zh')}：{say(part, 'zh')}"}


def _with_levels(title: Text) -> Text:
    return {"en": f"{say(title, 'en')} ({BY_LEVELS['en']})", "zh": f"{say(title, 'zh')}（{BY_LEVELS['zh']}）"}


def _told_apart(one: Column) -> Column:
    """Two fields of one title: each with its key."""
    return replace(one, title={tag: f"{words} [{one.name.partition('.')[2]}]" for tag, words in one.title.items()})


# -- a record and its line ----------------------------------------------------------------------------------------


def by_field(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of records by the form's fields: {"prospect": {"name": ...}} as {"prospect.name": ...}."""
    records = ((record, one) for record, one in values.items() if isinstance(one, Mapping))
    return {f"{record}.{key}": value for record, one in records for key, value in one.items()}


def line_of(values: Mapping[str, Any], shown: Sequence[Column], language: str) -> dict[str, str]:
    """The filled cells of a record, by column; `values` by the form's fields."""
    cells = {one.name: one.cell(_at(values, one.path), language) for one in shown if one.path}
    return {name: cell for name, cell in cells.items() if cell}


def _at(values: Mapping[str, Any], path: Sequence[str]) -> Any:
    here: Any = values
    for step in path:
        here = here.get(step) if isinstance(here, Mapping) else None
    return here


def raw_of(
    cells: Mapping[str, str], shown: Sequence[Column], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The filled cells of a line as the form takes them; a part that has no cell stays what it was `before`."""
    raw: dict[str, Any] = {}
    for one in shown:
        if not one.path or one.name not in cells:
            continue
        here, stored = raw, before or {}
        for at, step in enumerate(one.path[:-1], 2):
            stored = stored.get(step) or {}
            is_parts = one.part is not None and at == len(one.path)
            here = here.setdefault(
                step, {key: one for key, one in stored.items() if one is not None} if is_parts else {}
            )
        here[one.path[-1]] = one.raw(cells[one.name])
    return raw
