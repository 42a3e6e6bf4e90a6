"""Names and texts of other tools as a flow writes them: keys, conditions, terms, who does a step, how it ended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loanloom.engines.flows.bpmn.drawing import Element
from loanloom.xml_tree import Xml

_MADE_UP = re.compile(r"(?i)(.*[_-])?(?=[a-z0-9]*\d)[a-z0-9]{6,8}|(sid|id)?[_-]?[0-9a-f]{8}-.*|_.*|[a-z]+_?\d+")
"""Ids that a tool made up: Activity_0k2j3h1, sid-7B2E..., _6-61, Task_3."""
_TERM = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?")
_OUTCOMES = (
    ("withdrawn", re.compile(r"(?i)withdraw|cancel|撤回|撤销|取消")),
    ("refused", re.compile(r"(?i)refus|reject|declin|den(y|ied)|not approved|否决|拒绝|不通过|未通过|驳回")),
    ("approved", re.compile(r"(?i)approv|accept|grant|通过|批准|同意")),
)


def key_of(words: str, style: str = "name") -> str:
    """A text as a key (`credit_check`; with hyphens where style is `key`); "" when nothing can be made of it."""
    parts = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", words).lower())
    while parts and parts[0][0].isdigit():
        parts.pop(0)
    return ("_" if style == "name" else "-").join(parts)[:48].strip("_-")


def likely_key(element: Element, fallback: str) -> str:
    """The key of a step: its id where a person chose that, else its name, else what it is."""
    plain = element.id if not _MADE_UP.fullmatch(element.id) else ""
    return key_of(plain) or key_of(element.name) or fallback


def condition_of(written: str) -> str:
    """A condition without the marks of other tools (`=...`, `${...}`)."""
    words = written.strip()
    if words.startswith(("${", "#{")) and words.endswith("}"):
        words = words[2:-1].strip()
    return words.removeprefix("=").strip() if not words.startswith("==") else words


def hours_of(term: str) -> int | None:
    """A duration of ISO 8601 in whole hours, rounded up; None when it is none, or shorter than nothing."""
    found = _TERM.fullmatch(term.strip().strip('"'))
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes = (int(one[:6]) if one else 0 for one in found.groups())
    return (weeks * 7 + days) * 24 + hours + (minutes + 59) // 60 or None


def path_of(written: str) -> str | None:
    """The path of a field (`contract.starts_on`); None when the text is something else."""
    words = condition_of(written)
    return words if re.fullmatch(r"[a-z][a-z0-9_]*([.][a-z][a-z0-9_]*)*", words) else None


def outcome_of(name: str) -> str | None:
    """How an end is called, as an outcome; None when the name does not tell."""
    return next((outcome for outcome, words in _OUTCOMES if words.search(name)), None)


@dataclass(frozen=True, slots=True)
class Extra:
    """A setting of another tool at a step: what it is called there, and its value."""

    name: str
    value: str
    raw: Xml


_PEOPLE = ("candidateGroups", "assignee", "candidateUsers")
_WORK = ("taskDefinition", "calledDecision", "calledElement", "topic", "delegateExpression", "class", "expression")
_DECIDED = ("decisionRef", "decisionId")
READ = frozenset({*_PEOPLE, *_WORK, *_DECIDED, "assignmentDefinition", "type", "processId", "retries"})


def extras(element: Element) -> Iterator[Extra]:
    """The settings of other tools at a step: foreign attributes, and what stands in its extension."""
    raw = element.raw
    if raw is None:
        return
    yield from (Extra(name.rpartition("}")[2], value, raw) for name, value in raw.attributes if name.startswith("{"))
    for extensions in raw.children:
        if extensions.local == "extensionElements":
            for one in extensions.children:
                yield Extra(one.local, "", one)
                yield from (Extra(name, value, one) for name, value in one.attributes)


def value_of(element: Element, *names: str) -> str:
    """The first of these settings that a step has."""
    found: Mapping[str, str] = {one.name: one.value for one in extras(element) if one.value}
    return next((found[name] for name in names if name in found), "")


def groups_of(element: Element) -> list[str]:
    """Who does a step according to another tool."""
    return [one.strip().strip("=\"[]'") for one in value_of(element, "candidateGroups").split(",") if one.strip()]


def work_of(element: Element) -> str:
    """What a service step calls according to another tool."""
    return value_of(element, "type", *_WORK)


def decided_by(element: Element) -> str:
    """Which decision a rule step asks."""
    return value_of(element, *_DECIDED)
