"""What a split of a draw must be: parts that add up, and the payees that the product allows. Pure.

Entrusted payment 受托支付: from an amount on that the product names, everything goes straight to the counterparty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanloom.core.money import CURRENCY_DIGITS, Rounding, is_writable, total
from loanloom.engines.products.offer import TO_THE_BORROWER, Payout
from loanloom.problems import Problem, Text, text
from loanloom.services.errors import Refused

PAYEE_KINDS = {
    "borrower": text("Borrower", "借款人"),
    "merchant": text("Merchant", "商户"),
    "supplier": text("Supplier", "供应商"),
    "other": text("Somebody else", "其他收款人"),
}
MODES = {
    "self_managed": text("To the borrower, who pays himself", "自主支付"),
    "entrusted": text("Directly to the counterparty", "受托支付"),
}
MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """One payee of a draw. A party brings its own name, account and fee; `fee` overrides what the agreement says."""

    amount: Decimal
    payee_kind: str = "borrower"
    party_id: int | None = None
    name: str = ""
    bank_name: str | None = None
    account: str | None = None
    purpose: str | None = None
    fee: Decimal | None = None

    @property
    def mode(self) -> str:
        """The borrower disposes of what it gets; everybody else is paid on its behalf."""
        return "self_managed" if self.payee_kind == "borrower" else "entrusted"


def check_split(amount: Decimal, payees: Sequence[Payee], currency: str) -> None:
    """Refuse a split whose parts do not add up to the draw, or that are no amounts."""
    money = rounding_of(currency)
    if not 0 < len(payees) <= MOST:
        raise Refused(problem("payees.none", f"Name 1 to {MOST} payees.", f"请填写 1 至 {MOST} 个收款人。", "payees"))
    for place, payee in enumerate(payees):
        if payee.payee_kind not in PAYEE_KINDS:
            raise Refused(
                problem("payees.unknown_kind", "Choose a kind of payee.", "请选择收款人类型。", "payee_kind", place)
            )
        if not is_writable(payee.amount) or payee.amount <= 0 or not money.holds(payee.amount):
            en = f"An amount is positive, with at most {money.digits} decimals."
            zh = f"金额须大于零，最多{money.digits}位小数。"
            raise Refused(problem("payees.bad_amount", en, zh, "amount", place))
    found = total(payee.amount for payee in payees)
    if found != amount:
        raise Refused(
            problem(
                "payees.not_the_amount",
                f"The payees get {found} together, but the draw is {amount}: {amount - found} is missing.",
                f"各收款人合计 {found}，与放款金额 {amount} 不符，相差 {amount - found}。",
                "amount",
            )
        )


def payable(rows: Iterable[Mapping[Any, Any]]) -> Decimal:
    """What does not go out with the disbursement itself: everything for others than the borrower."""
    return total(row["amount"] for row in rows if row["payee_kind"] != "borrower")


def rounding_of(currency: str) -> Rounding:
    """How amounts of a currency are written."""
    return Rounding(CURRENCY_DIGITS.get(currency, 2))


def refusal(rule: Payout, amount: Decimal, kinds: Sequence[str]) -> Text | None:
    """Why a draw may not be paid like this by its product; `kinds` of its payees, the borrower alone where planned
    nowhere. A product that says nothing of payees leaves them to the contract."""
    if rule == TO_THE_BORROWER:
        return None
    wanted = set(kinds) or {"borrower"}
    others = wanted - set(rule.payees) - ({"other"} if "supplier" in rule.payees else set())
    if others:
        allowed = [PAYEE_KINDS[kind] for kind in rule.payees if kind in PAYEE_KINDS]
        return text(
            f"This product is paid out to: {', '.join(one['en'].lower() for one in allowed)}. Name the payees first.",
            f"本产品仅可支付给：{'、'.join(one['zh'] for one in allowed)}，请先登记收款人。",
        )
    if rule.entrusted_above is not None and amount > rule.entrusted_above and "borrower" in wanted:
        return text(
            f"Above {rule.entrusted_above} the money goes straight to the counterparty; name the payees first.",
            f"金额超过 {rule.entrusted_above} 的须受托支付给交易对手，请先登记收款人。",
        )
    return None


def problem(code: str, en: str, zh: str, field: str, place: int | None = None) -> Problem:
    """What is wrong with one payee of a plan, or with the plan."""
    where = f"payees.{place + 1}.{field}" if place is not None else field
    return Problem(code=code, message=text(en, zh), field=where)
