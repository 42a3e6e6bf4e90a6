"""A banner has a picture of its own: checked by what it is, reviewed like any change, shown and never run."""

from __future__ import annotations

import io
import re
import struct
import zlib
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.services.money.house import House
from tests.services.origination.conftest import TRADER
from tests.web.pages import page
from tests.web.portal.conftest import borrower, paper, publish

from loanloom.services.definitions import pictures
from loanloom.services.definitions.releases import drafts
from loanloom.services.parties import customers
from loanloom.store import tables

from .test_plain_forms import spec
from .test_studio import ADMIN, html

__all__ = ["borrower"]
HERE = "/studio/definitions/banners/portal/"
PLACE = "v:/banners/0/image"


def png(width: int = 1600, height: int = 600) -> bytes:
    """A picture of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def jpg(width: int, height: int, kind: int = 0xC2) -> bytes:
    """The head of a JPEG: a comment that looks like a frame, then the frame."""
    frame = struct.pack(">BBHBHHB", 0xFF, kind, 8, 8, height, width, 3)
    return b"\xff\xd8\xff\xfe" + struct.pack(">H", 6) + b"\xff\xc0\x00\x01" + frame


def send(client: Any, name: str, content: bytes, **typed: str) -> Any:
    shown = page(client, HERE)
    version = re.search(r'name="version" value="(\d*)"', shown)
    assert version is not None
    fields = {"csrf_token": client.csrf(), "version": version[1], PLACE: "", **typed}
    return client.post(f"{HERE}plain", data={**fields, f"{PLACE}.file": (io.BytesIO(content), name)})


def uploaded(ctx: Any) -> int:
    with ctx.transaction() as connection:
        asked = select(func.count()).select_from(tables.upload).where(tables.upload.c.subject_kind == "picture")
        return int(connection.execute(asked).scalar_one())


def test_a_picture_is_uploaded_shown_to_borrowers_once_reviewed_and_taken_out(
    person, model_company, acting, borrower
) -> None:
    admin = person(ADMIN, language="en")
    assert send(admin, "field.png", png()).status_code == 302
    digest = spec(model_company, "banners", "portal")["banners"][0]["image"]
    assert f'src="/pictures/{digest}"' in page(admin, HERE).split('class="term-side"')[1]
    shown = admin.get(f"/pictures/{digest}")
    assert shown.data == png() and shown.headers["Content-Type"] == "image/png"
    assert (
        shown.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in shown.headers["Content-Security-Policy"]
    )
    assert send(admin, "again.png", png(), **{PLACE: digest}).status_code == 302 and uploaded(model_company) == 1
    manager = acting(model_company, "relationship-manager", unit="east-lending")
    me = borrower(customers.create(manager, TRADER))
    assert digest not in page(me, "/portal/")
    publish(model_company, acting, "banners", "portal")
    assert f'src="/pictures/{digest}"' in page(me, "/portal/") and me.get(f"/pictures/{digest}").data == png()
    post = {"csrf_token": admin.csrf(), "version": "", PLACE: digest, f"{PLACE}.out": "yes"}
    assert admin.post(f"{HERE}plain", data=post).status_code == 302
    assert "image" not in spec(model_company, "banners", "portal")["banners"][0]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.png", b"<html><script>alert(1)</script>", "is none of JPG, PNG"),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "is none of JPG, PNG"),
        ("paper.png", b"%PDF-1.7", "is none of JPG, PNG"),
        ("field.jpg", png(), "by another name"),
        ("large.png", png() + b"\0" * 1024 * 1024, "larger than 1 MB"),
        ("wide.png", png(4001, 10), "4001 × 10 pixels"),
        ("cut.png", png()[:14], "cannot be read"),
        ("cut.jpg", b"\xff\xd8\xff\xe0\x00", "cannot be read"),
        ("none.png", png(0, 600), "cannot be read"),
    ],
)
def test_what_is_no_picture_is_told_at_its_place_and_nothing_typed_is_lost(
    person, model_company, name: str, content: bytes, words: str
) -> None:
    answer = send(person(ADMIN, language="en"), name, content, **{"v:/banners/0/title.en": "Typed meanwhile"})
    shown = html(answer)
    assert answer.status_code == 422 and words in shown and 'id="f-banners-0-image-error"' in shown
    assert 'value="Typed meanwhile"' in shown
    assert uploaded(model_company) == 0


def test_a_picture_outlives_a_mistake_elsewhere_on_the_form(person, model_company) -> None:
    admin = person(ADMIN, language="en")
    answer = send(admin, "field.png", png(), **{"v:/banners/0/link": "javascript:alert(1)"})
    kept = re.search(rf'name="{PLACE}" value="([0-9a-f]{{64}})"', html(answer))
    assert answer.status_code == 422 and kept is not None
    assert admin.get(f"/pictures/{kept[1]}").status_code == 200


def test_a_picture_that_came_with_a_bundle_is_asked_for_again(person, model_company, acting) -> None:
    drafts.change_values(acting(model_company, ADMIN), "banners", "portal", {"/spec/banners/0/image": "7" * 64}, None)
    admin = person(ADMIN, language="en")
    assert page(admin, HERE).count("This picture is not in this installation") == 1
    assert send(admin, "field.png", png(), **{PLACE: "7" * 64}).status_code == 302
    assert "This picture is not in this installation" not in page(admin, HERE)


def test_nothing_else_that_is_kept_is_handed_out_as_a_picture(person, model_company) -> None:
    house, admin = House(model_company.database, model_company.company), person(ADMIN)
    paper(house, ("loan", 1), "Voucher")
    with model_company.transaction() as connection:
        digest = connection.execute(select(tables.blob.c.sha256)).scalar_one()
    for wrong in (digest, "0" * 64, "x" * 64, "..%2f..%2fetc", digest.upper()):
        assert admin.get(f"/pictures/{wrong}").status_code == 404
    assert person("auditor").post(f"{HERE}plain", data={"version": ""}).status_code in (400, 403)


@pytest.mark.parametrize(
    ("content", "found"),
    [(png(10, 20), (10, 20)), (jpg(30, 40), (30, 40)), (jpg(30, 40, 0xC4), None), (b"\xff\xd8\xff", None), (b"", None)],
)
def test_the_size_is_what_the_picture_states(content: bytes, found: tuple[int, int] | None) -> None:
    assert pictures.size(content) == found
