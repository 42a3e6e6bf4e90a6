"""The words of money on screen: components, events, kinds of repayment, channels, posting events."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.problems import Text, say
from loanloom.services.money.page import event_words
from loanloom.services.money.page.event_words import CHANNELS, INTERNAL, KINDS
from loanloom.web.language import language


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
