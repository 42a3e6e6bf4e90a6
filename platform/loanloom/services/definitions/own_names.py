"""What people call things that a definition names within itself or a neighbour: steps of a flow, accounts of posting
rules, the fields of a flow's own request.
"""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.engines.flows import scope
from loanloom.engines.labels import labels
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import split
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Text, text
from loanloom.services.definitions import posting_words

_WAYS = {("next",), ("on_refuse",), ("call", "on_failure"), ("routes", "to"), ("events", "to"), ("deadlines", "to")}
_STEPS = {
    ("withdraw_until",),
    ("reconsider", "to"),
    *(("nodes", *way) for way in {*_WAYS, ("return_to",), ("cancels",)}),
}
"""Places of a flow that name steps, without the numbers of items."""


def named_at(document: Document, registry: Registry, pointer: str) -> Mapping[str, Text] | None:
    """The steps or accounts from which a place names one or several, by key; None for all other places."""
    if document.kind == "posting_rules":
        return posting_words.accounts_at(document, registry, pointer)
    names = tuple(token for token in split(pointer) if not token.isdigit())
    return _steps(document, registry) if document.kind == "flow" and names in _STEPS else None


@kept
def labels_of(document: Document, registry: Registry) -> Mapping[str, Text]:
    """What people call the facts that a definition's expressions see."""
    return scope.labels_of(document, registry) if document.kind == "flow" else labels(registry)


@kept
def _steps(document: Document, registry: Registry) -> Mapping[str, Text]:
    del registry  # kept for as long as it lives
    found: dict[str, Text] = {}
    for node in document.spec.get("nodes", ()):
        key = str(node.get("key"))
        title = node.get("title")
        found[key] = title if isinstance(title, Mapping) and any(title.values()) else text(key, key)
    return {**found, "start": found.get("start") or text("Start", "开始")}
