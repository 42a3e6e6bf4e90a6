"""A form that somebody else saved while it was open: what was typed stays on the page and is not saved yet, and beside
each field that differs stands what is saved now."""

from __future__ import annotations

from collections.abc import Iterator

from loanloom.engines.forms import FieldView, FormView
from loanloom.problems import Problem, text
from loanloom.web.forms import display

SAVED = Problem(
    code="form.saved_meanwhile",
    message=text(
        "Somebody has saved this in another place meanwhile. What you typed stands below and is not saved yet.",
        "在您填写期间，该内容已在别处保存。您填写的内容仍在下方，尚未保存。",
    ),
    hint=text(
        "Beside each field that differs stands what is saved now. Change it as it should be, and save once more.",
        "不一致的字段旁标明了现已保存的内容。请核对修改后再次提交。",
    ),
)
NOT_SAVED = Problem(
    code="form.saved_meanwhile",
    message=SAVED.message,
    hint=text(
        "Look at it in another window as it is now, change yours as it should be, and save once more.",
        "请在另一窗口查看现已保存的内容，核对修改后再次保存。",
    ),
)
"""The same where pages do not say what differs."""


def told(typed: FormView, saved: FormView) -> tuple[Problem, ...]:
    """What to say on the page, and at each field that may be written and differs."""
    return (SAVED, *_differing(typed, saved))


def _differing(typed: FormView, saved: FormView) -> Iterator[Problem]:
    kept = {one.name: one for section in saved.sections for one in section.fields}
    for field in (one for section in typed.sections for one in section.fields):
        other = kept.get(field.name)
        if other is None or not other.editable or _says(field) == _says(other):
            continue
        en, zh = (_says(other, tag) for tag in ("en", "zh"))
        yield Problem(
            code="form.saved_here",
            message=text(f"Saved now: {en}.", f"现已保存：{zh}。")
            if en
            else text("Saved now: nothing.", "现已保存：空。"),
            field=field.name,
        )


def _says(field: FieldView, tag: str = "en") -> str:
    """How a field reads; files by their numbers."""
    if field.files:
        return ", ".join(f"file {one}" if tag == "en" else f"文件{one}" for one in field.files)
    if field.group is None:
        return display.words(field, tag)
    rows = (", ".join(filter(None, (_says(cell, tag) for cell in row.fields))) for row in field.group.rows)
    return "; ".join(filter(None, rows))
