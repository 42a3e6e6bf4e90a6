"""Who does a step of a flow, line by line: a role, a post, a person by name, whoever leads a unit ... each as one
choice of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom.engines.flows.drawing import wording
from loanloom.engines.flows.model import Assignment, Flow, Node
from loanloom.engines.flows.resolving import Member
from loanloom.engines.flows.scope import REQUEST
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, is_list, resolve
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, say, text
from loanloom.services.definitions import flow_titles
from loanloom.services.definitions.sheet import Layout

KEPT = "as-written"
"""A line that names people in a way that this list does not offer: it stays as it is."""
SCOPES: Mapping[str, Text] = {
    "branch": text("of the case's branch", "本机构"),
    "department": text("of the case's department", "本部门"),
    "all": text("of the whole company", "全公司"),
}
Groups = tuple[tuple[Text, tuple[tuple[str, Text], ...]], ...]


@dataclass(frozen=True, slots=True)
class Who:
    """One line: what is chosen, in words, and where these people are looked for."""

    choice: str
    words: Text
    scope: str


@dataclass(frozen=True, slots=True)
class People:
    """The lines of one place of a step at which people are named; `legend` is what they are asked for there."""

    at: str
    legend: Text
    who: tuple[Who, ...] = ()

    @property
    def name(self) -> str:
        """What their fields are called, before the number of the line: nothing for those who do or get the step."""
        return "" if self.at in MAIN else f"{self.at}."


MAIN = ("assign", "tell/to")
"""The places of those who do a step, or are told by it."""


def people(raw: Mapping[str, Any], at: str, legend: Text, drawn: Flow, layout: Layout) -> People:
    """The lines of a place."""
    return People(at, legend, rows(raw, at, drawn, layout))


def offered(document: Document, registry: Registry, staff: Sequence[Member] = ()) -> Groups:
    """Everybody whom a line of a flow can name, by group; of the staff everybody by name."""

    def all_of(kind: str) -> tuple[tuple[str, Text], ...]:
        return tuple((f"{kind}:{one.key}", one.title) for one in registry.all(kind))

    units = tuple(
        (f"unit:{unit['key']}", _everybody(unit.get("title")))
        for document in registry.all("organisation")
        for unit in document.spec.get("units", ())
    )
    found = (
        (text("Role", "角色"), all_of("role")),
        (text("Position", "岗位"), all_of("position")),
        (text("By limit of authority", "按审批权限"), all_of("authority")),
        (text("Whoever leads", "负责人与上级"), _LEADERS),
        (text("Chosen in the case", "办理中指定"), _CHOSEN),
        (text("Everybody of a unit", "机构或部门全员"), units),
        (text("Named in the case", "业务字段指定"), tuple(_fields(document, registry))),
        (text("Person by name", "指定人员"), tuple(_named(registry, staff))),
    )
    return tuple(group for group in found if group[1])


def _everybody(unit: Text | None) -> Text:
    return text(f"Everybody of {say(unit, 'en')}", f"{say(unit, 'zh')}全员")


def _fields(document: Document, registry: Registry) -> Iterator[tuple[str, Text]]:
    """The fields of what a flow is about that hold somebody who works here."""
    subject = str(document.spec.get("subject", "application"))
    record = str(document.spec.get("record", "")) if subject == REQUEST else subject
    for field in registry.entity_fields(record):
        if field.type == "user":
            yield f"field:{subject}.{field.key}", field.title


def _named(registry: Registry, staff: Sequence[Member]) -> Iterator[tuple[str, Text]]:
    """Those who work here, with their unit, so that two of one name are told apart."""
    titles = flow_titles.titles(registry)
    for one in sorted((each for each in staff if each.active), key=lambda each: each.name):
        unit = titles("unit", one.unit) if one.unit is not None else None
        name = one.name or one.username
        both = text(*(f"{name} · {say(unit, tag)}" for tag in ("en", "zh"))) if unit is not None else text(name, name)
        yield f"users:{one.username}", both


_LEADERS = (
    ("head_of:branch", text("Head of the case's branch", "本机构负责人")),
    ("head_of:department", text("Head of the case's department", "本部门负责人")),
    ("manager_of:starter", text("Superior of the starter", "发起人的上级")),
    ("manager_of:last_approver", text("Superior of the last approver", "上一审批人的上级")),
)
_CHOSEN = (
    ("chosen_by:starter", text("Chosen by the starter", "由发起人指定")),
    ("chosen_by:previous", text("Chosen by the approver before", "由上一审批人指定")),
    ("deciders_of:application", text("Who decided the application", "原申请的审批人")),
    ("deciders_of:contract", text("Who decided the contract", "原合同的审批人")),
)
_WAYS = ("role", "position", "authority", "head_of", "manager_of", "chosen_by", "deciders_of", "unit", "field")
_OTHER_WAYS = ("outside", "expression", "plugin")


def written(raw: Mapping[str, Any], at: str) -> tuple[Mapping[str, Any], ...]:
    """The people a step names, one by one, as they are written."""
    found = resolve(raw, f"/{at}")
    if found is MISSING or found is None:
        return ()
    return tuple(found) if is_list(found) else (found,)


def rows(raw: Mapping[str, Any], at: str, drawn: Flow, layout: Layout) -> tuple[Who, ...]:
    """The lines of a place; people who are named together have one each."""
    titles = flow_titles.titles(layout.registry)
    known = {value for _, choices in offered(layout.document, layout.registry) for value, _ in choices}
    found: list[Who] = []
    for one, meant in zip(written(raw, at), _compiled(drawn.nodes[str(raw["key"])], raw, at), strict=False):
        if "users" in one:
            found += [Who(f"users:{name}", text(name, name), "all") for name in one["users"]]
            continue
        words = text(*(wording.of_assignment(meant, titles, drawn.labels, language) for language in ("en", "zh")))
        choice = next(iter(_choices(one)), KEPT)
        found.append(Who(choice if choice in known else KEPT, words, str(one.get("scope", "branch"))))
    return tuple(found)


def _compiled(node: Node, raw: Mapping[str, Any], at: str) -> Sequence[Assignment]:
    """The same people as the flow understands them."""
    if at.startswith("deadlines/"):
        return node.deadlines[int(at.split("/")[1]) + (1 if raw.get("deadline") else 0)].assign
    told = node.telling.to if node.telling is not None else ()
    places = {"assign": node.assign, "tell/to": told, "if_nobody/assign": node.if_nobody.assign, "cc": node.cc,
              "record_by": node.record}  # fmt: skip
    return places[at]


def _choices(one: Mapping[str, Any]) -> Iterator[str]:
    if any(name in one for name in _OTHER_WAYS):
        return
    yield from (f"{name}:{one[name]}" for name in _WAYS if name in one)


def typed(raw: Mapping[str, Any], at: str, lines: Sequence[tuple[str, str]]) -> Any:
    """What lines (choice, scope) say, written as a step writes it; MISSING where nobody is named. What a line said
    beside whom it means (a weight, a veto) stays. People named in lines after each other are named together, unless
    they were named apart before."""
    before, found = written(raw, at), list[dict[str, Any]]()
    origins = [place for place, one in enumerate(before) for _ in one.get("users", ("",))]
    last: int | None = None
    for number, (choice, scope) in enumerate(lines):
        origin = origins[number] if number < len(origins) else None
        old = before[origin] if origin is not None else {}
        if not choice:
            continue
        if choice.startswith("users:") and found and "users" in found[-1] and origin in (None, last):
            found[-1]["users"] = [*dict.fromkeys((*found[-1]["users"], choice.partition(":")[2]))]
            continue
        last = origin
        kept = {key: said for key, said in old.items() if key in ("weight", "veto")}
        if choice.startswith("users:"):
            found.append({"users": [choice.partition(":")[2]], **kept})
            continue
        if choice == KEPT:
            found.append(dict(old))
            continue
        name, _, value = choice.partition(":")
        found.append({name: value, **({"scope": scope} if _scoped(name, scope, old) else {}), **kept})
    found = [next((dict(one) for one in before if _same(one, made)), made) for made in found]
    if not found:
        return MISSING
    return found[0] if len(found) == 1 and not is_list(resolve(raw, f"/{at}")) else found


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two lines say the same, whatever the order of what they say."""
    return {**one, "users": list(one.get("users", ()))} == {**other, "users": list(other.get("users", ()))}


def _scoped(name: str, scope: str, old: Mapping[str, Any]) -> bool:
    """Whether a line says where its people are looked for: roles and such do, unless it goes without saying."""
    return name in ("role", "position", "authority") and scope in SCOPES and (scope != "branch" or "scope" in old)
