"""Files handed in: told by their content, kept small, named harmlessly, seen by nobody who may not see the record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier

import pytest
from sqlalchemy import insert, select
from tests.services.approval.lender import Lender
from tests.services.origination.conftest import PDF, Begin

from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.origination import upload_bounds, uploads
from loanloom.store import tables

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "upload.empty"),
        ("a.pdf", b"MZ\x90\x00", "upload.wrong_type"),
        ("a.pdf", b"<html><script>alert(1)</script>", "upload.wrong_type"),
        ("a.pdf", PNG, "upload.wrong_name"),
        ("a.exe", PDF, "upload.wrong_name"),
        ("a.pdf", PDF + b"0" * (2 * 1024 * 1024), "upload.too_large"),
    ],
)
def test_what_is_refused(name: str, content: bytes, code: str) -> None:
    problem = uploads.fault(name, content, accept=("pdf", "png"), max_size_mb=2)
    assert problem is not None and problem.code == code
    assert name in problem.message["zh"]


def test_only_the_types_asked_for() -> None:
    problem = uploads.fault("a.png", PNG, accept=("pdf",), max_size_mb=2)
    assert problem is not None and problem.code == "upload.wrong_type"
    assert uploads.fault("A.JPEG", b"\xff\xd8\xff\xe0", accept=("jpg",), max_size_mb=2) is None


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\temp\\身份证.PDF", "身份证.PDF"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        ("\x00\n.pdf", "pdf"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names(name: str, kept: str) -> None:
    assert uploads.tidy_name(name) == kept


def test_the_same_bytes_are_kept_once(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin(papers=False)
    subject = ("application", application_id)
    with manager.transaction() as connection:
        first = uploads.keep(manager, connection, subject, "a.pdf", PDF, field="application.bureau_report")
        second = uploads.keep(manager, connection, subject, "b.pdf", PDF)
    assert first != second
    assert lender.count(tables.blob) == 1
    assert uploads.open_file(manager, second).content == PDF


def test_a_file_lies_closed(manager: Context, begin: Begin) -> None:
    application_id = begin(papers=False)
    with manager.transaction() as connection:
        made = uploads.keep(manager, connection, ("application", application_id), "a.pdf", PDF)
        assert PDF[:8] not in bytes(connection.execute(select(tables.blob.c.bytes)).scalar_one())
    assert uploads.open_file(manager, made).content == PDF


def test_one_kept_before_files_were_closed_opens(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin(papers=False)
    with manager.transaction() as connection:
        plain = {"sha256": sha256(PDF).hexdigest(), "bytes": PDF, "name": "a.pdf", "media_type": "x", "size": len(PDF)}
        connection.execute(insert(tables.blob).values(plain))
        made = uploads.keep(manager, connection, ("application", application_id), "a.pdf", PDF)
    assert lender.count(tables.blob) == 1
    assert uploads.open_file(manager, made).content == PDF


def test_sight_follows_the_record(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin(papers=False)
    with manager.transaction() as connection:
        made = uploads.keep(manager, connection, ("application", application_id), "a.pdf", PDF)
    with pytest.raises(NotFound):
        uploads.open_file(lender.ctx("manager2"), made)
    with pytest.raises(Forbidden):
        uploads.open_file(lender.ctx("system"), made)
    assert uploads.open_file(lender.ctx("auditor"), made).name == "a.pdf"
    uploads.remove(manager, made, ("application", application_id))
    with pytest.raises(NotFound):
        uploads.open_file(manager, made)


def test_one_person_hands_in_so_many_files_and_no_more(
    manager: Context, begin: Begin, lender: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_bounds, "MOST_FILES", 2)
    subject = ("application", begin(papers=False))

    def hand_in(ctx: Context) -> int:
        with ctx.transaction() as connection:
            return uploads.keep(ctx, connection, subject, "a.pdf", PDF)

    first, _ = hand_in(manager), hand_in(manager)
    with pytest.raises(Refused) as refused:
        hand_in(manager)
    (problem,) = refused.value.problems
    assert problem.code == "upload.too_many" and "最多 2 个" in problem.message["zh"]
    assert hand_in(lender.ctx("risk")), "a colleague is not kept from it"
    uploads.remove(manager, first, subject)
    assert hand_in(manager)


def test_two_files_at_once_do_not_both_take_the_last_place(
    manager: Context, begin: Begin, lender: Lender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_bounds, "MOST_FILES", 1)
    subject, gate = ("application", begin(papers=False)), Barrier(4)

    def hand_in(_: int) -> str:
        gate.wait()
        try:
            with manager.transaction() as connection:
                uploads.keep(manager, connection, subject, "a.pdf", PDF)
        except Refused as refused:
            return refused.problems[0].code
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(hand_in, range(4))) == ["kept", *["upload.too_many"] * 3]
    assert lender.count(tables.upload) == 1


def test_what_was_taken_away_counts_among_the_bytes_for_it_is_kept(
    manager: Context, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_bounds, "MOST_MB", 2)
    subject, large = ("application", begin(papers=False)), PDF + b"0" * (1024 * 1024)
    with manager.transaction() as connection:
        kept = uploads.keep(manager, connection, subject, "a.pdf", large)
    uploads.remove(manager, kept, subject)
    with manager.transaction() as connection:
        assert uploads.keep(manager, connection, subject, "small.pdf", PDF)
        with pytest.raises(Refused) as refused:
            uploads.keep(manager, connection, subject, "b.pdf", large)
    (problem,) = refused.value.problems
    assert problem.code == "upload.too_much" and "1 MB have been handed in" in problem.message["en"]
