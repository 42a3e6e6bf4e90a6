"""The words of money on screen: components, events, kinds of repayment, channels, posting events."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.problems import Text, say, text
from loanloom.services.money import event_words
from loanloom.web.language import language

KINDS: Mapping[str, Text] = {
    "repayment": text("Repayment", "还款"),
    "settlement": text("Early settlement", "提前结清"),
    "surplus": text("Money kept applied", "留存款抵扣"),
}
CHANNELS: Mapping[str, Text] = {
    "bank": text("Bank transfer", "银行转账"),
    "cash": text("Cash", "现金"),
    "counter": text("Counter", "柜面"),
    "online": text("Online", "线上"),
}


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
    return spoken(CHANNELS, key)


def channels() -> list[tuple[str, str]]:
    """All channels as options."""
    return [(key, say(words, language())) for key, words in CHANNELS.items()]
