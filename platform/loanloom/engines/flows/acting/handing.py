"""Who holds an item: taken and given back, passed on to somebody else (转办), given by an administrator, escalated."""

from __future__ import annotations

from loanloom.engines.flows import people, refusing
from loanloom.engines.flows.acting.signing import allowed
from loanloom.engines.flows.model import Flow
from loanloom.engines.flows.moves import Moved, World
from loanloom.engines.flows.record import altered
from loanloom.engines.flows.running import carried_out
from loanloom.engines.flows.state import Item, Person, State
from loanloom.engines.flows.step import Step
from loanloom.problems import Problem, text


def take(flow: Flow, state: State, number: int, by: Person, world: World) -> Moved:
    """Somebody of the group takes the item: nobody else may decide it until it is given back."""
    item = state.item(number)
    problem = refusing.not_now(state) or _untakable(flow, state, item, by)
    if item is None or problem is not None:
        return Moved(state=state, problems=(problem or refusing.not_open(),))

    def act(step: Step) -> None:
        step.changed.append(step.change(altered(item, taken_by=by.id)))

    return carried_out(flow, state, world, act)


def _untakable(flow: Flow, state: State, item: Item | None, by: Person) -> Problem | None:
    if item is None or item.pending:
        return refusing.not_open()
    if item.kind in ("revision", "material"):
        return people.held(item, by)
    somebody = people.voice(flow.nodes[item.node], state, item, by)
    if isinstance(somebody, Problem):
        return somebody
    blocked = people.blocked(state, item)
    return blocked[0] if blocked else None


def give_back(flow: Flow, state: State, number: int, by: Person, world: World) -> Moved:
    """Give a taken item back to the group."""
    item = state.item(number)
    problem = refusing.not_now(state)
    if problem is None and (item is None or item.taken_by != by.id):
        stranger = people.acting_as(item, by) if item is not None else None
        problem = stranger if isinstance(stranger, Problem) else refusing.not_open()
    if item is None or problem is not None:
        return Moved(state=state, problems=(problem or refusing.not_open(),))

    def act(step: Step) -> None:
        step.changed.append(step.change(altered(item, taken_by=None)))

    return carried_out(flow, state, world, act)


def transfer(flow: Flow, state: State, number: int, by: Person, to: Person, world: World, *, reason: str = "") -> Moved:
    """Pass an item on to one person, who may decide it as the flow would have let them."""
    item, problem = allowed(flow, state, number, by, "transfer")
    if item is not None and problem is None:
        problem = unfit_to_take_over(flow, state, item, by, to, world)
    if item is None or problem is not None:
        return Moved(state=state, problems=(problem or refusing.not_open(),))
    return _handed(flow, state, altered(item, users=(to.id,)), by, to.id, world, "transferred", reason)


def unfit_to_take_over(
    flow: Flow, state: State, item: Item, by: Person, to: Person, world: World
) -> Problem | None:  # fmt: skip
    """Why whoever may pass an item on may not pass it to this person; None when they may."""
    if to.id == by.id:
        return refusing.to_oneself()
    problem = _of_other(_stranger(flow, state, item, to, world)) or _too_low(flow, state, item, by, to)
    problem = problem or people.second_voice(state, item, to.id)
    return problem or (refusing.maker_or_approver() if to.id in _gone(flow, state, item) else None)


def _of_other(problem: Problem | None) -> Problem | None:
    """What keeps somebody from an item, said to whoever named them: the choice is wrong, not the one who chose."""
    if problem is None or problem.code == refusing.maker_or_approver().code:
        return problem and refusing.maker_or_approver()
    words = text("This colleague cannot do this step.", "该人员不能办理此环节。")
    hint = None if problem.code == "flow.wrong_role" else problem.message
    return Problem(code=problem.code, field="to", message=words, hint=hint)


def _stranger(flow: Flow, state: State, item: Item, to: Person, world: World) -> Problem | None:
    """Why the flow would not have let this person: where it gives the work to groups, those of none of them."""
    opened = altered(item, users=())
    problem = people.eligible(opened, to)
    node = flow.nodes[item.node]
    if problem is not None or item.kind == "signer" or item.role is not None or item.position is not None:
        return problem
    for one in node.assign if item.kind != "minutes" else node.record:
        found = world.people.find(one, node, state, world.facts)
        if not found.group:
            return None
        group = altered(opened, role=found.role, position=found.position, scope=found.scope)
        problem = people.eligible(group, to)
        if problem is None:
            return None
    return problem


def _gone(flow: Flow, state: State, item: Item) -> tuple[int, ...]:
    """Those who could not decide an item as the case stands now."""
    decided = item.kind in ("approval", "vote", "signer", "form")
    return people.excluded(flow.nodes[item.node], state) if decided else ()


def _too_low(flow: Flow, state: State, item: Item, by: Person, to: Person) -> Problem | None:
    """Authority does not grow by being passed on: who gets the item needs what whoever passes it on has here."""
    somebody = people.voice(flow.nodes[item.node], state, item, by)
    held = somebody.covers if isinstance(somebody, Person) else frozenset()
    return None if held & flow.nodes[item.node].authorities <= to.covers else refusing.over_limit("to")


def give(flow: Flow, state: State, number: int, by: Person, to: int, world: World, *, reason: str = "") -> Moved:
    """An administrator gives an item that nobody can do, or whose holder has left, to somebody."""
    item = state.item(number)
    problem = refusing.not_now(state) or (None if by.administrator else refusing.no_administrator())
    if problem is None and (item is None or item.pending):
        problem = refusing.not_open()
    if problem is None and item is not None and to in {*item.excluded, *_gone(flow, state, item)}:
        problem = refusing.maker_or_approver()
    if problem is None and item is not None:
        problem = people.second_voice(state, item, to)
    if problem is None and item is not None and to == by.id and item.role != people.ADMINISTRATOR:
        problem = refusing.to_oneself()
    if item is None or problem is not None:
        return Moved(state=state, problems=(problem or refusing.not_open(),))
    named = altered(item, users=(to,), role=None, position=None, outside=None)
    return _handed(flow, state, named, by, to, world, "repaired", reason)


def _handed(flow: Flow, state: State, item: Item, by: Person, to: int, world: World, kind: str, reason: str) -> Moved:
    def act(step: Step) -> None:
        step.note(kind, item.node, by=by.id, item=item.number, opinion=reason, trace={"to": to})
        made = altered(item, taken_by=None)
        step.changed.append(step.change(made))

    return carried_out(flow, state, world, act)


def escalate(flow: Flow, state: State, number: int, to: tuple[int, ...], world: World) -> Moved:
    """These people may do the item as well from now on (a deadline passed)."""
    item = state.item(number)
    if state.status != "running" or item is None or item.pending:
        return Moved(state=state, problems=(refusing.not_open(),))
    more = tuple(person for person in to if person not in item.excluded and person not in item.escalated)

    def act(step: Step) -> None:
        step.note("escalated", item.node, item=number, trace={"to": list(more)})
        step.changed.append(step.change(altered(item, escalated=(*item.escalated, *more))))

    return carried_out(flow, state, world, act)
