"""A release that changes by which fields records are found finds earlier ones too, and keeps what is unique so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.services.records.test_kept import PROSPECT, rows

from loanloom.metadata.document import document_from
from loanloom.metadata.registry import build
from loanloom.services.errors import Refused
from loanloom.services.records import kept, reindexing
from loanloom.services.running.work import Progress


def with_field(ctx, key, **changes):
    """The surroundings after a release in which a field of prospects is declared otherwise."""
    whole = ctx.registry.require("entity", "prospect").as_mapping()
    fields = [{**one, **changes} if one["key"] == key else one for one in whole["spec"]["fields"]]
    made = document_from({**whole, "spec": {**whole["spec"], "fields": fields}})
    others = [one for one in ctx.registry.own if one.identity != made.identity]
    return replace(ctx, registry=build([*others, made], ctx.registry.kinds).registry)


def goes_live(before, after):
    with after.transaction() as connection:
        reindexing.after_release(after, connection, before.registry)


def test_a_field_that_becomes_searchable_finds_what_was_entered_before(lender):
    before = lender.ctx("manager")
    kept.create(before, "prospect", PROSPECT | {"prospect.purpose": "进货"})
    after = with_field(before, "purpose", indexed=True)
    assert not rows(after, "prospect", prospect__purpose="进货")
    goes_live(before, after)
    assert rows(after, "prospect", prospect__purpose="进货")


def test_a_field_may_become_unique_when_it_is(lender):
    before = lender.ctx("manager")
    kept.create(before, "prospect", PROSPECT)
    after = with_field(before, "name", unique=True)
    goes_live(before, after)
    with pytest.raises(Refused) as refused:
        kept.create(after, "prospect", PROSPECT, although_similar=True)
    assert refused.value.problems[0].field == "prospect.name"
    goes_live(after, before)  # and no longer
    kept.create(before, "prospect", PROSPECT, although_similar=True)


def test_records_that_share_a_value_keep_the_release_from_going_live(lender):
    before = lender.ctx("manager")
    for _ in range(2):
        kept.create(before, "prospect", PROSPECT, although_similar=True)
    with pytest.raises(Refused) as refused:
        goes_live(before, with_field(before, "name", unique=True))
    assert refused.value.problems[0].code == "records.not_unique"


def test_many_records_are_indexed_by_long_work(lender, monkeypatch):
    monkeypatch.setattr(reindexing, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(reindexing, "AT_ONCE", 2)
    before = lender.ctx("manager")
    for number in range(5):
        more = {"prospect.purpose": "进货", "prospect.phone": f"1990000{number:04d}"}
        kept.create(before, "prospect", PROSPECT | more)
    after = with_field(before, "purpose", indexed=True)
    goes_live(before, after)
    assert not rows(after, "prospect", prospect__purpose="进货")
    progress = Progress(after.database, after.company.id, 1)
    reindexing.go(after, progress, {"entity": "prospect", "total": 5})
    assert len(rows(after, "prospect", prospect__purpose="进货")) == 5
