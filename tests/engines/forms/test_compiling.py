"""Mistakes of an author, each with its code, place and hint; and what a compiled form knows of itself."""

from __future__ import annotations

from collections.abc import Callable

from loanloom.engines import forms

Compile = Callable[[str], forms.Compiled]
HEAD = """
apiVersion: loanloom/v1
kind: form
key: trial
title: {en: Trial form, zh: 试用表单}
spec:
  record: application
  sections:
    - key: one
      title: {en: One, zh: 一}
      fields:
"""


def only(compiled: forms.Compiled, code: str) -> str:
    """The words of the one problem, which has a place."""
    assert compiled.form is None
    found = [problem for problem in compiled.problems if problem.code == code]
    assert len(found) == 1, compiled.problems
    assert found[0].file == "forms/trial.yaml"
    assert found[0].line is not None and found[0].line > 7
    assert found[0].message["zh"]
    return found[0].in_words("en")


def test_an_unknown_field_names_the_nearest(compile_text: Compile) -> None:
    words = only(compile_text(HEAD + "        - {field: application.own_incme}\n"), "form.unknown_field")
    assert "application.own_incme" in words
    assert "application.own_income" in words


def test_an_unknown_column_names_the_nearest(compile_text: Compile) -> None:
    words = only(compile_text(HEAD + "        - {field: guarantors, fields: [{field: nmae}]}\n"), "form.unknown_field")
    assert '"name"' in words


def test_computed_fields_in_a_circle_are_named(compile_text: Compile) -> None:
    text = HEAD + (
        "        - {field: application.own_income, computed: application.spouse_income + 1}\n"
        "        - {field: application.spouse_income, computed: application.household_income + 1}\n"
        "        - {field: application.household_income, computed: application.own_income + 1}\n"
    )
    words = only(compile_text(text), "form.cycle")
    for name in ("own_income", "spouse_income", "household_income"):
        assert f"application.{name}" in words


def test_a_field_that_reads_itself_is_a_circle(compile_text: Compile) -> None:
    words = only(
        compile_text(HEAD + "        - {field: application.own_income, visible: application.own_income > 1}\n"),
        "form.cycle",
    )
    assert "application.own_income → application.own_income" in words


def test_a_circle_through_a_sections_condition_is_found(compile_text: Compile) -> None:
    text = HEAD.replace("      fields:\n", "      visible: application.own_income > 1\n      fields:\n")
    words = only(compile_text(text + "        - {field: application.own_income}\n"), "form.cycle")
    assert "application.own_income" in words


def test_a_circle_inside_a_row(compile_text: Compile) -> None:
    text = HEAD + (
        "        - field: application.machines\n"
        "          fields: [{field: price, computed: worth}, {field: worth, computed: price}]\n"
    )
    assert "application.machines.price" in only(compile_text(text), "form.cycle")


def test_wrong_expressions_carry_their_place(compile_text: Compile) -> None:
    text = HEAD + "        - {field: application.own_income, required: application.amonut > 1}\n"
    compiled = compile_text(text)
    assert compiled.form is None
    assert compiled.problems[0].pointer == "/spec/sections/0/fields/0/required"
    assert "amount" in compiled.problems[0].in_words("en")


def test_a_condition_must_be_a_condition(compile_text: Compile) -> None:
    compiled = compile_text(HEAD + "        - {field: application.own_income, visible: application.amount + 1}\n")
    assert compiled.form is None


def test_a_field_stands_in_a_form_once(compile_text: Compile) -> None:
    only(
        compile_text(HEAD + "        - {field: application.amount}\n        - {field: application.amount}\n"),
        "form.duplicate_field",
    )


def test_rows_only_where_there_are_rows(compile_text: Compile) -> None:
    only(compile_text(HEAD + "        - {field: application.amount, max_rows: 3}\n"), "form.not_a_group")


def test_access_names_what_the_form_has(compile_text: Compile) -> None:
    text = HEAD + (
        "        - {field: application.amount}\n"
        "  access:\n    - {roles: [reader], fields: [application.amuont], mode: read}\n"
    )
    assert "application.amount" in only(compile_text(text), "form.unknown_field")


def test_fields_that_rules_read_trigger_a_new_look(form: forms.Form) -> None:
    triggers = {path for path, one in form.by_path.items() if one.triggers}
    assert "application.married" in triggers
    assert "application.amount" in triggers
    assert "application.opened_on" not in triggers


def test_what_is_read_settles_first_whatever_the_order_on_the_page(compile_text: Compile) -> None:
    text = HEAD + (
        "        - {field: application.household_income, computed: application.own_income + 1}\n"
        "        - {field: application.own_income, computed: application.amount + 1}\n"
        "        - {field: application.amount}\n"
    )
    form = compile_text(text).form
    assert form is not None
    evaluated = forms.evaluate(form, {"application.amount": "1"}, {"application": {"amount": None}})
    assert evaluated.values["application"]["household_income"] == 3


def test_a_section_without_fields_is_told_at_its_place(compile_text: Compile) -> None:
    text = (
        HEAD + "        - {field: application.amount}\n    - {key: later, title: {en: Later, zh: 以后}, fields: []}\n"
    )
    assert "asks for nothing yet" in only(compile_text(text), "form.empty_section")
    assert compile_text(text).problems[0].pointer == "/spec/sections/1/fields"


def test_a_field_takes_the_width_that_is_said_else_that_of_its_type(compile_text: Compile) -> None:
    text = HEAD + "        - {field: application.amount, width: row}\n        - {field: application.term_months}\n"
    form = compile_text(text).form
    assert form is not None
    view = forms.describe(form, {"application": {"amount": None, "term_months": None}})
    assert [one.wide for one in view.fields()] == [True, False]
