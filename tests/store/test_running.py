"""Numbers, idempotency, outbox, messages, audit and versions: what every use case leans on."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, insert, select

from loanloom.problems import text
from loanloom.services.context import Actor
from loanloom.store import audit, idempotency, messages, numbering, outbox, saving, tables
from loanloom.store.idempotency import Asked

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)


class TestNumbers:
    def test_each_sequence_and_period_counts_by_itself(self, database, company, other_company):
        with database.transaction(company.id) as connection:
            assert [numbering.take(connection, "contract", "2026") for _ in range(3)] == [1, 2, 3]
            assert numbering.take(connection, "contract", "2027") == 1
            assert numbering.take(connection, "loan") == 1
            assert numbering.take(connection, "loan", count=10) == 2
            assert numbering.take(connection, "loan") == 12
        with database.transaction(other_company.id) as connection:
            assert numbering.take(connection, "contract", "2026") == 1

    def test_a_number_taken_back_is_given_again(self, database, company):
        with pytest.raises(RuntimeError), database.transaction(company.id) as connection:
            assert numbering.take(connection, "voucher") == 1
            raise RuntimeError
        with database.transaction(company.id) as connection:
            assert numbering.take(connection, "voucher") == 1

    def test_a_loose_number_keeps_nobody_waiting_and_is_gone_when_undone(self, database, company):
        with pytest.raises(RuntimeError), database.transaction(company.id):
            assert numbering.take_loose(database, company.id, "application") == 1
            raise RuntimeError
        assert numbering.take_loose(database, company.id, "application") == 2

    def test_many_at_once_leave_no_gap_and_no_double(self, database, company):
        taken: list[int] = []

        def take() -> None:
            for _ in range(10):
                with database.transaction(company.id) as connection:
                    taken.append(numbering.take(connection, "contract"))

        threads = [threading.Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(taken) == list(range(1, 41))


class TestIdempotency:
    def test_the_first_answer_is_kept(self, database, company, other_company):
        with database.transaction(company.id) as connection:
            asked = Asked("k1", "repay", "17", {"amount": Decimal("10.00")}, 7)
            assert idempotency.earlier(connection, asked) is None
            idempotency.keep(connection, asked, {"receipt": "R1", "amount": Decimal("10.00")})
        with database.transaction(company.id) as connection:
            answer = idempotency.earlier(connection, asked)
            assert answer == idempotency.Answer({"receipt": "R1", "amount": Decimal("10.00")}, fits=True)
            for other in ({"given": {"amount": Decimal("10.01")}}, {"given": None}, {"actor_id": 8}):
                assert idempotency.earlier(connection, replace(asked, **other)).fits is False
            for elsewhere in ({"action": "disburse"}, {"subject": "18"}, {"key": "k2"}):
                assert idempotency.earlier(connection, replace(asked, **elsewhere)) is None
        with database.transaction(other_company.id) as connection:
            assert idempotency.earlier(connection, asked) is None

    def test_a_double_click_waits_for_the_first_and_gets_its_answer(self, database, company):
        answers = []
        inside = threading.Event()

        def second() -> None:
            inside.wait(5)
            with database.transaction(company.id) as connection:
                answers.append(idempotency.earlier(connection, Asked("k", "repay")))

        thread = threading.Thread(target=second)
        thread.start()
        with database.transaction(company.id) as connection:
            idempotency.earlier(connection, Asked("k", "repay"))
            inside.set()
            thread.join(0.3)
            assert thread.is_alive(), "the second one must wait"
            idempotency.keep(connection, Asked("k", "repay"), {"n": 1})
        thread.join(5)
        assert [answer.response for answer in answers] == [{"n": 1}]

    def test_what_was_undone_is_not_kept(self, database, company):
        with pytest.raises(RuntimeError), database.transaction(company.id) as connection:
            idempotency.keep(connection, Asked("k", "repay"), {})
            raise RuntimeError
        with database.transaction(company.id) as connection:
            assert idempotency.earlier(connection, Asked("k", "repay")) is None


class TestOutbox:
    def test_the_same_key_is_put_once(self, database, company):
        with database.transaction(company.id) as connection:
            assert outbox.put(connection, "sms", {"phone": "1"}, key="loan-1")
            assert not outbox.put(connection, "sms", {"phone": "1"}, key="loan-1")
            assert outbox.put(connection, "sms", {"phone": "1"})
            assert outbox.waiting(connection) == {"due": 2, "sent": 0, "dead": 0}

    def test_a_claim_is_for_one_and_ends_with_its_lease(self, database, company):
        with database.transaction(company.id) as connection:
            outbox.put(connection, "sms", {"n": 1}, due_at=NOW)
        with database.transaction(company.id) as connection:
            (first,) = outbox.claim(connection, NOW)
        with database.transaction(company.id) as connection:
            assert outbox.claim(connection, NOW + outbox.LEASE - timedelta(seconds=1)) == []
            (again,) = outbox.claim(connection, NOW + outbox.LEASE)
        assert (first.id, first.attempt, again.id, again.attempt) == (again.id, 1, first.id, 2)

    def test_failures_wait_longer_and_longer_until_a_person_has_to_look(self, database, company):
        with database.transaction(company.id) as connection:
            outbox.put(connection, "sms", {}, due_at=NOW)
        now, waits, dead = NOW, [], False
        while not dead:
            with database.transaction(company.id) as connection:
                (delivery,) = outbox.claim(connection, now)
                dead = outbox.failed(connection, delivery, "no line", now, attempts=4)
                due_at = connection.execute(select(tables.outbox.c.due_at)).scalar_one()
            waits.append((due_at - now).total_seconds())
            now = due_at
        assert waits == [30, 60, 120, 240]
        with database.transaction(company.id) as connection:
            assert outbox.claim(connection, now + timedelta(days=9)) == []
            assert outbox.revive(connection, [delivery.id], now) == 1
            assert outbox.is_due(connection, now)

    def test_what_was_undone_never_leaves(self, database, company):
        with pytest.raises(RuntimeError), database.transaction(company.id) as connection:
            outbox.put(connection, "sms", {})
            raise RuntimeError
        with database.transaction(company.id) as connection:
            assert outbox.waiting(connection)["due"] == 0


class TestMessages:
    def test_a_message_comes_once_a_key_and_is_read_once(self, database, company):
        with database.transaction(company.id) as connection:
            for _ in range(2):
                messages.send(connection, [5, 5, 6], "work", text("Done", "完成"), key="run-1")
            assert messages.unread(connection, 5) == 1
            (row,) = messages.newest(connection, 5)
            assert row["title"] == {"en": "Done", "zh": "完成"}
            assert messages.mark_read(connection, 5, NOW) == 1
            assert messages.mark_read(connection, 5, NOW) == 0
            assert messages.unread(connection, 6) == 1

    def test_holders_of_a_role(self, database, company, other_company):
        rows = [
            {"user_id": 1, "company_id": company.id, "roles": ["finance"], "unit": "hq", "active": True},
            {"user_id": 2, "company_id": company.id, "roles": ["finance", "auditor"], "unit": "east", "active": True},
            {"user_id": 3, "company_id": company.id, "roles": ["finance"], "unit": "hq", "active": False},
            {"user_id": 4, "company_id": other_company.id, "roles": ["finance"], "unit": "hq", "active": True},
        ]
        with database.transaction(company.id) as connection:
            connection.execute(insert(tables.membership), rows)
            assert messages.holders(connection, company.id, ["finance"]) == [1, 2]
            assert messages.holders(connection, company.id, ["finance"], unit="east") == [2]
            assert messages.holders(connection, company.id, []) == []


def test_the_audit_tells_who_did_what_from_where(database, company):
    actor = Actor(user_id=7, username="wang", name="王", ip="10.0.0.9", correlation_id="c-1")
    before, after = audit.changes({"amount": Decimal("1.00"), "name": "a"}, {"amount": Decimal("2.00"), "name": "a"})
    with database.transaction(company.id) as connection:
        audit.write(connection, actor, "application.changed", ("application", 12), before=before, after=after, at=NOW)
        row = connection.execute(select(tables.audit_log)).mappings().one()
    assert (row["actor"], row["ip"], row["correlation_id"], row["at"]) == ("wang", "10.0.0.9", "c-1", NOW)
    assert (row["before"], row["after"]) == ({"amount": Decimal("1.00")}, {"amount": Decimal("2.00")})
    assert (row["subject_kind"], row["subject_id"], row["company_id"]) == ("application", "12", company.id)


def test_what_belongs_to_no_company_is_audited_outside_of_all(database, company):
    actor = Actor(user_id=None, username="stranger", name="stranger")
    with database.transaction() as connection:
        audit.write(connection, actor, "user.sign_in_failed")
        assert connection.execute(select(func.count()).select_from(tables.audit_log)).scalar() == 1
    with database.transaction(company.id) as connection:
        assert connection.execute(select(func.count()).select_from(tables.audit_log)).scalar() == 0


def test_a_row_changed_meanwhile_is_not_overwritten(database, company):
    with database.transaction(company.id) as connection:
        values = {"number": "C1", "kind": "person", "name": "old", "since_on": date(2026, 1, 5)}
        row_id = connection.execute(insert(tables.customer).values(values).returning(tables.customer.c.id)).scalar_one()
    with database.transaction(company.id) as connection:
        assert saving.update_if_unchanged(connection, tables.customer, row_id, 1, {"name": "first"})
        assert not saving.update_if_unchanged(connection, tables.customer, row_id, 1, {"name": "second"})
        row = connection.execute(select(tables.customer.c.name, tables.customer.c.version)).one()
    assert tuple(row) == ("first", 2)
