"""A bundle carries the pictures that its definitions show: checked where it arrives, the same bytes on the way back."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from tests.services.definitions.releases.conftest import FILES, Person

from loanloom.metadata.archive import zip_bytes
from loanloom.metadata.bundle import read_bundle, write_bundle
from loanloom.services.context import Context
from loanloom.services.definitions import pictures, releases
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.errors import NotFound, Refused

BANNERS = """\
apiVersion: loanloom/v1
kind: banners
key: portal
title: {en: Banners, zh: 轮播图}
effective_from: 2026-01-01
spec:
  banners:
    - {key: one, title: {en: One, zh: 一}, look: plain, image: DIGEST}
"""


def png(width: int = 8, more: bytes = b"") -> bytes:
    """A picture; `more` bytes make it larger."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, 8, 1, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"tEXt", more) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    )


def packed(content: bytes, digest: str | None = None, **more: bytes) -> bytes:
    """A bundle with one picture, as a zip file."""
    mark = digest or hashlib.sha256(content).hexdigest()
    shown = {"metadata/banners/portal.yaml": BANNERS.replace("DIGEST", mark), f"metadata/pictures/{mark}.png": content}
    others = {f"metadata/pictures/{hashlib.sha256(one).hexdigest()}.png": one for one in more.values()}
    return zip_bytes({**FILES, **shown, **others})


def test_pictures_come_along_and_go_out_again_byte_by_byte(empty: Context, tmp_path: Path) -> None:
    picture = png()
    digest, given = hashlib.sha256(picture).hexdigest(), read_bundle(packed(picture), kinds())
    assert given.problems == () and given.pictures == {digest: picture}
    company = releases.install(empty, given)
    ctx = replace(empty, company=company, registry=releases.live(empty.database, company))
    assert pictures.open_file(ctx, digest).content == picture and pictures.lost(ctx, [digest]) == frozenset()
    admin = ctx.as_actor(replace(ctx.actor, functions=frozenset({"definition.read"}), scope="all"))
    files = releases.export(admin)
    assert files[f"metadata/pictures/{digest}.png"] == picture
    assert zip_bytes(files) == zip_bytes(releases.export(admin))
    write_bundle(tmp_path / "out", files)
    again = read_bundle(tmp_path / "out", kinds())
    assert (again.problems, again.pictures, again.digest) == ((), given.pictures, given.digest)


def test_pictures_that_nothing_shows_stay_behind(person: Person) -> None:
    stray = png(16)
    given = read_bundle(packed(png(), stray=stray), kinds())
    made = releases.propose_bundle(person(1), given)
    assert made
    with pytest.raises(NotFound):
        pictures.open_file(person(1), hashlib.sha256(stray).hexdigest())


def test_a_picture_that_is_not_what_its_name_says_is_told(person: Person) -> None:
    given = read_bundle(packed(png(), digest="0" * 64), kinds())
    (problem,) = given.problems
    assert (problem.code, problem.file) == ("bundle.refused_file", f"metadata/pictures/{'0' * 64}.png")
    with pytest.raises(Refused):
        releases.propose_bundle(person(1), given)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<script>alert(1)</script>", "upload.wrong_type"),
        (png(9000), "picture.too_many_pixels"),
        (png(more=hashlib.sha512(b"x").digest() * 20_000), "upload.too_large"),
        (b"\x89PNG\r\n\x1a\nnothing", "picture.broken"),
    ],
)
def test_what_is_no_picture_for_a_page_is_refused_at_its_file(person: Person, content: bytes, code: str) -> None:
    ctx, digest = person(1), hashlib.sha256(content).hexdigest()
    given = replace(read_bundle(packed(png()), kinds()), pictures={digest: content})
    assert code in [one.code for one in releases.plan_bundle(ctx, given).problems]  # told before it is proposed
    with pytest.raises(Refused) as refused:
        releases.propose_bundle(ctx, given)
    (problem,) = refused.value.problems
    assert problem.code == code and (problem.file or "").startswith(f"metadata/pictures/{digest}")
    assert pictures.lost(ctx, [digest]) == {digest}


def test_a_picture_beyond_the_bounds_of_a_file_never_gets_in() -> None:
    huge = png(more=hashlib.sha512(b"y").digest() * 40_000)
    given = read_bundle(packed(huge), kinds())
    assert [one.code for one in given.problems] == ["bundle.refused_file"] and not given.pictures
