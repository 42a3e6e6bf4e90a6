"""What a form says of a draft that another page has saved, of every kind of field."""

from __future__ import annotations

from flask import Flask
from tests.engines.forms.types.conftest import CODES, ENTITY, FORM, ROLE, registry_of

from loanloom.engines import forms
from loanloom.problems import say
from loanloom.web.forms import meanwhile


def test_files_are_told_by_their_numbers_in_a_field_and_in_a_row(app: Flask) -> None:
    registry = registry_of(ENTITY, CODES, FORM, ROLE)
    form = forms.compile_form(registry.require("form", "trial"), registry).form
    assert form is not None
    row = {"name": "press", "photos": ("9",)}
    saved = forms.describe(form, {"application": {"photos": ("7", "8"), "machines": [row]}})
    with app.test_request_context("/"):
        told = meanwhile.told(forms.describe(form, {"application": {"mail": "a@b.cn"}}), saved)
    said = {one.field: (say(one.message, "en"), say(one.message, "zh")) for one in told}
    assert said["application.photos"] == ("Saved now: file 7, file 8.", "现已保存：文件7, 文件8。")
    assert said["application.machines"] == ("Saved now: press, file 9.", "现已保存：press, 文件9。")
    assert said["application.mail"][0] == "Saved now: nothing."
