"""The cashier's desk, the changes of loans and the closing of months: a little of each, so that every screen has
something to show. Every step can be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.demo.applying import record
from loanloom.demo.cast import Cast, Customer
from loanloom.demo.house import BEGINS_ON, House
from loanloom.demo.lending import loan_of, prepare
from loanloom.services.money import changes
from loanloom.services.money.books import closing
from loanloom.services.money.books.vouchers import Voucher, VoucherLine
from loanloom.services.money.cashier import bank_statements, orders, payees
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.money.cashier.payees import Payee
from loanloom.services.parties import partners

MONTHS = {date(2026, 4, 7): date(2026, 3, 1), date(2026, 5, 7): date(2026, 4, 1)}
"""Day -> the first day of the month that is closed on it."""
CAPITAL = Decimal(50_000_000)
CHANGES_ON, DESK_ON = date(2026, 4, 20), date(2026, 5, 8)
STATEMENT = """青禾银行 基本户 2026年5月8日（演示）
交易流水号,交易日期,收入金额,支出金额,对方户名,对方账号,摘要
DEMO-0508-01,2026-05-08,2000.00,,{payer},6222020200012345678,还款
DEMO-0508-02,2026-05-08,3210.50,,无名氏（演示）,6222020200087654321,往来款
DEMO-0508-03,2026-05-08,,1288.00,青禾电力（演示）,6222020200011112222,电费
"""


def work(house: House, players: Cast, today: date) -> None:
    """What is done at the desk today beside the instalments."""
    known = {one.slug: one for one in players.customers}
    if today == BEGINS_ON:
        _pay_in_capital(house)
    if today in MONTHS:
        _close(house, MONTHS[today])
    if today == CHANGES_ON:
        _change(house, known)
    if today == DESK_ON:
        if "09-qingshan-metal" in known:
            _ask(house, known["09-qingshan-metal"], "extend", {"months": "3"}, "主要客户回款推迟")
        _receive(house, known)
        _pay_to_several(house, known)


def _pay_in_capital(house: House) -> None:
    """The first entry of the books: what the owners put into the bank account, by a voucher of two people."""
    kind = KINDS["voucher"]
    lines = (VoucherLine(account="1002", debit=CAPITAL), VoucherLine(account="4001", credit=CAPITAL))
    asked = Voucher(memo="股东出资到位（演示）", lines=lines)
    made = orders.enter(house.at("finance"), kind, asked, idempotency_key="demo:capital")
    if made.is_waiting:
        orders.register(house.at("finance-head"), kind, made.id, idempotency_key="demo:capital:registered")


def _close(house: House, first_on: date) -> None:
    """The month is closed; the first one for good, the next one so that it can be opened again."""
    ctx = house.at("finance")
    state = next((one.state for one in closing.periods(ctx) if one.first_on == first_on), "running")
    if state == "open":
        closing.close_softly(ctx, first_on)
        state = "soft"
    if state == "soft" and first_on == min(MONTHS.values()):
        closing.close_for_good(ctx, first_on)


def _change(house: House, known: Mapping[str, Customer]) -> None:
    """A borrower repays a part early: asked for, agreed and booked by three people."""
    if "03-he-clothes-shop" in known:
        customer = known["03-he-clothes-shop"]
        written = {"amount": "8000", "keep": "term"}
        step = _ask(house, customer, "prepay_partially", written, "生意较好，提前归还部分本金")
        if step is not None and step.state == "requested":
            head = house.at(customer.head)
            opened = changes.opened(head, loan_of(house, customer) or 0, step.id)
            assert opened.preview is not None
            step = changes.approve(head, step.id, digest=opened.preview.digest)
        if step is not None and step.state == "approved":
            changes.book(house.at("finance"), step.id, reference="DEMO-0420-01")


def _ask(house: House, customer: Customer, kind: str, written: Mapping[str, Any], reason: str) -> Any:
    loan_id = loan_of(house, customer)
    assert loan_id is not None, f"{customer.slug} has no loan"
    key = f"demo:{customer.slug}:{kind}"
    return changes.request(
        house.at(customer.manager), loan_id, kind, written, reason=reason, idempotency_key=key
    )  # fmt: skip


def _receive(house: House, known: Mapping[str, Customer]) -> None:
    """Money nobody knows yet, a bank statement to be booked, a deposit, a refund that waits for the second person."""
    ctx, currency = house.at("finance"), house.system().company.currency
    payer = next(iter(known.values()))
    name = str(payer.customer["name"])

    def enter(what: str, **given: Any) -> None:
        kind = KINDS[what]
        orders.enter(ctx, kind, kind.parameters(**given), idempotency_key=f"demo:desk:{what}")

    enter("unidentified", amount=Decimal("8884.88"), currency=currency, payer_name="王先生（演示）", note="未注明用途")
    loan_id = loan_of(house, payer)
    if loan_id is not None:
        enter(
            "deposit_receive", kind="security", amount=Decimal(3000), currency=currency, loan_id=loan_id,
            customer_id=record(house, payer),
        )  # fmt: skip
    if "05-xu-haulage" in known:
        loan_id = loan_of(house, known["05-xu-haulage"])
        enter("refund", kind="goodwill", loan_id=loan_id, amount=Decimal(50))
    if not bank_statements.listing(ctx):
        content = STATEMENT.format(payer=name).encode()
        bank_statements.read(ctx, "bank-statement", content, "bank-2026-05-08.csv")


def _pay_to_several(house: House, known: Mapping[str, Customer]) -> None:
    """A contract whose money goes to a merchant and to the borrower waits for its payment."""
    customer = known.get("17-fang-group")
    if customer is None:
        return
    ctx = house.at("finance")
    details = partners.Details(
        kind="merchant", name="青禾农资商店（演示）", bank_name="青禾银行", account="6222020200055556666",
        fee_rate=Decimal("0.01"),
    )  # fmt: skip
    merchant = partners.create(ctx, details, idempotency_key="demo:merchant")
    wanted = [Payee(amount=Decimal(6000), payee_kind="merchant", party_id=merchant), Payee(amount=Decimal(4000))]
    payees.plan(ctx, prepare(house, customer).id, wanted, idempotency_key="demo:payees")
