"""A half-filled form and a newer version of it: what stays, goes, is in doubt, is asked in addition."""

from __future__ import annotations

from typing import Any

from tests.engines.forms.types.conftest import CODES, ENTITY, FORM, ROLE, registry_of

from loanloom.engines import forms
from loanloom.engines.forms.moving import fitting, moved

TYPED = {
    "application.area.level1": "71",
    "application.licence": "91350100M000100Y43",
    "application.impression": "4",
    "application.spouse": "0",
    "application.spouse.name": "李梅",
    "application.spouse.income": "10",
    "application.machines": "0",
    "application.machines.0.name": "蒸柜",
    "application.machines.0.price": "800",
}
NEWER = (
    FORM.replace("        - {field: application.licence}\n", "")
    .replace("            - {field: income}\n            - {field: yearly, computed: income * 12}\n", "")
    .replace("            - {field: home, visible: income > 0}\n", "            - {field: home}\n")
    .replace("{field: price}, ", "")
    .replace("totals: [price]", "max_rows: 9")
)


def test_each_field_ends_where_it_belongs(form: forms.Form, known: dict[str, Any]) -> None:
    retired = CODES.replace("zh: 台湾省}}", "zh: 台湾省}, retired: true}")
    compiled = forms.compile_form((newer := registry_of(ENTITY, retired, ROLE, NEWER)).require("form", "trial"), newer)
    assert compiled.form is not None, compiled.problems
    typed = fitting(compiled.form, TYPED)
    assert set(TYPED) - set(typed) == {
        "application.licence", "application.spouse.income", "application.machines.0.price",
    }  # fmt: skip
    before = forms.describe(form, known, raw=TYPED, telling="entered")
    found = moved(form, compiled.form, before, forms.describe(compiled.form, known, raw=typed, telling="entered"))
    assert {one.name for one in found.kept} == {
        "application.impression", "application.spouse.name", "application.machines.0.name",
    }  # fmt: skip
    assert {one.name for one in found.gone} == {
        "application.licence", "application.spouse.income", "application.spouse.yearly",
        "application.machines.0.price",
    }  # fmt: skip
    assert [one.name for one in found.doubtful] == ["application.area"] and found.doubtful[0].problems
    assert not found.added and not found.is_nothing
    back = moved(compiled.form, form, forms.describe(compiled.form, known, raw=typed), before)
    assert {one.name for one in back.added} >= {"application.licence", "application.spouse.income"}
    same = moved(form, form, before, before)
    assert same.is_nothing and len(same.kept) == 8


def test_rows_that_are_gone_are_told_as_a_whole(form: forms.Form, known: dict[str, Any]) -> None:
    bare = NEWER[: NEWER.index("        - field: application.machines")] + NEWER[NEWER.index("  access:") :]
    compiled = forms.compile_form((newer := registry_of(ENTITY, CODES, ROLE, bare)).require("form", "trial"), newer)
    assert compiled.form is not None, compiled.problems
    typed = fitting(compiled.form, TYPED)
    before = forms.describe(form, known, raw=TYPED)
    found = moved(form, compiled.form, before, forms.describe(compiled.form, known, raw=typed))
    assert [one.name for one in found.gone if "machines" in one.name] == ["application.machines"]
