"""Other programs hear what happens to cases: signed, at least once, each address by itself; nobody is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.services.flows.house import ADMINISTRATOR, House, settle
from tests.services.running.receiver import Receiver, receiving
from tests.settled import Settled

from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.running import subscribers, undelivered, webhooks
from loanloom.services.running.builtin import EventLog
from loanloom.services.running.relay import Relayed, relay
from loanloom.services.running.subscribers import Made, Wanted
from loanloom.store import tables


@pytest.fixture
def house(settled: Settled) -> Iterator[House]:
    with settled.by(settle) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def operator(house: House, **changes: Any) -> Context:
    ctx = house.ctx(ADMINISTRATOR, **changes)
    return ctx.as_actor(replace(ctx.actor, functions=ctx.actor.functions | {"system.operate"}))


def add(house: House, url: str, *events: str, flows: tuple[str, ...] = ()) -> Made:
    wanted = Wanted(title="Register", url=url, events=events or webhooks.EVENTS, flows=flows)
    return subscribers.add(operator(house), wanted, private=True)


def send(house: House, *, after: timedelta = timedelta(), attempts: int = 8) -> Relayed:
    """Everything that is due is sent, as the relay's task does it."""

    def clock() -> datetime:
        return datetime.now(UTC) + after

    connectors = {
        "case": EventLog(), "item": EventLog(), "application": EventLog(),
        "webhook": webhooks.Sender(house.database, clock, private=True),
    }  # fmt: skip
    total = Relayed()
    while True:
        done = relay(house.database, house.company.id, connectors, home=Path("."), clock=clock, attempts=attempts)
        total = Relayed(total.sent + done.sent, total.failed + done.failed, total.dead + done.dead)
        if not done.sent:
            return total


