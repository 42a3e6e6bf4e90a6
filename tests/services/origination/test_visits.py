"""Site visits: two investigators, photos, confirmed by the second; and products that want one before the hand-in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.services.approval.lender import Lender, registry

from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry, build
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.origination import uploads, visits
from loanloom.store import tables

JPG = b"\xff\xd8\xff\xe0" + b"x" * 64
A, B = 11, 21  # the manager and a risk officer
GIVEN = {
    "visited_on": date(2026, 3, 1), "place": "解放路18号", "investigator_b": B, "findings": "客流稳定",
    "photos": [("shop.jpg", JPG), ("stock.jpg", JPG)],
}  # fmt: skip


@pytest.fixture
def application_id(lender: Lender) -> int:
    return lender.case()


def record(lender: Lender, application_id: int, **more: object) -> int:
    return visits.record(lender.ctx("manager"), application_id, **{**GIVEN, **more})


def wanting(**investigation: object) -> Registry:
    documents = [
        replace(one, spec={**one.spec, "investigation": investigation}) if one.kind == "product" else one
        for kind in ("product", "form", "flow", "entity", "code_list")
        for one in registry().all(kind)
    ]
    return build(documents, load_kinds()).registry


def missing(lender: Lender, application_id: int, known: Registry, amount: int = 80_000) -> str | None:
    row = lender.one(tables.application, id=application_id)
    with lender.ctx("manager").transaction() as connection:
        found = visits.missing(connection, known, row, Decimal(amount))
    return found.code if found else None


def test_a_writes_b_confirms_and_both_are_named(lender, application_id):
    visit_id = record(lender, application_id)
    (mine,) = visits.listing(lender.ctx("manager"), application_id)
    assert (mine.a, mine.b, len(mine.photos)) == ("manager (demo)", "risk (demo)", 2)
    assert (mine.may_confirm, mine.may_change) == (False, True)
    assert [one.user_id for one in lender.rows(tables.message, kind="visit")] == [B]
    visits.confirm(lender.ctx("risk"), application_id, visit_id, version=1)
    row = lender.one(tables.site_visit)
    assert (row.state, row.investigator_a, row.investigator_b) == ("confirmed", A, B)
    with pytest.raises(Conflict):
        visits.withdraw(lender.ctx("manager"), application_id, visit_id, version=2)


def test_nobody_else_confirms_and_the_writer_takes_back_only_what_is_open(lender, application_id):
    visit_id = record(lender, application_id)
    for who in ("manager", "risk2"):
        with pytest.raises(Forbidden):
            visits.confirm(lender.ctx(who), application_id, visit_id, version=1)
    with pytest.raises((Forbidden, NotFound)):
        visits.confirm(lender.ctx("west1"), application_id, visit_id, version=1)
    other = lender.case(customer="Another trader")
    with pytest.raises(NotFound):
        visits.confirm(lender.ctx("risk"), other, visit_id, version=1)
    visits.withdraw(lender.ctx("manager"), application_id, visit_id, version=1)
    assert visits.listing(lender.ctx("manager"), application_id) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"investigator_b": A}, "visit.investigator_b"),
        ({"investigator_b": 10**6}, "visit.investigator_b"),
        ({"visited_on": date(2026, 3, 9)}, "visit.visited_on"),
        ({"place": " "}, "visit.place"),
        ({"findings": ""}, "visit.findings"),
        ({"photos": [("a.jpg", JPG)] * 21}, "visit.photos"),
        ({"photos": [("a.jpg", b"%PDF-1.7")]}, "upload.wrong_type"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(lender, application_id, more, code):
    with pytest.raises(Refused) as refused:
        record(lender, application_id, **more)
    assert [one.code for one in refused.value.problems] == [code]
    assert lender.rows(tables.site_visit) == [] and lender.rows(tables.upload) == []


def test_a_product_may_want_a_confirmed_visit_with_photos(lender, application_id):
    strict, large = wanting(required=True, photos=2), wanting(required=True, photos=2, above=100_000)
    assert missing(lender, application_id, registry()) is None
    assert missing(lender, application_id, strict) == "visit.missing"
    assert missing(lender, application_id, large) is None
    assert missing(lender, application_id, large, 150_000) == "visit.missing"
    few = record(lender, application_id, photos=[("shop.jpg", JPG)])
    visits.confirm(lender.ctx("risk"), application_id, few, version=1)
    assert missing(lender, application_id, strict) == "visit.missing", "one photo is not two"
    enough = record(lender, application_id)
    assert missing(lender, application_id, strict) == "visit.missing", "not confirmed yet"
    visits.confirm(lender.ctx("risk"), application_id, enough, version=1)
    assert missing(lender, application_id, strict) is None


def test_an_investigator_b_of_another_branch_sees_the_visit_and_confirms_it(lender, application_id):
    with pytest.raises(NotFound):
        visits.listing(lender.ctx("manager2"), application_id)
    b = lender.ctx("manager2").actor.user_id
    visit_id = record(lender, application_id, investigator_b=b)
    (seen,) = visits.listing(lender.ctx("manager2"), application_id)
    assert seen.may_confirm and len(seen.photos) == 2
    assert uploads.open_file(lender.ctx("manager2"), seen.photos[0].id).content == JPG
    with pytest.raises(NotFound):
        uploads.open_file(lender.ctx("west1"), seen.photos[0].id)
    visits.confirm(lender.ctx("manager2"), application_id, visit_id, version=1)
    assert lender.one(tables.site_visit).state == "confirmed"
    with pytest.raises(NotFound):
        visits.listing(lender.ctx("west1"), application_id)
