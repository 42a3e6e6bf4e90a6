"""What is drawn: the same settling, told in steps; what was typed stays as typed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loanloom.engines import forms
from loanloom.problems import Problem


def field(view: forms.FormView, name: str) -> forms.FieldView:
    return next(one for one in view.fields() if one.name == name)


def names(view: forms.FormView) -> set[str]:
    return {one.name for one in view.fields()}


def test_an_empty_form_shows_defaults_and_no_complaints(form: forms.Form, known: Mapping[str, Any]) -> None:
    view = forms.describe(form, known)
    assert field(view, "application.term_months").text == "12"
    assert view.problems == ()
    assert field(view, "application.amount").required
    assert "application.spouse_income" not in names(view)
    assert [section.key for section in view.sections] == ["asked", "money", "internal"]


def test_what_was_typed_decides_what_is_shown(form: forms.Form, known: Mapping[str, Any]) -> None:
    raw = {"application.married": "yes", "application.guarantee_mode": "guarantee"}
    view = forms.describe(form, known, raw=raw)
    assert "application.spouse_income" in names(view)
    rows = field(view, "guarantors").group
    assert rows is not None and len(rows.rows) == 1, "the fewest rows are there to be filled in"
    assert rows.can_add and not rows.can_remove


def test_mistakes_stay_as_typed_and_missing_ones_wait_for_the_submission(
    form: forms.Form, known: Mapping[str, Any]
) -> None:
    raw = {"application.amount": "lots", "application.term_months": ""}
    entered = forms.describe(form, known, raw=raw, telling="entered")
    assert field(entered, "application.amount").text == "lots"
    assert [problem.code for problem in field(entered, "application.amount").problems] == ["form.not_a_number"]
    assert field(entered, "application.term_months").problems == ()
    assert entered.problems == (), "no summary before the submission"
    told = forms.describe(form, known, raw=raw, telling="all")
    assert [problem.field for problem in told.problems][:3] == [
        "application.amount",
        "application.term_months",
        "application.guarantee_mode",
    ]


def test_values_read_as_people_write_them(form: forms.Form, known: Mapping[str, Any]) -> None:
    stored = {
        **known,
        "application": {
            **known["application"],
            "amount": Decimal("1234567.5"),
            "share": Decimal("0.1250"),
            "seasons": ["spring"],
            "married": False,
        },
    }
    view = forms.describe(form, stored)
    assert field(view, "application.amount").text == "1,234,567.50"
    assert field(view, "application.share").text == "12.5"
    assert field(view, "application.seasons").chosen == {"spring"}
    assert field(view, "application.married").chosen == {"false"}
    assert [option.key for option in field(view, "application.season").options] == ["spring", "autumn"]


def test_masked_and_hidden_fields_never_reach_the_page(form: forms.Form, known: Mapping[str, Any]) -> None:
    stored = {**known, "application": {**known["application"], "shop": "Noodle house", "own_income": Decimal(1)}}
    clerk = forms.describe(form, stored, ["clerk"])
    assert field(clerk, "application.shop").text == "Noo*****ouse"
    assert field(clerk, "application.shop").value == "Noo*****ouse"
    assert not field(clerk, "application.shop").editable
    assert "application.purpose" not in names(forms.describe(form, stored, ["outsider"]))
    assert not forms.describe(form, stored, ["reader"]).editable


def test_a_submitted_page_comes_back_with_everything(form: forms.Form, known: Mapping[str, Any]) -> None:
    raw = {"application.amount": "abc", "application.machines": "0", "application.machines.0.count": "x"}
    view = forms.view_of_evaluated(forms.evaluate(form, raw, known))
    assert field(view, "application.machines.0.count").text == "x"
    assert field(view, "application.machines.0.count").id == "f-application.machines.0.count"
    machines = field(view, "application.machines").group
    assert machines is not None and machines.rows[0].was == ""
    assert {problem.field for problem in view.problems} >= {"application.amount", "application.machines.0.name"}


def test_rows_remember_which_stored_row_they_were(form: forms.Form, known: Mapping[str, Any]) -> None:
    rows = [{"name": name, "count": Decimal(1), "price": None, "worth": None} for name in ("a", "b")]
    stored = {**known, "application": {**known["application"], "machines": rows}}
    group = field(forms.describe(form, stored), "application.machines").group
    assert group is not None
    assert [row.was for row in group.rows] == ["0", "1"]
    raw = {"application.machines": "1", "application.machines.1._was": "1", "application.machines.1.count": "5"}
    evaluated = forms.evaluate(form, raw, stored)
    assert [row["name"] for row in evaluated.values["application"]["machines"]] == ["b"]


def test_problems_found_elsewhere_show_at_their_fields(form: forms.Form, known: Mapping[str, Any]) -> None:
    limit = Problem(code="product.limit", message={"en": "Too much.", "zh": "过高。"}, field="application.amount")
    whole = Problem(code="x.y", message={"en": "Whole.", "zh": "整体。"})
    view = forms.describe(form, known, raw={"application.amount": "5"}, telling="entered", also=[whole, limit])
    assert field(view, "application.amount").problems == (limit,)
    assert view.problems == (limit, whole)
