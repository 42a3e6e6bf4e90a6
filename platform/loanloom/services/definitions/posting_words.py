"""What people call the accounts and events that posting rules name."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.engines import posting
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import split
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Text
from loanloom.services.money.page import event_words


@kept
def accounts(document: Document, registry: Registry) -> Mapping[str, Text]:
    """The accounts that may be booked to, by code: code and name. Headings are none of them."""
    chart = posting.chart_of(registry, str(document.spec.get("chart")))
    return {
        code: {tag: f"{code} {words}" for tag, words in account.title.items()}
        for code, account in chart.accounts.items()
        if not chart.is_heading(code)
    }


def accounts_at(document: Document, registry: Registry, pointer: str) -> Mapping[str, Text] | None:
    """The accounts for a place of posting rules that names one; None for all other places."""
    tokens = split(pointer)
    named = tokens[:1] == ("events",) and tokens[-1] in ("debit", "credit")
    return accounts(document, registry) if named else None


def event_at(document: Document, pointer: str) -> Text | None:
    """What the event of a place is called, where the place is an event."""
    tokens = split(pointer)
    named = document.kind == "posting_rules" and tokens[:1] == ("events",) and len(tokens) == 2
    return event_words.event(tokens[1]) if named else None
