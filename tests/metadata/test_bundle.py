"""Bundles: read defensively, written so that export, import, export gives the same bytes; one content, one digest."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.metadata.archive import Files, read_files, zip_bytes
from loanloom.metadata.bundle import bundle_files, bundle_of, read_bundle, wanted, write_bundle
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build

KINDS = load_kinds()
MANIFEST = 'apiVersion: loanloom/v1\nname: small\nversion: "1.0.0"\n'
CODES = "apiVersion: loanloom/v1\nkind: code_list\nkey: {key}\ntitle: {{en: T, zh: 题}}\nspec:\n  items:\n{items}"


def codes(key: str, *items: tuple[str, str]) -> str:
    rows = "".join(f"    - {{key: {code}, title: {{en: {words}, zh: 词}}}}  # {words}\n" for code, words in items)
    return CODES.format(key=key, items=rows)


def bundle(**files: str):
    texts = {"metadata/bundle.yaml": MANIFEST} | {
        f"metadata/code_lists/{key}.yaml": text for key, text in files.items()
    }
    return bundle_of(Files(texts, ()), KINDS)


_NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
_WORDS = st.sampled_from(["Red", "Blue", "Grün", "红", "A B", "x-y"])
_BUNDLES = st.dictionaries(
    _NAMES, st.dictionaries(_NAMES, _WORDS, min_size=1, max_size=4).map(lambda items: tuple(items.items())), max_size=4
)


@settings(max_examples=60, deadline=None)
@given(_BUNDLES)
def test_export_import_export_is_the_same_to_the_byte(content: dict[str, tuple[tuple[str, str], ...]]) -> None:
    first = bundle(**{key: codes(key, *items) for key, items in content.items()})
    assert first.problems == ()
    exported = zip_bytes(bundle_files(first.manifest, first.documents, [("page", "gone")], KINDS))
    again = read_bundle(exported, KINDS)
    assert again.problems == ()
    assert again.retired == (("page", "gone"),)
    assert zip_bytes(bundle_files(again.manifest, again.documents, again.retired, KINDS)) == exported


@settings(max_examples=60, deadline=None)
@given(_BUNDLES, st.randoms(use_true_random=False))
def test_the_digest_depends_on_content_alone(content, random) -> None:
    keys = list(content)
    random.shuffle(keys)
    texts = {key: codes(key, *items) for key, items in content.items()}
    one = bundle(**texts)
    other = bundle(**{key: texts[key].replace("  items:", "\n  # moved\n  items:") for key in keys})
    assert one.digest == other.digest
    assert build(one.documents, KINDS).registry.digest == build(other.documents, KINDS).registry.digest
    changed = bundle(**texts, another=codes("another", ("a", "Red")))
    assert changed.digest != one.digest


def test_numbers_that_are_equal_have_one_digest() -> None:
    text = "apiVersion: loanloom/v1\nkind: rate_table\nkey: lpr\ntitle: {{en: LPR, zh: LPR}}\nspec: {{v: {value}}}\n"
    digests = [read_document(text.format(value=value)).document.digest for value in ("0.1", "0.10", "1e-1", '"0.1"')]
    assert digests[0] == digests[1] == digests[2] != digests[3]


def test_a_folder_and_its_zip_are_the_same(tmp_path: Path) -> None:
    source = bundle(red=codes("red", ("a", "Red")))
    files = bundle_files(source.manifest, source.documents, (), KINDS)
    write_bundle(tmp_path / "folder", files)
    write_bundle(tmp_path / "b.zip", files)
    (tmp_path / "folder/metadata/demo").mkdir()
    (tmp_path / "folder/metadata/demo/people.yaml").write_text("not: a document")
    (tmp_path / "folder/README.md").write_text("outside")
    assert read_bundle(tmp_path / "folder", KINDS).files == read_bundle(tmp_path / "b.zip", KINDS).files == files


def test_a_document_must_lie_where_it_belongs() -> None:
    texts = {"metadata/bundle.yaml": MANIFEST, "metadata/code_list/wrong.yaml": codes("red", ("a", "Red"))}
    (problem,) = bundle_of(Files(texts, ()), KINDS).problems
    assert problem.code == "metadata.wrong_file"
    assert "metadata/code_lists/red.yaml" in problem.hint["en"]


def test_a_broken_document_does_not_hide_the_others() -> None:
    read = bundle(red=codes("red", ("a", "Red")), bad="apiVersion: loanloom/v1\nkind: page\nkey: bad\n")
    assert [document.key for document in read.documents] == ["red"]
    assert read.broken == (("page", "bad"),)
    assert build(read.documents, KINDS, unreadable=read.broken).registry.get("code_list", "red")


# -- hostile archives -------------------------------------------------------------------------------------------------


def archive(*members: tuple[str, bytes], mode: int = 0, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compress) as written:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = compress
            info.external_attr = mode << 16
            written.writestr(info, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        archive(("metadata/../../evil.yaml", b"x")),
        archive(("/metadata/evil.yaml", b"x")),
        archive(("metadata\\evil.yaml", b"x")),
        archive(("C:/metadata/evil.yaml", b"x")),
        archive(("metadata/link.yaml", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777),
        archive(("metadata/bomb.yaml", b"0" * 1_900_000)),
        archive(("metadata/large.yaml", os.urandom(2_100_000)), compress=zipfile.ZIP_STORED),
        archive(("metadata/binary.yaml", b"\xff\xfe\x00")),
        archive(("metadata/packed.yaml", b"x" * 50), compress=zipfile.ZIP_LZMA).replace(
            b"\x5d\x00\x00\x80\x00", b"\xff\x00\x00\x80\x00"
        ),
        b"PK\x03\x04 this is no archive",
        b"",
    ],
    ids=["up", "root", "backslash", "drive", "link", "bomb", "large", "binary", "packed", "damaged", "empty"],
)
def test_a_hostile_archive_gives_problems_and_no_file(data: bytes) -> None:
    files = read_files(data, wanted)
    assert files.texts == {}
    assert {problem.code for problem in files.problems} == {"bundle.refused_file"}


def test_the_same_path_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = archive(("metadata/a.yaml", b"one"), ("metadata/a.yaml", b"two"))
    files = read_files(data, wanted)
    assert dict(files.texts) == {"metadata/a.yaml": "one"}
    assert len(files.problems) == 1


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: 1")
    (tmp_path / "b/metadata").mkdir(parents=True)
    (tmp_path / "b/metadata/link.yaml").symlink_to(secret)
    (tmp_path / "b/metadata/folder").symlink_to(tmp_path)
    files = read_files(tmp_path / "b", wanted)
    assert files.texts == {}
    assert len(files.problems) == 2


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 255))
def test_reading_any_bytes_never_raises(noise: bytes, place: int, byte: int) -> None:
    whole = bytearray(zip_bytes({"metadata/bundle.yaml": MANIFEST, "metadata/code_lists/red.yaml": codes("red")}))
    whole[place % len(whole)] = byte
    for data in (noise, bytes(whole), bytes(whole[: place % len(whole)])):
        read_bundle(data, KINDS)
