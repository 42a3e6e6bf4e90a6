"""What a filled form becomes: clean values, or problems at their fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loanloom.engines import forms

CARD = "11010519491231002X"
FILLED = {"application.amount": "8,000", "application.term_months": "6", "application.guarantee_mode": "credit"}
RICH = {**FILLED, "application.own_income": "5,000"}


def codes(evaluated: forms.Evaluated) -> dict[str, list[str]]:
    return {field: [problem.code for problem in problems] for field, problems in evaluated.by_field.items()}


def test_clean_values_come_out_typed(form: forms.Form, known: Mapping[str, Any]) -> None:
    raw = {
        **RICH,
        "application.share": "12.5",
        "application.opened_on": "2019年3月4日",
        "application.seasons": ["", "spring", "autumn"],
        "application.sales_month": "2025/3",
        "application.season": "autumn",
    }
    evaluated = forms.evaluate(form, raw, known)
    assert evaluated.problems == ()
    application = evaluated.values["application"]
    assert application["amount"] == Decimal(8000)
    assert application["share"] == Decimal("0.125")
    assert application["opened_on"] == date(2019, 3, 4)
    assert application["seasons"] == ["spring", "autumn"]
    assert application["sales_month"] == "2025-03"
    assert application["household_income"] == Decimal(5000)
    assert evaluated.values["guarantors"] == []


def test_typed_values_of_an_import_are_taken_as_facts(form: forms.Form, known: Mapping[str, Any]) -> None:
    raw = {
        "application.amount": Decimal(8000),
        "application.guarantee_mode": "guarantee",
        "application.own_income": 5000,
        "application.share": Decimal("0.125"),
        "application.opened_on": date(2019, 3, 4),
        "application.married": True,
        "guarantors": [{"name": "演示保证人", "id_number": CARD, "amount": Decimal(8000)}],
    }
    evaluated = forms.evaluate(form, raw, known)
    assert evaluated.problems == ()
    assert evaluated.values["application"]["share"] == Decimal("0.125")
    assert evaluated.values["application"]["term_months"] == Decimal(12), "the default fills what was not handed over"
    assert evaluated.values["guarantors"][0]["name"] == "演示保证人"


def test_everything_wrong_is_told_at_once_and_at_its_field(form: forms.Form, known: Mapping[str, Any]) -> None:
    raw = {
        "application.amount": "12e9",
        "application.term_months": "1.5",
        "application.guarantee_mode": "friendship",
        "application.own_income": "9999999999",
        "application.share": "60",
        "application.opened_on": "2026-02-30",
        "application.season": "winter",
        "application.sales_month": "2026-13",
        "application.licence": "../../etc/passwd",
        "application.shop": "lower",
    }
    assert codes(forms.evaluate(form, raw, known)) == {
        "application.amount": ["form.not_a_number"],
        "application.term_months": ["form.not_whole"],
        "application.guarantee_mode": ["form.unknown_choice"],
        "application.own_income": ["form.above_maximum"],
        "application.share": ["form.check"],
        "application.opened_on": ["form.not_a_date"],
        "application.season": ["form.unknown_choice"],
        "application.sales_month": ["form.not_a_month"],
        "application.licence": ["form.not_a_file"],
    }, "the shop is hidden while there is no income, so its pattern does not count"


def test_required_may_depend_on_other_fields(form: forms.Form, known: Mapping[str, Any]) -> None:
    low = forms.evaluate(form, {**FILLED, "application.amount": "10000"}, known)
    high = forms.evaluate(form, {**FILLED, "application.amount": "10001"}, known)
    assert "application.own_income" not in low.by_field
    assert codes(high)["application.own_income"] == ["form.required"]
    assert high.by_field["application.own_income"][0].message["zh"] == "请填写“本人收入”。"


def test_a_hidden_value_is_cleared_before_anything_reads_it(form: forms.Form, known: Mapping[str, Any]) -> None:
    raw = {**RICH, "application.married": "no", "application.spouse_income": "4000"}
    evaluated = forms.evaluate(form, raw, known)
    assert evaluated.values["application"]["spouse_income"] is None
    assert evaluated.values["application"]["household_income"] == Decimal(5000)
    married = forms.evaluate(form, {**raw, "application.married": "yes"}, known)
    assert married.values["application"]["household_income"] == Decimal(9000)


def test_a_hidden_value_may_be_kept(form: forms.Form, known: Mapping[str, Any]) -> None:
    stored = {**known, "application": {**known["application"], "shop": "Noodles"}}
    evaluated = forms.evaluate(form, FILLED, stored)
    assert evaluated.values["application"]["shop"] == "Noodles"


def test_computed_fields_cannot_be_forged(form: forms.Form, known: Mapping[str, Any]) -> None:
    evaluated = forms.evaluate(form, {**RICH, "application.household_income": "999999"}, known)
    assert evaluated.values["application"]["household_income"] == Decimal(5000)


def test_unknown_fields_are_refused_with_the_nearest_name(form: forms.Form, known: Mapping[str, Any]) -> None:
    evaluated = forms.evaluate(form, {**RICH, "application.amonut": "1", "customer.id_number": CARD, "x": "y"}, known)
    assert {problem.code for problem in evaluated.problems} == {"form.unknown_field"}
    assert len(evaluated.problems) == 3
    assert "application.amount" in evaluated.problems[0].in_words("en")


def test_fields_of_others_are_refused_when_forged(form: forms.Form, known: Mapping[str, Any]) -> None:
    stored = {**known, "application": {**known["application"], "amount": Decimal(100), "purpose": "seed"}}
    reader = forms.evaluate(form, {"application.amount": "999"}, stored, ["reader"])
    assert codes(reader)["application.amount"] == ["form.not_writable"]
    assert reader.values["application"]["amount"] == Decimal(100)
    same = forms.evaluate(form, {"application.amount": "100.00"}, stored, ["reader"])
    assert "application.amount" not in same.by_field
    outsider = forms.evaluate(form, {**RICH, "application.purpose": "other"}, stored, ["outsider"])
    assert codes(outsider) == {"application.purpose": ["form.unknown_field"]}, "hidden fields do not exist for them"
    assert outsider.values["application"]["purpose"] == "seed"


def test_access_may_depend_on_the_node_and_the_best_role_counts(form: forms.Form, known: Mapping[str, Any]) -> None:
    stored = {**known, "application": {**known["application"], "amount": Decimal(100)}}
    assert "application.amount" in forms.evaluate(form, RICH, stored, ["clerk"], "review").by_field
    assert "application.amount" not in forms.evaluate(form, RICH, stored, ["clerk"], "start").by_field
    assert (
        "application.amount" not in forms.evaluate(form, RICH, stored, ["clerk", "reader", "other"], "review").by_field
    )


def test_rows_are_judged_one_by_one(form: forms.Form, known: Mapping[str, Any]) -> None:
    raw = {
        **RICH,
        "application.machines": "2,0",
        "application.machines.0._was": "",
        "application.machines.0.name": "Mill",
        "application.machines.0.count": "2",
        "application.machines.0.price": "1,500.50",
        "application.machines.2._was": "",
        "application.machines.2.name": "",
        "application.machines.2.count": "0",
        "application.machines.2.price": "7",
    }
    evaluated = forms.evaluate(form, raw, known)
    first, second = evaluated.values["application"]["machines"]
    assert second == {"name": "Mill", "count": Decimal(2), "price": Decimal("1500.50"), "worth": Decimal("3001.00")}
    assert first["name"] is None, "rows keep the order of the page"
    assert codes(evaluated) == {
        "application.machines.0.name": ["form.required"],
        "application.machines.0.count": ["form.below_minimum"],
    }


def test_a_row_sees_the_facts_around_it(form: forms.Form, known: Mapping[str, Any]) -> None:
    raw = {**RICH, "application.guarantee_mode": "guarantee", "guarantors": "0"}
    row = {"guarantors.0.name": "甲", "guarantors.0.id_number": CARD, "guarantors.0.amount": "799"}
    assert codes(forms.evaluate(form, {**raw, **row}, known)) == {"guarantors.0.amount": ["form.check"]}
    assert forms.evaluate(form, {**raw, **row, "guarantors.0.amount": "800"}, known).ok


def test_too_few_and_too_many_rows(form: forms.Form, known: Mapping[str, Any]) -> None:
    asked = {**RICH, "application.guarantee_mode": "guarantee"}
    assert codes(forms.evaluate(form, {**asked, "guarantors": ""}, known)) == {"guarantors": ["form.too_few_rows"]}
    row = {"name": "甲", "id_number": CARD, "amount": "800"}
    assert codes(forms.evaluate(form, {**asked, "guarantors": [row] * 3}, known)) == {
        "guarantors": ["form.too_many_rows"]
    }


def test_rows_of_a_hidden_section_are_dropped_without_complaint(form: forms.Form, known: Mapping[str, Any]) -> None:
    raw = {**RICH, "guarantors": "0", "guarantors.0.name": "", "guarantors.0.id_number": "nonsense"}
    evaluated = forms.evaluate(form, raw, known)
    assert evaluated.ok
    assert evaluated.values["guarantors"] == []


def test_checks_of_the_whole_form(form: forms.Form, known: Mapping[str, Any]) -> None:
    evaluated = forms.evaluate(form, {**RICH, "application.amount": "50,001"}, known)
    assert codes(evaluated) == {"application.amount": ["form.check"]}


def test_a_retired_choice_may_stay_but_not_be_chosen_anew(form: forms.Form, known: Mapping[str, Any]) -> None:
    stored = {**known, "application": {**known["application"], "season": "monsoon"}}
    raw = {**RICH, "application.season": "monsoon"}
    assert forms.evaluate(form, raw, stored).ok
    assert codes(forms.evaluate(form, raw, known)) == {"application.season": ["form.unknown_choice"]}


@pytest.mark.parametrize(
    "value",
    [
        {"application.amount": {"nested": "1"}},
        {"application.amount": ["8000", "9000"], "application.seasons": {"a": "b"}},
        {"application.machines": [1, 2]},
        {"application.machines.-1.name": "x"},
        {"application.machines.99999.name": "x"},
        {"guarantors.0.__class__": "x"},
        {"application.amount": "\x00"},
        {"application.amount": True},
        {"": ""},
        {f"x{number}": "" for number in range(6000)},
    ],
)
def test_forged_shapes_end_in_problems(form: forms.Form, known: Mapping[str, Any], value: dict[str, Any]) -> None:
    evaluated = forms.evaluate(form, {**RICH, **value}, known)
    if value.get("application.amount") != ["8000", "9000"]:
        assert evaluated.problems
    assert all(problem.message["zh"] and problem.message["en"] for problem in evaluated.problems)


@pytest.mark.parametrize("sent", [Decimal("1e-999999999"), Decimal("1e400"), Decimal("NaN"), 10**4000, "1e5", "\0"])
def test_numbers_of_a_hostile_program(form: forms.Form, known: Mapping[str, Any], sent: Any) -> None:
    evaluated = forms.evaluate(form, {**RICH, "application.amount": sent}, known)
    assert codes(evaluated)["application.amount"]
    assert all(len(problem.in_words("en")) < 500 for problem in evaluated.problems)
