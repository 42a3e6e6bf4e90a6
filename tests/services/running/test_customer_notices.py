"""Customers are told by themselves: once for each occasion, by the ways and in the words of `notification`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from tests.services.money.house import House
from tests.web.people import signs_in
from tests.web.portal.conftest import lent

from loanloom.metadata.bundle import source_text
from loanloom.metadata.registry import Registry
from loanloom.services.definitions.releases import candidate
from loanloom.services.running import customer_notices
from loanloom.store import tables


@pytest.fixture
def house(model_company) -> House:
    return House(model_company.database, model_company.company)


@pytest.fixture
def loan(house, model_company):
    """A loan of somebody with a telephone, an address and a log-in."""
    made = lent(house)
    ctx = house.ctx()
    vault, company = ctx.database.vault, ctx.company.id
    closed = {"phone_cipher": vault.encrypt(company, "customer.phone", "13900000001"),
              "email_cipher": vault.encrypt(company, "customer.email", "lin@example.cn")}  # fmt: skip
    with ctx.transaction() as connection:
        mine = tables.customer.c.id == made.customer_id
        values = {**closed, "address": "青禾县城东1号（演示）"}
        connection.execute(update(tables.customer).where(mine).values(**values))
    signs_in(model_company, "borrower-told", name="Lin（演示）", roles=("borrower",), customer_id=made.customer_id)
    return made


def outgoing(ctx):
    with ctx.transaction() as connection:
        query = (
            select(tables.outbox).where(tables.outbox.c.topic.in_(("sms", "mail", "post"))).order_by(tables.outbox.c.id)
        )
        return [(row.topic, row.payload) for row in connection.execute(query)]


def received(ctx):
    with ctx.transaction() as connection:
        query = select(tables.message).where(tables.message.c.kind == "notice").order_by(tables.message.c.id)
        return connection.execute(query).all()


def first_due(ctx, loan):
    with ctx.transaction() as connection:
        query = select(tables.instalment).where(tables.instalment.c.loan_id == loan.id)
        return connection.execute(query.order_by(tables.instalment.c.number)).first()


def test_what_falls_due_is_told_once_three_days_before_by_sms_mail_and_message(house, loan) -> None:
    ctx = house.ctx()
    row = first_due(ctx, loan)
    early = replace(ctx, business_date=row.due_on - timedelta(days=4))
    assert customer_notices.send(early) == 0 and outgoing(ctx) == []
    soon = replace(ctx, business_date=row.due_on - timedelta(days=3))
    assert customer_notices.send(soon) == 2
    assert customer_notices.send(soon) == 0
    assert customer_notices.send(replace(soon, business_date=row.due_on - timedelta(days=1))) == 0
    (topic, payload), (second, mail) = outgoing(ctx)
    assert (second, mail["to"], mail["heading"], mail["text"]) == (
        "mail", "lin@example.cn", "还款日临近", payload["text"],
    )  # fmt: skip
    assert topic == "sms" and payload["phone"] == "13900000001"
    assert loan.number in payload["text"] and f"{row.principal + row.interest:,.2f}元" in payload["text"]
    assert f"{row.due_on.month}月{row.due_on.day}日" in payload["text"] and "0570-0000000" in payload["text"]
    (told,) = received(ctx)
    assert told.title["en"] == "A payment falls due soon" and row.due_on.isoformat() in told.body["en"]


def test_lateness_is_told_by_sms_and_after_a_month_by_letter(house, loan) -> None:
    ctx = house.ctx()
    row = first_due(ctx, loan)

    def late(days: int) -> int:
        with ctx.transaction() as connection:
            values = {"days_past_due": days, "overdue_since": row.due_on}
            connection.execute(update(tables.loan).where(tables.loan.c.id == loan.id).values(**values))
        return customer_notices.send(replace(ctx, business_date=row.due_on + timedelta(days=days + 40)))

    assert late(2) == 1, "a day on which nobody looked is made up for"
    assert late(3) == 0
    assert late(30) == 1
    (_, sms), (topic, letter) = outgoing(ctx)
    assert "已逾期2天" in sms["text"]
    assert (topic, letter["address"], letter["heading"]) == ("post", "青禾县城东1号（演示）", "逾期催收函")
    assert "30天" in letter["text"]


def test_decisions_are_told_for_the_products_asked_for_and_not_while_paused(house, loan) -> None:
    ctx = house.ctx()
    table = tables.application
    with ctx.transaction() as connection:
        values = {"submitted_at": ctx.now, "decided_at": ctx.now, "state": "approved"}
        connection.execute(update(table).where(table.c.id == loan.application_id).values(**values))
    live = ctx.registry.get("notification", "application-approved")

    def told(**changed) -> int:
        document = replace(live, spec={**live.spec, **changed})
        registry = Registry({document.identity: document}, ctx.registry.kinds)
        return customer_notices.send(replace(ctx, registry=registry))

    assert told(paused=True) == 0
    assert told(products=["farmer-loan"]) == 0
    assert told(products=["sole-trader-loan"]) == 2
    assert "已通过" in outgoing(ctx)[0][1]["text"]
    assert customer_notices.send(replace(ctx, now=ctx.now + timedelta(days=4))) == 0


def test_a_place_that_nobody_fills_is_refused_with_those_that_there_are(model_company) -> None:
    document = model_company.registry.get("notification", "payment-due")
    wrong = source_text(document).replace("{amount}", "{amuont}")
    read, _ = candidate.read_draft("notification", "payment-due", wrong)
    faults = model_company.registry.kinds.require("notification").compiled.faults(read.spec)
    assert {fault.pointer for fault in faults} == {"/text/en", "/text/zh"}
    assert "{amount}" in faults[0].hint["en"]
