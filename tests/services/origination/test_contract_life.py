"""A contract package by guarantee mode, each paper with its own number; printed, sealed, archived, lent; and the
register of all that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from tests.services.approval.lender import Lender, registry
from tests.services.approval.lender import documents as lender_documents
from tests.services.origination.test_contracts import sanction_id

from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry, build
from loanloom.services.context import Context, system_actor
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.papers import (
    contract_archive,
    contract_life,
    contract_pages,
    contract_register,
    contracts,
    signatures,
)
from loanloom.services.papers import package as package_of
from loanloom.services.reading import data_sets
from loanloom.store import tables

__all__ = ["sanction_id"]
ARCHIVIST = "approver-2"
TODAY, LATER = date(2026, 3, 2), date(2026, 3, 9)
KNOWN = {
    "customer": {"name": "Demo Ltd"},
    "sanction": {"amount": 500_000},
    "guarantors": [{"name": "Lin"}, {"name": "Chen"}],
    "collateral": [{"owner": "Demo Ltd", "value": 900_000}],
}


@pytest.fixture
def made(manager: Context, sanction_id: int, lender: Lender) -> SimpleNamespace:
    """The trader's package, with those who seal, archive and sign."""
    contract_id = contracts.prepare(manager, sanction_id).contract_id

    def keeper() -> Context:
        ctx = lender.ctx("head2")
        more = ctx.actor.functions | {"contract.seal", "contract.archive"}
        return ctx.as_actor(replace(ctx.actor, functions=more))

    def row(which: int = 0):
        return lender.rows(tables.contract)[which]

    return SimpleNamespace(id=contract_id, maker=manager, keeper=keeper(), lender=lender, row=row)


def archived_within(days: int) -> Registry:
    """The registry with products whose contracts are archived within so many days; one person keeps the archive."""
    changed = []
    for one in lender_documents():
        spec = dict(one.spec)
        if one.kind == "product":
            spec["contracting"] = {**spec.get("contracting", {}), "archive_days": days}
        if one.kind == "role":
            functions = [name for name in spec["functions"] if name != "contract.archive"]
            spec["functions"] = [*functions, "contract.archive"] if one.key == ARCHIVIST else functions
        changed.append(replace(one, spec=spec))
    return build(changed, load_kinds()).registry


def codes(raised: pytest.ExceptionInfo) -> list[str]:
    return [one.code for one in raised.value.problems]


def kinds(mode: str) -> list[tuple[str, str]]:
    wanted = package_of.papers(registry(), "sme-working-capital", mode)
    return [(part.paper.kind, part.party) for part in package_of.parts(registry(), wanted, KNOWN)]


def test_the_package_follows_the_guarantee_mode():
    common = [
        ("note", "Demo Ltd"), ("bureau_authorisation", "Demo Ltd"), ("bureau_authorisation", "Lin"),
        ("bureau_authorisation", "Chen"), ("debit_authorisation", "Demo Ltd"),
    ]  # fmt: skip
    guarantees = [("guarantee", "Lin"), ("guarantee", "Chen")]
    assert kinds("guarantee") == [*guarantees, ("mortgage", "Demo Ltd"), *common]
    assert kinds("pledge") == [*guarantees, ("pledge", "Demo Ltd"), *common]
    numberings = {one.kind: one.numbering for one in package_of.papers(registry(), "sme-working-capital", "pledge")}
    assert numberings["pledge"] == "pledge-contract" and numberings["debit_authorisation"] == "authorisation"


def test_an_authorisation_promises_no_amount_and_security_its_own():
    wanted = package_of.papers(registry(), "sme-working-capital", "pledge")
    amounts = {part.paper.kind: part.amount for part in package_of.parts(registry(), wanted, KNOWN)}
    assert (amounts["pledge"], amounts["note"], amounts["bureau_authorisation"]) == (900_000, 500_000, 0)


def test_a_product_without_a_package_has_a_contract_for_each_who_secures_it():
    wanted = package_of.papers(registry(), "sole-trader-loan", "guarantee")
    assert {part.paper.kind for part in package_of.parts(registry(), wanted, KNOWN)} <= {"guarantee", "mortgage"}
    assert list(package_of.papers(registry(), "sole-trader-loan", "credit")) == []


