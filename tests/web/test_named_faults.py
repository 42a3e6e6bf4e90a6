"""A refused form's linked summary says which fields it speaks of."""

from __future__ import annotations

import re

import pytest
from flask import Flask


def summary(client, url: str, **typed: str) -> list[tuple[str, str]]:
    """(place, words) of each problem above the form."""
    answer = client.post(url, data={"csrf_token": client.csrf(), **typed})
    assert answer.status_code == 422, answer.get_data(as_text=True)[:800]
    page = answer.get_data(as_text=True)
    drawn = page[page.index('id="problems"') :].split("</ul>")[0]
    return re.findall(r'<a href="#([^"]+)"[^>]*>([^<]*)</a>', drawn)


@pytest.mark.parametrize(("language", "words"), [("en", "Name: This is needed."), ("zh", "姓名／名称：此项必填。")])
def test_the_field_that_was_left_empty_is_named(person, language: str, words: str) -> None:
    told = summary(person("finance", language=language), "/parties/new", kind="merchant", name="")
    assert told == [("f-name", words)]


def test_a_date_that_is_none_is_named_beside_what_is_wrong_with_it(person) -> None:
    told = dict(summary(person("finance"), "/parties/new", kind="merchant", name="灯具商行", agreed_on="31/31"))
    assert told["f-agreed_on"].startswith("Agreed on: Enter a date")


def test_words_that_name_the_field_themselves_stay_as_they_are(person) -> None:
    told = summary(person("relationship-manager"), "/customers/new", kind="person", **{"customer.name": ""})
    assert ("f-customer.name", "Fill in “Name”.") in told


def test_a_field_of_several_boxes_is_named_by_its_legend(app: Flask) -> None:
    told = '<a href="#f-lease" data-names-field>The end is before the beginning.</a>'
    field = '<legend class="form-label" id="f-lease" tabindex="-1">Lease &amp; term <span>*</span></legend>'
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        answer = app.process_response(app.response_class(told + field, 422, mimetype="text/html"))
    assert '<a href="#f-lease">Lease &amp; term: The end is before the beginning.</a>' in answer.get_data(as_text=True)
