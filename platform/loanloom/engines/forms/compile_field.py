"""One field of a form, or one group with its columns: compiled by itself, with what the rest of the form must know.

A field that is checked reads little: how it is declared, and of the facts what its own formulas ask for. So a check
that remembers looks again only at the fields that something has changed for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.engines.forms.compile_rules import Reads, Rules
from loanloom.engines.forms.fields import entity_title, field_at, field_paths, row_scope, spec_of
from loanloom.engines.forms.model import ROW_ENTITIES, FormField, Group, Spec
from loanloom.engines.forms.ordering import Node, arrange
from loanloom.engines.forms.types import GROUP, TABLE, is_pattern
from loanloom.metadata.document import Document
from loanloom.metadata.entries import Entries
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.problems import Problem, text

MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Found:
    """What the rest of a form must know of a field: its columns in their order (None where the field is wrong), and
    what it and each column read."""

    path: str
    columns: tuple[str, ...] | None
    reads: Mapping[str, Reads]

    @property
    def paths(self) -> tuple[str, ...]:
        """The field and its columns."""
        return (self.path, *(f"{self.path}.{one}" for one in self.columns or ()))


def compile_field(
    document: Document, pointer: str, registry: Registry
) -> tuple[FormField | None, Found, tuple[Problem, ...]]:
    """The field at a pointer of a form document, or None with what is wrong."""
    return _Compiler(document, registry).run(document.at(pointer), pointer)


@kept_narrowly
def checked_field(document: Document, pointer: str, registry: Registry) -> Mapping[str, Any]:
    """What is `found` of the field at a pointer, and its `problems`: whoever reads the one need not know the other."""
    _, found, problems = compile_field(document, pointer, registry)
    return Entries({"found": found, "problems": problems})


class _Compiler(Rules):
    """One compilation of a field."""

    def __init__(self, document: Document, registry: Registry) -> None:
        super().__init__(document, registry)
        self.reads: dict[str, Reads] = {}

    def run(self, spec: Mapping[str, Any], pointer: str) -> tuple[FormField | None, Found, tuple[Problem, ...]]:
        path = spec["field"]
        built = self._field(spec, pointer, path)
        columns = tuple(one.path for one in built.group.columns) if built is not None and built.group else ()
        return built, Found(path, None if built is None else columns, self.reads), tuple(self.problems)

    def _field(self, spec: Mapping[str, Any], pointer: str, path: str) -> FormField | None:
        if path in ROW_ENTITIES:
            declared = None
            columns = self.registry.entity_fields(ROW_ENTITIES[path])
            shown = Spec(key=path, title=entity_title(self.registry, ROW_ENTITIES[path]), type=TABLE)
        else:
            declared = field_at(self.registry, path)
            if declared is None:
                self.unknown(path, field_paths(self.registry, self.document.spec["record"]), f"{pointer}/field")
                self._anyway(spec, pointer, path)
                return None
            columns = declared.fields
            shown = spec_of(declared, self.registry)
        self.reads[path] = Reads()
        built = self._rules(spec, pointer, path, shown, declared, self.scope)
        if shown.type in (TABLE, GROUP):
            return replace(built, group=self._group(spec, pointer, path, columns, single=shown.type == GROUP))
        if spec.keys() & {"min_rows", "max_rows", "fields", "totals"}:
            self.say("form.not_a_group", f"“{path}” has no rows.", f"“{path}”不是明细表，没有行。", pointer)
        if shown.field_type is None:
            self.say("form.unknown_type", f"No field type “{shown.type}”.", f"没有字段类型“{shown.type}”。", pointer)
            return None
        return built

    def _anyway(self, spec: Mapping[str, Any], pointer: str, path: str) -> None:
        """Look at the formulas of a field that does not exist too, so that all mistakes are told at once."""
        self.reads[path] = Reads()
        self._rules(spec, pointer, path, Spec(key=path, title=text(path, path), type="text"), None, self.scope)
        del self.reads[path]

    def _rules(
        self, spec: Mapping[str, Any], pointer: str, path: str, shown: Spec, declared: Field | None, scope: feel.Type
    ) -> FormField:
        """The rules of one field or column, whatever it is."""
        if shown.pattern is not None and not is_pattern(shown.pattern):
            en, zh = f"The pattern of “{path}” cannot be read.", f"“{path}”的格式表达式有误。"
            self.say("form.bad_pattern", en, zh, pointer)
        filled = bool(spec.keys() & {"computed", "default"})
        expected = (
            fact_scope.field_type(declared, self.registry)
            if filled and declared is not None and shown.type not in (TABLE, GROUP)
            else None
        )
        reads = self.reads[path]
        check = spec.get("check")
        checks = self.check(check, f"{pointer}/check", reads.judging, scope) if check else None
        return FormField(
            path=spec["field"],
            spec=shown,
            required=self.rule(spec.get("required", False), f"{pointer}/required", reads.judging, scope),
            visible=self.rule(spec.get("visible", True), f"{pointer}/visible", reads.settling, scope),
            read_only=self.rule(spec.get("read_only", False), f"{pointer}/read_only", reads.settling, scope),
            computed=self.program(spec.get("computed"), f"{pointer}/computed", reads.settling, scope, expected),
            default=self.program(spec.get("default"), f"{pointer}/default", reads.settling, scope, expected),
            checks=(checks,) if checks else (),
            keep_hidden=spec.get("when_hidden") == "keep",
            hint=spec.get("hint"),
            wide=spec["width"] == "row" if "width" in spec else None,
        )

    # -- groups ------------------------------------------------------------------------------------------------------

    def _group(
        self, spec: Mapping[str, Any], pointer: str, path: str, declared: Sequence[Field], *, single: bool
    ) -> Group:
        if single and spec.keys() & {"min_rows", "max_rows", "totals"}:
            self.say("form.not_a_table", f"“{path}” stands once.", f"“{path}”只填一份，没有行。", pointer)
        known = {one.key: one for one in declared if not one.shape.rows}
        scope = row_scope(self.registry, self.document.spec["record"], path)
        columns: list[FormField] = []
        for at, each in enumerate(spec.get("fields") or [{"field": key} for key in known]):
            place = f"{pointer}/fields/{at}" if "fields" in spec else pointer
            key = each["field"]
            if key not in known:
                self.unknown(key, list(known), f"{place}/field")
                continue
            self.reads[f"{path}.{key}"] = Reads()
            shown = spec_of(known[key], self.registry)
            columns.append(self._rules(each, place, f"{path}.{key}", shown, known[key], scope))
        order = self._order(path, columns, set(known), pointer)
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
                self.unknown(key, list(by_key), place)
            elif by_key[key].spec.type not in ("integer", "number", "money") or by_key[key].spec.encrypted:
                self.say("form.no_total", f"“{key}” cannot be added up.", f"“{key}”不能合计。", place)
            else:
                yield key

    def _order(self, path: str, columns: Sequence[FormField], bare: set[str], pointer: str) -> list[FormField]:
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
            self.circle([f"{path}.{one}" for one in circle], pointer)
        by_key = {column.path: column for column in columns}
        return [by_key[key] for key in order]
