"""Who does a step of a flow, line by line: a role, a post, a person by name, whoever leads a unit ... each as one
choice of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom.engines.flows.drawing import wording
from loanloom.engines.flows.model import VOTED, Assignment, Flow, Node
from loanloom.engines.flows.resolving import Member
from loanloom.engines.flows.scope import REQUEST
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, is_index, is_list, resolve
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, say, text
from loanloom.services.definitions import flow_titles
from loanloom.services.definitions.sheet import Layout

KEPT = "as-written"
"""A line that names people in a way that this list does not offer: it stays as it is."""
FORMULA = "expression"
"""A line whose people a formula names."""
HEAVIEST = 1000
SCOPES: Mapping[str, Text] = {
    "branch": text("of the case's branch", "本机构"),
    "department": text("of the case's department", "本部门"),
    "all": text("of the whole company", "全公司"),
}
Groups = tuple[tuple[Text, tuple[tuple[str, Text], ...]], ...]


@dataclass(frozen=True, slots=True)
class Who:
    """One line: what is chosen, in words, and where these people are looked for; the formula that names them; what
    their vote weighs and whether it can stop everything."""

    choice: str
    words: Text
    scope: str
    formula: str = ""
    weight: int | None = None
    veto: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was typed; None for what was not asked."""

    choice: str
    scope: str = ""
    formula: str = ""
    weight: str | None = None
    veto: bool | None = None


@dataclass(frozen=True, slots=True)
class People:
    """The lines of one place of a step at which people are named; `legend` is what they are asked for there, `votes`
    says that they vote."""

    at: str
    legend: Text
    who: tuple[Who, ...] = ()
    votes: bool = False

    @property
    def name(self) -> str:
        """What their fields are called, before the number of the line: nothing for those who do or get the step."""
        return "" if self.at in MAIN else f"{self.at}."


MAIN = ("assign", "tell/to")
"""The places of those who do a step, or are told by it."""


def people(raw: Mapping[str, Any], at: str, legend: Text, drawn: Flow, layout: Layout) -> People:
    """The lines of a place."""
    return People(at, legend, rows(raw, at, drawn, layout), at == "assign" and raw.get("type") in VOTED)


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
        (text("Worked out", "按公式"), ((FORMULA, text("By a formula that gives log-in names", "按公式取登录名")),)),
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
_OTHER_WAYS = ("outside", "plugin")
_VOTES = ("weight", "veto")


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
            found += [Who(f"users:{name}", text(name, name), "all", **_voice(one)) for name in one["users"]]
            continue
        words = text(*(wording.of_assignment(meant, titles, drawn.labels, language) for language in ("en", "zh")))
        choice = next(iter(_choices(one)), KEPT)
        scope, formula = str(one.get("scope", "branch")), str(one.get(FORMULA, ""))
        found.append(Who(choice if choice in known else KEPT, words, scope, formula, **_voice(one)))
    return tuple(found)


def _voice(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"weight": int(one["weight"]) if "weight" in one else None, "veto": bool(one.get("veto"))}


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
    if FORMULA in one:
        yield FORMULA
    yield from (f"{name}:{one[name]}" for name in _WAYS if name in one)


def faults(lines: Sequence[Line]) -> Iterator[Problem]:
    """What is wrong with typed lines themselves."""
    for line in lines:
        if line.weight and not (is_index(line.weight) and 0 < int(line.weight) <= HEAVIEST):
            words = text(
                f"The weight of a vote is a whole number from 1 to {HEAVIEST}.", f"票权须为1至{HEAVIEST}的整数。"
            )
            yield Problem(code="flow_edit.bad_weight", message=words)
        if line.choice == FORMULA and not line.formula:
            words = text("Write the formula that names the people.", "请填写取人公式。")
            yield Problem(code="flow_edit.no_formula", message=words)


def _said_of_votes(line: Line, old: Mapping[str, Any]) -> dict[str, Any]:
    """Weight and veto, as they were where they were not asked."""
    said = {key: old[key] for key in _VOTES if key in old}
    if line.weight is not None:
        said = {**said, "weight": int(line.weight)} if line.weight else {k: v for k, v in said.items() if k != "weight"}
    if line.veto is not None and line.veto != bool(said.get("veto")):
        said = {**said, "veto": True} if line.veto else {k: v for k, v in said.items() if k != "veto"}
    return said


def typed(raw: Mapping[str, Any], at: str, lines: Sequence[Line]) -> Any:
    """What lines say, written as a step writes it; MISSING where nobody is named. What a line said
    beside whom it means (a weight, a veto) stays. People named in lines after each other are named together, unless
    they were named apart before."""
    before, found = written(raw, at), list[dict[str, Any]]()
    origins = [place for place, one in enumerate(before) for _ in one.get("users", ("",))]
    last: int | None = None
    for number, line in enumerate(lines):
        origin = origins[number] if number < len(origins) else None
        old = before[origin] if origin is not None else {}
        if not line.choice:
            continue
        voice, (name, _, value) = _said_of_votes(line, old), line.choice.partition(":")
        if (
            name == "users"
            and found
            and "users" in found[-1]
            and origin in (None, last)
            and _voted_as(found[-1], voice)
        ):
            found[-1]["users"] = [*dict.fromkeys((*found[-1]["users"], value))]
            continue
        last = origin
        said: dict[str, Any] = {name: value, **({"scope": line.scope} if _scoped(name, line.scope, old) else {})}
        if name == "users":
            said = {"users": [value]}
        elif line.choice == KEPT:
            said = {key: one for key, one in old.items() if key not in _VOTES}
        elif line.choice == FORMULA:
            said = {FORMULA: line.formula}
        found.append({**said, **voice})
    found = [next((dict(one) for one in before if _same(one, made)), made) for made in found]
    if not found:
        return MISSING
    return found[0] if len(found) == 1 and not is_list(resolve(raw, f"/{at}")) else found


def _voted_as(one: Mapping[str, Any], voice: Mapping[str, Any]) -> bool:
    return {key: one[key] for key in _VOTES if key in one} == voice


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two lines say the same, whatever the order of what they say."""
    return {**one, "users": list(one.get("users", ()))} == {**other, "users": list(other.get("users", ()))}


def _scoped(name: str, scope: str, old: Mapping[str, Any]) -> bool:
    """Whether a line says where its people are looked for: roles and such do, unless it goes without saying."""
    return name in ("role", "position", "authority") and scope in SCOPES and (scope != "branch" or "scope" in old)
