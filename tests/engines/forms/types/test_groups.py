"""A group of fields that stands once: filled in under its own name, kept as one value, seen by rules, judged as one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.engines.forms.types.conftest import CODES, ENTITY, FORM, ROLE, registry_of

from loanloom import feel
from loanloom.engines import facts, forms
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build

SPOUSE = "application.spouse"
RATED = {"application.impression": "4", "application.area.level1": "71"}
TYPED = {SPOUSE: "0", f"{SPOUSE}.name": " 李梅 ", f"{SPOUSE}.income": "3,000"}


def test_what_was_typed_is_one_value_and_computed_within(form: forms.Form, known: dict[str, Any]) -> None:
    home = {f"{SPOUSE}.home.level1": "71", f"{SPOUSE}.home.detail": "信义路5号"}
    done = forms.evaluate(form, {**RATED, **TYPED, **home}, known)
    assert done.ok, done.problems
    spouse = done.values["application"]["spouse"]
    assert (spouse["name"], spouse["yearly"]) == ("李梅", Decimal(36000))
    assert spouse["home"]["text"] == "台湾省信义路5号"
    again = {**known, "application": {**known["application"], **done.values["application"]}}
    assert forms.evaluate(form, RATED, again).values["application"]["spouse"] == spouse, "what is not posted stays"
    changed = forms.evaluate(form, {f"{SPOUSE}.name": "李丽"}, again).values["application"]["spouse"]
    assert (changed["name"], changed["income"]) == ("李丽", Decimal(3000))


def test_a_group_may_stay_empty_but_not_half_empty(form: forms.Form, known: dict[str, Any]) -> None:
    empty = forms.evaluate(form, {**RATED, SPOUSE: "0", f"{SPOUSE}.name": ""}, known)
    assert empty.ok and empty.values["application"]["spouse"] is None
    half = forms.evaluate(form, {**RATED, SPOUSE: "0", f"{SPOUSE}.income": "10"}, known)
    assert [(one.code, one.field) for one in half.problems] == [("form.required", f"{SPOUSE}.name")]


def test_a_required_group_says_so_at_the_group(registry: Registry, known: dict[str, Any]) -> None:
    asked = FORM.replace("field: application.spouse\n", "field: application.spouse\n          required: true\n")
    compiled = forms.compile_form(registry_of(ENTITY, CODES, ROLE, asked).require("form", "trial"), registry)
    assert compiled.form is not None, compiled.problems
    found = [(one.code, one.field) for one in forms.evaluate(compiled.form, RATED, known).problems]
    assert ("form.required", SPOUSE) in found and ("form.required", f"{SPOUSE}.name") in found


def test_rest_hands_it_over_whole_and_takes_it_away(form: forms.Form, known: dict[str, Any]) -> None:
    given = {SPOUSE: {"name": "李梅", "income": Decimal(10)}}
    done = forms.evaluate(form, {**RATED, **given}, known)
    assert done.ok and done.values["application"]["spouse"]["yearly"] == 120
    kept = {**known, "application": {**known["application"], **done.values["application"]}}
    assert forms.evaluate(form, {**RATED, SPOUSE: None}, kept).values["application"]["spouse"] is None


@pytest.mark.parametrize(
    ("raw", "field", "code"),
    [
        ({f"{SPOUSE}.nmae": "x"}, f"{SPOUSE}.nmae", "form.unknown_field"),
        ({SPOUSE: {"nmae": "x"}}, f"{SPOUSE}.nmae", "form.unknown_field"),
        ({SPOUSE: 7}, SPOUSE, "form.not_rows"),
        ({f"{SPOUSE}.papers": "110101", f"{SPOUSE}.name": "x"}, f"{SPOUSE}.papers", "form.id_card"),
        ({f"{SPOUSE}.0.name": "x"}, f"{SPOUSE}.0.name", "form.unknown_field"),
    ],
)
def test_bad_input_is_told_at_its_place(
    form: forms.Form, known: dict[str, Any], raw: dict[str, Any], field: str, code: str
) -> None:
    found = [(one.code, one.field) for one in forms.evaluate(form, {**RATED, **raw}, known).problems]
    assert (code, field) in found


def test_who_may_only_read_changes_nothing_and_sees_secrets_masked(form: forms.Form, known: dict[str, Any]) -> None:
    papers = "110105199003074514"
    kept = {**known, "application": {**known["application"], "spouse": {"name": "李梅", "papers": papers}}}
    done = forms.evaluate(form, {f"{SPOUSE}.name": "Mallory"}, kept, ["reader"])
    assert done.values["application"]["spouse"]["name"] == "李梅"
    view = forms.describe(form, kept, ["reader"])
    group = next(one for one in view.fields() if one.name == SPOUSE).group
    assert group is not None and group.single
    shown = {one.name: one for row in group.rows for one in row.fields}
    assert papers not in shown[f"{SPOUSE}.papers"].text and shown[f"{SPOUSE}.papers"].text.endswith("4514")
    assert not shown[f"{SPOUSE}.name"].editable


def test_expressions_see_its_fields(registry: Registry) -> None:
    scope = facts.scope(registry)
    assert not feel.check("application.spouse.income > 10", scope).problems
    assert feel.check("application.spouse.incmoe > 10", scope).problems
    assert facts.labels(registry)["application.spouse.papers=*"] == facts.HIDDEN


def test_it_has_no_rows_and_needs_fields(registry: Registry) -> None:
    rows = FORM.replace("field: application.spouse\n", "field: application.spouse\n          max_rows: 3\n")
    (problem,) = forms.compile_form(registry_of(ENTITY, CODES, ROLE, rows).require("form", "trial"), registry).problems
    assert problem.code == "form.not_a_table"
    bare = ENTITY[: ENTITY.index("    - key: spouse")] + "    - {key: spouse, title: {en: S, zh: 配}, type: group}\n"
    read = read_document(bare.replace("type: vin", "type: text"), "application.yaml")
    assert read.document is not None
    assert any("fields" in one.in_words() for one in build([read.document], load_kinds()).problems)
