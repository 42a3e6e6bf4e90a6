"""From a sanction to signed paper: one package, once, by two people, and the same words in both formats."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from docx import Document as open_docx
from pypdf import PdfReader
from tests.services.approval.lender import Lender
from tests.services.origination.conftest import ASKED, Begin

from loanloom.services.approval import approvals
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, Refused
from loanloom.services.origination import submissions
from loanloom.services.papers import contract_pages, contracts, documents
from loanloom.services.papers.rendering import pdf
from loanloom.store import tables

TODAY = date(2026, 3, 2)
needs_font = pytest.mark.skipif(not any(pdf.FONTS.glob("*.ttf")), reason="the front end is not built: no Chinese font")


@pytest.fixture
def sanction_id(manager: Context, begin: Begin, lender: Lender) -> int:
    """The trader's case, approved by everybody who has a say."""
    submissions.submit(manager, begin(), ASKED, version=1)
    for who in ("risk", "east1", "head2"):
        open_items = lender.rows(tables.work_item, status="open")
        if open_items:
            approvals.decide(
                lender.ctx(who), open_items[0].id, "approve", expected_version=open_items[0].version, opinion="同意"
            )
    return int(lender.one(tables.sanction).id)


def test_a_package_of_contracts(manager: Context, sanction_id: int, lender: Lender) -> None:
    made = contracts.prepare(manager, sanction_id)
    main, guarantee = lender.rows(tables.contract)
    assert (main.id, main.number, main.kind, main.state) == (made.contract_id, made.number, "loan", "prepared")
    assert (guarantee.kind, guarantee.main_contract_id) == ("guarantee", main.id)
    assert guarantee.party_name == "林国栋（演示）"
    assert guarantee.number != main.number
    assert len(guarantee.extra["party_id_hash"]) == 64
    assert lender.one(tables.sanction).state == "used"


def test_never_twice(manager: Context, sanction_id: int, lender: Lender) -> None:
    gate = Barrier(2)

    def click(key: str) -> str:
        gate.wait()
        try:
            return contracts.prepare(manager, sanction_id, idempotency_key=key).number
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(click, ("one", "two")))
    assert answers.count("conflict") == 1
    assert len(lender.rows(tables.contract, kind="loan")) == 1


def test_a_double_click_gets_the_first_answer(manager: Context, sanction_id: int) -> None:
    first = contracts.prepare(manager, sanction_id, idempotency_key="k")
    again = contracts.prepare(manager, sanction_id, idempotency_key="k")
    assert (again.contract_id, again.replayed) == (first.contract_id, True)


def test_signing_is_for_somebody_else(manager: Context, sanction_id: int, lender: Lender) -> None:
    made = contracts.prepare(manager, sanction_id)
    with pytest.raises(Forbidden):
        contracts.sign(manager, made.contract_id, TODAY, version=1)
    signer = lender.ctx("east1")
    with pytest.raises(Refused):
        contracts.sign(signer, made.contract_id, date(2026, 3, 9), version=1)
    with pytest.raises(Conflict):
        contracts.sign(signer, made.contract_id, TODAY, version=5)
    contracts.sign(signer, made.contract_id, TODAY, version=1, idempotency_key="s")
    contracts.sign(signer, made.contract_id, TODAY, version=1, idempotency_key="s")
    assert {row.state for row in lender.rows(tables.contract)} == {"signed"}
    assert [row.signed_on for row in lender.rows(tables.contract)] == [TODAY, TODAY]
    with pytest.raises(Conflict):
        contracts.sign(signer, made.contract_id, TODAY, version=2)


def test_the_preparer_never_signs_whatever_the_role(manager: Context, sanction_id: int) -> None:
    from dataclasses import replace

    both = replace(manager.actor, functions=manager.actor.functions | {"contract.sign"})
    made = contracts.prepare(manager, sanction_id)
    with pytest.raises(Forbidden) as refused:
        contracts.sign(manager.as_actor(both), made.contract_id, TODAY, version=1)
    assert refused.value.problems[0].code == "contract.same_person"


@needs_font
def test_both_formats_say_the_same(manager: Context, sanction_id: int, lender: Lender) -> None:
    made = contracts.prepare(manager, sanction_id)
    with manager.transaction() as connection:
        papers = {one.template: one for one in documents.listing(connection, ("contract", made.contract_id))}
    listed = papers.pop("loan-contract")
    assert list(papers) == ["disclosure-sheet"]
    paper = documents.file(manager, listed.id, "pdf")
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    word_file = documents.file(manager, listed.id, "docx")
    other = open_docx(io.BytesIO(word_file.content))
    texts = [part.text for part in other.paragraphs] + [c.text for t in other.tables for r in t.rows for c in r.cells]
    for expected in (made.number, "林秀珍", "陆万元整"):
        assert expected in words.replace(" ", "")
        assert any(expected in one.replace(" ", "") for one in texts)
    assert paper.name == f"{made.number}.pdf"
    assert documents.file(manager, listed.id, "pdf").content == paper.content
    row = lender.one(tables.document, id=listed.id)
    assert lender.one(tables.blob, id=row.pdf_blob_id).sha256


@needs_font
def test_the_disclosure_sheet_says_what_the_loan_costs_and_who_gets_it(manager: Context, sanction_id: int) -> None:
    made = contracts.prepare(manager, sanction_id)
    with manager.transaction() as connection:
        papers = {one.template: one.id for one in documents.listing(connection, ("contract", made.contract_id))}
    paper = documents.file(manager, papers["disclosure-sheet"], "pdf")
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages).replace(" ", "")
    preview = contract_pages.read(manager, made.contract_id).preview
    assert preview.schedule is not None and preview.cost is not None
    for expected in (
        "贷款明白纸", "本公司", "罚息", f"{preview.schedule.interest:,.2f}", f"{preview.cost.compound * 100:.2f}%",
        f"{preview.cost.simple * 100:.2f}%",
    ):  # fmt: skip
        assert expected in words


@needs_font
def test_words_are_never_markup(manager: Context) -> None:
    from loanloom.engines.documents import NeutralDocument, Paragraph

    hostile = '#eval("1") #read("/etc/passwd") *b* $x$ \\ ] [ <script> 甲'
    document = NeutralDocument(title=hostile, language="zh", blocks=(Paragraph(hostile),))
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.render(document))).pages)
    assert "#eval(" in words and "<script>" in words and "root:" not in words
