"""A neutral document as DOCX, by python-docx from the same blocks as the PDF. Reads no database."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

from docx import Document as new_document
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph as Para

from loanloom.engines.documents import (
    Block,
    Clause,
    FactList,
    Heading,
    NeutralDocument,
    Paragraph,
    Signatures,
    TableBlock,
)

_SIZES = {"a4": (210, 297), "a5": (148, 210)}
_SIDES = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NUMERALS = "一二三四五六七八九"
_MUTED = RGBColor(0x5B, 0x67, 0x70)
# Word reads its own names; a reader without the font falls back to its Chinese default.
_LATIN, _CHINESE = "Noto Sans SC", "Noto Sans SC"
_FIXED = datetime(2000, 1, 1, tzinfo=UTC)


def render(document: NeutralDocument) -> bytes:
    """The DOCX file."""
    paper = _new(document)
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(title, document.title, size=17, bold=True)
    if document.number:
        number = paper.add_paragraph()
        number.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _write(
            number,
            f"编号：{document.number}" if document.language == "zh" else f"No. {document.number}",
            size=9.5,
            quiet=True,
        )
    for block in document.blocks:
        _draw(paper, block, document.language)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _new(document: NeutralDocument) -> Document:
    paper = new_document()
    section = paper.sections[0]
    width, height = _SIZES.get(document.paper, _SIZES["a4"])
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = section.top_margin = Mm(22)
    section.bottom_margin = Mm(24)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = _LATIN, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _CHINESE)
    style.paragraph_format.space_after = Pt(6)
    style.paragraph_format.line_spacing = 1.4
    paper.core_properties.title = _clean(document.title)
    paper.core_properties.author = ""
    paper.core_properties.comments = ""
    paper.core_properties.created = paper.core_properties.modified = _FIXED
    return paper


def _draw(paper: Document, block: Block, language: str) -> None:
    match block:
        case Heading():
            _write(_kept(paper.add_paragraph()), block.text, size=12.5, bold=True)
        case Paragraph():
            _write(paper.add_paragraph(), block.text)
        case Clause():
            named = _clause_title(block, language)
            _write(_kept(paper.add_paragraph()), named, bold=True)
            _write(paper.add_paragraph(), block.text)
        case FactList():
            _facts(paper, block)
        case TableBlock():
            _table(paper, block)
        case Signatures():
            _signatures(paper, block, language)


def _clause_title(clause: Clause, language: str) -> str:
    if clause.number == 0:
        return clause.title
    return (
        f"第{_in_chinese(clause.number)}条　{clause.title}" if language == "zh" else f"{clause.number}. {clause.title}"
    )


def _facts(paper: Document, block: FactList) -> None:
    table = paper.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for label, value in block.rows:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Mm(50), Mm(116)
        _fill(cells[0], label, quiet=True)
        _fill(cells[1], value)
    paper.add_paragraph()


def _table(paper: Document, block: TableBlock) -> None:
    table = paper.add_table(rows=1, cols=len(block.columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        _fill(cell, column.title, bold=True, side=column.align, size=9)
    _repeat_at_page_break(table.rows[0])
    for row in block.rows:
        for cell, words, column in zip(table.add_row().cells, row, block.columns, strict=True):
            _fill(cell, words, side=column.align, size=9)
    paper.add_paragraph()


def _signatures(paper: Document, block: Signatures, language: str) -> None:
    paper.add_paragraph()
    table = paper.add_table(rows=0, cols=2)
    for at in range(0, len(block.parties), 2):
        for cell, (party, name) in zip(table.add_row().cells, block.parties[at : at + 2], strict=False):
            _fill(cell, party, bold=True)
            _write(cell.add_paragraph(), name)
            cell.add_paragraph()
            place = (
                "（签字／盖章）＿＿＿＿＿＿＿　　年　　月　　日"
                if language == "zh"
                else "Signature / seal ____________  Date ______"
            )
            _write(cell.add_paragraph(), place, size=8.5, quiet=True)


def _fill(
    cell: _Cell, words: str, *, bold: bool = False, quiet: bool = False, side: str = "left", size: float = 10
) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _SIDES[side]
    paragraph.paragraph_format.space_after = Pt(2)
    _write(paragraph, words, size=size, bold=bold, quiet=quiet)


def _write(paragraph: Para, words: str, *, size: float | None = None, bold: bool = False, quiet: bool = False) -> None:
    for at, part in enumerate(words.split("\n")):
        run = paragraph.add_run(_clean(part))
        run.bold = bold
        if at:
            run._r.addprevious(_line_break())
        if size is not None:
            run.font.size = Pt(size)
        if quiet:
            run.font.color.rgb = _MUTED
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _CHINESE)


def _line_break() -> BaseOxmlElement:
    run = OxmlElement("w:r")
    run.append(OxmlElement("w:br"))
    return run


def _kept(paragraph: Para) -> Para:
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(10)
    return paragraph


def _repeat_at_page_break(row: object) -> None:
    properties = row._tr.get_or_add_trPr()  # type: ignore[attr-defined]  # python-docx has no public door to this
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    properties.append(mark)


def _clean(words: str) -> str:
    """Without the control characters that XML cannot hold."""
    return _NOT_XML.sub("", words)


def _in_chinese(number: int) -> str:
    if number < 10:
        return _NUMERALS[number - 1]
    if number >= 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else _NUMERALS[tens - 1]) + "十" + (_NUMERALS[ones - 1] if ones else "")
