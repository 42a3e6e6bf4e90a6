"""Two companies in one installation never see each other, and what is append-only stays as it was written."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Table, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from loanloom.store import security, tables

CUSTOMER = {"number": "C1", "kind": "person", "name": "演示客户", "since_on": date(2026, 1, 5)}
COMPANY_TABLES = [table for table in tables.metadata.sorted_tables if security.is_company(table)]
APPEND_ONLY = [table for table in tables.metadata.sorted_tables if security.is_append_only(table)]


def test_a_row_is_seen_by_its_company_alone(database, company, other_company):
    with database.transaction(company.id) as connection:
        connection.execute(insert(tables.customer).values(CUSTOMER))
    for seer, expected in ((company.id, 1), (other_company.id, 0), (None, 0)):
        with database.transaction(seer) as connection:
            assert len(connection.execute(select(tables.customer)).all()) == expected


def test_a_row_cannot_be_written_for_another_company(database, company, other_company):
    with pytest.raises(DBAPIError, match="row-level security"), database.transaction(company.id) as connection:
        connection.execute(insert(tables.customer).values(CUSTOMER | {"company_id": other_company.id}))


def test_a_row_cannot_refer_to_another_company(database, company, other_company):
    with database.transaction(other_company.id) as connection:
        foreign = connection.execute(insert(tables.customer).values(CUSTOMER).returning(tables.customer.c.id)).scalar()
    with database.transaction(company.id) as connection:
        release = connection.execute(
            insert(tables.release).values(number=1, state="live", digest="x").returning(tables.release.c.id)
        ).scalar()
    row = {
        "number": "A1", "customer_id": foreign, "release_id": release, "product_key": "p", "amount": 1,
        "term_months": 12, "method": "m", "applied_on": date(2026, 1, 5), "state": "A0",
    }  # fmt: skip
    with (
        pytest.raises(IntegrityError, match="fk_application_company_id_customer_id"),
        database.transaction(company.id) as connection,
    ):
        connection.execute(insert(tables.application).values(row))


@pytest.mark.parametrize("table", COMPANY_TABLES, ids=lambda table: table.name)
def test_every_company_table_has_its_wall(database, table: Table):
    with database.transaction() as connection:
        found = connection.execute(
            text("SELECT relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = t.oid) FROM pg_class t"
                 " WHERE t.oid = to_regclass(:name)"), {"name": table.name}
        ).one()  # fmt: skip
    assert tuple(found) == (True, 1)


def test_only_the_known_tables_are_without_a_company():
    assert {table.name for table in tables.metadata.sorted_tables} - {t.name for t in COMPANY_TABLES} == {
        "company",
        "membership",
        "sign_in_guard",
        "user_profile",
    }


@pytest.mark.parametrize("verb", ["UPDATE {} SET company_id = company_id", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", APPEND_ONLY, ids=lambda table: table.name)
def test_the_working_role_cannot_touch_what_is_append_only(database, table: Table, verb: str):
    with pytest.raises(DBAPIError, match="permission denied"), database.transaction() as connection:
        connection.exec_driver_sql(verb.format(table.name))


@pytest.mark.parametrize("table", tables.metadata.sorted_tables, ids=lambda table: table.name)
def test_only_what_is_meant_to_be_thrown_away_can_be_deleted(database, table: Table):
    with database.transaction() as connection:
        asked = text("SELECT has_table_privilege(current_user, :name, 'DELETE, TRUNCATE')")
        may = connection.execute(asked, {"name": table.name}).scalar()
    assert may == (table.name in security.DISPOSABLE)


@pytest.mark.parametrize("table", ["audit_log", "journal_line", "definition"])
def test_a_trigger_stands_behind_the_missing_grant(cluster, empty_database, table: str):
    owner = cluster.as_owner(empty_database.name)
    with pytest.raises(DBAPIError, match="never changed or removed"), owner.transaction() as connection:
        connection.exec_driver_sql(f"DELETE FROM {table}")
    owner.close()


def test_the_roles_are_told_apart(database, cluster, empty_database):
    owner = cluster.as_owner(empty_database.name)
    with database.transaction() as working, owner.transaction() as owning:
        assert not security.connected_role(working).too_mighty
        assert security.connected_role(owning).too_mighty
    owner.close()


def test_money_out_of_range_or_not_a_number_is_refused(database, company):
    for amount in ("NaN", "Infinity", "1e16"):
        with pytest.raises(IntegrityError, match="amount_in_range"), database.transaction(company.id) as connection:
            connection.exec_driver_sql(
                "INSERT INTO accrual (business_date, kind, product_key, amount) VALUES ('2026-01-05', 'i', 'p', %s)",
                (amount,),
            )
