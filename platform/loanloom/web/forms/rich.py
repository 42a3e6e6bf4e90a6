"""Formatted notes on screen: a few marks of Markdown become headings, lists, bold and italic; everything else is text.

What somebody wrote is escaped first, so that no tag of theirs is ever one of the page. There are no links, images or
raw HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_ITALIC = re.compile(r"(?<![*\w])\*(?=\S)([^*]+?)(?<=\S)\*(?![*\w])")
_HEADING = re.compile(r"#{1,3}\s+(.+)")
_BULLET = re.compile(r"[-*•]\s+(.+)")
_NUMBERED = re.compile(r"\d{1,3}[.、)]\s*(.+)")


def marked(written: str) -> Markup:
    """The note as it is read.

    >>> str(marked("**Why** <b>\\n- one\\n- two"))
    '<p><strong>Why</strong> &lt;b&gt;</p><ul><li>one</li><li>two</li></ul>'
    """
    return Markup("").join(_blocks(written.replace("\r\n", "\n").split("\n")))


def _blocks(lines: list[str]) -> Iterator[Markup]:
    """Headings, lists and paragraphs; lines of one paragraph stay lines."""
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        if not line:
            at += 1
        elif heading := _HEADING.fullmatch(line):
            yield Markup('<p class="rich-heading">{}</p>').format(_inline(heading[1]))
            at += 1
        elif kind := next((one for one in (_BULLET, _NUMBERED) if one.fullmatch(line)), None):
            items, at = _run(lines, at, kind)
            drawn = Markup("").join(Markup("<li>{}</li>").format(_inline(item)) for item in items)
            yield (Markup("<ul>{}</ul>") if kind is _BULLET else Markup("<ol>{}</ol>")).format(drawn)
        else:
            words, at = _paragraph(lines, at)
            yield Markup("<p>{}</p>").format(Markup("<br>").join(map(_inline, words)))


def _run(lines: list[str], at: int, kind: re.Pattern[str]) -> tuple[list[str], int]:
    items = []
    while at < len(lines) and (found := kind.fullmatch(lines[at].strip())):
        items.append(found[1])
        at += 1
    return items, at


def _paragraph(lines: list[str], at: int) -> tuple[list[str], int]:
    words: list[str] = []
    while at < len(lines) and (line := lines[at].strip()):
        if words and any(one.fullmatch(line) for one in (_HEADING, _BULLET, _NUMBERED)):
            break
        words.append(line)
        at += 1
    return words, at


def _inline(written: str) -> Markup:
    """One line: escaped, then its bold and italic words."""
    bold = _BOLD.sub(r"<strong>\1</strong>", str(escape(written)))
    return Markup(_ITALIC.sub(r"<em>\1</em>", bold))  # noqa: S704 (escaped above; only our own tags are added)
