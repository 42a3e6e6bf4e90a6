"""Whom an assignment names in one case. One function for each way of naming people; none decides who may not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from loanloom.engines import facts as fact_paths
from loanloom.engines.flows import people
from loanloom.engines.flows.conditions import evaluated
from loanloom.engines.flows.model import Assignment, Node
from loanloom.engines.flows.moves import Found
from loanloom.engines.flows.resolving.authority import lowest
from loanloom.engines.flows.resolving.matter import Asked, Matter
from loanloom.engines.flows.resolving.staff import Staff
from loanloom.engines.flows.state import State
from loanloom.problems import Problem, Text, text

MOST_NAMED = 200
Name = Callable[[Matter, Assignment, Node, State, Mapping[str, Any]], Found]


def find(matter: Matter, assignment: Assignment, node: Node, state: State, facts: Mapping[str, Any]) -> Found:
    """Whom an assignment names: a group, people, or an outside party; a problem where that cannot be told."""
    way = next((name for name in WAYS if getattr(assignment, _FIELD.get(name, name))), None)
    if way is None:
        return Found(role=assignment.role, position=assignment.position, scope=assignment.scope)
    return WAYS[way](matter, assignment, node, state, facts)


def _users(matter: Matter, assignment: Assignment, *_: Any) -> Found:
    return _called(matter.staff, assignment.users)


def _unit(matter: Matter, assignment: Assignment, *_: Any) -> Found:
    staff = matter.staff
    return _people(
        one.id
        for one in staff.group(assignment.role, assignment.position)
        if staff.organisation.within(one.unit, assignment.unit)
    )


def _head_of(matter: Matter, assignment: Assignment, *_: Any) -> Found:
    staff, unit = matter.staff, assignment.head_of
    if unit == "branch":
        unit = staff.organisation.branch_of(matter.unit)
    elif unit == "department":
        unit = matter.unit
    return _people(staff.heads(unit))


def _manager_of(matter: Matter, assignment: Assignment, node: Node, state: State, facts: Mapping[str, Any]) -> Found:
    whose = assignment.manager_of or ""
    if whose == "starter":
        people = [state.starter] if state.starter is not None else list(state.makers[:1])
    elif whose == "last_approver":
        people = [state.chain[-1].by] if state.chain else []
    else:
        people = list(_called(matter.staff, _texts(fact_paths.at(facts, whose))).users)
    above = (matter.staff.superior(person) for person in people)
    return _people(person for person in above if person is not None)


def _authority(matter: Matter, assignment: Assignment, node: Node, state: State, facts: Mapping[str, Any]) -> Found:
    """The lowest holders whose limit covers the case, of those who belong to its branch or above; whoever may not
    decide it is passed over, unless the flow says what then."""
    table = matter.authorities.get(assignment.authority or "")
    if table is None:
        return Found(problem=_unknown(node, text("authority table", "审批权限表"), assignment.authority or ""))
    staff = matter.staff
    holders = [
        one
        for one in staff.group(assignment.role, assignment.position)
        if assignment.scope == "all" or staff.organisation.over(one.unit, matter.unit)
    ]
    if node.if_starter == "exclude" and node.if_same == "ask":
        barred = {*people.excluded(node, state), *related(matter, node, facts)}
        holders = [one for one in holders if one.id not in barred]
    return _people(lowest(table, table.measured(facts, matter.on), holders, staff.organisation))


def related(matter: Matter, node: Node, facts: Mapping[str, Any]) -> tuple[int, ...]:
    """Those whom a relation to the case bars from a node."""
    barred: set[int] = set()
    for kind in ("relatives", "related_parties"):
        if kind in node.exclude:
            barred.update(matter.related(kind, facts))
    if "deciders" in node.exclude:
        for record in ("contract", "application"):
            barred.update(matter.deciders(record, facts))
    return tuple(sorted(barred))


def _fact(matter: Matter, assignment: Assignment, node: Node, state: State, facts: Mapping[str, Any]) -> Found:
    return _called(matter.staff, _texts(fact_paths.at(facts, assignment.fact or "")))


def _deciders_of(matter: Matter, assignment: Assignment, node: Node, state: State, facts: Mapping[str, Any]) -> Found:
    """Whoever decided the original; for those who have left, whoever does their work now."""
    decided = matter.deciders(assignment.deciders_of or "", facts)
    return _people(person for one in decided for person in matter.staff.successors(one))


def _chosen_by(matter: Matter, assignment: Assignment, node: Node, state: State, facts: Mapping[str, Any]) -> Found:
    chosen = set(state.chosen.get(node.key, ()))
    return _people(matter.staff.who(lambda one: one.id in chosen))


def _outside(matter: Matter, assignment: Assignment, node: Node, state: State, facts: Mapping[str, Any]) -> Found:
    named = _texts(fact_paths.at(facts, assignment.outside or ""))
    return Found(outside=named[0]) if named else Found()


def _expression(matter: Matter, assignment: Assignment, node: Node, state: State, facts: Mapping[str, Any]) -> Found:
    assert assignment.condition is not None, "looked at by `find`"
    given = evaluated(node, assignment.condition, assignment.source or "", facts)
    return Found(problem=given) if isinstance(given, Problem) else _called(matter.staff, _texts(given.value))


def _resolver(matter: Matter, assignment: Assignment, node: Node, state: State, facts: Mapping[str, Any]) -> Found:
    key = assignment.resolver or ""
    resolver = matter.resolvers.get(key)
    if resolver is None:
        return Found(problem=_unknown(node, text("plugin", "插件"), key))
    try:
        named = list(resolver(Asked(node=node.key, unit=matter.unit, facts=facts, staff=matter.staff)))
    except Exception as failed:  # noqa: BLE001 - a plugin's fault is its own: the case stays where it was
        return Found(problem=_plugin_failed(node, key, failed))
    return _called(matter.staff, _texts(named))


WAYS: Mapping[str, Name] = {
    "users": _users, "unit": _unit, "head_of": _head_of, "manager_of": _manager_of, "authority": _authority,
    "fact": _fact, "deciders_of": _deciders_of, "chosen_by": _chosen_by, "outside": _outside,
    "expression": _expression, "resolver": _resolver,
}  # fmt: skip
_FIELD = {"expression": "condition"}


def _people(people: Iterable[int]) -> Found:
    return Found(users=tuple(dict.fromkeys(people))[:MOST_NAMED])


def _called(staff: Staff, names: Iterable[str]) -> Found:
    """Those of these user names who work here now."""
    return _people(member.id for name in names if (member := staff.named(name)) is not None)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []


def _unknown(node: Node, what: Text, key: str) -> Problem:
    return Problem(
        code="flow.people_unknown",
        message=text(
            f"The {what['en']} '{key}' that names the people of '{node.title.get('en', node.key)}' is missing.",
            f"环节“{node.title.get('zh', node.key)}”所用的{what['zh']}“{key}”不存在。",
        ),
        hint=text("Ask an administrator.", "请联系管理员。"),
    )


def _plugin_failed(node: Node, key: str, failed: Exception) -> Problem:
    return Problem(
        code="flow.resolver_failed",
        message=text(
            f"The plugin '{key}' could not name the people of '{node.title.get('en', node.key)}': "
            f"{type(failed).__name__}.",
            f"插件“{key}”无法确定环节“{node.title.get('zh', node.key)}”的办理人：{type(failed).__name__}。",
        ),
        hint=text("Try again, or ask an administrator.", "请重试或联系管理员。"),
    )
