"""Formatted notes: their few marks are drawn, and nothing that somebody wrote becomes a tag of the page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanloom.web.forms.rich import marked

OURS = {"p", "strong", "em", "ul", "ol", "li", "br"}


def test_marks_are_drawn() -> None:
    written = "# 经营情况\n**老店**，*稳定*\n第二行\n\n- 一\n- 二\n1. 甲\n2、乙"
    assert marked(written) == (
        '<p class="rich-heading">经营情况</p><p><strong>老店</strong>，<em>稳定</em><br>第二行</p>'
        "<ul><li>一</li><li>二</li></ul><ol><li>甲</li><li>乙</li></ol>"
    )


def test_what_is_no_mark_stays_as_it_was_written() -> None:
    assert marked("2 * 3 * 4 = 24, a**b, #1") == "<p>2 * 3 * 4 = 24, a**b, #1</p>"
    assert marked("") == ""


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "**<img src=x onerror=alert(1)>**",
        "- <svg/onload=alert(1)>",
        "# </p><iframe src=//e>",
        "[x](javascript:alert(1))",
        "*<b*>*",
    ],
)
def test_tags_of_the_writer_are_words(hostile: str) -> None:
    assert set(re.findall(r"<\s*/?\s*([A-Za-z]+)", marked(hostile))) <= OURS
    assert "href" not in marked(hostile)


@given(st.text(alphabet="*#-<>&\"'ab1. \n", max_size=60))
def test_whatever_is_written_only_our_tags_come_out(written: str) -> None:
    assert set(re.findall(r"<\s*/?\s*([A-Za-z]+)", marked(written))) <= OURS
    assert "<" not in re.sub(r'</?(?:p|strong|em|ul|ol|li|br)(?: class="rich-heading")?>', "", marked(written))
