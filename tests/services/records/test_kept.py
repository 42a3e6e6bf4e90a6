"""Records of entities that only metadata knows: entered, changed, found, archived; who sees them; nobody twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.reading import data_sets, record_history
from loanloom.services.records import kept, pages
from loanloom.store import tables

PROSPECT = {
    "prospect.name": "陈静茶庄（演示）",
    "prospect.kind": "sole_trader",
    "prospect.phone": "19900000101",
    "prospect.interest": "b",
    "prospect.source": "visit",
    "prospect.amount": "120,000",
    "prospect.next_contact_on": "2026-03-10",
}
ACCOUNT = {
    "bank_account.holder": "王小明（演示）",
    "bank_account.bank": "青禾农商银行（演示）",
    "bank_account.account": "6200000000000001",
    "bank_account.use": "both",
}


def rows(ctx, entity, **filters):
    """What the list of an entity shows under filters, as the address of the page gives them."""
    found = data_sets.data_set(ctx.registry, entity)
    given = {name.replace("__", "."): [value] for name, value in filters.items()}
    asked = data_sets.read_question(given, found, columns=found.shown, order=())
    return data_sets.rows(ctx, found, asked).rows


def names(ctx, entity, **filters):
    field = {"prospect": "prospect.name", "bank_account": "bank_account.holder"}[entity]
    return [row[field] for row in rows(ctx, entity, **filters)]


def read(ctx, entity, record_id):
    page = pages.read(ctx, entity, record_id)
    return page, {field.name: field for section in page.form.sections for field in section.fields}


def customer(lender, name="王小明（演示）", by="manager", unit="east-lending"):
    with lender.ctx(by).transaction() as connection:
        return lender.customer(connection, name, by, unit)


def test_a_record_is_entered_numbered_and_read_back(lender):
    manager = lender.ctx("manager")
    made = kept.create(manager, "prospect", PROSPECT)
    page, fields = read(manager, "prospect", made)
    assert (page.row.number, page.row.name, page.row.state) == ("QK2026-00001", "陈静茶庄（演示）", "active")
    assert fields["prospect.amount"].text == "120,000.00"
    assert fields["prospect.phone"].value == "199****0101"
    with lender.database.transaction(lender.company.id) as connection:
        data = connection.execute(select(tables.record.c.data)).scalar_one()
    assert "19900000101" not in str(data)


def test_what_must_be_filled_in_is_said_at_the_field(lender):
    with pytest.raises(Refused) as refused:
        kept.create(lender.ctx("manager"), "prospect", {"prospect.name": "无名", "prospect.kind": "mermaid"})
    assert {one.field for one in refused.value.problems} == {
        "prospect.kind", "prospect.phone", "prospect.interest"
    }  # fmt: skip


def test_a_record_names_only_what_can_be_looked_up(lender):
    owner = customer(lender)
    with lender.ctx("manager").transaction() as connection:
        number = connection.execute(select(tables.customer.c.number).where(tables.customer.c.id == owner)).scalar_one()
    with pytest.raises(Refused) as refused:
        kept.create(lender.ctx("manager"), "prospect", {**PROSPECT, "prospect.referred_by": "K-forged"})
    assert [one.field for one in refused.value.problems] == ["prospect.referred_by"]
    made = kept.create(lender.ctx("manager"), "prospect", {**PROSPECT, "prospect.referred_by": number})
    _, fields = read(lender.ctx("manager"), "prospect", made)
    assert fields["prospect.referred_by"].value == number


def test_the_same_post_twice_makes_one_record(lender):
    manager = lender.ctx("manager")
    first = kept.create(manager, "prospect", PROSPECT, idempotency_key="k")
    assert kept.create(manager, "prospect", PROSPECT, idempotency_key="k") == first
    assert len(rows(manager, "prospect")) == 1


def test_a_change_keeps_the_rest_and_is_told_in_the_history(lender):
    manager = lender.ctx("manager")
    made = kept.create(manager, "prospect", PROSPECT)
    kept.change(manager, "prospect", made, {"prospect.interest": "a", "prospect.phone": "19900000102"}, version=1)
    _, fields = read(manager, "prospect", made)
    assert (fields["prospect.interest"].value, fields["prospect.amount"].text) == ("a", "120,000.00")
    with manager.transaction() as connection:
        newest = record_history.of(connection, manager.registry, ("record", made))[0]
    changes = {one.name: (one.before, one.after) for one in newest.changes}
    assert newest.action == "record.changed"
    assert newest.actor == manager.actor.name != manager.actor.username
    assert changes["interest"] == ("b", "a")
    assert changes["phone"] == ("•••", "•••")
    with pytest.raises(Conflict):
        kept.change(manager, "prospect", made, {"prospect.interest": "c"}, version=1)


def test_a_closed_value_that_stays_is_no_change(lender):
    manager = lender.ctx("manager")
    made = kept.create(manager, "prospect", PROSPECT)
    kept.change(manager, "prospect", made, {**PROSPECT, "prospect.interest": "a"}, version=1)
    with manager.transaction() as connection:
        newest = record_history.of(connection, manager.registry, ("record", made))[0]
    assert [one.name for one in newest.changes] == ["interest"]
    _, fields = read(manager, "prospect", made)
    assert fields["prospect.phone"].value == "199****0101"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"prospect__interest": "b"}, True),
        ({"prospect__interest": "a"}, False),
        ({"prospect__name": "陈静"}, True),
        ({"prospect__name": "茶庄"}, False),  # a searchable text is found by its beginning
        ({"prospect__amount.from": "120000", "prospect__amount.to": "120000"}, True),
        ({"prospect__amount.from": "120000.01"}, False),
        ({"prospect__next_contact_on.to": "2026-03-10"}, True),
        ({"prospect__next_contact_on.from": "2026-03-11"}, False),
        ({"q": "cjcz"}, True),
        ({"q": "茶庄"}, True),
        ({"q": "QK2026-00001"}, True),
        ({"q": "别的"}, False),
    ],
)
def test_a_list_finds_by_the_index(lender, filters, found):
    manager = lender.ctx("manager")
    kept.create(manager, "prospect", PROSPECT)
    assert bool(rows(manager, "prospect", **filters)) is found


def test_the_index_follows_a_change(lender):
    manager = lender.ctx("manager")
    made = kept.create(manager, "prospect", PROSPECT)
    kept.change(manager, "prospect", made, {"prospect.interest": "a", "prospect.next_contact_on": ""}, version=1)
    assert not rows(manager, "prospect", prospect__interest="b")
    assert rows(manager, "prospect", prospect__interest="a")
    assert not rows(manager, "prospect", **{"prospect__next_contact_on.from": "2020-01-01"})


def test_the_same_telephone_is_pointed_out_and_may_be_another_person(lender):
    manager = lender.ctx("manager")
    kept.create(manager, "prospect", PROSPECT)
    other = {**PROSPECT, "prospect.name": "陈静的儿子（演示）"}
    with pytest.raises(Refused) as refused:
        kept.create(manager, "prospect", other)
    (problem,) = refused.value.problems
    assert (problem.code, problem.field) == ("record.similar", "prospect.phone")
    assert "QK2026-00001" in problem.message["zh"]
    assert kept.create(manager, "prospect", other, although_similar=True)


def test_a_unique_value_is_held_once_among_records_in_use(lender):
    manager, owner = lender.ctx("manager"), customer(lender)
    first = kept.create(manager, "bank_account", ACCOUNT, owner=owner)
    with pytest.raises(Refused) as refused:
        kept.create(manager, "bank_account", ACCOUNT, owner=owner)
    assert [one.code for one in refused.value.problems] == ["record.duplicate"]
    kept.archive(manager, "bank_account", first, version=1)
    kept.create(manager, "bank_account", ACCOUNT, owner=owner)
    with pytest.raises(Refused):
        kept.restore(manager, "bank_account", first, version=2)


def test_two_at_the_same_moment_cannot_both_hold_a_unique_value(lender, monkeypatch):
    """The check sees nothing of the other's transaction; the index does."""
    manager, owner = lender.ctx("manager"), customer(lender)
    kept.create(manager, "bank_account", ACCOUNT, owner=owner)
    monkeypatch.setattr(kept.indexing, "refuse_same", lambda *_args, **_kwargs: None)
    with pytest.raises(Refused) as refused:
        kept.create(manager, "bank_account", ACCOUNT, owner=owner)
    assert refused.value.problems[0].code == "record.duplicate"
    assert len(rows(manager, "bank_account")) == 1