def test_what_happens_to_a_case_is_told_and_signed(house: House, receiver: Receiver):
    made = add(house, receiver.url)
    case = house.start()
    send(house)
    assert [one.said["type"] for one in receiver.taken] == ["case.started", "item.opened"]
    assert all(one.is_genuine(made.secret) for one in receiver.taken)
    started, opened = (one.said for one in receiver.taken)
    number = house.kept(case).number
    assert (started["data"]["case_id"], started["data"]["number"], started["data"]["flow"]) == (case, number, "seal")
    assert opened["data"]["item_id"] == house.item(case).id and opened["data"]["node"] == house.item(case).node
    assert datetime.fromisoformat(started["timestamp"]).tzinfo is not None
    assert abs(int(receiver.taken[0].headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert len({one.id for one in receiver.taken}) == 2


def test_no_names_and_nothing_that_was_typed_leaves(house: House, receiver: Receiver):
    add(house, receiver.url)
    house.start(reason="guarantee", account="6222 7777")
    send(house)
    told = b" ".join(one.body for one in receiver.taken)
    for word in (b"6222", b"manager", b"(demo)"):
        assert word not in told


def test_a_forged_or_changed_message_is_not_genuine(house: House, receiver: Receiver):
    made = add(house, receiver.url)
    house.start()
    send(house)
    (first, *_) = receiver.taken
    assert not replace(first, body=first.body.replace(b"seal", b"loan")).is_genuine(made.secret)
    later = {**first.headers, "webhook-timestamp": "1"}
    assert not replace(first, headers=later).is_genuine(made.secret)
    assert not first.is_genuine("whsec_" + "A" * 43 + "=")


def test_each_address_hears_of_what_it_asked_for(house: House, receiver: Receiver):
    add(house, receiver.url + "/ends", "case.ended")
    add(house, receiver.url + "/other", flows=("business-approval",))
    house.start()
    send(house)
    assert receiver.taken == []


def test_what_fails_is_tried_again_later_with_the_same_id_and_content(house: House, receiver: Receiver):
    add(house, receiver.url, "case.started")
    house.start()
    receiver.answers = [500, 302, 204]
    assert send(house).failed == 1
    assert send(house, after=timedelta(seconds=25)) == Relayed()
    assert send(house, after=timedelta(seconds=40)).failed == 1
    assert send(house, after=timedelta(seconds=70)) == Relayed()
    assert send(house, after=timedelta(seconds=140)).sent == 1
    assert len(receiver.taken) == 3 and len({(one.id, one.body) for one in receiver.taken}) == 1


def test_one_address_that_is_down_keeps_no_other_waiting(house: House, receiver: Receiver):
    add(house, "http://127.0.0.1:9/nobody", "case.started")
    add(house, receiver.url, "case.started")
    house.start()
    done = send(house)
    assert done.failed == 1 and len(receiver.of("case.started")) == 1


def test_what_is_given_up_is_seen_and_sent_again(house: House, receiver: Receiver):
    add(house, receiver.url, "case.started")
    house.start()
    receiver.answers = [500]
    assert send(house, attempts=1).dead == 1
    (dead,), following = undelivered.listing(operator(house))
    assert (dead.topic, dead.event, dead.to, dead.attempts) == ("webhook", "case.started", "Register", 1)
    assert "500" in (dead.problem or "") and following is None
    receiver.answers = [204]
    undelivered.send_again(operator(house), dead.id)
    with pytest.raises(Conflict):
        undelivered.send_again(operator(house), dead.id)
    assert send(house, after=timedelta(days=4000)).sent >= 1
    assert undelivered.listing(operator(house)) == ((), None)
    assert len({one.id for one in receiver.taken}) == 1
    assert house.rows(tables.audit_log, action="outbox.sent_again")


def test_an_event_relayed_twice_is_put_on_its_way_once(house: House, receiver: Receiver):
    add(house, receiver.url, "case.started")
    house.start()
    send(house)
    with house.database.transaction(house.company.id) as connection:
        out = tables.outbox
        connection.execute(out.update().where(out.c.topic == "case.started").values(state="due"))
    send(house)
    assert len(receiver.of("case.started")) == 1


def test_a_new_secret_counts_at_once_and_the_former_one_for_a_day(house: House, receiver: Receiver):
    made = add(house, receiver.url, "case.started")
    (known,) = subscribers.listing(operator(house))
    now = datetime.now(UTC)
    fresh = subscribers.renew_secret(operator(house, now=now), made.id, expected_version=known.version)
    house.start()
    send(house)
    house.start()
    send(house, after=timedelta(days=1, minutes=1))
    soon, late = receiver.taken
    assert soon.is_genuine(fresh.secret) and soon.is_genuine(made.secret)
    assert late.is_genuine(fresh.secret) and not late.is_genuine(made.secret)


def test_a_stopped_address_is_told_nothing_and_what_waited_is_given_up(house: House, receiver: Receiver):
    made = add(house, receiver.url, "case.started")
    house.start()
    receiver.answers = [500, 204]
    send(house)
    (known,) = subscribers.listing(operator(house))
    subscribers.stop(operator(house), made.id, expected_version=known.version)
    house.start()
    send(house, after=timedelta(hours=1))
    assert len(receiver.taken) == 1
    (known,) = subscribers.listing(operator(house))
    assert (known.active, known.waiting, known.dead) == (False, 0, 1)
    with pytest.raises(Conflict):
        subscribers.go_on(operator(house), made.id, expected_version=known.version - 1)
    subscribers.go_on(operator(house), made.id, expected_version=known.version)
    assert undelivered.send_all_again(operator(house)) == 1
    send(house, after=timedelta(days=4000))
    assert len(receiver.taken) == 2


def test_a_removed_address_is_gone(house: House, receiver: Receiver):
    made = add(house, receiver.url)
    subscribers.remove(operator(house), made.id, expected_version=1)
    assert subscribers.listing(operator(house)) == ()
    with pytest.raises(NotFound):
        subscribers.try_out(operator(house), made.id)


def test_a_trial_goes_the_way_of_everything(house: House, receiver: Receiver):
    made = add(house, receiver.url)
    subscribers.try_out(operator(house), made.id)
    send(house)
    (taken,) = receiver.taken
    assert taken.said["type"] == "ping" and taken.is_genuine(made.secret)


def test_the_secret_is_kept_closed_and_told_to_nobody_again(house: House, receiver: Receiver):
    made = add(house, receiver.url)
    (row,) = house.rows(tables.webhook)
    assert made.secret.encode() not in bytes(row.secret_cipher)
    told = [str(one.after) + str(one.before) for one in house.rows(tables.audit_log)]
    assert not any(made.secret in one for one in told)
    assert made.secret not in repr(subscribers.listing(operator(house)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "webhook.title"),
        ({"url": "https://169.254.169.254/latest"}, "webhook.url"),
        ({"url": "http://example.org/"}, "webhook.url"),
        ({"events": ()}, "webhook.events"),
        ({"events": ("case.everything",)}, "webhook.events"),
        ({"flows": ("no-such-flow",)}, "webhook.flows"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused(house: House, change: dict[str, Any], code: str):
    good = {"title": "Register", "url": "https://example.org/hooks", "events": ("case.ended",)}
    with pytest.raises(Refused) as refused:
        subscribers.add(operator(house), Wanted(**{**good, **change}))
    assert [one.code for one in refused.value.problems] == [code]


def test_only_who_operates_the_system_may(house: House):
    for ctx in (house.ctx("manager"), house.ctx("risk")):
        with pytest.raises(Forbidden):
            subscribers.listing(ctx)
        with pytest.raises(Forbidden):
            undelivered.send_all_again(ctx)
