"""A form document -> a compiled form, with every mistake gathered: unknown fields, wrong expressions, circles.

Pure. A form names fields; what they are is declared in entities. Expressions see every fact by its full path, and
inside a row of a repeat group the row's own fields by their bare names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.engines.forms import code_lists
from loanloom.engines.forms.fields import entity_title, field_at, field_paths, row_scope, spec_of
from loanloom.engines.forms.model import (
    ROW_ENTITIES,
    Access,
    Check,
    Compiled,
    Form,
    FormField,
    Group,
    Rule,
    Section,
    Spec,
    Step,
)
from loanloom.engines.forms.ordering import Node, Touched, arrange
from loanloom.engines.forms.types import GROUP, TABLE, is_pattern
from loanloom.metadata.document import Document
from loanloom.metadata.fields import Field
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.problems import Problem, errors, text

MOST_ROWS = 50


def compile_form(document: Document, registry: Registry) -> Compiled:
    """The form of one document, or None with what is wrong."""
    return _Compiler(document, registry).run()


def check(registry: Registry) -> list[Problem]:
    """Everything wrong with the forms of a registry, and with what their fields choose from."""
    found = [problem for document in registry.all("form") for problem in _of_form(document, registry)]
    return [*found, *code_lists.check(registry)]


@kept_narrowly
def _of_form(document: Document, registry: Registry) -> tuple[Problem, ...]:
    compiler = _Compiler(document, registry)
    compiler.build()
    return tuple(compiler.problems)


@dataclass(slots=True)
class _Reads:
    """What the rules of one field read: while it settles, and when it is judged."""

    settling: set[str] = field(default_factory=set)
    judging: set[str] = field(default_factory=set)


class _Compiler:
    """One compilation: gathers problems and what every field reads while the parts are built."""

    def __init__(self, document: Document, registry: Registry) -> None:
        self.document = document
        self.registry = registry
        self.problems: list[Problem] = []
        self.scope = fact_scope.scope(registry, document.spec["record"])
        self.reads: dict[str, _Reads] = {}

    def run(self) -> Compiled:
        spec = self.document.spec
        sections, checks, access, steps = self.build()
        if errors(self.problems):
            return Compiled(None, tuple(self.problems))
        by_path = {one.path: one for section in sections for one in section.fields}
        triggers = self._triggers(by_path)
        final = [replace(s, fields=tuple(self._with_trigger(f, triggers) for f in s.fields)) for s in sections]
        by_path = {one.path: one for section in final for one in section.fields}
        form = Form(
            key=self.document.key,
            title=self.document.title,
            record=spec["record"],
            layout=spec.get("layout", "sections"),
            sections=tuple(final),
            steps=tuple(Step(at, by_path[path] if path else None) for at, path in steps),
            checks=checks,
            access=access,
            by_path=by_path,
        )
        return Compiled(form, tuple(self.problems))

    def build(self) -> tuple[list[Section], tuple[Check, ...], tuple[Access, ...], list[tuple[int, str]]]:
        """The parts of the form; every problem is found by now."""
        spec = self.document.spec
        sections = [self._section(at, one) for at, one in enumerate(spec["sections"])]
        by_path = {one.path: one for section in sections for one in section.fields}
        checks = tuple(
            one
            for at, each in enumerate(spec.get("checks", ()))
            if (one := self._check(each, f"/checks/{at}", by_path))
        )
        for one in checks:
            self.reads.setdefault("", _Reads()).judging |= set(one.rule.inputs)
        access = tuple(self._access(at, each, sections) for at, each in enumerate(spec.get("access", ())))
        return sections, checks, access, self._steps(sections, by_path)

    # -- parts -------------------------------------------------------------------------------------------------------

    def _section(self, at: int, spec: Mapping[str, Any]) -> Section:
        pointer = f"/sections/{at}"
        name = _section_name(at)
        visible = self._rule(spec.get("visible", True), f"{pointer}/visible", name)
        if not spec["fields"]:
            en, zh = "This section asks for nothing yet.", "该分节还没有字段。"
            self._say("form.empty_section", en, zh, f"{pointer}/fields")
        fields = [
            one
            for number, each in enumerate(spec["fields"])
            if (one := self._field(each, f"{pointer}/fields/{number}", name)) is not None
        ]
        return Section(
            key=spec["key"],
            title=spec["title"],
            hint=spec.get("hint"),
            fields=tuple(fields),
            visible=visible,
            columns=int(spec.get("columns", 2)),
        )

    def _field(self, spec: Mapping[str, Any], pointer: str, section: str) -> FormField | None:
        path = spec["field"]
        if path in self.reads:
            self._say(
                "form.duplicate_field", f"“{path}” stands in this form twice.", f"“{path}”在表单中出现了两次。", pointer
            )
            return None
        if path in ROW_ENTITIES:
            declared = None
            columns = self.registry.entity_fields(ROW_ENTITIES[path])
            shown = Spec(key=path, title=entity_title(self.registry, ROW_ENTITIES[path]), type=TABLE)
        else:
            declared = field_at(self.registry, path)
            if declared is None:
                self._unknown(path, field_paths(self.registry, self.document.spec["record"]), f"{pointer}/field")
                self._anyway(spec, pointer, path)
                return None
            columns = declared.fields
            shown = spec_of(declared, self.registry)
        self.reads[path] = _Reads()
        built = self._rules(spec, pointer, path, shown, declared, self.scope)
        if shown.type in (TABLE, GROUP):
            return replace(built, group=self._group(spec, pointer, path, columns, single=shown.type == GROUP))
        if spec.keys() & {"min_rows", "max_rows", "fields", "totals"}:
            self._say("form.not_a_group", f"“{path}” has no rows.", f"“{path}”不是明细表，没有行。", pointer)
        if shown.field_type is None:
            self._say("form.unknown_type", f"No field type “{shown.type}”.", f"没有字段类型“{shown.type}”。", pointer)
            return None
        return built

    def _anyway(self, spec: Mapping[str, Any], pointer: str, path: str) -> None:
        """Look at the formulas of a field that does not exist too, so that all mistakes are told at once."""
        self.reads[path] = _Reads()
        self._rules(spec, pointer, path, Spec(key=path, title=text(path, path), type="text"), None, self.scope)
        del self.reads[path]

    def _rules(
        self, spec: Mapping[str, Any], pointer: str, path: str, shown: Spec, declared: Field | None, scope: feel.Type
    ) -> FormField:
        """The rules of one field or column, whatever it is."""
        if shown.pattern is not None and not is_pattern(shown.pattern):
            en, zh = f"The pattern of “{path}” cannot be read.", f"“{path}”的格式表达式有误。"
            self._say("form.bad_pattern", en, zh, pointer)
        filled = bool(spec.keys() & {"computed", "default"})
        expected = (
            fact_scope.field_type(declared, self.registry)
            if filled and declared is not None and shown.type not in (TABLE, GROUP)
            else None
        )
        reads = self.reads[path]
        check = spec.get("check")
        checks = self._check(check, f"{pointer}/check", None, scope) if check else None
        if checks is not None:
            reads.judging |= set(checks.rule.inputs)
        return FormField(
            path=spec["field"],
            spec=shown,
            required=self._rule(spec.get("required", False), f"{pointer}/required", path, scope, judging=True),
            visible=self._rule(spec.get("visible", True), f"{pointer}/visible", path, scope),
            read_only=self._rule(spec.get("read_only", False), f"{pointer}/read_only", path, scope),
            computed=self._program(spec.get("computed"), f"{pointer}/computed", reads.settling, scope, expected),
            default=self._program(spec.get("default"), f"{pointer}/default", reads.settling, scope, expected),
            checks=(checks,) if checks else (),
            keep_hidden=spec.get("when_hidden") == "keep",
            hint=spec.get("hint"),
            wide=spec["width"] == "row" if "width" in spec else None,
        )

    def _group(
        self, spec: Mapping[str, Any], pointer: str, path: str, declared: Sequence[Field], *, single: bool
    ) -> Group:
        if single and spec.keys() & {"min_rows", "max_rows", "totals"}:
            self._say("form.not_a_table", f"“{path}” stands once.", f"“{path}”只填一份，没有行。", pointer)
        known = {one.key: one for one in declared if not one.shape.rows}
        chosen = spec.get("fields") or [{"field": key} for key in known]
        scope = row_scope(self.scope, path, self.registry)
        columns: list[FormField] = []
        for at, each in enumerate(chosen):
            place = f"{pointer}/fields/{at}" if "fields" in spec else pointer
            key = each["field"]
            if key not in known:
                self._unknown(key, list(known), f"{place}/field")
                continue
            self.reads[f"{path}.{key}"] = _Reads()
            shown = spec_of(known[key], self.registry)
            columns.append(self._rules(each, place, f"{path}.{key}", shown, known[key], scope))
        order = self._order_columns(path, columns, set(known), pointer)
        return Group(
            columns=tuple(columns),
            order=tuple(order),
            min_rows=1 if single else int(spec.get("min_rows", 0)),
            max_rows=1 if single else int(spec.get("max_rows", MOST_ROWS)),
            totals=tuple(self._totals(spec, pointer, columns)),
            single=single,
        )

    def _totals(self, spec: Mapping[str, Any], pointer: str, columns: Sequence[FormField]) -> Iterator[str]:
        """The columns that are added up: numbers that stand in the table and are no secret."""
        by_key = {one.path: one for one in columns}
        for at, key in enumerate(spec.get("totals", ())):
            place = f"{pointer}/totals/{at}"
            if key not in by_key:
                self._unknown(key, list(by_key), place)
            elif by_key[key].spec.type not in ("integer", "number", "money") or by_key[key].spec.encrypted:
                self._say("form.no_total", f"“{key}” cannot be added up.", f"“{key}”不能合计。", place)
            else:
                yield key

    def _order_columns(self, path: str, columns: Sequence[FormField], bare: set[str], pointer: str) -> list[FormField]:
        """Columns in settling order; what they read outside the row becomes something the group reads."""
        nodes = []
        for column in columns:
            reads = self.reads[f"{path}.{column.path}"]
            nodes.append(Node(column.path, frozenset(reads.settling & bare)))
            self.reads[path].settling |= reads.settling - bare
            self.reads[path].judging |= {
                f"{path}.{one}" if one in bare else one for one in reads.judging | reads.settling
            }
        order, circles = arrange(nodes)
        for circle in circles:
            self._circle([f"{path}.{one}" for one in circle], pointer)
        by_key = {column.path: column for column in columns}
        return [by_key[key] for key in order]

    def _access(self, at: int, spec: Mapping[str, Any], sections: Sequence[Section]) -> Access:
        pointer = f"/access/{at}"
        known_sections = {section.key: section for section in sections}
        known_paths = {path for path in self.reads if path and not path.startswith("section:")}
        paths: set[str] = set()
        for number, key in enumerate(spec.get("sections", ())):
            if key not in known_sections:
                self._unknown(key, list(known_sections), f"{pointer}/sections/{number}")
            else:
                paths |= {path for one in known_sections[key].fields for path in _with_columns(one)}
        for number, path in enumerate(spec.get("fields", ())):
            if path not in known_paths:
                self._unknown(path, list(known_paths), f"{pointer}/fields/{number}")
            paths.add(path)
        limited = "sections" in spec or "fields" in spec
        return Access(frozenset(spec["roles"]), spec["mode"], spec.get("node"), frozenset(paths) if limited else None)

    # -- order and triggers ------------------------------------------------------------------------------------------

    def _steps(self, sections: Sequence[Section], by_path: Mapping[str, FormField]) -> list[tuple[int, str]]:
        nodes: list[Node] = []
        place: dict[str, tuple[int, str]] = {}
        for at, section in enumerate(sections):
            name = _section_name(at)
            nodes.append(Node(name, frozenset(self.reads.get(name, _Reads()).settling)))
            place[name] = (at, "")
            for one in section.fields:
                nodes.append(Node(one.path, frozenset(self.reads[one.path].settling), frozenset({name})))
                place[one.path] = (at, one.path)
        order, circles = arrange(nodes)
        for circle in circles:
            self._circle([one for one in circle if one in by_path] or circle, self._pointer_of(circle[0]))
        return [place[name] for name in order]

    def _pointer_of(self, name: str) -> str:
        for at, section in enumerate(self.document.spec["sections"]):
            if name == _section_name(at):
                return f"/sections/{at}/visible"
            for number, each in enumerate(section["fields"]):
                if each["field"] == name:
                    return f"/sections/{at}/fields/{number}"
        return "/sections"

    def _triggers(self, by_path: Mapping[str, FormField]) -> set[str]:
        """Paths (columns too) whose change may change something else on the page."""
        read = {
            one for name, reads in self.reads.items() for one in reads.settling | (reads.judging if name else set())
        }
        paths = {path for one in by_path.values() for path in _with_columns(one)}
        found = Touched(paths).by(read)
        for one in by_path.values():
            if one.group is None:
                continue
            bare = {each for column in one.group.columns for each in self.reads[f"{one.path}.{column.path}"].settling}
            bare |= set(one.group.totals)
            asks = one.group.single and any(column.required is not False for column in one.group.columns)
            found |= {f"{one.path}.{column.path}" for column in one.group.columns if asks or column.path in bare}
        return found

    def _with_trigger(self, one: FormField, triggers: set[str]) -> FormField:
        group = one.group
        if group is None and one.path not in triggers:
            return one
        if group is not None:
            columns = {c.path: replace(c, triggers=f"{one.path}.{c.path}" in triggers) for c in group.columns}
            group = replace(group, columns=tuple(columns.values()), order=tuple(columns[c.path] for c in group.order))
        return replace(one, triggers=one.path in triggers, group=group)

    # -- expressions -------------------------------------------------------------------------------------------------

    def _rule(
        self, source: Any, pointer: str, name: str, scope: feel.Type | None = None, *, judging: bool = False
    ) -> Rule:
        if isinstance(source, bool):
            return source
        reads = self.reads.setdefault(name, _Reads())
        into = reads.judging if judging else reads.settling
        return self._program(source, pointer, into, scope, feel.BOOLEAN) or False

    def _program(
        self,
        source: Any,
        pointer: str,
        into: set[str],
        scope: feel.Type | None = None,
        expected: feel.Type | None = None,
    ) -> feel.Program | None:
        if source is None:
            return None
        checked = feel.check(str(source), scope or self.scope, expect=expected, functions=feel.LENDING)
        into |= checked.inputs
        self.problems.extend(
            fact_scope.problem_from_feel(one, self.document, f"/spec{pointer}") for one in checked.problems
        )
        return checked.program

    def _check(
        self, spec: Mapping[str, Any], pointer: str, by_path: Mapping[str, Any] | None, scope: feel.Type | None = None
    ) -> Check | None:
        reads: set[str] = set()
        rule = self._program(spec["rule"], f"{pointer}/rule", reads, scope, feel.BOOLEAN)
        at = spec.get("field")
        if at is not None and by_path is not None and at not in by_path:
            self._unknown(at, list(by_path), f"{pointer}/field")
        return Check(rule, spec["message"], at) if rule is not None else None

    # -- problems ----------------------------------------------------------------------------------------------------

    def _say(self, code: str, en: str, zh: str, pointer: str) -> None:
        self.problems.append(self.document.problem(code, text(en, zh), pointer))

    def _unknown(self, name: str, known: Iterable[str], pointer: str) -> None:
        self.problems.append(
            self.document.problem(
                "form.unknown_field",
                text(f"There is no field “{name}”.", f"没有字段“{name}”。"),
                pointer,
                hint=nearest_hint(name, known),
            )
        )

    def _circle(self, names: Sequence[str], pointer: str) -> None:
        way = " → ".join(names)
        self._say(
            "form.cycle",
            f"These fields wait for each other in a circle: {way}.",
            f"以下字段相互依赖，形成循环：{way}。",
            pointer,
        )


def _section_name(at: int) -> str:
    return f"section:{at}"


def _with_columns(one: FormField) -> list[str]:
    return [one.path] + [f"{one.path}.{column.path}" for column in (one.group.columns if one.group else ())]