def test_an_archived_record_leaves_the_list_and_cannot_be_changed(lender):
    manager = lender.ctx("manager")
    made = kept.create(manager, "prospect", PROSPECT)
    kept.archive(manager, "prospect", made, version=1)
    assert not rows(manager, "prospect")
    assert len(rows(manager, "prospect", record__state="archived")) == 1
    with pytest.raises(Refused):
        kept.change(manager, "prospect", made, {"prospect.interest": "a"}, version=2)
    kept.restore(manager, "prospect", made, version=2)
    assert len(rows(manager, "prospect")) == 1


def test_a_customers_records_go_with_the_customer(lender):
    """Who sees the customer sees the account, whoever entered it; nobody else does."""
    owner = customer(lender)
    made = kept.create(lender.ctx("finance"), "bank_account", ACCOUNT, owner=owner)
    assert names(lender.ctx("manager"), "bank_account") == ["王小明（演示）"]
    assert names(lender.ctx("east1"), "bank_account") == ["王小明（演示）"]
    assert names(lender.ctx("west1"), "bank_account") == []
    assert names(lender.ctx("manager2"), "bank_account") == []
    with pytest.raises(NotFound):
        pages.read(lender.ctx("west1"), "bank_account", made)
    with pytest.raises(NotFound):
        kept.create(
            lender.ctx("manager2"), "bank_account", {**ACCOUNT, "bank_account.account": "62000000000"}, owner=owner
        )
    with pytest.raises(NotFound):
        kept.create(lender.ctx("manager"), "bank_account", ACCOUNT)