def test_every_print_is_counted_and_beyond_the_product_has_a_reason(made, monkeypatch):
    (paper,) = [one for one in made.lender.rows(tables.document) if one.template_key == "loan-contract"]
    file = contract_life.print_out(made.maker, paper.id, "docx", copies=3, idempotency_key="p")
    again = contract_life.print_out(made.maker, paper.id, "docx", copies=3, idempotency_key="p")
    assert file.content == again.content and made.row().printed == 1
    contract_life.print_out(made.maker, paper.id, "docx")
    monkeypatch.setattr(contract_life, "_contracting", lambda *_: {"prints": 2})
    with pytest.raises(Refused) as refused:
        contract_life.print_out(made.maker, paper.id, "docx", reason=" ")
    assert codes(refused) == ["contract.printed_before"]
    contract_life.print_out(made.maker, paper.id, "docx", reason="Smudged")
    printed = made.lender.rows(tables.contract_record, kind="printed")
    assert [(one.copies, one.words, one.by_id) for one in printed] == [(3, None, 11), (1, None, 11), (1, "Smudged", 11)]
    with pytest.raises(Refused):
        contract_life.print_out(made.maker, paper.id, "docx", copies=0)
    with pytest.raises(NotFound):
        contract_life.print_out(made.maker, 10**9)


def test_the_whole_package_is_sealed_by_somebody_else_once_a_click(made):
    with pytest.raises(Forbidden):
        contract_life.seal(made.maker, made.id, "contract_seal", version=1)
    both = made.maker.as_actor(replace(made.maker.actor, functions=made.maker.actor.functions | {"contract.seal"}))
    with pytest.raises(Forbidden) as forbidden:
        contract_life.seal(both, made.id, "contract_seal", version=1)
    assert codes(forbidden) == ["contract.same_person"]
    with pytest.raises(Refused) as refused:
        contract_life.seal(made.keeper, made.id, "rubber_duck", version=1)
    assert codes(refused) == ["contract.unknown_seal"]
    number = contract_life.seal(made.keeper, made.id, "contract_seal", version=1, copies=2, idempotency_key="s")
    assert contract_life.seal(made.keeper, made.id, "contract_seal", version=1, copies=2, idempotency_key="s") == number
    with pytest.raises(Conflict):  # the same form with other words is another form
        contract_life.seal(
            made.keeper, made.id, "contract_seal", version=1, copies=2, words="Twice", idempotency_key="s"
        )
    assert [row.sealed_on for row in made.lender.rows(tables.contract)] == [TODAY, TODAY]
    lines = made.lender.rows(tables.contract_record, kind="sealed")
    assert [(one.number, one.what, one.copies) for one in lines] == [(number, "contract_seal", 2)] * 2
    with pytest.raises(Refused) as refused:
        contract_life.seal(made.keeper, made.row(1).id, "contract_seal", version=2)
    assert codes(refused) == ["contract.part_of_package"]


