"""Declared relations: they keep staff away from the cases of those they are related to, and nobody lifts their own."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from tests.services.flows.people.house import person

from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.flows import relations
from loanloom.store import tables

NUMBER = "11010519491231002X"
WRONG = "110105194912310021"


def declare(house, who="risk", **changed):
    said = {"kind": "relative", "relation": "brother", "name": "Wang", "id_number": NUMBER, **changed}
    return relations.declare(house.ctx(who), **said)


def codes(call, *arguments, **named):
    with pytest.raises(Refused) as caught:
        call(*arguments, **named)
    return {problem.code for problem in caught.value.problems}


def test_a_relative_of_whoever_the_case_names_does_not_get_it(house):
    declare(house)
    given = {house.gets(house.start("in-turn", relative_id_number=NUMBER))[0] for _ in range(3)}
    assert given == {"risk2"}
    assert person("risk") in house.item(house.start("in-turn", relative_id_number="11010519491231 002x")).excluded


def test_it_bars_from_no_other_case_and_no_other_kind_of_exclusion(house):
    declare(house, kind="related_party")
    given = {house.gets(house.start("in-turn", relative_id_number=NUMBER))[0] for _ in range(2)}
    assert given == {"risk", "risk2"}


def test_only_whoever_keeps_the_declarations_ends_one_and_never_their_own(house):
    made = declare(house)
    with pytest.raises(Forbidden):
        relations.end(house.ctx("risk"), made, expected_version=1)
    own = declare(house, "system", id_number="91350100M000100Y43", kind="related_party", relation="owner")
    with pytest.raises(Forbidden):
        relations.end(house.ctx("system"), own, expected_version=1)
    relations.end(house.ctx("system"), made, expected_version=1)
    assert relations.of(house.ctx("risk")) == ()
    with pytest.raises(NotFound):
        relations.end(house.ctx("system"), made, expected_version=2)


def test_others_relations_are_nobodys_business(house):
    declare(house)
    with pytest.raises(Forbidden):
        relations.of(house.ctx("risk2"), person("risk"))
    with pytest.raises(Forbidden):
        relations.of(house.ctx("risk2"), everybody=True)
    with pytest.raises(Forbidden):
        relations.declare(
            house.ctx("risk2"), kind="relative", relation="son", name="Li", id_number=NUMBER, user_id=person("risk")
        )
    (seen,) = relations.of(house.ctx("system"), everybody=True)
    assert (seen.user, seen.name, seen.id_number) == ("risk (demo)", "Wang", "110***********002X")


def test_the_identity_number_is_kept_closed_and_stays_out_of_the_audit(house):
    made = declare(house)
    with house.lender.database.transaction(house.lender.company.id) as connection:
        row = connection.execute(
            text("SELECT to_jsonb(r)::text FROM staff_relation r WHERE id = :id"), {"id": made}
        ).scalar_one()
        audited = connection.execute(text("SELECT after::text FROM audit_log WHERE action LIKE 'staff_relation%'"))
        assert NUMBER not in row
        assert NUMBER not in audited.scalar_one()
    assert house.lender.one(tables.staff_relation, id=made).id_number_masked == "110***********002X"


def test_a_relation_is_declared_once(house):
    declare(house)
    assert codes(declare, house, relation="cousin") == {"relation.declared"}
    assert declare(house, "risk2")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "friend"}, "relation.kind"),
        ({"relation": " "}, "relation.relation"),
        ({"name": "x" * 121}, "relation.name"),
        ({"id_number": WRONG}, "relation.id_number"),
        ({"id_number": ""}, "relation.id_number"),
    ],
)
def test_what_is_wrong_with_a_declaration_is_said(house, changed, code):
    assert codes(declare, house, **changed) == {code}
