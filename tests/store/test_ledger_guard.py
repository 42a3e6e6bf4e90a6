"""The database keeps the books whoever writes: tried as the working role and as the owner of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from loanloom.store import tables
from loanloom.store.database import Database

ON = date(2026, 1, 5)
D = Decimal


@pytest.fixture(params=["worker", "owner"])
def door(request, database, cluster) -> Iterator[Database]:
    """The database as the one who works with it, and as the one who owns it."""
    if request.param == "worker":
        yield database
        return
    owner = cluster.as_owner(database.url.database)
    yield owner
    owner.close()


def add(connection, *lines: tuple[str, str, str], on: date = ON, **more) -> int:
    """An entry with (account, debit, credit) lines, one statement each."""
    entry = connection.execute(
        insert(tables.journal_entry)
        .values(business_date=on, event="tried", **more)
        .returning(tables.journal_entry.c.id)
    ).scalar_one()
    add_lines(connection, entry, lines, on)
    return int(entry)


def add_lines(connection, entry: int, lines, on: date = ON, first: int = 1) -> None:
    for number, (account, debit, credit) in enumerate(lines, first):
        connection.execute(
            insert(tables.journal_line).values(
                journal_entry_id=entry,
                line_number=number,
                business_date=on,
                account_code=account,
                debit=D(debit),
                credit=D(credit),
            )
        )


BALANCED = (("1002", "10.00", "0"), ("1301", "0", "7.50"), ("6011", "0", "2.50"))


def test_a_balanced_entry_is_kept(door, company) -> None:
    with door.transaction(company.id) as connection:
        entry = add(connection, *BALANCED)
    with door.transaction(company.id) as connection:
        found = connection.execute(
            text("SELECT count(*) FROM journal_line WHERE journal_entry_id = :id"), {"id": entry}
        )
        assert found.scalar_one() == 3


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (("1002", "10.00", "0"),),
        (("1002", "10.00", "0"), ("1301", "0", "9.99")),
        (("1002", "10.00", "0"), ("1301", "0", "10.00"), ("6011", "0", "0.01")),
    ],
)
def test_an_entry_that_does_not_balance_cannot_be_committed(door, company, lines) -> None:
    with pytest.raises(DBAPIError, match="does not balance"), door.transaction(company.id) as connection:
        add(connection, *lines)
    with door.transaction(company.id) as connection:
        assert connection.execute(text("SELECT count(*) FROM journal_entry")).scalar_one() == 0


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([("1002", "0.01", "0")], "does not balance"),
        ([("1002", "0.01", "0"), ("1301", "0", "0.01")], "was posted before"),
    ],
)
def test_no_line_is_added_to_what_was_posted_before(door, company, lines, words) -> None:
    with door.transaction(company.id) as connection:
        entry = add(connection, *BALANCED)
    with pytest.raises(DBAPIError, match=words), door.transaction(company.id) as connection:
        add_lines(connection, entry, lines, first=4)


def test_lines_are_of_the_day_and_currency_of_their_entry(door, company) -> None:
    with pytest.raises(DBAPIError, match="another day or currency"), door.transaction(company.id) as connection:
        entry = add(connection, *BALANCED)
        add_lines(connection, entry, [("1002", "1", "0"), ("1301", "0", "1")], date(2026, 1, 6), first=4)


@pytest.mark.parametrize("table", ["journal_entry", "journal_line"])
def test_what_is_posted_is_never_changed_or_removed(door, company, table) -> None:
    with door.transaction(company.id) as connection:
        add(connection, *BALANCED)
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DBAPIError), door.transaction(company.id) as connection:
            connection.execute(text(statement))


def test_an_entry_is_reversed_once(door, company) -> None:
    mirrored = tuple((account, credit, debit) for account, debit, credit in BALANCED)
    with door.transaction(company.id) as connection:
        entry = add(connection, *BALANCED)
        add(connection, *mirrored, reverses_id=entry)
    with pytest.raises(DBAPIError, match="uq_journal_entry_reverses"), door.transaction(company.id) as connection:
        add(connection, *mirrored, reverses_id=entry)


def test_no_line_reaches_a_closed_period_and_none_is_opened_again(door, company) -> None:
    january = {"first_on": date(2026, 1, 1), "last_on": date(2026, 1, 31)}
    with door.transaction(company.id) as connection:
        connection.execute(insert(tables.ledger_period).values(state="hard", **january))
    with pytest.raises(DBAPIError, match="is closed"), door.transaction(company.id) as connection:
        add(connection, *BALANCED)
    with door.transaction(company.id) as connection:
        add(connection, *BALANCED, on=date(2026, 2, 1))
    for statement in ("UPDATE ledger_period SET state = 'open'", "DELETE FROM ledger_period"):
        with pytest.raises(DBAPIError), door.transaction(company.id) as connection:
            connection.execute(text(statement))


def test_changing_the_company_before_the_end_hides_nothing_from_the_check(door, company) -> None:
    with pytest.raises(DBAPIError, match="does not balance"), door.transaction(company.id) as connection:
        add(connection, ("1002", "10.00", "0"))
        connection.execute(text("SELECT set_config('loanloom.company_id', '999', true)"))
