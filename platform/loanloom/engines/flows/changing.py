"""Terms that approvers may change (改批): the fields they are, how one is shown, and what no step may let change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.engines.flows.checks.telling import Placed, meant, wrong
from loanloom.engines.flows.model import Flow, Node
from loanloom.engines.flows.scope import REQUEST
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, say, text

RATE = "sanction.annual_rate"
"""The one field of a sanction that an approver names; the others follow from what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term with a value, ready to be written down: `words` where the value is a code or stays hidden."""

    name: str
    label: str
    value: Any
    kind: str = "text"
    unit: Text | str | None = None
    words: str | None = None


def declared(nodes: Iterable[Node], record: str | None, registry: Registry) -> dict[str, Field]:
    """The fields that some step of a flow lets somebody change, by the name a flow has for them."""
    found = {}
    for name in sorted({path for node in nodes for path in node.may_change}):
        entity, _, leaf = name.partition(".")
        field = registry.field(record if entity == REQUEST and record is not None else entity, leaf)
        if field is not None:
            found[name] = field
    return found


def term(flow: Flow, name: str, value: Any, language: str) -> Term:
    """A term as people call it, with a value it has or had."""
    field, labels = flow.terms.get(name), flow.labels
    label = say(labels.get(name) or (field.title if field is not None else text(name, name)), language)
    hidden = f"{name}=*" in labels and value is not None
    named = labels.get(f"{name}=*" if hidden else f"{name}={value}")
    return Term(
        name=name,
        label=label,
        value=None if hidden else value,
        kind=field.type if field is not None else "text",
        unit=field.unit if field is not None else None,
        words=say(named, language) if named is not None else None,
    )


def check(nodes: Iterable[Placed], fields: Mapping[str, Field], subject: str) -> Iterator[Problem]:
    """Approvals that let change what is no field, or a secret: changed terms stand in the history for all to read."""
    root = {"application": ("application.", RATE), REQUEST: (f"{REQUEST}.",)}.get(subject, ())
    for pointer, node in nodes:
        if node.type == "form":
            continue
        for name in sorted(node.may_change):
            if name not in fields or not name.startswith(root):
                yield _unknown(pointer, node, name, fields)
            elif fields[name].encrypted or any(one.encrypted for one in fields[name].fields):
                yield wrong(
                    "secret_term",
                    f"{pointer}/may_change",
                    text(
                        f"'{node.title['en']}' lets approvers change '{name}', which is kept encrypted.",
                        f"“{node.title['zh']}”允许审批人修改加密保存的字段“{name}”。",
                    ),
                    text("Let a form step change it.", "请改由表单环节填写。"),
                )


_FIELDS = text("Fields", "可改批的字段")


def _unknown(pointer: str, node: Node, name: str, fields: Mapping[str, Field]) -> Problem:
    return wrong(
        "unknown_term",
        f"{pointer}/may_change",
        text(
            f"'{node.title['en']}' lets change '{name}', which is no term here.",
            f"“{node.title['zh']}”可修改的“{name}”不是可改批的字段。",
        ),
        meant(name, [one for one in fields if one != name], _FIELDS) if len(fields) > (name in fields) else None,
    )
