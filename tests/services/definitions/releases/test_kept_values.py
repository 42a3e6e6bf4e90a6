"""A field does not become of another type while values of the old one are kept: they are read under what is live."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert

from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import drafts
from loanloom.services.errors import Refused
from loanloom.store import tables

from .conftest import FILES, Person

CUSTOMER = FILES["metadata/entities/customer.yaml"]


def somebody(ctx: Context, number: str, **extra: object) -> None:
    known = {"number": number, "kind": "person", "name": number, "since_on": date(2026, 1, 1), "extra": extra}
    with ctx.transaction() as connection:
        connection.execute(insert(tables.customer).values(company_id=ctx.company.id, name_pinyin="", **known))


def propose(maker: Context) -> int:
    assert "type: choice, code_list: colour" in CUSTOMER
    drafts.save(maker, "entity", "customer", CUSTOMER.replace("type: choice, code_list: colour", "type: number"), None)
    return releases.propose_drafts(maker, name="Numbers")


def test_a_field_that_nobody_has_filled_in_may_become_of_another_type(installed: Context, person: Person) -> None:
    somebody(installed, "c1", likes=None)
    assert propose(person(1))


def test_a_field_that_somebody_has_filled_in_may_not(installed: Context, person: Person) -> None:
    somebody(installed, "c1", likes="red")
    somebody(installed, "c2", likes="blue")
    with pytest.raises(Refused) as refused:
        propose(person(1))
    (problem,) = refused.value.problems
    assert problem.code == "release.kept_values" and problem.pointer == "/spec/fields/0/type"
    assert "2 records" in problem.message["en"] and "2 条记录" in problem.message["zh"]
