"""The words of money on screen: components, events, kinds of repayment, channels, posting events."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.problems import Text, say, text
from loanloom.services.money.page import event_words
from loanloom.web.language import language

KINDS: Mapping[str, Text] = {
    "repayment": text("Repayment", "还款"),
    "settlement": text("Early settlement", "提前结清"),
    "surplus": text("Money kept applied", "留存款抵扣"),
    "down_payment": text("Down payment", "首付款"),
    "merchant_refund": text("Merchant's refund", "商户退款"),
    "payout_refund": text("Payout came back", "放款退回"),
    "goodwill": text("Goodwill", "商誉性减免"),
    "interest_refund": text("Interest given back", "利息退还"),
    "guarantor_paid": text("Guarantor paid", "担保代偿"),
    "recovered": text("Recovery", "已核销收回"),
    "renewal": text("Paid by a new loan", "借新还旧"),
    "top_up": text("Paid by a larger new loan", "增贷归还"),
    "interest_waiver": text("Interest waived", "利息减免"),
}
CHANNELS: Mapping[str, Text] = {
    "bank": text("Bank transfer", "银行转账"),
    "cash": text("Cash", "现金"),
    "counter": text("Counter", "柜面"),
    "online": text("Online", "线上"),
}


INTERNAL: Mapping[str, Text] = {
    "suspense": text("Unidentified receipt claimed", "认领款项"),
    "deposit": text("Deposit", "保证金"),
    "payout": text("Payout came back", "放款退回"),
    "renewal": text("New loan", "新借款"),
}
"""Where money came from that nobody brought to the desk."""


def spoken(words: Mapping[str, Text], key: str | None) -> str:
    """The words for a key in the language of the page; the key itself where there are none."""
    return say(words.get(key or ""), language()) or (key or "")


def component(key: str) -> str:
    """A component of debt."""
    return say(event_words.component(key), language())


def event(key: str) -> str:
    """An event of a loan or of the ledger."""
    return say(event_words.event(key), language())


def kind(key: str) -> str:
    """A kind of repayment."""
    return spoken(KINDS, key)


def channel(key: str | None) -> str:
    """Where money came in or went out."""
    return spoken({**CHANNELS, **INTERNAL}, key)


def channels() -> list[tuple[str, str]]:
    """All channels as options."""
    return [(key, say(words, language())) for key, words in CHANNELS.items()]
