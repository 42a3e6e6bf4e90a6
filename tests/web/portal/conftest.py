"""Customers of the model company with log-ins of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.services.money.house import FUNCTIONS, House
from tests.web.conftest import sign_in, token
from tests.web.people import signs_in

from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import drafts
from loanloom.services.money import disbursements
from loanloom.services.papers import blobs
from loanloom.store import tables

Borrower = Callable[..., FlaskClient]


@pytest.fixture
def borrower(app: Flask, model_company: Context) -> Borrower:
    """`borrower(customer_id)`: the signed-in browser of that customer; `.csrf()` helps."""

    def enter(customer_id: int | None, language: str = "en") -> FlaskClient:
        username = f"borrower-{customer_id}-{language}"
        browser = app.test_client()
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        browser.user_id = signs_in(  # type: ignore[attr-defined]
            model_company, username, name="Lin（演示）", roles=("borrower",), customer_id=customer_id
        )
        assert sign_in(browser, username).status_code == 302
        browser.csrf = lambda: token(browser, "/account/password/")  # type: ignore[attr-defined]
        return browser

    return enter


def publish(company: Context, acting: Any, kind: str, key: str, values: dict[str, Any] | None = None) -> None:
    """Let a change of one definition, or its draft as it stands, go live, reviewed by a second person."""
    admin = acting(company, "business-administrator")
    if values:
        drafts.change_values(admin, kind, key, values, None)
    made = releases.propose_drafts(admin, [(kind, key)], name="Words")
    with company.transaction() as connection:
        asked = select(tables.release.c.plan_digest).where(tables.release.c.id == made)
        digest = connection.execute(asked).scalar_one()
    reviewer = acting(company, "risk-officer")
    releases.approve(reviewer, made, digest, opinion="Fine")
    releases.activate(reviewer, made)


def lent(house: House, amount: int = 100_000) -> Any:
    """A loan paid out to a new customer: its row."""
    ctx = house.ctx()
    contract = house.contract(amount, "sole-trader-loan")
    assert ctx.actor.functions == FUNCTIONS
    disbursements.disburse(ctx, contract, idempotency_key=f"pay-{contract}")
    (row,) = house.rows(tables.loan, tables.loan.c.contract_id == contract)
    return row


def paper(house: House, subject: tuple[str, int], title: str) -> int:
    """A document with its PDF, as if it had been drawn."""
    ctx = house.ctx()
    with ctx.transaction() as connection:
        drawn = b"%PDF-1.7 " + title.encode()
        blob = blobs.keep(ctx, connection, drawn, name="x.pdf", media_type="application/pdf", by=1)
        values = {
            "subject_kind": subject[0], "subject_id": subject[1], "template_key": "loan-contract", "number": "HT-1",
            "title": {"en": title, "zh": title}, "content": {}, "pdf_blob_id": blob,
        }  # fmt: skip
        table = tables.document
        return int(connection.execute(table.insert().values(values).returning(table.c.id)).scalar_one())
