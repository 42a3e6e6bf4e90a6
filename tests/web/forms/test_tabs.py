"""A form in tabs: every tab is open to all, problems are marked on theirs, and what is on the others is posted too."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask import render_template_string as render
from tests.engines.forms.types.conftest import CODES, ENTITY, ROLE, registry_of

from loanloom.engines import forms
from loanloom.problems import Problem, text
from loanloom.web.forms import answering
from loanloom.web.forms.posted import Posted

FORM = """
apiVersion: loanloom/v1
kind: form
key: trial
title: {en: Trial, zh: 试用}
spec:
  record: application
  layout: tabs
  sections:
    - {key: first, title: {en: First, zh: 一}, fields: [{field: application.licence, required: true}]}
    - {key: second, title: {en: Second, zh: 二}, fields: [{field: application.story}, {field: application.spouse}]}
    - {key: third, title: {en: Third, zh: 三}, fields: [{field: application.place}]}
"""
RAW = {"application.licence": "1", "application.story": "**x**", "application.place.latitude": "99"}


@pytest.fixture(scope="module")
def form() -> forms.Form:
    """A form of three tabs."""
    registry = registry_of(ENTITY, CODES, ROLE, FORM)
    compiled = forms.compile_form(registry.require("form", "trial"), registry)
    assert compiled.form is not None, compiled.problems
    return compiled.form


def post(action: str, argument: str = "", step: str = "first") -> Posted:
    return Posted(
        raw=dict(RAW), action=action, argument=argument, version=0, idempotency_key=None, editor="", seen="", step=step
    )


def view(form: forms.Form, telling: forms.Telling) -> forms.FormView:
    empty: dict[str, Any] = {"application": {}, "customer": {}, "guarantors": [], "collateral": []}
    return forms.describe(form, empty, raw=RAW, telling=telling)


def step(form: forms.Form, posted: Posted | None, also: tuple[Problem, ...] = ()) -> answering.Step:
    found = answering.step_of(posted, view(form, "entered"), lambda: view(form, "all"), also)
    assert found is not None
    return found


def drawn(app: Flask, form: forms.Form, at: answering.Step) -> str:
    with app.test_request_context("/"):
        return render("{{ ui.generated_form(view, step=step) }}", view=view(form, "all"), step=at)


def test_any_tab_opens_whatever_is_wrong_on_this_one(form: forms.Form) -> None:
    at = step(form, post("step", "third"))
    assert (at.current, at.problems, at.before, at.after) == ("third", (), None, None)
    assert step(form, post("step", "first", step="third")).current == "first"
    assert step(form, post("step", "nowhere", step="second")).current == "second"
    assert step(form, None).current == "first"


def test_a_refused_form_opens_at_the_first_tab_with_a_problem(form: forms.Form) -> None:
    wrong = Problem(code="x", message=text("x", "x"), field="application.place")
    assert step(form, post("submit", step="second"), (wrong,)).current == "third"
    within = Problem(code="x", message=text("x", "x"), field="application.spouse.name")
    assert step(form, post("submit"), (within,)).current == "second", "fields of a group are found on their tab"


def test_what_is_told_while_somebody_types_does_not_take_them_elsewhere(form: forms.Form) -> None:
    saved = Problem(code="form.saved_here", message=text("x", "x"), field="application.place")
    assert step(form, post("refresh", step="second"), (saved,)).current == "second"
    assert step(form, post("leave", step="second"), (saved,)).current == "third"


def test_the_page_marks_tabs_with_problems_and_keeps_every_field(app: Flask, form: forms.Form) -> None:
    page = drawn(app, form, step(form, post("step", "second")))
    tabs = re.search(r'<ol class="steps as-tabs".*?</ol>', page, re.S)
    assert tabs is not None
    states = re.findall(r"<li ([^>]*)><button[^>]*value=\"step:(\w+)\"", tabs[0])
    assert [(key, "has-problems" in mark, "aria-current" in mark) for mark, key in states] == [
        ("first", True, False), ("second", False, True), ("third", True, False),
    ]  # fmt: skip
    for name in ("application.licence", "application.story", "application.spouse.name", "application.place.latitude"):
        assert f'name="{name}"' in page
    hidden = re.findall(r'<fieldset class="form-section" id="s-(\w+)" hidden>', page)
    assert hidden == ["first", "third"]
