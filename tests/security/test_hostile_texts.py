"""HTML and script in every text that people fill in: wherever it is read again, it is words and nothing else. And files
that say they are something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from tests.services.origination.conftest import ASKED, TRADER
from tests.web.origination.test_screens import begin, hidden, new_customer, text
from tests.web.records.test_records import PROSPECT, send

from loanloom.services.context import Context

Person = Callable[..., FlaskClient]
MARK = "\"'><img src=x onerror=alert(1)>{{7*7}}</script>"
TAG = "<img src=x"
WORDS = "&lt;img src=x"
SHORT = ("id_number", "phone", "licence_number", "legal_representative")


def texts_of(ctx: Context, record: str) -> Iterator[str]:
    """Every field of a record in which somebody may write anything."""
    for field in ctx.registry.entity_fields(record):
        within = field.fields if field.shape.rows and not field.shape.several else (field,)
        for one in within:
            if (
                one.type in ("text", "long_text", "rich_text")
                and (one.max_length or 255) >= len(MARK)
                and not one.pattern
            ):
                yield f"{record}.{field.key}" if one is field else f"{record}.{field.key}.{one.key}"


def hostile(ctx: Context, record: str, form: str) -> dict[str, str]:
    """The mark in every such field that the page shows."""
    return {name: MARK for name in texts_of(ctx, record) if f'name="{name}"' in form}


def check(page: str, where: str) -> None:
    assert TAG not in page, (where, page[max(0, page.find(TAG) - 200) : page.find(TAG) + 60])
    assert "49</script>" not in page, where


@pytest.fixture
def manager(person: Person) -> FlaskClient:
    """A relationship manager's browser."""
    return person("relationship-manager", unit="east-lending")


def test_customers(manager: FlaskClient, model_company: Context, person: Person) -> None:
    empty = text(manager.post("/customers/new", data={**hidden(text(manager.get("/customers/new"))), **TRADER,
                                                      "_action": "refresh"}))  # fmt: skip
    written = hostile(model_company, "customer", empty)
    assert len(written) >= 5, written
    contact = {"customer.emergency_contact": "0", "customer.emergency_contact.phone": "19900000055"}
    made = new_customer(manager, **{**written, **contact})
    assert made.status_code == 302, re.findall(r'class="form-error"[^§]{0,300}', text(made))
    pages = (made.location, f"{made.location}/edit", "/customers/", "/customers/?q=img", "/search/?q=img")
    shown = [text(manager.get(address, follow_redirects=True)) for address in pages]
    for address, page in zip(pages, shown, strict=True):
        check(page, address)
    assert WORDS in shown[0] and WORDS in shown[1]
    check(text(person("auditor").get(made.location)), "the auditor's page")


def test_applications(manager: FlaskClient, model_company: Context) -> None:
    url = f"/applications/{begin(manager)}/fill"
    page = text(manager.get(url))
    written = hostile(model_company, "application", page)
    assert written
    rows = {"guarantors": "0", "guarantors.0._was": "", "guarantors.0.name": MARK, "guarantors.0.employer": MARK}
    for action in ("refresh", "submit"):
        answer = manager.post(url, data={**hidden(page), **ASKED, **written, **rows, "_action": action})
        where = f"{action}: {answer.status_code}"
        if answer.location:
            check(text(manager.get(answer.location)), "what happened")
            answer = manager.get(url.removesuffix("/fill") + "?tab=form")
        shown = text(answer)
        check(shown, where)
        assert WORDS in shown, where
    check(text(manager.get("/applications/")), "the list")


def test_records(manager: FlaskClient, model_company: Context) -> None:
    form = text(manager.get("/records/prospect/new"))
    written = hostile(model_company, "prospect", form)
    made = send(manager, "/records/prospect/new", **{**PROSPECT, **written})
    assert made.status_code == 302, text(made)
    for address in (made.location, f"{made.location}/edit", "/records/prospect/"):
        page = text(manager.get(address))
        check(page, address)
        assert WORDS in page, address
    changed = send(
        manager, f"{made.location}/edit", _version="1", **{**PROSPECT, **written, "prospect.name": "x" + MARK}
    )
    assert changed.status_code == 302, text(changed)
    check(text(manager.get(made.location)), "its history")


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("店.png", b"<html><script>alert(1)</script></html>"),
        ("店.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("店.jpg", b"GIF89a/*<script>*/"),
        ("店.png", b"MZ\x90\x00"),
        ("店.html", PNG),
        ("店.png.exe", PNG),
        ("店.jpg", PNG),
        ("店.png", b""),
    ],
)
def test_a_file_that_lies_about_what_it_is_is_told_at_its_field(
    manager: FlaskClient, name: str, content: bytes
) -> None:
    field = "customer.premises_photos"
    page = text(manager.get("/customers/new"))
    typed = {**hidden(page), **TRADER, field: [(BytesIO(content), name)]}
    answer = manager.post("/customers/new", data={**typed, "_action": "submit"})
    shown = text(answer)
    assert answer.status_code in (200, 302), shown
    assert (answer.status_code == 302 and not content) or f'id="f-{field}-error"' in shown, shown
    assert not re.search(rf'name="{field}" value="\d+"', shown)
    if answer.status_code == 200:
        assert TRADER["customer.name"] in shown, "what was typed beside it is not lost"


def test_what_is_truly_an_image_is_served_as_one_and_nothing_else(manager: FlaskClient) -> None:
    field = "customer.premises_photos"
    page = text(manager.get("/customers/new"))
    tail = b"<script>alert(1)</script>"
    posted = {**hidden(page), **TRADER, field: [(BytesIO(PNG + tail), "店.png")], "_action": "refresh"}
    shown = text(manager.post("/customers/new", data=posted))
    (number,) = re.findall(rf'name="{field}" value="(\d+)"', shown)
    served = manager.get(f"/uploads/{number}")
    assert served.content_type == "image/png"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Security-Policy"].startswith("sandbox")
