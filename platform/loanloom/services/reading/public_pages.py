"""What the company shows to borrowers and the public: its profile, agreements, questions with answers, banners.

Taken from the live definitions as they are; nothing here belongs to a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from loanloom.core.dates import written_day
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import text
from loanloom.services.errors import NotFound

Item = Mapping[str, Any]


def profile(registry: Registry) -> Document | None:
    """What the company says of itself; None where it says nothing."""
    return next(iter(registry.all("company_profile")), None)


def agreements(registry: Registry) -> Sequence[Document]:
    """Every agreement, by key."""
    return sorted(registry.all("agreement"), key=lambda one: one.key)


def agreement(registry: Registry, key: str) -> Document:
    """One agreement."""
    found = registry.get("agreement", key)
    if found is None:
        raise NotFound(text("agreement", "协议"))
    return found


def questions(registry: Registry) -> Sequence[Item]:
    """The questions that are shown, in their order; those of several documents one after the other."""
    return [one for each in registry.all("faq") for one in shown_questions(each)]


def shown_questions(document: Document) -> Sequence[Item]:
    """The questions of one document that are shown."""
    return [one for one in document.spec.get("questions", ()) if not one.get("hidden")]


def banners(registry: Registry, on: date) -> Sequence[Item]:
    """The banners of a day, in their order."""
    return [one for each in registry.all("banners") for one in shown_banners(each, on)]


def shown_banners(document: Document, on: date) -> Sequence[Item]:
    """The banners of one document that are shown on a day."""
    return [one for one in document.spec.get("banners", ()) if _holds(one, on)]


def _holds(item: Item, on: date) -> bool:
    begins, ends = (_day(item.get(name)) for name in ("from", "until"))
    return (begins is None or begins <= on) and (ends is None or on <= ends)


def _day(written: Any) -> date | None:
    return written if isinstance(written, date) else written_day(written) if written else None
