"""A template and facts -> filled documents: one, or one for each guarantor or item of collateral. Pure.

A placeholder that cannot be worked out is a problem with its source; nothing is ever left half filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.engines.documents.blocks import (
    Block,
    Clause,
    Column,
    FactList,
    Heading,
    NeutralDocument,
    Paragraph,
    Signatures,
    TableBlock,
)
from loanloom.engines.documents.formatting import shown
from loanloom.engines.documents.template import Placeholder, Prose, Template, TemplateBlock, TemplateTable
from loanloom.feel import EvaluationError
from loanloom.problems import Problem, say, text

Facts = Mapping[str, Any]
MOST_ROWS = 2000
_NUMBERED = re.compile(r"\s*(第[一二三四五六七八九十百零\d]+条|[一二三四五六七八九十]+、|\d+[.、．])")
"""A clause that its author has numbered keeps that number."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The document, or None and what could not be worked out."""

    document: NeutralDocument | None
    problems: tuple[Problem, ...] = ()


def applies(template: Template, facts: Facts) -> bool:
    """Whether the template's own condition asks for this document."""
    if isinstance(template.when, bool):
        return template.when
    try:
        return template.when(facts) is True
    except EvaluationError:
        return False


def each_facts(template: Template, facts: Facts) -> list[dict[str, Any]]:
    """The facts for every document the template makes: one, or one a row."""
    if template.each is None or template.row_name is None:
        return [dict(facts)]
    return [{**facts, template.row_name: row} for row in facts.get(template.each) or ()]


def fill(template: Template, facts: Facts, *, number: str = "") -> Filled:
    """Fill one document."""
    writer = _Writer(template.language)
    blocks = tuple(writer.block(block, facts) for block in template.blocks)
    if writer.problems:
        return Filled(None, tuple(writer.problems))
    return Filled(
        NeutralDocument(
            title=say(template.title, template.language),
            language=template.language,
            paper=template.paper,
            number=number,
            blocks=blocks,
        )
    )


class _Writer:
    def __init__(self, language: str) -> None:
        self.language = language
        self.clauses = 0
        self.problems: list[Problem] = []

    def block(self, block: TemplateBlock, facts: Facts) -> Block:
        texts = [self.prose(one, facts) for one in block.texts]
        match block.kind:
            case "heading":
                return Heading(texts[0])
            case "paragraph":
                return Paragraph(texts[0])
            case "clause":
                if _NUMBERED.match(texts[0]):
                    return Clause(0, texts[0], texts[1])
                self.clauses += 1
                return Clause(self.clauses, texts[0], texts[1])
            case "table":
                assert block.table is not None
                return self.table(block.table, facts)
        pairs = tuple((self.prose(one, facts), self.either(two, facts)) for one, two in block.pairs)
        return FactList(pairs) if block.kind == "facts" else Signatures(pairs)

    def either(self, part: Prose | Placeholder, facts: Facts) -> str:
        return self.prose(part, facts) if isinstance(part, Prose) else self.value(part, facts)

    def prose(self, prose: Prose, facts: Facts) -> str:
        return "".join(part if isinstance(part, str) else self.value(part, facts) for part in prose.parts)

    def value(self, placeholder: Placeholder, facts: Facts) -> str:
        try:
            return shown(placeholder.program(facts), placeholder.how, self.language, placeholder.codes)
        except EvaluationError as error:
            self.problems.append(
                Problem(code="document.not_computable", message=error.problem.message, hint=_where(placeholder))
            )
        except (ValueError, ArithmeticError):
            self.problems.append(
                Problem(
                    code="document.not_shown",
                    message=text(
                        f"This value cannot be written as {placeholder.how}.",
                        f"该值无法按“{placeholder.how}”格式显示。",
                    ),
                    hint=_where(placeholder),
                )
            )
        return ""

    def table(self, table: TemplateTable, facts: Facts) -> TableBlock:
        try:
            rows = table.rows.program(facts) or ()
        except EvaluationError as error:
            self.problems.append(
                Problem(code="document.not_computable", message=error.problem.message, hint=_where(table.rows))
            )
            rows = ()
        columns = tuple(Column(self.prose(one.title, facts), one.align) for one in table.columns)
        cells = tuple(
            tuple(self.value(column.value, _row_facts(facts, row, number)) for column in table.columns)
            for number, row in enumerate(list(rows)[:MOST_ROWS], start=1)
        )
        return TableBlock(columns, cells)


def _row_facts(facts: Facts, row: Any, number: int) -> dict[str, Any]:
    inner = row if isinstance(row, Mapping) else {"item": row}
    return {**facts, **inner, "row_number": number}


def _where(placeholder: Placeholder) -> dict[str, str]:
    return {"en": f"In {{{{ {placeholder.source} }}}}.", "zh": f"位置：{{{{ {placeholder.source} }}}}。"}
