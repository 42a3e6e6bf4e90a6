"""The borrower's door over HTTP: one's own affairs in both languages, nobody else's, and no other door."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.services.money.changes.test_kinds import carry_out
from tests.services.money.house import House
from tests.services.origination.conftest import ASKED, TRADER, hand_in_papers
from tests.web.pages import page, post
from tests.web.portal.conftest import lent, paper

from loanloom.services.money import repayments
from loanloom.services.origination import applications, submissions, uploads
from loanloom.services.parties import customers
from loanloom.services.records import kept
from loanloom.store import messages, tables

PAGES = ("/portal/", "/portal/documents/", "/portal/messages/", "/portal/profile/")


@pytest.fixture
def trader(model_company, acting) -> Any:
    """A relationship manager's surroundings, and a customer without anything yet."""
    ctx = acting(model_company, "relationship-manager", unit="east-lending")
    return ctx, customers.create(ctx, TRADER, although_similar=True)


def refused(ctx: Any, customer_id: int) -> int:
    """An application that the rules refuse; its id."""
    made = applications.begin(ctx, "sole-trader-loan", customer_id)
    hand_in_papers(ctx, made)
    asked = {**ASKED, "application.purpose": "repay_other_loan", "application.overdue_count": "7"}
    submissions.submit(ctx, made, asked, version=_version(ctx, made), idempotency_key="refused")
    return made


def _version(ctx: Any, application_id: int) -> int:
    with ctx.transaction() as connection:
        return int(applications.read(ctx, connection, application_id).version)


def test_a_borrower_lands_in_the_portal_and_finds_what_to_do_when_there_is_nothing(trader, borrower) -> None:
    me = borrower(trader[1])
    assert me.get("/").location == "/portal/"
    home = page(me, "/portal/")
    assert "No loan yet" in home
    assert "No application yet" in home
    assert "No documents yet" in page(me, "/portal/documents/")
    assert "No messages" in page(me, "/portal/messages/")
    assert 'class="side"' not in home
    chinese = borrower(trader[1], language="zh")
    assert "暂无贷款" in page(chinese, "/portal/")
    assert "联系我们" in page(chinese, "/portal/profile/")


def test_the_profile_shows_numbers_masked(trader, borrower) -> None:
    shown = page(borrower(trader[1]), "/portal/profile/")
    assert TRADER["customer.name"] in shown
    assert "330" in shown
    assert "*" in shown
    assert TRADER["customer.id_number"] not in shown
    assert TRADER["customer.phone"] not in shown


def test_a_loan_with_its_plan_and_what_was_paid(house: House, borrower) -> None:
    loan = lent(house)
    me = borrower(loan.customer_id)
    home = page(me, "/portal/")
    assert "Next payment on 2 Apr 2026" in home
    assert "8,884.88" in home
    url = f"/portal/loans/{loan.id}"
    assert url in home
    shown = page(me, url)
    assert shown.count("8,884.88") >= 11
    assert "Nothing received yet" in shown
    house.close_until(date(2026, 4, 5))
    late = page(me, url)
    assert "3 days late" in late
    assert "is penalty interest" in late
    assert "已逾期 3 天" in page(borrower(loan.customer_id, language="zh"), url)
    repayments.receive(house.ctx(), loan.id, Decimal(1500), channel="bank", idempotency_key="part")
    paid = page(me, url)
    assert "1,500.00" in paid
    assert "488.17" in paid  # left for principal after penalty and interest


def test_a_refusal_states_every_reason_in_both_languages(trader, borrower) -> None:
    ctx, customer = trader
    made = refused(ctx, customer)
    me = borrower(customer)
    assert "Refused" in page(me, "/portal/")
    shown = page(me, f"/portal/applications/{made}")
    assert "Why it was refused" in shown
    assert "to repay another loan" in shown
    assert "Six or more late payments" in shown
    assert "Whom to ask" in shown
    chinese = page(borrower(customer, language="zh"), f"/portal/applications/{made}")
    assert "近24个月逾期达6次及以上" in chinese
    assert "未通过的原因" in chinese


def test_each_stage_says_what_happens_next(house: House, borrower) -> None:
    house.contract(50_000, "sole-trader-loan")
    (contract,) = house.rows(tables.contract)
    me = borrower(contract.customer_id)
    url = f"/portal/applications/{contract.application_id}"

    def told(table: Any, words: str, **values: Any) -> None:
        with house.ctx().transaction() as connection:
            connection.execute(table.update().values(**values))
        assert words in page(me, url), words
        assert words in page(me, "/portal/"), words

    told(tables.contract, "The money is paid out next", state="signed")
    told(tables.contract, "Please come to sign it by 1 Jan 2027", state="prepared")
    told(tables.sanction, "Please come to sign it", state="in_force")
    told(tables.contract, "We prepare your contract", state="cancelled")
    told(tables.sanction, "You may apply again", state="expired")
    for state, words in (("submitted", "We check"), ("returned", "will contact you"), ("draft", "is filling in")):
        told(tables.application, words, state=state)
    told(tables.application, "was withdrawn", state="withdrawn")


def account(ctx: Any, number: str, **more: str) -> int:
    """An account of the company, entered by the head of finance."""
    values = {"name": f"Account {number}", "bank": "Qinghe Bank", "account": number, "use": "repay"} | more
    return kept.create(ctx, "company_account", {f"company_account.{name}": value for name, value in values.items()})


