"""Documents: a template and facts in, neutral blocks out. Pure; PDF and DOCX are drawn by `services.documents`."""

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
    from_json,
    to_json,
)
from loanloom.engines.documents.compile import ROW_NAMES, check, compile_template, document_scope, row_scope
from loanloom.engines.documents.fill import Filled, applies, each_facts, fill
from loanloom.engines.documents.formatting import shown
from loanloom.engines.documents.placeholders import Cut, cut
from loanloom.engines.documents.template import CompiledTemplate, Template

__all__ = [
    "ROW_NAMES",
    "Block",
    "Clause",
    "Column",
    "CompiledTemplate",
    "Cut",
    "FactList",
    "Filled",
    "Heading",
    "NeutralDocument",
    "Paragraph",
    "Signatures",
    "TableBlock",
    "Template",
    "applies",
    "check",
    "compile_template",
    "cut",
    "document_scope",
    "each_facts",
    "fill",
    "from_json",
    "row_scope",
    "shown",
    "to_json",
]
