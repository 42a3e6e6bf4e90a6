"""Giving people work: who gets it, who may not, what when nobody qualifies or the same person would decide twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loanloom.engines.flows import choosing, people, refusing, voting
from loanloom.engines.flows.leaving import leave
from loanloom.engines.flows.model import VOTED, Assignment, Node
from loanloom.engines.flows.moves import Found
from loanloom.engines.flows.record import altered, record
from loanloom.engines.flows.state import Approval, Item, ItemKind, Token
from loanloom.engines.flows.step import Failed, Forks, Step
from loanloom.problems import Problem, text

MOST_MISSING = 20
Who = dict[str, Any]
"""For whom an item is: its role, position, scope, outside and users, weight and veto, by name."""
_ADMINISTRATORS: Who = {"role": people.ADMINISTRATOR, "scope": "all"}


@record
class Candidates:
    """Whom one assignment names (`members`, None where nobody needs to know), `left` without those who may not;
    `nobody` when that leaves none as far as is known."""

    found: Found
    members: tuple[int, ...] | None
    left: tuple[int, ...] | None
    assignment: Assignment

    @property
    def nobody(self) -> bool:
        """Whether it is known that no one is left."""
        return self.left is not None and not self.left and self.found.outside is None


def open_work(step: Step, node: Node, forks: Forks) -> None:
    """One item for everybody named together: who takes it first does it, unless dispatch picks one."""
    token = step.rest(node, forks, "people", back_to=step.back_to.pop(node.key, None))
    excluded = _excluded(step, node)
    kind: ItemKind = "form" if node.type == "form" else "approval"
    if len(node.assign) == 1 and node.assign[0].only_group and not node.asks_who:  # whoever takes it first does it
        found = step.world.people.find(node.assign[0], node, step.state, {})
        if found.group:
            _open(step, node, token, kind, excluded=excluded, **_group(found))
            tell(step, node, node.cc)
            return
    named = _candidates(step, node, node.assign, excluded)
    if node.type == "approval" and _passes(step, node, named, excluded):
        step.lift(token)
        leave(step, node, forks)
        return
    who = _together(step, node, [one for one in named if not one.nobody])
    if who is None:
        _nobody(step, node, token, kind, excluded)
    else:
        _open(step, node, token, kind, excluded=excluded, **who)
    tell(step, node, node.cc)


def open_votes(step: Step, node: Node, forks: Forks) -> None:
    """One item a voter (or a group); in turn where the node says so, else all at once."""
    token = step.rest(node, forks, "people", back_to=step.back_to.pop(node.key, None))
    excluded = _excluded(step, node)
    voters = _voters(step, node, node.assign, excluded)
    if not voters and node.if_nobody.do == "assign":
        voters = _voters(step, node, node.if_nobody.assign, excluded)
    elif not voters and node.if_nobody.do != "administrator":
        _nobody(step, node, token, "vote", excluded)
        return
    voters += [{**_ADMINISTRATORS, "weight": 1}] * _missing(node, voters)
    in_turn = node.voting is not None and node.voting.in_turn
    for place, voter in enumerate(voters):
        order = {"turn": place, "pending": place > 0} if in_turn else {}
        _open(step, node, token, "vote", excluded=excluded, **voter, **order)
    tell(step, node, node.cc)


def _voters(step: Step, node: Node, assign: Sequence[Assignment], excluded: tuple[int, ...]) -> list[Who]:
    voters: list[Who] = []
    for one in _candidates(step, node, assign, excluded):
        vote = {"weight": one.assignment.weight, "veto": one.assignment.veto}
        if node.each == "group" or one.left is None:
            voters += [_group(one.found) | vote] if not one.nobody else []
        else:
            voters += [{"users": (person,)} | vote for person in one.left]
    return _each_once(voters)


def _missing(node: Node, voters: list[Who]) -> int:
    """How many voters more a yes needs, were all to say it: administrators find them. A vote that nobody can win would
    turn every yes into a no."""
    weights = [voter["weight"] for voter in voters]
    for more in range(0 if voters else 1, MOST_MISSING):
        if voting.possible(node.voting or voting.EVERYBODY, [*weights, *[1] * more]):
            return more
    raise Failed(refusing.too_few_voters(node))


def revise(step: Step, node: Node, forks: Forks, back_to: str | None = None) -> None:
    """The makers get the case back (a start node to which it was returned)."""
    token = step.rest(node, forks, "people", back_to=back_to)
    _open(step, node, token, "revision")


def open_minutes(step: Step, node: Node, token: Token) -> None:
    """Somebody writes down what a committee decided."""
    who = _together(step, node, _candidates(step, node, node.record, ()))
    _open(step, node, token, "minutes", **(who or _ADMINISTRATORS))


def tell(step: Step, node: Node, whom: Sequence[Assignment] | None = None) -> None:
    """A message or a copy to people; they need not do anything."""
    if whom is not None and not whom:
        return
    telling = node.telling
    to = tuple(whom) if whom is not None else (telling.to if telling else ())
    if not to:
        return
    found = [step.world.people.find(one, node, step.state, step.facts) for one in to]
    users = tuple(dict.fromkeys(person for one in found for person in one.users))
    groups = tuple({"role": one.role, "position": one.position, "scope": one.scope} for one in found if one.group)
    said: dict[str, Any] = {"text": telling.text} if telling and whom is None else {}
    step.note("told", node.key, trace={"users": list(users)})
    step.effect("told", node.key, users=users, groups=groups, copy=whom is not None or node.type == "cc", **said)


def _open(step: Step, node: Node, token: Token, kind: ItemKind, **more: Any) -> None:
    """One more item under a token."""
    number, hours = step.number(), node.working_hours
    step.open(Item(number=number, token=token.number, node=node.key, kind=kind, working_hours=hours, **more))


def _excluded(step: Step, node: Node) -> tuple[int, ...]:
    known = people.excluded(node, step.state)
    if node.exclude <= people.KNOWN_HERE:
        return known
    return tuple(sorted({*known, *step.world.people.barred(node, step.state, step.facts)}))


def by_name(node: Node, assign: Sequence[Assignment]) -> bool:
    """Whether it must be known who holds a role or position: else a group stays one, and costs nothing to find."""
    return node.asks_who or len(assign) > 1 or (node.type in VOTED and node.each == "person")


def _candidates(step: Step, node: Node, assign: Sequence[Assignment], excluded: tuple[int, ...]) -> list[Candidates]:
    named, known = [], by_name(node, assign)
    for assignment in assign:
        facts = {} if assignment.only_group else step.facts
        found = step.world.people.find(assignment, node, step.state, facts)
        if found.problem is not None:
            raise Failed(found.problem)
        members = step.world.people.members(found) if known or not found.group else None
        left = None if members is None else tuple(person for person in members if person not in excluded)
        if members and not left and node.if_starter == "superior":
            left = _superiors(step, members, excluded)
            found, members = altered(found, role=None, position=None, users=left), left
        named.append(Candidates(found=found, members=members, left=left, assignment=assignment))
    if assign is node.assign and _named_here(step, node):
        chosen = step.state.chosen.get(node.key, ())
        if set(chosen) <= set(excluded):
            raise Failed(choosing.cannot(node) if chosen else choosing.nobody_named(node))
    return named


def _named_here(step: Step, node: Node) -> bool:
    """Whether this step has nobody but those whom the last decider names, and somebody acts who can do that."""
    if step.decides is None or not choosing.only_named(node):
        return False
    return node.key in choosing.following(step.flow, step.decides)


def _superiors(step: Step, members: tuple[int, ...], excluded: tuple[int, ...]) -> tuple[int, ...]:
    """Those to whom the excluded people report."""
    above = (step.world.people.superior(person) for person in members)
    return tuple(dict.fromkeys(person for person in above if person is not None and person not in excluded))


def _together(step: Step, node: Node, named: list[Candidates]) -> Who | None:
    """One item for all of them, or for the one whom dispatch picks."""
    candidates = tuple(dict.fromkeys(person for one in named for person in one.left or ()))
    if len(named) == 1 and (named[0].found.group or named[0].found.outside):
        who = _group(named[0].found)
    elif candidates:
        who = {"users": candidates}
    else:
        return None
    picked = step.world.people.pick(node, candidates, step.facts) if candidates and node.dispatch != "claim" else None
    return who if picked is None else {"users": (picked,)}


def _group(found: Found) -> Who:
    if found.group or found.outside:
        return {"role": found.role, "position": found.position, "scope": found.scope, "outside": found.outside}
    return {"users": found.users}


def _each_once(voters: list[Who]) -> list[Who]:
    """Nobody votes twice; the heavier vote counts, and a veto stays one."""
    best: dict[object, Who] = {}
    for voter in voters:
        who = voter.get("users") or (voter["role"], voter["position"], voter["outside"])
        other = best.get(who, voter)
        best[who] = voter | {"weight": max(voter["weight"], other["weight"]), "veto": voter["veto"] or other["veto"]}
    return list(best.values())


def _passes(step: Step, node: Node, named: list[Candidates], excluded: tuple[int, ...]) -> bool:
    """Whether the node is passed by itself: only its starter could decide, or only who said yes before."""
    if any(one.members is None for one in named):
        return False
    people_named = {person for one in named for person in one.members or ()}
    if not people_named:
        return False
    if node.if_starter == "pass" and people_named <= set(step.state.makers):
        step.note("passed", node.key, action="starter")
        return True
    before = [approval.by for approval in step.state.chain]
    if node.if_same == "pass_consecutive":
        before = before[-1:]
    same = next((person for person in before if {person} == people_named), None)
    if same is not None and not step.world.people.may(same, node, step.facts):
        return False
    if node.if_same == "ask" or same is None:
        return False
    step.set(chain=(*step.state.chain, Approval(node=node.key, by=same)))
    step.note("passed", node.key, by=same, action="same_person")
    return True


def _nobody(step: Step, node: Node, token: Token, kind: ItemKind, excluded: tuple[int, ...]) -> None:
    """What the node states for the case that nobody qualifies. An administrator's item is for no role: a monitor shows
    it, and it can be given to somebody."""
    stated = node.if_nobody
    if stated.do == "pass":
        step.note("passed", node.key, action="nobody")
        step.lift(token)
        leave(step, node, token.forks)
        return
    if stated.do == "refuse":
        raise Failed(_no_one(node))
    who = None
    if stated.do == "assign":
        who = _together(step, node, [one for one in _candidates(step, node, stated.assign, excluded) if not one.nobody])
    _open(step, node, token, kind, excluded=excluded, **(who or _ADMINISTRATORS))


def _no_one(node: Node) -> Problem:
    return Problem(
        code="flow.nobody",
        message=text(
            f"Nobody may do the work of '{node.title.get('en', node.key)}'.",
            f"环节“{node.title.get('zh', node.key)}”没有可以办理的人员。",
        ),
        hint=text(
            "Give somebody the role, or say in the flow what happens if nobody qualifies.",
            "请为相应角色配置人员，或在流程中设置“无人可办时”的处理方式。",
        ),
    )
