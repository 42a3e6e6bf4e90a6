"""A BPMN 2.0 file -> a flow document. A file of ours gives back exactly the document it was made from, with what was
changed in the drawing since; a file of another tool gives a draft, and a list of what was not understood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loanloom.engines.flows.bpmn.comparing import changed_steps
from loanloom.engines.flows.bpmn.drawn import drawn
from loanloom.engines.flows.bpmn.leading import both
from loanloom.engines.flows.bpmn.noting import noted
from loanloom.engines.flows.bpmn.reading import Read, read
from loanloom.engines.flows.bpmn.taking_over import Taker
from loanloom.engines.flows.bpmn.wording import key_of
from loanloom.metadata.document import API_VERSION, Document
from loanloom.metadata.editing import remove_value, replace_values
from loanloom.metadata.flow_text import write_document
from loanloom.metadata.kinds import Kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The text of a flow document, unless nothing could be made of the file; what was not understood. `own` says that
    the document itself was in the file, `changed` that its drawing had been changed."""

    text: str | None
    key: str = ""
    problems: tuple[Problem, ...] = ()
    own: bool = False
    changed: bool = False


def imported(
    source: str | bytes, kinds: Kinds, *, key: str | None = None, process: str | None = None,
    roles: Mapping[str, str] | None = None,
) -> Imported:  # fmt: skip
    """Read a file. `key` names the flow (else the process does), `process` chooses one of several; `roles` are the keys
    of roles by names in lower case. Never raises."""
    found = read(source, process)
    if errors(found.problems):
        return Imported(text=None, problems=found.problems)
    if found.document is not None:
        document, refused = _own(found.document, kinds)
        if document is not None:
            return _brought_back(found, document, key, roles or {})
        found = replace(found, problems=(*refused, *found.problems))
    return _taken_over(found, key, roles or {})


def role_names(registry: Registry) -> dict[str, str]:
    """The keys of roles by their names in every language, for the lanes and groups of a file."""
    named = {words.casefold(): role.key for role in registry.all("role") for words in role.title.values()}
    return named | {role.key: role.key for role in registry.all("role")}


def _own(source: str, kinds: Kinds) -> tuple[Document | None, tuple[Problem, ...]]:
    """The document that travelled in the file, if it is a sound one."""
    document = read_document(source).document
    kind = kinds.get("flow")
    if document is None or kind is None or document.kind != kind.key or kind.compiled.faults(document.spec):
        return None, (_broken(),)
    return document, ()


def _broken() -> Problem:
    return noted(
        "broken_document", None, "The definition inside the file is damaged; the drawing alone was read.",
        "文件内附带的流程定义已损坏，仅按图形导入。",
    )  # fmt: skip


def _brought_back(found: Read, document: Document, key: str | None, roles: Mapping[str, str]) -> Imported:
    assert found.document is not None
    expected = drawn(document.as_mapping()["spec"]["nodes"], found.language)
    source, named, problems = found.document, document.key, found.problems
    changed = expected != found.drawing
    if changed:
        before = document.as_mapping()["spec"]["nodes"]
        steps, left = changed_steps(found, before, roles)
        source, problems = _rewritten(source, document, steps), (*problems, *left)
    if key is not None and key != named:
        source, named = replace_values(source, {"/key": key}).text, key
    return Imported(text=source, key=named, problems=problems, own=True, changed=changed)


def _rewritten(source: str, document: Document, steps: Sequence[Mapping[str, Any]]) -> str:
    """The text with its steps changed: only those that differ are touched, so that comments stay where that can be."""
    whole = document.as_mapping()
    before = whole["spec"]["nodes"]
    edited, place = source, 0
    for node in before:
        after = next((one for one in steps if one["key"] == node["key"]), None)
        pointer = f"/spec/nodes/{place}"
        if after is None:
            edited = remove_value(edited, pointer).text
            continue
        if after != node:
            edited = replace_values(edited, {pointer: after}).text
        place += 1
    known = {str(node["key"]) for node in before}
    for node in steps:
        if node["key"] not in known:
            edited = replace_values(edited, {"/spec/nodes/-": node}).text
    whole["spec"]["nodes"] = list(steps)
    again = read_document(edited).document
    if again is not None and again.as_mapping() == whole:
        return edited
    return write_document(whole)


def _taken_over(found: Read, key: str | None, roles: Mapping[str, str]) -> Imported:
    taker = Taker(found.drawing, lanes=found.lanes, groups=found.groups, roles=roles)
    nodes = taker.nodes()
    problems = (*found.problems, *taker.problems)
    if len(nodes) < 2:
        empty = noted("empty", None, "The process has no steps.", "流程没有环节。", wrong=True)
        return Imported(text=None, problems=(*problems, empty))
    named = key or key_of(found.key, "key") or key_of(found.name, "key") or "flow"
    mapping: dict[str, Any] = {
        "apiVersion": API_VERSION, "kind": "flow", "key": named, "title": both(found.name or named),
        "spec": {"subject": "application", "nodes": nodes},
    }  # fmt: skip
    return Imported(text=write_document(mapping), key=named, problems=problems)
