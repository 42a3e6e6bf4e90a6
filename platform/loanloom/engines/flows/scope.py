"""What the expressions of a flow may see: the facts of its subject, the fields of its own request, where it stands
(`flow.*`), and the event that came (`event`) or the member of a list (`each`) where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom.engines import facts, labels
from loanloom.feel import ANY, DATE, NUMBER, STRING, Type, context, list_of, optional
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Text, text

REQUEST = "request"
CHANGE = context(
    {
        "kind": STRING, "on": DATE, "reason": STRING, "money_in": NUMBER, "money_out": NUMBER,
        "parameters": ANY,
    }
)  # fmt: skip
"""What a flow of changes of loans sees as `change`: what was asked for, from when, which money it moves."""
ORDER = context(
    {
        "kind": STRING, "amount": NUMBER, "currency": STRING, "channel": STRING, "reason": STRING, "on": DATE,
        "parameters": ANY,
    }
)  # fmt: skip
"""What a flow of orders of the desk sees as `order`: what was entered."""
AGREED = context(
    {
        "number": STRING, "reason": STRING, "amount": optional(NUMBER), "term_months": optional(NUMBER),
        "method": optional(STRING),
    }
)  # fmt: skip
"""What a flow of changes of contracts sees as `change`: what the contract would say; nothing where it stays."""
RELEASE = context(
    {
        "number": NUMBER, "origin": STRING, "name": STRING, "kinds": list_of(STRING), "keys": list_of(STRING),
        "changes": NUMBER, "live_from": DATE,
    }
)  # fmt: skip
"""What a flow of releases sees as `release`: how many documents change, and of which kinds."""
_OWN: Mapping[str, Mapping[str, Type]] = {
    "loan_change": {"change": CHANGE},
    "contract_change": {"change": AGREED},
    "order": {"order": ORDER},
    "release": {"release": RELEASE},
}
"""What a subject tells beside the facts of its records."""
_REASON = text("Reason", "原因")
_CALLED: Mapping[str, Mapping[str, Text]] = {
    "loan_change": {
        "change.kind": text("Kind of change", "变更种类"),
        "change.on": text("Effective on", "生效日期"),
        "change.reason": _REASON,
        "change.money_in": text("Money to be received with it", "需同时收取的金额"),
        "change.money_out": text("Money to be paid out", "需付出的金额"),
        "change.parameters": text("What was asked for", "申请内容"),
    },
    "contract_change": {
        "change.number": text("Contract number", "合同编号"),
        "change.reason": _REASON,
        "change.amount": text("New amount", "变更后金额"),
        "change.term_months": text("New term", "变更后期限"),
        "change.method": text("New repayment method", "变更后还款方式"),
    },
    "order": {
        "order.kind": text("Kind of entry", "业务种类"),
        "order.amount": text("Amount", "金额"),
        "order.currency": text("Currency", "币种"),
        "order.channel": text("Channel", "渠道"),
        "order.reason": _REASON,
        "order.on": text("Business date", "业务日期"),
        "order.parameters": text("What was entered", "录入内容"),
    },
    "release": {
        "release.number": text("Number of the change", "变更编号"),
        "release.origin": text("Where it comes from", "来源"),
        "release.name": text("Name of the change", "变更名称"),
        "release.kinds": text("Kinds of definitions", "配置种类"),
        "release.keys": text("Definitions", "配置项"),
        "release.changes": text("Definitions changed", "变更项数"),
        "release.live_from": text("In effect from", "生效日期"),
    },
}
"""What people call what a subject tells of its own."""
_SEEN = {REQUEST: "document", **dict.fromkeys(("contract", *_OWN), "document")}


def of_flow(document: Document, registry: Registry) -> Type:
    """The scope of a flow's conditions, computed inputs and assignees."""
    nodes = tuple(str(node.get("key")) for node in document.spec.get("nodes", ()) if isinstance(node, Mapping))
    return _scope(registry, str(document.spec.get("subject", "application")), document.spec.get("record"), nodes)


def labels_of(document: Document, registry: Registry) -> Mapping[str, Text]:
    """What people call the facts that a flow sees, the fields of its own request by the name a flow has for them."""
    record = document.spec.get("record")
    own = registry.entity_fields(str(record)) if record is not None else ()
    told = _CALLED.get(str(document.spec.get("subject")), {})
    return {**facts.labels(registry), **told, **labels.of_fields(REQUEST, own, registry)}


def with_name(scope: Type, name: str) -> Type:
    """The scope with one more fact whose type nobody knows: `event`, `each`."""
    return context({**scope.members, name: ANY})


@kept
def _scope(registry: Registry, subject: str, record: str | None, nodes: tuple[str, ...]) -> Type:
    shown: dict[str, Any] = dict(facts.scope(registry, _SEEN.get(subject, subject)).members)
    shown.update(_OWN.get(subject, {}))
    if record is not None:
        shown[REQUEST] = optional(facts.record_type(registry, record))
    shown["flow"] = context(
        {
            "round": NUMBER,
            "passed": list_of(STRING),
            "at": list_of(STRING),
            "values": context(dict.fromkeys(nodes, ANY)),
        }
    )
    return context(shown)
