"""A template document -> a compiled template, every placeholder checked against the facts it may see. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.engines.documents.formatting import EXPECTED, FORMATS, Codes
from loanloom.engines.documents.placeholders import Cut, Unclosed, cut
from loanloom.engines.documents.template import (
    CompiledTemplate,
    Placeholder,
    Prose,
    Template,
    TemplateBlock,
    TemplateColumn,
    TemplateTable,
)
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.problems import Problem, errors, text

ROW_NAMES: Mapping[str, str] = {"guarantors": "guarantor", "collateral": "item"}
"""What one row is called in a template made for each of them."""
_ROW_ENTITIES: Mapping[str, str] = {"guarantor": "guarantor", "item": "collateral"}
DEEPEST = 5
"""Levels of a code list, as forms know them."""
_NUMERIC = frozenset({"money", "percent", "number"})


def compile_template(document: Document, registry: Registry) -> CompiledTemplate:
    """The template of one document, or None with what is wrong."""
    return _Compiler(document, registry).run()


def check(registry: Registry) -> list[Problem]:
    """Everything wrong with the templates of a registry."""
    return [problem for document in registry.all("template") for problem in _of_template(document, registry)]


@kept_narrowly
def _of_template(document: Document, registry: Registry) -> tuple[Problem, ...]:
    return tuple(compile_template(document, registry).problems)


def document_scope(spec: Mapping[str, Any], registry: Registry) -> feel.Type:
    """What a placeholder sees: every fact, and in a template made for each guarantor or thing its own row."""
    scope = fact_scope.scope(registry, "document")
    name = ROW_NAMES.get(spec.get("each", ""))
    if not name:
        return scope
    rows = scope.members.get(spec["each"])
    return feel.context({**scope.members, name: rows.item if rows is not None and rows.item is not None else feel.ANY})


def row_scope(scope: feel.Type, rows: feel.Type | None) -> feel.Type:
    """What the columns of a table see: the facts, the entries of the row by their bare names, and its number."""
    item = rows.item if rows is not None and rows.kind == "list" else None
    inner = dict(item.members) if item is not None and item.kind == "context" else {"item": item or feel.ANY}
    return feel.context({**scope.members, **inner, "row_number": feel.NUMBER}, open=item is None)


def expected(how: str | None) -> feel.Type | None:
    """What a format can show."""
    return {"number": feel.NUMBER, "date": feel.DATE}.get(EXPECTED.get(how or "") or "")


class _Compiler:
    def __init__(self, document: Document, registry: Registry) -> None:
        self.document = document
        self.registry = registry
        self.problems: list[Problem] = []
        self.row_name = ROW_NAMES.get(document.spec.get("each", ""))
        self.scope = document_scope(document.spec, registry)

    def run(self) -> CompiledTemplate:
        spec = self.document.spec
        when: feel.Program | bool = True
        if isinstance(spec.get("when"), bool):
            when = spec["when"]
        elif "when" in spec:
            when = self.program(spec["when"], "/when", self.scope, feel.BOOLEAN) or False
        blocks = tuple(self.block(block, f"/blocks/{at}") for at, block in enumerate(spec["blocks"]))
        if errors(self.problems):
            return CompiledTemplate(None, tuple(self.problems))
        template = Template(
            key=self.document.key,
            document=spec["document"],
            title=dict(spec["title"]),
            language=spec["language"],
            paper=spec.get("paper", "a4"),
            blocks=blocks,
            when=when,
            each=spec.get("each"),
            row_name=self.row_name,
        )
        return CompiledTemplate(template, tuple(self.problems))

    def block(self, spec: Mapping[str, Any], pointer: str) -> TemplateBlock:
        kind, body = next(iter(spec.items()))
        place = f"{pointer}/{kind}"
        if kind == "heading":
            return TemplateBlock("heading", (self.prose(body, place),))
        if kind == "paragraph":
            return TemplateBlock("paragraph", (self.prose(body, place),))
        if kind == "clause":
            return TemplateBlock(
                "clause", (self.prose(body["title"], f"{place}/title"), self.prose(body["text"], f"{place}/text"))
            )
        if kind == "table":
            return TemplateBlock("table", table=self.table(body, place))
        if kind == "facts":
            return TemplateBlock(
                "facts",
                pairs=tuple(
                    (
                        self.prose(fact["label"], f"{place}/{at}/label"),
                        self.placeholder(fact["value"], fact.get("format"), f"{place}/{at}/value", self.scope),
                    )
                    for at, fact in enumerate(body)
                ),
            )
        return TemplateBlock(
            "signatures",
            pairs=tuple(
                (self.prose(one["party"], f"{place}/{at}/party"), self.prose(one["name"], f"{place}/{at}/name"))
                for at, one in enumerate(body)
            ),
        )

    def table(self, spec: Mapping[str, Any], pointer: str) -> TemplateTable:
        checked = feel.check(spec["rows"], self.scope, functions=feel.LENDING)
        self._gather(checked.problems, f"{pointer}/rows")
        listed = checked.type
        if checked.program is not None and listed is not None and listed.kind not in ("list", "Any", "Null"):
            self._say(
                "document.not_rows", "The rows of a table must be a list.", "表格的行必须是列表。", f"{pointer}/rows"
            )
        scope = row_scope(self.scope, listed)
        columns = []
        for at, one in enumerate(spec["columns"]):
            how = one.get("format")
            columns.append(
                TemplateColumn(
                    self.prose(one["title"], f"{pointer}/columns/{at}/title"),
                    self.placeholder(one["value"], how, f"{pointer}/columns/{at}/value", scope),
                    one.get("align", "right" if how in _NUMERIC else "left"),
                )
            )
        rows = Placeholder(checked.program, None, None, spec["rows"]) if checked.program else _NOTHING
        return TemplateTable(rows, tuple(columns))

    def prose(self, source: str, pointer: str) -> Prose:
        parts: list[str | Placeholder] = []
        if not source:
            hint = text("Take the block or row out if it is not needed.", "如不需要，请删除该内容块或该行。")
            said = text("Write something here.", "此处不能为空。")
            self.problems.append(self.document.problem("template.empty", said, pointer, hint=hint))
        for part in cut(source):
            if isinstance(part, str):
                parts.append(part)
            elif isinstance(part, Unclosed):
                self._say("document.unclosed", "A “{{” has no “}}” after it.", "“{{”之后缺少“}}”。", pointer)
            else:
                parts.append(self._cut(part, pointer, source))
        return Prose(tuple(parts))

    def _cut(self, part: Cut, pointer: str, prose: str) -> Placeholder:
        if part.how is not None and part.how not in FORMATS:
            names = ", ".join(FORMATS)
            self._say(
                "document.unknown_format",
                f"There is no format “{part.how}”; there are {names}.",
                f"没有“{part.how}”格式，可用的有：{names}。",
                pointer,
            )
        return self.placeholder(part.expression, part.how, pointer, self.scope, prose[: part.offset])

    def placeholder(
        self, source: str, how: str | None, pointer: str, scope: feel.Type, before: str = ""
    ) -> Placeholder:
        program = self.program(source, pointer, scope, expected(how), before)
        return Placeholder(program, how, self._codes(source), source) if program else _NOTHING

    def program(
        self, source: str, pointer: str, scope: feel.Type, expected: feel.Type | None = None, before: str = ""
    ) -> feel.Program | None:
        """`before` is the text in front of the expression, so that a mistake's column counts from the text's start."""
        checked = feel.check(source, scope, expect=expected, functions=feel.LENDING)
        lines, last = before.count("\n"), before.rpartition("\n")[2]
        moved = tuple(
            replace(one, line=one.line + lines, column=one.column + (len(last) if one.line == 1 else 0))
            for one in checked.problems
        )
        self._gather(moved, pointer)
        return checked.program

    def _codes(self, source: str) -> Codes | None:
        """The code list behind `application.method`, so that a document shows labels and not keys."""
        root, _, key = source.strip().rpartition(".")
        record = _ROW_ENTITIES.get(root, root) if self.row_name else root
        field = self.registry.field(record, key) if record else None
        listed = self.registry.get("code_list", field.code_list) if field is not None and field.code_list else None
        return _labels(listed.spec["items"]) if listed is not None else None

    def _gather(self, problems: tuple[feel.FeelProblem, ...], pointer: str) -> None:
        self.problems.extend(fact_scope.problem_from_feel(one, self.document, f"/spec{pointer}") for one in problems)

    def _say(self, code: str, en: str, zh: str, pointer: str) -> None:
        self.problems.append(self.document.problem(code, text(en, zh), pointer))


def _labels(items: Sequence[Mapping[str, Any]]) -> Codes:
    """The labels of a code list; of a code below others with theirs before it, as an address is written."""
    by_key = {str(item["key"]): item for item in items}
    found: dict[str, Mapping[str, str]] = {}
    for key, item in by_key.items():
        path = [item]
        while (above := by_key.get(str(path[0].get("parent")))) is not None and len(path) <= DEEPEST:
            path.insert(0, above)
        titles = [one["title"] for one in path]
        marks = {tag: "" if tag == "zh" else " / " for title in titles for tag in title}
        found[key] = {tag: mark.join(one[tag] for one in titles if tag in one) for tag, mark in marks.items()}
    return found


class _Nothing:
    """Stands where a placeholder could not be compiled; a template with one is never handed out."""


_NOTHING: Placeholder = Placeholder(_Nothing(), None, None, "")  # type: ignore[arg-type]  # never run
