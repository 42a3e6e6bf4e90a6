"""What happens when a step of a flow takes its time: reminders, others who may do it then, an answer by the clock; and
what a service is given. Each as lines that people fill in, and as a step writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom.engines.flows import scope as scopes
from loanloom.engines.flows.model import Flow
from loanloom.feel.text.formatter import quoted
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, say, text
from loanloom.services.definitions import flow_people
from loanloom.services.definitions.flow_people import People
from loanloom.services.definitions.sheet import Layout

HOW: Mapping[str, Text] = {
    "working_hours": text("after working hours", "若干工时后"),
    "hours": text("after hours", "若干小时后"),
    "on": text("on the date of a field", "到字段所示日期"),
}
"""The ways in which a term is said."""
DOING: Mapping[str, Text] = {
    "remind": text("remind", "提醒"),
    "escalate": text("others may do it as well", "升级：其他人员也可办理"),
    "approve": text("approve by itself", "自动同意"),
    "refuse": text("refuse by itself", "自动否决"),
    "return": text("return by itself", "自动退回"),
    "route": text("go on to another step", "转至其他环节"),
}
"""What may happen then."""
ACTIONS: Mapping[str, Text] = {
    "send": text("Send to a connected system", "发送到外部系统"),
    "sms": text("Send a text message", "发送短信"),
}
"""What people call what a service step may call, as far as the house knows it."""
_NAMING = ("remind", "escalate")
LONGEST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One line: after how long (how said, and what), what happens, to whom or to which step, how often again."""

    index: int
    how: str = "working_hours"
    value: str = ""
    do: str = ""
    repeat: str = ""
    to: str = ""
    people: People


@dataclass(frozen=True, slots=True)
class Given:
    """One thing that a service or a sub-flow is given: its name there, and what it is, as people type it."""

    name: str = ""
    value: str = ""


_WHOM = text("Whom", "人员")


def terms(layout: Layout, raw: Mapping[str, Any], drawn: Flow) -> tuple[Term, ...]:
    """The lines of a step, and an empty one."""
    found = []
    for index, one in enumerate(raw.get("deadlines", ())):
        how = next((name for name in HOW if name in one), "working_hours")
        at = f"deadlines/{index}/assign"
        found.append(
            Term(
                index=index,
                how=how,
                value=str(one.get(how, "")),
                do=str(one.get("do", "remind")),
                repeat=str(one.get("repeat", "")),
                to=str(one.get("to", "")),
                people=flow_people.people(raw, at, _WHOM, drawn, layout),
            )
        )
    return (*found, Term(index=len(found), people=People(f"deadlines/{len(found)}/assign", _WHOM)))


def in_words(term: Term, layout: Layout) -> Text:
    """One line as a few words."""
    labels = scopes.labels_of(layout.document, layout.registry)
    day, doing = labels.get(term.value, text(term.value, term.value)), DOING[term.do]
    value = {"en": say(day, "en"), "zh": say(day, "zh")} if term.how == "on" else text(term.value, term.value)
    after = {
        "working_hours": text(f"after {value['en']} working hours", f"{value['zh']} 工时后"),
        "hours": text(f"after {value['en']} hours", f"{value['zh']} 小时后"),
        "on": text(f"on: {value['en']}", f"到“{value['zh']}”"),
    }[term.how]
    return text(f"{after['en']} {say(doing, 'en')}", f"{after['zh']}{say(doing, 'zh')}")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into one line."""

    how: str
    value: str
    do: str
    repeat: str
    to: str
    people: Any


def written(old: Mapping[str, Any], said: Typed) -> tuple[dict[str, Any], list[Problem]]:
    """A line as a step writes it, and what of it cannot be read. What the line does not offer stays."""
    how = said.how if said.how in HOW else "working_hours"
    kept = {name: one for name, one in old.items() if name not in (*HOW, "do", "assign", "to", "repeat")}
    value, problems = _measure(how, said.value)
    made: dict[str, Any] = {how: value, **kept}
    if said.do != "remind" or "do" in old:
        made["do"] = said.do
    if said.do in _NAMING and said.people:
        made["assign"] = said.people
    if said.do == "route" and said.to:
        made["to"] = said.to
    if said.do == "remind" and said.repeat:
        made["repeat"], wrong = _measure("working_hours", said.repeat)
        problems += wrong
    return made, problems


def _measure(how: str, typed: str) -> tuple[Any, list[Problem]]:
    if how == "on":
        return typed, [] if typed else [_problem("no_date", "Choose the field with the date.", "请选择日期字段。")]
    if typed.isdecimal() and typed.isascii() and 0 < int(typed[:9]) <= LONGEST and len(typed) < 9:
        return int(typed), []
    shown = typed[:40]
    return None, [_problem("not_hours", f'"{shown}" is not a number of hours.', f"“{shown}”不是小时数。")]


def facts(document: Document, registry: Registry, kind: str | None = None) -> dict[str, Text]:
    """What a flow sees that people have a name for, by path; of one kind of value, or all."""
    labels, found = scopes.labels_of(document, registry), {}
    for record, type_ in scopes.of_flow(document, registry).members.items():
        for name, one in (type_.members or {}).items():
            path = f"{record}.{name}"
            if path in labels and kind in (None, one.kind):
                found[path] = labels[path]
    return found


def days(document: Document, registry: Registry) -> dict[str, Text]:
    """The dates that a flow sees, by what people call them."""
    return facts(document, registry, "date")


# -- what a service is given ------------------------------------------------------------------------------------------


def given(raw: Any) -> tuple[Given, ...]:
    """What a service is given, name by name, and an empty line."""
    return (*(Given(str(name), shown(source)) for name, source in (raw or {}).items()), Given())


def shown(source: Any) -> str:
    """An expression as people type it: plain words and numbers as they are, everything else behind an equals sign."""
    if not isinstance(source, str):
        return str(source)
    inner = source[1:-1] if source[:1] == source[-1:] == '"' else None
    if inner is not None and quoted(inner) == source and not _computed(inner):
        return inner
    return source if _number(source) else f"= {source}"


def expression(typed: str) -> str:
    """What was typed as an expression."""
    if _computed(typed):
        return typed.removeprefix("=").strip()
    return typed if _number(typed) else quoted(typed)


def _computed(typed: str) -> bool:
    return typed.startswith("=") or _number(typed)


def _number(typed: str) -> bool:
    whole, _, part = typed.removeprefix("-").partition(".")
    return whole.isdecimal() and whole.isascii() and (not part or (part.isdecimal() and part.isascii()))


def as_given(old: Mapping[str, Any], lines: Sequence[tuple[str, str]]) -> tuple[dict[str, Any], list[Problem]]:
    """What lines (name, value) say; a value that was not touched stays as it was written."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, typed in lines:
        if not name and typed:
            problems.append(_problem("no_input", f'Name what "{typed[:40]}" is.', f"请填写“{typed[:40]}”的名称。"))
        elif name in found:
            problems.append(_problem("input_twice", f'"{name}" is there twice.', f"“{name}”重复。"))
        elif name in old and shown(old[name]).strip() == typed:
            found[name] = old[name]
        elif name and typed:
            found[name] = expression(typed)
    return found, problems


def _problem(code: str, en: str, zh: str) -> Problem:
    return Problem(code=f"flow_edit.{code}", message=text(en, zh))
