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
    problem = refusing.not_now(state) or _untakable(state, item, by)
    if item is None or problem is not None:
        return Moved(state=state, problems=(problem or refusing.not_open(),))

    def act(step: Step) -> None:
        step.changed.append(step.change(altered(item, taken_by=by.id)))

    return carried_out(flow, state, world, act)


def _untakable(state: State, item: Item | None, by: Person) -> Problem | None:
    if item is None or item.pending:
        return refusing.not_open()
    if item.kind in ("revision", "material"):
        return people.held(item, by)
    somebody = people.acting_as(item, by)
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
        problem = people.eligible(altered(item, users=()), to) or _too_low(flow, item, by, to)
        problem = problem or people.second_voice(state, item, to.id)
    if item is None or problem is not None:
        return Moved(state=state, problems=(problem or refusing.not_open(),))
    return _handed(flow, state, altered(item, users=(to.id,)), by, to.id, world, "transferred", reason)


def _too_low(flow: Flow, item: Item, by: Person, to: Person) -> Problem | None:
    """Authority does not grow by being passed on: who gets the item needs what whoever passes it on has here."""
    somebody = people.acting_as(item, by)
    held = somebody.covers if isinstance(somebody, Person) else frozenset()
    return None if held & people.tables(flow.nodes[item.node]) <= to.covers else refusing.over_limit("to")


def give(flow: Flow, state: State, number: int, by: Person, to: int, world: World, *, reason: str = "") -> Moved:
    """An administrator gives an item that nobody can do, or whose holder has left, to somebody."""
    item = state.item(number)
    problem = refusing.not_now(state) or (None if by.administrator else refusing.no_administrator())
    if problem is None and (item is None or item.pending):
        problem = refusing.not_open()
    if problem is None and item is not None and to in item.excluded:
        words = text("This person made or already approved the case.", "该人员是本业务的经办人或前序审批人。")
        problem = Problem(code="flow.excluded", field="to", message=words)
    if problem is None and item is not None:
        problem = people.second_voice(state, item, to)
    if problem is None and item is not None and to == by.id and item.role != people.ADMINISTRATOR:
        words = text("Give it to somebody else than yourself.", "不能指派给本人。")
        problem = Problem(code="flow.not_to_oneself", field="to", message=words)
    if item is None or problem is not None:
        return Moved(state=state, problems=(problem or refusing.not_open(),))
    named = altered(item, users=(to,), role=None, position=None)
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
