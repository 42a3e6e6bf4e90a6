"""SMS reach the file once each, through the relay of the house."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from loanloom_sms_file import LetterFile, SmsFile, plugin

from loanloom.plugins import Asked, CallFailed, DeliveryFailed, Outgoing, load
from loanloom.services.running.relay import Relayed, relay
from loanloom.store import outbox

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def lines(home):
    found = []
    for path in sorted((home / "outgoing" / "sms").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            found += list(csv.reader(file))[1:]
    return found


def sms(home, number=1, **payload):
    return Outgoing(number, 3, "sms", {"phone": "13800000000", "text": "您的还款日为 1月20日"} | payload, 1, home)


def test_it_fits_the_slot():
    assert set(load(builtin=[plugin], found=[]).parts("connector")) == {"sms", "post"}


def test_a_service_node_sends_one_line_however_often_it_asks(tmp_path):
    asked = Asked(
        key="k-1", company_id=3, case="A1", node="tell", attempt=1, home=tmp_path,
        given={"phone": "13800000000", "text": "您的申请已受理"},
    )  # fmt: skip
    action = load(builtin=[plugin], found=[]).parts("node_action")["sms"]
    sends = SmsFile(clock=lambda: NOW)
    assert sends(None, asked) == sends(None, asked) == {"file": "2026-01-05.csv"}
    assert lines(tmp_path) == [["k-1", "3", "13800000000", "您的申请已受理"]]
    with pytest.raises(CallFailed) as failed:
        action(None, replace(asked, given={"phone": "nobody", "text": "x"}))
    assert failed.value.again is False  # trying again makes no number of it


def test_it_is_installed_by_its_entry_point():
    assert "loanloom-sms-file" in load().versions()


def test_the_same_message_is_written_once_even_over_midnight(tmp_path):
    now = [NOW]
    connector = SmsFile(clock=lambda: now[0])
    connector.deliver(sms(tmp_path))
    now[0] += timedelta(days=1)
    connector.deliver(sms(tmp_path))
    connector.deliver(sms(tmp_path, 2, text='a "quoted", text'))
    assert lines(tmp_path) == [
        ["1", "3", "13800000000", "您的还款日为 1月20日"],
        ["2", "3", "13800000000", 'a "quoted", text'],
    ]


@pytest.mark.parametrize("wrong", [{"phone": "=1+1"}, {"phone": ""}, {"text": ""}, {"text": "x" * 501}])
def test_what_cannot_be_sent_is_told(tmp_path, wrong):
    with pytest.raises(DeliveryFailed):
        SmsFile().deliver(sms(tmp_path, **wrong))


def test_through_the_outbox(database, company, tmp_path):
    with database.transaction(company.id) as connection:
        outbox.put(connection, "sms", {"phone": "13800000000", "text": "hello"}, due_at=NOW)
        outbox.put(connection, "sms", {"phone": "", "text": "to nobody"}, due_at=NOW)
    done = relay(database, company.id, {"sms": SmsFile(lambda: NOW)}, home=tmp_path, clock=lambda: NOW)
    assert done == Relayed(sent=1, failed=1)
    assert [line[2:] for line in lines(tmp_path)] == [["13800000000", "hello"]]


def test_a_letter_is_written_once_with_everything_a_mailing_house_needs(tmp_path):
    connector = LetterFile(clock=lambda: NOW)
    letter = Outgoing(
        7, 3, "post", {"name": "林晓", "address": "青禾县1号", "heading": "函", "text": "请联系我们"}, 1, tmp_path
    )
    connector.deliver(letter)
    connector.deliver(letter)
    with (tmp_path / "outgoing" / "post" / "2026-01-05.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file))[1:] == [["7", "3", "林晓", "青禾县1号", "函", "请联系我们"]]
    with pytest.raises(DeliveryFailed, match="address"):
        connector.deliver(replace(letter, id=8, payload={"name": "林晓", "text": "x"}))
