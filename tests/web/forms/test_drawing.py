"""Fields that look as they did are not drawn again: what comes out is what would be drawn anew, and nothing secret is
kept for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engines.forms.types.conftest import CODES, ENTITY, FORM, ROLE, registry_of

from loanloom.engines import forms
from loanloom.web.forms.drawing import EXTENSION, Kept

MACHINES, SPOUSE = "application.machines", "application.spouse"
TYPED: dict[str, list[Any]] = {
    "application.licence": ["", "91350100M000100Y43", "9135"],
    "application.card": ["4111 1111 1111 1111", "4111 1111 1111 1112"],
    "application.mail": ["", "lin@example.cn", "<b>lin"],
    "application.impression": ["", "3", "4", "9"],
    "application.lease.start": ["", "2025-01-01"],
    "application.lease.end": ["", "2025-12-31", "2027-12-31"],
    "application.area.level1": ["", "33", "71"],
    "application.area.level2": ["", "3301", "3302"],
    "application.area.level3": ["", "330106"],
    "application.hidden_home.level1": ["33"],
    "application.hidden_home.detail": ["文三路1号"],
    "application.home.detail": ["", "信义路5号"],
    "application.photos": ["", "7", ["7", "8"]],
    "application.place.latitude": ["", "30.25"],
    "application.place.longitude": ["", "120.13"],
    "application.story": ["", "**well** <script>", "- one"],
    SPOUSE: ["0"],
    f"{SPOUSE}.name": ["", "李梅"],
    f"{SPOUSE}.papers": ["110105199003074514"],
    f"{SPOUSE}.income": ["", "0", "3000", "3,000.00", "much"],
    MACHINES: ["", "0", "0,1"],
    f"{MACHINES}.0.name": ["", "press"],
    f"{MACHINES}.0.price": ["", "10.50", "10.5", "2"],
    f"{MACHINES}.1.price": ["10.50"],
}
POSTS = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in TYPED.items()})
SECRETS = ("4111", "文三路", "110105199003074514")


@pytest.fixture(scope="module")
def form() -> forms.Form:
    """A form over every type of field."""
    registry = registry_of(ENTITY, CODES, FORM, ROLE)
    compiled = forms.compile_form(registry.require("form", "trial"), registry)
    assert compiled.form is not None, compiled.problems
    return compiled.form


@pytest.fixture
def kept(app: Flask) -> Iterator[Kept]:
    """What the application keeps, empty at first."""
    before, app.extensions[EXTENSION] = app.extensions[EXTENSION], Kept()
    yield app.extensions[EXTENSION]
    app.extensions[EXTENSION] = before


def drawn(app: Flask, view: forms.FormView, language: str = "zh", currency: str = "CNY") -> list[str]:
    """The markup of a view's sections, as the page of a form draws them."""
    with app.test_request_context("/", headers={"Accept-Language": language}):
        made, words = app.jinja_env.globals, {"choose": "…", "yes": language, "no": "-", "remove": "x", "required": "!"}
        draw = made["drawing"](made["ui"].form_field, made["ui"].form_group, currency, words)
        return [str(draw(section.fields)) for section in view.sections]


def anew(app: Flask, view: forms.FormView, **asked: str) -> list[str]:
    """The same with nothing kept."""
    before, app.extensions[EXTENSION] = app.extensions[EXTENSION], None
    try:
        return drawn(app, view, **asked)
    finally:
        app.extensions[EXTENSION] = before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(posts=st.lists(POSTS, min_size=2, max_size=4), roles=st.sampled_from([(), ("reader",)]))
def test_whatever_is_typed_it_looks_as_drawn_anew(
    app: Flask, form: forms.Form, kept: Kept, posts: list[dict[str, Any]], roles: tuple[str, ...]
) -> None:
    for raw in posts:
        view = forms.describe(form, {"application": {}}, roles, raw=raw, telling="entered")
        assert drawn(app, view) == anew(app, view)
    assert not any(secret in markup for secret in SECRETS for markup in kept), "what is stored encrypted is not kept"


def test_what_did_not_change_is_not_drawn_again(app: Flask, form: forms.Form, kept: Kept) -> None:
    def typed(**raw: str) -> forms.FormView:
        return forms.describe(form, {"application": {}}, raw={f"application.{k}": v for k, v in raw.items()})

    drawn(app, typed(mail="lin@example.cn"))
    first = set(kept)
    assert first, "something is kept"
    drawn(app, typed(mail="lin@example.cn", story="new"))
    (added,) = set(kept) - first
    assert "new" in added


def test_languages_and_currencies_do_not_mix(app: Flask, form: forms.Form, kept: Kept) -> None:
    view = forms.describe(form, {"application": {"machines": [{"name": "press"}]}})
    for language, currency in (("zh", "CNY"), ("en", "CNY"), ("en", "USD"), ("zh", "CNY")):
        asked = {"language": language, "currency": currency}
        assert drawn(app, view, **asked) == anew(app, view, **asked)


def test_it_is_begun_anew_before_it_grows_too_large(app: Flask, form: forms.Form) -> None:
    app.extensions[EXTENSION], before = Kept(most=5_000), app.extensions[EXTENSION]
    try:
        for number in range(20):
            view = forms.describe(form, {"application": {"story": f"number {number}"}})
            assert drawn(app, view) == anew(app, view)
            assert sum(map(len, app.extensions[EXTENSION])) <= 5_000
    finally:
        app.extensions[EXTENSION] = before
