"""The outbox leaves after the commit, once each, and what cannot leave reaches a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from loanloom.plugins import DeliveryFailed
from loanloom.services.running.relay import Relayed, relay
from loanloom.store import messages, outbox
from loanloom.store.tables import membership

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)


class Recorder:
    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.delivered = error, []

    def deliver(self, outgoing):
        if self.error:
            raise self.error
        self.delivered.append((outgoing.topic, dict(outgoing.payload), outgoing.attempt))


@pytest.fixture
def send(database, company, tmp_path):
    def put_and_relay(connectors, *topics, now=NOW, **options):
        with database.transaction(company.id) as connection:
            for topic in topics:
                outbox.put(connection, topic, {"n": 1}, due_at=NOW)
        return relay(database, company.id, connectors, home=tmp_path, clock=lambda: now, **options)

    return put_and_relay


def test_the_exact_topic_goes_before_its_first_part(send):
    exact, general = Recorder(), Recorder()
    done = send({"application": general, "application.approved": exact}, "application.approved", "application.refused")
    assert done == Relayed(sent=2)
    assert [topic for topic, *_ in exact.delivered] == ["application.approved"]
    assert [topic for topic, *_ in general.delivered] == ["application.refused"]
    assert send({"application": general}) == Relayed()


@pytest.mark.parametrize("error", [DeliveryFailed("no line"), RuntimeError("defect of a plugin")])
def test_a_failure_is_tried_again_later(send, error):
    assert send({"sms": Recorder(error)}, "sms") == Relayed(failed=1)
    assert send({"sms": Recorder(error)}, now=NOW + timedelta(seconds=29)) == Relayed()
    mended = Recorder()
    assert send({"sms": mended}, now=NOW + timedelta(seconds=30)) == Relayed(sent=1)
    assert mended.delivered == [("sms", {"n": 1}, 2)]


def test_what_is_given_up_reaches_the_keepers(send, database, company):
    with database.transaction(company.id) as connection:
        connection.execute(
            insert(membership).values(user_id=9, company_id=company.id, roles=["system-administrator"], active=True)
        )
    assert send({}, "sms", attempts=1, keepers=["system-administrator"]) == Relayed(dead=1)
    with database.transaction(company.id) as connection:
        (row,) = messages.newest(connection, 9)
        assert outbox.waiting(connection) == {"due": 0, "sent": 0, "dead": 1}
    assert "No connector for sms" in row["body"]["en"]


def test_another_companys_outbox_is_left_alone(send, database, other_company, tmp_path):
    send({}, "sms", now=NOW - timedelta(days=1))
    recorder = Recorder()
    done = relay(database, other_company.id, {"sms": recorder}, home=tmp_path, clock=lambda: NOW)
    assert done == Relayed() and recorder.delivered == []
