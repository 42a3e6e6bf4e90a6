"""What the expressions of a flow may see: the facts of its subject, the fields of its own request, where it stands
(`flow.*`), and the event that came (`event`) or the member of a list (`each`) where there is one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from loanloom.engines import facts
from loanloom.feel import ANY, DATE, NUMBER, STRING, Type, context, list_of, optional
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry

REQUEST = "request"
CHANGE = context(
    {
        "kind": STRING, "on": DATE, "reason": STRING, "money_in": NUMBER, "money_out": NUMBER,
        "parameters": ANY,
    }
)  # fmt: skip
"""What a flow of changes of loans sees as `change`: what was asked for, from when, which money it moves."""
_SEEN = {REQUEST: "document", "loan_change": "document", "contract": "document", "contract_change": "document"}


def of_flow(document: Document, registry: Registry) -> Type:
    """The scope of a flow's conditions, computed inputs and assignees."""
    nodes = tuple(str(node.get("key")) for node in document.spec.get("nodes", ()) if isinstance(node, dict))
    return _scope(registry, str(document.spec.get("subject", "application")), document.spec.get("record"), nodes)


def with_name(scope: Type, name: str) -> Type:
    """The scope with one more fact whose type nobody knows: `event`, `each`."""
    return context({**scope.members, name: ANY})


@lru_cache(maxsize=64)
def _scope(registry: Registry, subject: str, record: str | None, nodes: tuple[str, ...]) -> Type:
    shown: dict[str, Any] = dict(facts.scope(registry, _SEEN.get(subject, subject)).members)
    if subject == "loan_change":
        shown["change"] = CHANGE
    if record is not None:
        shown[REQUEST] = optional(facts.fields_type(registry.entity_fields(record), registry))
    shown["flow"] = context(
        {
            "round": NUMBER,
            "passed": list_of(STRING),
            "at": list_of(STRING),
            "values": context(dict.fromkeys(nodes, ANY)),
        }
    )
    return context(shown)
