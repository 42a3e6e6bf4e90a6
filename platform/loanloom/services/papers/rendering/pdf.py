"""A neutral document as PDF, by typst's wheel and a Chinese font that ships with the product. Reads no database.

All text travels as data: the layout (`page.typ`) is fixed, so nothing that anybody typed is ever read as markup.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import typst

import loanloom
from loanloom.engines.documents import NeutralDocument, to_json
from loanloom.problems import Problem, text

FONTS = Path(loanloom.__file__).parent / "web" / "static" / "dist" / "fonts" / "pdf"
LAYOUT = Path(__file__).with_name("page.typ")
_CHINESE = 0x2E80
DOTS = 96
"""Dots an inch of a picture of a page."""


def missing_font(document: NeutralDocument) -> Problem | None:
    """A document in Chinese needs the font that the front-end build brings along."""
    if any(FONTS.glob("*.?tf")) or not any(ord(letter) >= _CHINESE for words in document.texts() for letter in words):
        return None
    return Problem(
        code="document.no_font",
        message=text("The Chinese font for documents is not installed.", "未安装文书所需的中文字体。"),
        hint=text(
            "Run `make setup`; it builds the front end, which brings the font.", "请运行“make setup”完成前端构建。"
        ),
    )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])


def render(document: NeutralDocument) -> bytes:
    """The PDF. The same document gives the same bytes."""
    data = json.dumps(to_json(document), ensure_ascii=False)
    return typst.compile(
        LAYOUT.read_bytes(), format="pdf", sys_inputs={"document": data}, font_paths=_fonts(), timestamp=0
    )


def pictures(document: NeutralDocument) -> list[bytes]:
    """The same pages as pictures (PNG), to be looked at beside what is written."""
    data = json.dumps(to_json(document), ensure_ascii=False)
    made = typst.compile(
        LAYOUT.read_bytes(), format="png", ppi=DOTS, sys_inputs={"document": data}, font_paths=_fonts()
    )
    return made if isinstance(made, list) else [made]