def test_originals_are_archived_lent_and_given_back(made):
    with pytest.raises(Refused) as refused:
        contract_archive.archive(made.keeper, made.id, "Room 1", version=1)
    assert codes(refused) == ["contract.not_signed"]
    contracts.sign(made.lender.ctx("east1"), made.id, TODAY, version=1)
    with pytest.raises(Refused) as refused:
        contract_archive.lend(made.keeper, made.id, "Audit", LATER, "Review", version=2)
    assert codes(refused) == ["contract.not_archived"]
    contract_archive.archive(made.keeper, made.id, " Room 1, box 7 ", version=2)
    assert {row.archive_place for row in made.lender.rows(tables.contract)} == {"Room 1, box 7"}
    with pytest.raises(Conflict):
        contract_archive.lend(made.keeper, made.id, "Audit", LATER, "Review", version=2)
    with pytest.raises(Refused) as refused:
        contract_archive.lend(made.keeper, made.id, "Audit", date(2026, 3, 1), "Review", version=3)
    assert codes(refused) == ["contract.past"]
    contract_archive.lend(made.keeper, made.id, "Audit", LATER, "Review", version=3)
    for act in (
        lambda: contract_archive.lend(made.keeper, made.id, "Risk", LATER, "x", version=4),
        lambda: contract_archive.archive(made.keeper, made.id, "Room 2", version=4),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert codes(refused) == ["contract.lent"]
    contract_archive.give_back(made.keeper, made.id, version=4)
    assert (made.row().lent_to, made.row().lent_until, made.row().archived_on) == (None, None, TODAY)
    lived = [line.kind for line in made.lender.rows(tables.contract_record)]
    assert lived == ["signed", "archived", "lent", "returned"]
    stages = {one.key: one.done for one in contract_pages.read(made.keeper, made.id).stages}
    assert stages == {"drafted": True, "printed": True, "signed": True, "paid": False, "archived": True}


def test_the_archive_is_reminded_of_what_is_not_there_once_on_its_day(made):
    contracts.sign(made.lender.ctx("east1"), made.id, TODAY, version=1)

    def told(day: date) -> list[str]:
        known = replace(made.lender.ctx("head2"), registry=archived_within(7), business_date=day)
        contract_archive.remind(known.as_actor(system_actor()))
        return [row.title["en"] for row in made.lender.rows(tables.message, kind="contract")]

    assert told(date(2026, 3, 9)) == [], "its last day is not over"
    late = [f"Not archived in time: {made.row().number}"]
    assert told(date(2026, 3, 12)) == late, "whatever days were skipped"
    assert told(date(2026, 3, 13)) == late, "and once, however often somebody looks"
    contract_archive.archive(made.keeper, made.id, "Room 1", version=2)
    contract_archive.lend(made.keeper, made.id, "Audit", LATER, "Review", version=3)
    assert told(LATER) == late
    assert told(date(2026, 3, 10)) == [*late, f"Due back from Audit: {made.row().number}"]


def test_what_waits_for_approval_is_neither_printed_nor_sealed_nor_signed(made):
    with made.lender.database.transaction(made.lender.company.id) as connection:
        connection.execute(tables.contract.update().values(approval="pending"))
    paper = made.lender.rows(tables.document)[0]
    for act in (
        lambda: contract_life.print_out(made.maker, paper.id, "docx"),
        lambda: contract_life.seal(made.keeper, made.id, "contract_seal", version=1),
        lambda: contracts.sign(made.lender.ctx("east1"), made.id, TODAY, version=1),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert codes(refused) == ["contract.not_approved"]


def test_a_connector_signs_where_one_is_installed(made, monkeypatch):
    with pytest.raises(Refused) as refused:
        signatures.send(made.maker, made.id, version=1)
    assert codes(refused) == ["contract.no_signature_connector"]
    monkeypatch.setattr(signatures, "offered", lambda: True)
    signatures.send(made.maker, made.id, version=1)
    (sent,) = made.lender.rows(tables.outbox, topic="signature.wanted")
    assert sent.payload["number"] == made.row().number and len(sent.payload["documents"]) == 3
    signer = made.lender.ctx("east1")
    for _ in range(2):
        assert signatures.answered(signer, made.row().number, TODAY, "ES-77") == made.id
    (line,) = made.lender.rows(tables.contract_record, kind="signed")
    assert (made.row().state, line.what, line.words) == ("signed", "signature", "ES-77")
    with pytest.raises(Conflict):
        signatures.answered(signer, made.row().number, TODAY, "ES-78")


def test_the_register_shows_what_one_may_see(made):
    contract_life.seal(made.keeper, made.id, "contract_seal", version=1)
    page = contract_register.page(made.keeper, kind="sealed")
    assert len(page.rows) == 2 and page.before is None
    assert contract_register.page(made.keeper, kind="archived").rows == ()
    assert contract_register.page(made.lender.ctx("west1")).rows == ()
    assert len(contract_register.page(made.keeper, query="林秀珍").rows) == 2
    assert contract_register.page(made.keeper, query="Nobody").rows == ()
    first = contract_register.page(made.keeper, limit=1)
    assert len(contract_register.page(made.keeper, before=first.before).rows) == 1


def test_the_list_of_contracts_tells_no_amount_of_an_authorisation(made):
    with made.maker.transaction() as connection:
        others = select(tables.contract.c.id).where(tables.contract.c.main_contract_id == made.id)
        (paper,) = connection.execute(others).scalars()
        bare = tables.contract.update().where(tables.contract.c.id == paper)
        connection.execute(bare.values(kind="bureau_authorisation", amount=0))
    found = data_sets.data_set(made.maker.registry, "contract")
    columns = ["contract.kind", "contract.amount"]
    asked = data_sets.read_question({}, found, columns=columns, order=[("contract.number", False)])
    amounts = {row["contract.kind"]: row["contract.amount"] for row in data_sets.rows(made.maker, found, asked).rows}
    assert amounts["bureau_authorisation"] is None and amounts["loan"] > 0
