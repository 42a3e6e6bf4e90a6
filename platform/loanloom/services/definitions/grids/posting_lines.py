"""Posting rules as a grid for each event: accounts by name, debit beside credit, amounts and conditions in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loanloom.engines import posting
from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, child, resolve, split
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, say, text
from loanloom.services.definitions import posting_words
from loanloom.services.definitions.grids import reading
from loanloom.services.definitions.grids.model import Column
from loanloom.services.definitions.grids.model_tables import Found
from loanloom.services.money.page import event_words

_KINDS: Mapping[str, Text] = {
    **event_words.KINDS,
    "entrusted": text("Entrusted money", "委托资金"),
    "interest_subsidy": text("Interest subsidy", "贴息"),
    "subsidy_refund": text("Subsidy for the borrower", "代收贴息"),
    "charge_share": text("Part of a charge", "费用分担"),
}
_CODES: Mapping[str, Mapping[str, Text]] = {
    "channel": {**event_words.CHANNELS, **event_words.INTERNAL},
    "kind": _KINDS,
    "reason": {key: event_words.event(key) for key in ("extension", "restructuring", "renewal", "prepayment", "other")},
}
_CONDITIONS = (("when", text("Only when", "仅当")), ("unless", text("But not when", "除非")))
_MEMO = (text("Memo (Chinese)", "摘要（中文）"), text("Memo (English)", "摘要（英文）"))


def events_in(document: Document) -> tuple[Found, ...]:
    """Every event that the rules book, in their order."""
    return tuple(_found(event) for event in document.spec["events"])


def events_out(document: Document) -> tuple[Found, ...]:
    """The events that they do not book."""
    return tuple(_found(event) for event in posting.AMOUNTS if event not in document.spec["events"])


def _found(event: str) -> Found:
    return Found(child("/events", event), child("/events", event), event_words.event(event))


def columns(document: Document, registry: Registry, at: str) -> tuple[Column, ...]:
    """The columns of one event: two accounts, how much, under which conditions, and what the entry says."""
    event = split(at)[-1]
    root = registry.kinds.require(document.kind).schema
    piece = schema_walk.at(root, document.spec, f"{at}/0")

    def label(name: str) -> Text:
        return schema_walk.label(schema_walk.follow(piece["properties"][name], root)) or text(name, name)

    accounts = posting_words.accounts(document, registry)
    parts = {name: event_words.PARTS.get(name) or text(name, name) for name in _parts(event)}
    return (
        *(Column(path=f"/{side}", label=label(side), kind="account", options=accounts) for side in ("debit", "credit")),
        Column(path="/amount", label=label("amount"), kind="amount", options=parts),
        *_conditions(event, registry, root),
        *(
            Column(path=f"/memo/{tag}", label=words, kind="text")
            for tag, words in zip(("zh", "en"), _MEMO, strict=True)
        ),
    )


def _parts(event: str) -> tuple[str, ...]:
    known = posting.AMOUNTS.get(event, ())
    return known if "amount" in known else ("amount", *known)


def _conditions(event: str, registry: Registry, root: schema_walk.Piece) -> Iterator[Column]:
    """One column for each fact that is known of the event, that must hold and that must not."""
    facts = schema_walk.follow({"$ref": "#/$defs/facts"}, root)["properties"]
    for way, words in _CONDITIONS:
        for name in posting.FACTS.get(event, ()):
            own = schema_walk.follow(facts[name], root)
            label = schema_walk.label(own) or text(name, name)
            closed = schema_walk.choices(schema_walk.items_of(own, root))
            options = closed or _CODES.get(name) or {one.key: one.title for one in registry.all("charge")}
            both = text(f"{words['en']}: {label['en']}", f"{words['zh']}：{label['zh']}")
            yield Column(path=f"/{way}/{name}", label=both,
                         kind="choices" if closed else "codes", options=options, group=way)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the rules in words: its two accounts, how much, when it counts, and what it says."""

    pointer: str
    debit: str
    credit: str
    amount: str
    conditions: tuple[str, ...]
    memo: str


def overview(document: Document, registry: Registry, language: str) -> Iterator[tuple[Found, tuple[Entry, ...]]]:
    """Every event with its lines, to be read."""
    for found in events_in(document):
        own = columns(document, registry, found.at)
        lines = resolve(document.spec, found.at)
        yield found, tuple(_entry(document, own, child(found.at, place), language) for place in range(len(lines)))


def _entry(document: Document, own: tuple[Column, ...], at: str, language: str) -> Entry:
    said = {one.path: reading.shown(one, resolve(document.spec, at + one.path), language) for one in own}
    conditions = tuple(f"{say(one.label, language)} = {said[one.path]}" for one in own if one.group and said[one.path])
    memo = resolve(document.spec, f"{at}/memo")
    return Entry(at, said["/debit"], said["/credit"], said["/amount"], conditions,
                 "" if memo is MISSING else say(memo, language))  # fmt: skip
