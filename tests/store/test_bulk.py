"""Rows in bulk: exact, in order, and everything of a block in one statement."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from loanloom.store import bulk, tables

CUSTOMER = {"kind": "person", "since_on": date(2026, 1, 5)}


def customers(*names: str) -> list[dict[str, object]]:
    return [{**CUSTOMER, "number": name, "name": name} for name in names]


@contextmanager
def counted(connection):
    """The statements sent on a connection."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)


def names(connection) -> list[str]:
    table = tables.customer
    return list(connection.execute(select(table.c.name).order_by(table.c.id)).scalars())


def test_a_block_leaves_as_one_statement_with_rows_that_name_each_other(database, company):
    with database.transaction(company.id) as connection:
        drawn = bulk.ids(connection, {tables.customer: 2, tables.message: 1})
        with counted(connection) as seen, bulk.together(connection, drawn):
            first, second = bulk.insert(connection, tables.customer, customers("a", "b"), returning=["id"])
            bulk.insert(connection, tables.outbox, [{"topic": "t", "key": "k", "payload": {"of": first["id"]}}])
            with bulk.together(connection):  # part of the larger whole
                bulk.insert(connection, tables.customer, customers("c"))
            assert seen == []
        assert len(seen) == 1
        assert names(connection) == ["a", "b", "c"]
        assert connection.execute(select(tables.outbox.c.payload)).scalar_one() == {"of": first["id"]}
        assert second["id"] == first["id"] + 1


def test_ids_that_were_not_drawn_before_are_drawn_then(database, company):
    with database.transaction(company.id) as connection:
        with counted(connection) as seen, bulk.together(connection, bulk.ids(connection, {tables.customer: 1})):
            made = bulk.insert(connection, tables.customer, customers("a", "b"), returning=["id"])
        assert len(seen) == 3  # one id each time, then the rows
        ids = connection.execute(select(tables.customer.c.id).order_by(tables.customer.c.id)).scalars().all()
        assert [row["id"] for row in made] == ids
        with bulk.together(connection), pytest.raises(ValueError, match="only the ids"):
            bulk.insert(connection, tables.customer, customers("c"), returning=["number"])


def test_an_exception_in_a_block_sends_nothing(database, company):
    with database.transaction(company.id) as connection:
        with counted(connection) as seen, pytest.raises(RuntimeError), bulk.together(connection):
            bulk.insert(connection, tables.customer, customers("a"))
            raise RuntimeError
        assert seen == []
        bulk.insert(connection, tables.customer, customers("b"))
        assert names(connection) == ["b"]


@pytest.mark.parametrize("count", [1, 8, 9, 100, 600])
def test_updates_of_any_number_reach_every_row(database, company, count):
    with database.transaction(company.id) as connection:
        made = bulk.insert(connection, tables.customer, customers(*map(str, range(count + 1))), returning=["id"])
        rows = [{"id": row["id"], "name": "changed"} for row in made[:count]]
        bulk.update(connection, tables.customer, rows, added=["version = kept.version + 1"])
        found = connection.execute(select(tables.customer.c.name, tables.customer.c.version)).all()
    assert sorted(found) == sorted([("changed", 2)] * count + [(str(count), 1)])


def test_upserts_set_what_is_there_and_missing_ones_leave_it(database, company):
    counter = {"key": "loan", "period": "2026"}
    with database.transaction(company.id) as connection:
        bulk.upsert(connection, tables.number_sequence, [{**counter, "last": 3}], key=("key", "period"))
        bulk.upsert(connection, tables.number_sequence, [{**counter, "last": 5}], key=("key", "period"))
        bulk.insert_missing(connection, tables.number_sequence, [{**counter, "last": 9}], key=("key", "period"))
        assert connection.execute(select(tables.number_sequence.c.last)).scalars().all() == [5]


def test_values_arrive_as_they_were(database, company):
    at = datetime(2026, 1, 5, 1, 2, 3, 456, tzinfo=UTC)
    row = {
        "action": "x.y", "at": at, "before": None, "after": {"amount": Decimal("1.10"), "on": date(2026, 1, 5), "n": 3},
        "reason": "“quotes” and \\ and\nlines",
    }  # fmt: skip
    with database.transaction(company.id) as connection, bulk.together(connection):
        bulk.insert(connection, tables.audit_log, [row])
    with database.transaction(company.id) as connection:
        found = connection.execute(select(tables.audit_log)).mappings().one()
    assert {name: found[name] for name in ("action", "at", "before", "reason")} == {
        name: row[name] for name in ("action", "at", "before", "reason")
    }
    assert found["after"] == {"amount": Decimal("1.10"), "on": "2026-01-05", "n": 3}
    assert str(found["after"]["amount"]) == "1.10"


def test_a_rule_broken_by_one_row_breaks_the_whole_block(database, company):
    with pytest.raises(IntegrityError), database.transaction(company.id) as connection, bulk.together(connection):
        bulk.insert(connection, tables.outbox, [{"topic": "t", "key": "k", "payload": {}}])
        bulk.insert(connection, tables.customer, customers("a", "a"))
    with database.transaction(company.id) as connection:
        assert connection.execute(select(tables.outbox)).all() == []