def test_a_borrower_is_told_where_to_pay_and_of_no_other_account(house, borrower, model_company, acting) -> None:
    loan = lent(house)
    me, url = borrower(loan.customer_id), f"/portal/loans/{loan.id}"
    assert "Your account manager tells you how to pay." in page(me, url)
    finance = acting(model_company, "finance-head")
    account(finance, "100200300400", shown_to_borrowers="true", holder="Qinghe <Small> Loan")
    account(finance, "100200300401", shown_to_borrowers="false")
    account(finance, "100200300402")
    old = account(finance, "100200300403", shown_to_borrowers="true")
    kept.archive(finance, "company_account", old, version=1)
    shown = page(me, url)
    told = shown[shown.index("How to pay") : shown.index("What would I owe on another day?")]
    for words in ("100200300400", "Qinghe &lt;Small&gt; Loan", "Qinghe Bank", loan.number):
        assert words in told
    for number in ("100200300401", "100200300402", "100200300403"):
        assert number not in shown


def test_nobody_elses_records_exist(house: House, borrower, trader) -> None:
    theirs = lent(house)
    contract = paper(house, ("contract", theirs.contract_id), "Loan contract")
    made = refused(*trader)
    me = borrower(trader[1])
    for url in (
        f"/portal/loans/{theirs.id}",
        f"/portal/applications/{theirs.application_id}",
        f"/documents/{contract}.pdf",
        "/portal/loans/999999",
    ):
        page(me, url, 404)
    other = borrower(theirs.customer_id)
    page(other, f"/portal/applications/{made}", 404)
    page(other, f"/portal/loans/{theirs.id}")


def test_my_contract_is_mine_and_my_guarantors_is_not(house: House, borrower, trader) -> None:
    loan = lent(house)
    (main,) = house.rows(tables.contract)
    ctx = house.ctx()
    with ctx.transaction() as connection:
        values = {name: value for name, value in main._mapping.items() if name not in ("id", "company_id")}
        values |= {"number": "BZ-1", "kind": "guarantee", "main_contract_id": main.id, "party_name": "Somebody"}
        table = tables.contract
        guarantee = connection.execute(table.insert().values(values).returning(table.c.id)).scalar_one()
    mine = paper(house, ("contract", main.id), "Loan contract")
    voucher = paper(house, ("loan", loan.id), "Voucher")
    guarantors = paper(house, ("contract", guarantee), "Guarantee contract")
    me = borrower(loan.customer_id)
    listed = page(me, "/portal/documents/")
    assert f"/documents/{mine}.pdf" in listed
    assert f"/documents/{voucher}.pdf" in listed
    assert f"/documents/{guarantors}.pdf" not in listed
    assert me.get(f"/documents/{mine}.pdf").data.startswith(b"%PDF")
    page(me, f"/documents/{guarantors}.pdf", 404)
    assert f"/documents/{mine}.pdf" in page(me, f"/portal/loans/{loan.id}")


def test_what_staff_handed_in_for_the_case_is_not_for_the_borrower(trader, borrower) -> None:
    ctx, customer = trader
    made = refused(ctx, customer)
    with ctx.transaction() as connection:
        files = uploads.listing(connection, ("application", made))
    assert files
    page(borrower(customer), f"/uploads/{files[0].id}", 404)


def test_messages_lead_to_my_own_pages(house: House, borrower) -> None:
    loan = lent(house)
    me = borrower(loan.customer_id)
    with house.ctx().transaction() as connection:
        messages.send(
            connection,
            [me.user_id],
            "approval",
            {"en": "Approved!", "zh": "通过"},
            url=f"/applications/{loan.application_id}",
        )
        number = connection.execute(tables.message.select()).one().id
    assert "Approved!" in page(me, "/portal/messages/")
    opened = post(me, f"/portal/messages/{number}/open")
    assert opened.location == f"/portal/applications/{loan.application_id}"
    assert post(me, "/portal/messages/999999/open").status_code == 404
    assert post(me, "/portal/messages/read").status_code == 302


def test_every_other_door_is_closed(app, house: House, borrower) -> None:
    me = borrower(lent(house).customer_id)
    open_to_all = {
        "account.index", "account.password", "account.sign_in", "home.index", "health.show", "public_progress.show",
        "public_pages.about", "public_pages.agreements", "public_pages.questions",
    }  # fmt: skip
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments and rule.endpoint not in open_to_all:
            wanted = 200 if rule.rule.startswith("/portal/") else 403
            assert me.get(rule.rule).status_code == wanted, rule
    for url in ("/loans/1", "/applications/1", "/customers/1", "/contracts/1", "/approvals/1", "/lists/loans/"):
        words = page(me, url, 403)
        assert 'class="portal-nav"' in words
        assert 'class="side"' not in words
    assert me.get("/account/").location == "/portal/profile/"


def test_staff_never_see_the_portal(person, model_company) -> None:
    roles = [document.key for document in model_company.registry.all("role") if document.key != "borrower"]
    staff = person(*roles)
    assert "/portal/" not in page(staff, "/account/")
    for url in PAGES:
        page(staff, url, 403)


def test_a_log_in_without_a_customer_opens_nothing(borrower) -> None:
    nobody = borrower(None)
    for url in ("/portal/", "/portal/documents/", "/portal/profile/"):
        page(nobody, url, 403)


def test_a_loan_whose_payout_was_taken_back_is_told_plainly(house, borrower) -> None:
    loan = lent(house)
    carry_out(house, loan.id, "undo_disbursement", {"money_back": "returned", "mistake": "wrong_account"})
    me, url = borrower(loan.customer_id), f"/portal/loans/{loan.id}"
    for shown in (page(me, "/portal/"), page(me, url)):
        assert "The payout was taken back on" in shown and "Cancelled" in shown and "Repaid in full" not in shown
    assert "Contract signed" in page(me, "/portal/"), "the application waits for the money again"
    assert "您无需偿还任何款项" in page(borrower(loan.customer_id, language="zh"), url)
    assert me.get(f"{url}/statement.pdf").status_code == 200
