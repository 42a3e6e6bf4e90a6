"""A form document -> a compiled form, with every mistake gathered: unknown fields, wrong expressions, circles.

Pure. A form names fields; what they are is declared in entities. Expressions see every fact by its full path, and
inside a row of a repeat group the row's own fields by their bare names. Each field is compiled by itself
(`compile_field`); here is what they make together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loanloom.engines.forms import code_lists
from loanloom.engines.forms.compile_field import Found, checked_field, compile_field
from loanloom.engines.forms.compile_rules import Reads, Rules
from loanloom.engines.forms.model import Access, Check, Compiled, Form, FormField, Rule, Section, Step
from loanloom.engines.forms.ordering import Node, Touched, arrange
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.problems import Problem, errors

Place = tuple[int, str]
"""Something to settle: the number of a section, and the field of it; without one, the section itself."""


def compile_form(document: Document, registry: Registry) -> Compiled:
    """The form of one document, or None with what is wrong."""
    fields: dict[str, FormField] = {}
    problems: list[Problem] = []

    def field_at(pointer: str) -> Found:
        built, found, wrong = compile_field(document, pointer, registry)
        problems.extend(wrong)
        if built is not None:
            fields[built.path] = built
        return found

    parts = _Compiler(document, registry, field_at).run()
    problems.extend(parts.problems)
    if errors(problems):
        return Compiled(None, tuple(problems))
    triggers = parts.triggers(fields)
    by_path = {path: _with_trigger(fields[path], triggers) for each in parts.fields for path in each}
    form = Form(
        key=document.key,
        title=document.title,
        record=document.spec["record"],
        layout=document.spec.get("layout", "sections"),
        sections=tuple(_sections(document, parts, by_path)),
        steps=tuple(Step(at, by_path[path] if path else None) for at, path in parts.steps),
        checks=parts.checks,
        access=parts.access,
        by_path=by_path,
    )
    return Compiled(form, tuple(problems))


def _sections(document: Document, parts: _Parts, by_path: Mapping[str, FormField]) -> Iterator[Section]:
    for spec, visible, paths in zip(document.spec["sections"], parts.visible, parts.fields, strict=True):
        yield Section(
            key=spec["key"],
            title=spec["title"],
            hint=spec.get("hint"),
            fields=tuple(by_path[path] for path in paths),
            visible=visible,
            columns=int(spec.get("columns", 2)),
        )


def check(registry: Registry) -> list[Problem]:
    """Everything wrong with the forms of a registry, and with what their fields choose from."""
    found = [problem for document in registry.all("form") for problem in _of_form(document, registry)]
    return [*found, *code_lists.check(registry)]


@kept_narrowly
def _of_form(document: Document, registry: Registry) -> tuple[Problem, ...]:
    fields, problems = _put_together(document, registry)
    of_fields = (checked_field(document, pointer, registry)["problems"] for pointer in fields)
    return (*(problem for each in of_fields for problem in each), *problems)


@kept_narrowly
def _put_together(document: Document, registry: Registry) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Where the fields stand that were looked at, and what is wrong with the form beside them."""
    looked: list[str] = []

    def field_at(pointer: str) -> Found:
        looked.append(pointer)
        found: Found = checked_field(document, pointer, registry)["found"]
        return found

    parts = _Compiler(document, registry, field_at).run()
    return tuple(looked), parts.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What stands in a form beside its fields, and in which order it settles."""

    visible: tuple[Rule, ...]
    """Of each section, when it is shown."""
    fields: tuple[tuple[str, ...], ...]
    """Of each section, the paths of its fields."""
    checks: tuple[Check, ...]
    access: tuple[Access, ...]
    steps: tuple[Place, ...]
    reads: Mapping[str, Reads]
    problems: tuple[Problem, ...]

    def triggers(self, fields: Mapping[str, FormField]) -> set[str]:
        """Paths (columns too) whose change may change something else on the page."""
        read = {one for reads in self.reads.values() for one in reads.settling | reads.judging}
        columns = {path: one.group.columns for path, one in fields.items() if one.group is not None}
        inside = {f"{path}.{column.path}" for path, each in columns.items() for column in each}
        found = Touched({*fields, *inside}).by(read)
        for path, group in ((path, one.group) for path, one in fields.items()):
            if group is None:
                continue
            bare = {each for column in group.columns for each in self.reads[f"{path}.{column.path}"].settling}
            bare |= set(group.totals)
            asks = group.single and any(column.required is not False for column in group.columns)
            found |= {f"{path}.{column.path}" for column in group.columns if asks or column.path in bare}
        return found


class _Compiler(Rules):
    """One compilation: the fields as `field_at` finds them, put together."""

    def __init__(self, document: Document, registry: Registry, field_at: Callable[[str], Found]) -> None:
        super().__init__(document, registry)
        self.field_at = field_at
        self.found: dict[str, Found] = {}
        self.reads: dict[str, Reads] = {}

    def run(self) -> _Parts:
        """The parts of the form; every problem is found by now."""
        spec = self.document.spec
        sections = [self._section(at, one) for at, one in enumerate(spec["sections"])]
        fields = tuple(paths for _, paths in sections)
        there = [path for paths in fields for path in paths]
        checks = [self._check(one, f"/checks/{at}", there) for at, one in enumerate(spec.get("checks", ()))]
        access = tuple(self._access(at, each, fields) for at, each in enumerate(spec.get("access", ())))
        steps = self._steps(fields)
        return _Parts(
            visible=tuple(visible for visible, _ in sections),
            fields=fields,
            checks=tuple(one for one in checks if one is not None),
            access=access,
            steps=steps,
            reads=self.reads,
            problems=tuple(self.problems),
        )

    def _section(self, at: int, spec: Mapping[str, Any]) -> tuple[Rule, tuple[str, ...]]:
        pointer = f"/sections/{at}"
        reads = self.reads[_section_name(at)] = Reads()
        visible = self.rule(spec.get("visible", True), f"{pointer}/visible", reads.settling)
        if not spec["fields"]:
            en, zh = "This section asks for nothing yet.", "该分节还没有字段。"
            self.say("form.empty_section", en, zh, f"{pointer}/fields")
        found = (self._field(each["field"], f"{pointer}/fields/{at}") for at, each in enumerate(spec["fields"]))
        return visible, tuple(one for one in found if one is not None)

    def _field(self, path: str, pointer: str) -> str | None:
        if path in self.reads:
            en, zh = f"“{path}” stands in this form twice.", f"“{path}”在表单中出现了两次。"
            self.say("form.duplicate_field", en, zh, pointer)
            return None
        found = self.field_at(pointer)
        self.reads.update(found.reads)
        if found.columns is None:
            return None
        self.found[path] = found
        return path

    def _check(self, spec: Mapping[str, Any], pointer: str, there: Sequence[str]) -> Check | None:
        made = self.check(spec, pointer, set())
        at = spec.get("field")
        if at is not None and at not in there:
            self.unknown(at, there, f"{pointer}/field")
        return made

    def _access(self, at: int, spec: Mapping[str, Any], fields: Sequence[Sequence[str]]) -> Access:
        pointer = f"/access/{at}"
        sections = {one["key"]: paths for one, paths in zip(self.document.spec["sections"], fields, strict=True)}
        known = {path for path in self.reads if not path.startswith("section:")}
        paths: set[str] = set()
        for number, key in enumerate(spec.get("sections", ())):
            if key not in sections:
                self.unknown(key, list(sections), f"{pointer}/sections/{number}")
            else:
                paths |= {path for one in sections[key] for path in self.found[one].paths}
        for number, path in enumerate(spec.get("fields", ())):
            if path not in known:
                self.unknown(path, list(known), f"{pointer}/fields/{number}")
            paths.add(path)
        limited = "sections" in spec or "fields" in spec
        return Access(frozenset(spec["roles"]), spec["mode"], spec.get("node"), frozenset(paths) if limited else None)

    def _steps(self, fields: Sequence[Sequence[str]]) -> tuple[Place, ...]:
        nodes: list[Node] = []
        place: dict[str, Place] = {}
        for at, paths in enumerate(fields):
            name = _section_name(at)
            nodes.append(Node(name, frozenset(self.reads[name].settling)))
            place[name] = (at, "")
            for path in paths:
                nodes.append(Node(path, frozenset(self.reads[path].settling), frozenset({name})))
                place[path] = (at, path)
        order, circles = arrange(nodes)
        for circle in circles:
            self.circle([one for one in circle if one in self.found] or circle, self._pointer_of(circle[0]))
        return tuple(place[name] for name in order)

    def _pointer_of(self, name: str) -> str:
        for at, section in enumerate(self.document.spec["sections"]):
            if name == _section_name(at):
                return f"/sections/{at}/visible"
            for number, each in enumerate(section["fields"]):
                if each["field"] == name:
                    return f"/sections/{at}/fields/{number}"
        return "/sections"


def _with_trigger(one: FormField, triggers: set[str]) -> FormField:
    group = one.group
    if group is None and one.path not in triggers:
        return one
    if group is not None:
        columns = {c.path: replace(c, triggers=f"{one.path}.{c.path}" in triggers) for c in group.columns}
        group = replace(group, columns=tuple(columns.values()), order=tuple(columns[c.path] for c in group.order))
    return replace(one, triggers=one.path in triggers, group=group)


def _section_name(at: int) -> str:
    return f"section:{at}"
