"""The page of what leaves the house: addresses entered with a secret shown once, what was given up sent again."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select
from tests.services.running.mail_server import certificate, server
from tests.web.pages import page

from loanloom.services.running import mail, subscribers
from loanloom.store import tables

NOW = datetime(2026, 3, 2, tzinfo=UTC)
GOOD = {"title": "Register", "url": "https://hooks.example.org/in?x=1", "events": "case.ended"}


def post(browser, path, **fields):
    return browser.post(path, data={"csrf_token": browser.csrf(), **fields})


def rows(ctx, table):
    with ctx.transaction() as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


@pytest.fixture
def keeper(person):
    return person("system-administrator")


def test_an_address_is_entered_and_its_secret_shown_once(keeper, model_company):
    assert "Nobody is told anything yet." in page(keeper, "/admin/outgoing/")
    shown = post(keeper, "/admin/outgoing/", **GOOD).get_data(as_text=True)
    secret = re.search(r"<code data-secret>(whsec_[A-Za-z0-9+/=]+)</code>", shown)
    assert secret
    again = page(keeper, "/admin/outgoing/")
    assert "hooks.example.org" in again and secret.group(1) not in again and "whsec_" not in again
    (row,) = rows(model_company, tables.webhook)
    assert (row.events, row.flows, row.active) == (["case.ended"], [], True)


def test_bad_input_is_said_at_its_place_and_what_was_typed_stays(keeper, model_company):
    refused = post(keeper, "/admin/outgoing/", **{**GOOD, "url": "https://10.0.0.8/in", "title": "My register"})
    assert refused.status_code == 422
    shown = refused.get_data(as_text=True)
    assert "Nothing can be sent to this address." in shown and "My register" in shown and "10.0.0.8" in shown
    assert rows(model_company, tables.webhook) == []


def test_every_fault_stands_beside_its_field_and_in_words(keeper):
    shown = post(keeper, "/admin/outgoing/", title="", url="").get_data(as_text=True)
    for name in ("title", "url", "events"):
        (box,) = re.findall(rf'<(?:input|select)[^>]*name="{name}"[^>]*>', shown)
        assert 'aria-invalid="true"' in box, name
    assert "case.started" not in shown.split('id="problems"')[1].split("</ul>")[0], "events are not told by their keys"


def test_it_is_changed_stopped_and_removed(keeper, model_company):
    made = subscribers.add(model_company, subscribers.Wanted(**{**GOOD, "events": ["case.ended"]}))
    assert "https://hooks.example.org/in?x=1" in page(keeper, f"/admin/outgoing/{made.id}")
    changed = {**GOOD, "title": "Other", "flows": "business-approval", "version": "1"}
    assert post(keeper, f"/admin/outgoing/{made.id}", **changed).status_code == 302
    assert post(keeper, f"/admin/outgoing/{made.id}", **changed).status_code == 409
    assert post(keeper, f"/admin/outgoing/{made.id}/try").status_code == 302
    assert [one.topic for one in rows(model_company, tables.outbox) if one.topic == "webhook"] == ["webhook"]
    assert "whsec_" in post(keeper, f"/admin/outgoing/{made.id}/secret", version="2").get_data(as_text=True)
    assert post(keeper, f"/admin/outgoing/{made.id}/stop", version="3").status_code == 302
    assert "Stopped" in page(keeper, "/admin/outgoing/")
    assert post(keeper, f"/admin/outgoing/{made.id}/remove", version="4").status_code == 302
    assert "Nobody is told anything yet." in page(keeper, "/admin/outgoing/")
    assert keeper.get(f"/admin/outgoing/{made.id}").status_code == 404
    assert post(keeper, f"/admin/outgoing/{made.id}/frobnicate", version="5").status_code == 404


def test_what_was_given_up_is_listed_without_its_content_and_sent_again(keeper, model_company):
    with model_company.transaction() as connection:
        given = {
            "topic": "sms",
            "payload": {"phone": "13800001111"},
            "state": "dead",
            "problem": "no line",
            "attempts": 8,
        }
        number = connection.execute(insert(tables.outbox).values(given).returning(tables.outbox.c.id)).scalar_one()
    shown = page(keeper, "/admin/outgoing/")
    assert "no line" in shown and "tried 8 times" in shown and "13800001111" not in shown
    assert post(keeper, f"/admin/outgoing/messages/{number}/again").status_code == 302
    assert post(keeper, f"/admin/outgoing/messages/{number}/again").status_code == 409
    assert "Everything arrived" in page(keeper, "/admin/outgoing/")
    with model_company.transaction() as connection:
        connection.execute(tables.outbox.update().values(state="dead"))
    assert post(keeper, "/admin/outgoing/again").status_code == 302
    (row,) = rows(model_company, tables.outbox)
    assert (row.state, row.attempts) == ("due", 0)


def test_others_do_not_see_it(person):
    assert person("relationship-manager").get("/admin/outgoing/").status_code == 403
    assert "外发消息" in page(person("system-administrator", language="zh"), "/admin/outgoing/")


def test_a_test_mail_is_sent_at_once_or_told_why_not(keeper, person, app, model_company, tmp_path, monkeypatch):
    def by(address):
        monkeypatch.setitem(app.config, "HOME", tmp_path)
        monkeypatch.setitem(app.config, "MAILING", mail.Sender(address, "notice@lender.example", lambda: NOW))

    pem = certificate(tmp_path)
    with server(pem) as (address, took):
        by(address.replace("//", "//user:secret@"))
        shown = page(keeper, "/admin/outgoing/")
        assert address in shown and "secret@" not in shown
        refused = post(keeper, "/admin/outgoing/mail", to="li.na@example.cn")
        assert refused.status_code == 422
        told = refused.get_data(as_text=True)
        assert "the certificate does not fit" in told and "LOANLOOM_MAIL_SERVER" in told
        assert "li.na@" in told, "what was typed stays"
        assert "no e-mail address" in post(keeper, "/admin/outgoing/mail", to="li.na").get_data(as_text=True)
        assert took.letters == []
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert post(keeper, "/admin/outgoing/mail", to="li.na@example.cn").status_code == 302
        assert len(took.letters) == 1 and b"To: li.na@example.cn" in took.letters[0]
    assert [one.action for one in rows(model_company, tables.audit_log)].count("mail.tried") == 1
    by("")
    assert post(keeper, "/admin/outgoing/mail", to="li.na@example.cn").status_code == 302
    assert "outgoing/mail" in page(keeper, "/admin/outgoing/") and len(list(tmp_path.rglob("*.eml"))) == 1
    assert post(person("business-administrator"), "/admin/outgoing/mail", to="li.na@example.cn").status_code == 403