def test_own_records_follow_the_data_scope(lender):
    made = kept.create(lender.ctx("manager"), "prospect", PROSPECT)
    assert not rows(lender.ctx("manager2"), "prospect")
    with pytest.raises(NotFound):
        pages.read(lender.ctx("manager2"), "prospect", made)
    assert len(rows(lender.ctx("risk"), "prospect")) == 1


def test_shared_records_are_everybodys_who_may_read_them(lender):
    ours = {
        "company_account.name": "基本户", "company_account.bank": "青禾农商银行（演示）",
        "company_account.account": "90000000000001", "company_account.use": "both",
    }  # fmt: skip
    head = replace(
        lender.ctx("finance").actor,
        functions=frozenset({"record.company_account.read", "record.company_account.write"}),
    )
    made = kept.create(lender.ctx("finance").as_actor(head), "company_account", ours)
    assert pages.read(lender.ctx("manager"), "company_account", made).row.name == "基本户"
    with pytest.raises(Forbidden):
        pages.read(lender.ctx("east1"), "company_account", made)


@pytest.mark.parametrize("who", ["auditor", "risk"])
def test_who_may_only_see_changes_nothing(lender, who):
    made = kept.create(lender.ctx("manager"), "prospect", PROSPECT)
    assert pages.read(lender.ctx(who), "prospect", made).may_change is False
    with pytest.raises(Forbidden):
        kept.change(lender.ctx(who), "prospect", made, {"prospect.interest": "a"}, version=1)
    with pytest.raises(Forbidden):
        kept.archive(lender.ctx(who), "prospect", made, version=1)
    with pytest.raises(Forbidden):
        kept.create(lender.ctx(who), "prospect", PROSPECT)


@pytest.mark.parametrize("entity", ["customer", "inspection", "nothing"])
def test_an_entity_that_keeps_no_records_has_none(lender, entity):
    with pytest.raises(NotFound):
        kept.create(lender.ctx("manager"), entity, {})


def test_a_borrower_has_no_door_to_records(lender):
    made = kept.create(lender.ctx("manager"), "prospect", PROSPECT)
    with pytest.raises(NotFound):
        pages.read(lender.ctx("borrower", customer_id=customer(lender)), "prospect", made)


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        ("0", "", ["0.5", "7", "12000"]),
        ("0.5", "7", ["0.5", "7"]),
        ("", "0.5", ["0.5"]),
        ("8", "11999.99", []),
        ("12000", "12000", ["12000"]),
        ("7.0001", "", ["12000"]),
    ],
)
def test_amounts_are_found_between_two_exactly(lender, first, last, found):
    manager = lender.ctx("manager")
    for number, amount in enumerate(("7", "12000", "0.5")):
        more = {"prospect.amount": amount, "prospect.phone": f"1990000{number:04d}"}
        kept.create(manager, "prospect", PROSPECT | more)
    asked = {"prospect__amount.from": first, "prospect__amount.to": last}
    shown = sorted(row["prospect.amount"] for row in rows(manager, "prospect", **asked))
    assert shown == [Decimal(one) for one in found]
