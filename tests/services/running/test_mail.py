"""E-mail leaves by the server of the installation, or as files; asked twice it is the same mail, to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from tests.services.running.mail_server import certificate, server

from loanloom.plugins import DeliveryFailed, Outgoing
from loanloom.services.running import mail
from loanloom.services.running.relay import Relayed, relay
from loanloom.settings import Settings, SettingsError
from loanloom.store import outbox

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
SAID = {"to": "lin@example.cn", "heading": "还款日临近", "text": "您的借据将于2026年4月2日到期。\n请备足款项。"}


def outgoing(home: Any, **changed: Any) -> Outgoing:
    return Outgoing(7, 3, "mail", SAID | changed, 1, home)


def test_it_goes_to_the_server_with_a_number_that_stays(tmp_path) -> None:
    with server() as (address, taken):
        sender = mail.Sender(address, "notice@lender.example", lambda: NOW)
        sender.deliver(outgoing(tmp_path))
        sender.deliver(outgoing(tmp_path))
    first, second = (message_from_bytes(one, policy=default) for one in taken.letters)
    assert (first["To"], first["From"], first["Subject"]) == ("lin@example.cn", "notice@lender.example", "还款日临近")
    assert first.get_content().replace("\r\n", "\n").strip() == SAID["text"]
    assert first["Message-ID"] == second["Message-ID"] == "<loanloom.3.7@lender.example>"
    assert first["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ""}, {"to": "lin"}, {"to": "lin@example.cn, all@example.cn"}, {"text": ""}, {"text": "x" * 5000},
        {"to": "lin@example.cn\nBcc: all@example.cn"},
    ],
)  # fmt: skip
def test_what_is_no_mail_to_one_person_is_told(tmp_path, wrong: dict[str, str]) -> None:
    with pytest.raises(DeliveryFailed):
        mail.Sender("", "", lambda: NOW).deliver(outgoing(tmp_path, **wrong))
    assert not list(tmp_path.rglob("*.eml"))


def test_a_heading_of_several_lines_adds_no_recipient(tmp_path) -> None:
    mail.Sender("", "", lambda: NOW).deliver(outgoing(tmp_path, heading="Due\r\nBcc: all@example.cn"))
    (written,) = tmp_path.rglob("*.eml")
    found = message_from_bytes(written.read_bytes(), policy=default)
    assert found["Bcc"] is None and found["Subject"] == "Due Bcc: all@example.cn"


def test_without_a_server_it_is_one_file_through_the_outbox(database, company, tmp_path) -> None:
    with database.transaction(company.id) as connection:
        outbox.put(connection, "mail", SAID, due_at=NOW)
        outbox.put(connection, "mail", SAID | {"to": "nobody"}, due_at=NOW)
    connectors = {"mail": mail.Sender("", "", lambda: NOW)}
    done = relay(database, company.id, connectors, home=tmp_path, clock=lambda: NOW)
    assert done == Relayed(sent=1, failed=1)
    (written,) = (tmp_path / "outgoing" / "mail").iterdir()
    assert message_from_bytes(written.read_bytes(), policy=default)["Subject"] == "还款日临近"


def test_why_it_did_not_arrive_is_told_without_naming_anybody(tmp_path) -> None:
    with (
        server(recipient="550 lin@example.cn is unknown here") as (address, taken),
        pytest.raises(DeliveryFailed) as refused,
    ):
        mail.Sender(address, "notice@lender.example", lambda: NOW).deliver(outgoing(tmp_path))
    assert "550" in str(refused.value) and "lin@" not in str(refused.value) and not taken.letters
    with server() as (address, _taken), pytest.raises(DeliveryFailed, match="no encryption"):
        secret = address.replace("//", "//user:secret@")
        mail.Sender(secret, "notice@lender.example", lambda: NOW).deliver(outgoing(tmp_path))
    with pytest.raises(DeliveryFailed, match="could not be reached"):
        mail.Sender("smtp://127.0.0.1:1", "a@b.example", lambda: NOW).deliver(outgoing(tmp_path))


def test_settings_that_cannot_be_meant_are_told() -> None:
    with pytest.raises(SettingsError, match="MAIL_SERVER must begin") as refused:
        Settings(mail_server="http://mail.example")
    assert "MAIL_FROM" in str(refused.value)
    assert "secret" not in repr(Settings(mail_server="smtps://a:secret@mail.example", mail_from="a@b.example"))


def send(address: str, home: Path) -> None:
    secret = address.replace("//", "//user:secret@")
    mail.Sender(secret, "notice@lender.example", lambda: NOW).deliver(outgoing(home))


@pytest.fixture
def trusted(tmp_path, monkeypatch) -> Callable[[Path], Path]:
    """Let the machine trust a certificate, as its operator would."""

    def trust(pem: Path) -> Path:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        return pem

    return trust


@pytest.mark.parametrize("starttls", [False, True])
def test_it_goes_encrypted_and_the_password_never_in_the_clear(tmp_path, trusted, starttls: bool) -> None:
    with server(trusted(certificate(tmp_path)), starttls=starttls) as (address, taken):
        send(address, tmp_path)
    (letter,) = taken.letters
    assert message_from_bytes(letter, policy=default)["To"] == "lin@example.cn"
    assert {word for word, closed in taken.said if not closed} == ({"EHLO", "STARTTLS"} if starttls else set())
    assert ("AUTH", True) in taken.said


@pytest.mark.parametrize("starttls", [False, True])
@pytest.mark.parametrize("fault", ["unknown", "of another machine", "out of date"])
def test_a_certificate_that_does_not_fit_is_refused(tmp_path, trusted, starttls: bool, fault: str) -> None:
    host = "127.0.0.2" if fault == "of another machine" else "127.0.0.1"
    pem = certificate(tmp_path, host, days=-1 if fault == "out of date" else 1)
    if fault != "unknown":
        trusted(pem)
    with server(pem, starttls=starttls) as (address, taken):
        with pytest.raises(DeliveryFailed, match="certificate does not fit") as refused:
            send(address, tmp_path)
        assert isinstance(refused.value, mail.NotSent) and "证书" in refused.value.said["zh"]
    assert not taken.letters and "AUTH" not in [word for word, _closed in taken.said]


def test_what_is_encrypted_is_never_sent_in_the_clear_instead(tmp_path, trusted) -> None:
    safe, broken = trusted(certificate(tmp_path)), pytest.raises(DeliveryFailed, match="454")
    with server(safe, starttls=True, upgrade="454 not now") as (address, taken), broken:
        send(address, tmp_path)
    assert not taken.letters and "AUTH" not in [word for word, _closed in taken.said]
    with server() as (address, taken), pytest.raises(DeliveryFailed, match="does not encrypt"):
        send(address.replace("smtp:", "smtps:"), tmp_path)
    assert not taken.letters
