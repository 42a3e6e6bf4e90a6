"""Who does a step of a flow, line by line: a role, a post, whoever leads a unit ... each as one choice of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom.engines.flows.drawing import wording
from loanloom.engines.flows.model import Flow
from loanloom.metadata.pointers import MISSING, is_list, resolve
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, say, text
from loanloom.services.definitions import flow_titles

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


def offered(registry: Registry) -> Groups:
    """Everybody whom a line can name, by group."""

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
    )
    return tuple(group for group in found if group[1])


def _everybody(unit: Text | None) -> Text:
    return text(f"Everybody of {say(unit, 'en')}", f"{say(unit, 'zh')}全员")


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
_WAYS = ("role", "position", "authority", "head_of", "manager_of", "chosen_by", "deciders_of", "unit")
_OTHER_WAYS = ("users", "field", "outside", "expression", "plugin")


def written(raw: Mapping[str, Any], at: str) -> tuple[Mapping[str, Any], ...]:
    """The people a step names, one by one, as they are written."""
    found = resolve(raw, f"/{at}")
    if found is MISSING or found is None:
        return ()
    return tuple(found) if is_list(found) else (found,)


def rows(raw: Mapping[str, Any], at: str, drawn: Flow, registry: Registry) -> tuple[Who, ...]:
    """The lines of a step."""
    node = drawn.nodes[str(raw["key"])]
    compiled = node.assign if at == "assign" else node.telling.to if node.telling is not None else ()
    titles, known = flow_titles.titles(registry), {value for _, choices in offered(registry) for value, _ in choices}
    found = []
    for one, meant in zip(written(raw, at), compiled, strict=False):
        words = text(*(wording.of_assignment(meant, titles, drawn.labels, language) for language in ("en", "zh")))
        choice = next(iter(_choices(one)), KEPT)
        found.append(Who(choice if choice in known else KEPT, words, str(one.get("scope", "branch"))))
    return tuple(found)


def _choices(one: Mapping[str, Any]) -> Iterator[str]:
    if any(name in one for name in _OTHER_WAYS):
        return
    yield from (f"{name}:{one[name]}" for name in _WAYS if name in one)


def typed(raw: Mapping[str, Any], at: str, lines: Sequence[tuple[str, str]]) -> Any:
    """What lines (choice, scope) say, written as a step writes it; MISSING where nobody is named. What a line said
    beside whom it means (a weight, a veto) stays."""
    before, found = written(raw, at), []
    for number, (choice, scope) in enumerate(lines):
        old = before[number] if number < len(before) else {}
        if not choice:
            continue
        if choice == KEPT:
            found.append(dict(old))
            continue
        name, _, value = choice.partition(":")
        kept = {key: said for key, said in old.items() if key in ("weight", "veto")}
        new = {name: value, **({"scope": scope} if _scoped(name, scope, old) else {}), **kept}
        found.append(dict(old) if dict(old) == new else new)
    if not found:
        return MISSING
    return found[0] if len(found) == 1 and not is_list(resolve(raw, f"/{at}")) else found


def _scoped(name: str, scope: str, old: Mapping[str, Any]) -> bool:
    """Whether a line says where its people are looked for: roles and such do, unless it goes without saying."""
    return name in ("role", "position", "authority") and scope in SCOPES and (scope != "branch" or "scope" in old)
