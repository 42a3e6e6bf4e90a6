"""What holds a case, moves it by hand or ends it; and a decision taken back (拿回)."""

from __future__ import annotations

from loanloom.engines.flows import opening, refusing
from loanloom.engines.flows.acting.deciding import undo_since
from loanloom.engines.flows.model import Flow
from loanloom.engines.flows.moves import Moved, World
from loanloom.engines.flows.record import altered
from loanloom.engines.flows.running import carried_out
from loanloom.engines.flows.state import Passed, Person, State
from loanloom.engines.flows.step import Step
from loanloom.problems import Problem, text


def suspend(flow: Flow, state: State, by: Person, world: World, *, reason: str) -> Moved:
    """Nothing may be done with the case until it is resumed; its deadlines stand still."""
    problem = refusing.not_now(state) or _without_reason(reason)
    if problem is not None:
        return Moved(state=state, problems=(problem,))

    def act(step: Step) -> None:
        step.note("suspended", _place(flow, state), by=by.id, opinion=reason)
        step.set(status="suspended")
        step.effect("suspended", _place(flow, state))

    return carried_out(flow, state, world, act)


def resume(flow: Flow, state: State, by: Person, world: World) -> Moved:
    """The case goes on where it stood."""
    if state.status != "suspended":
        words = text("This case is not suspended.", "该业务流程未挂起。")
        return Moved(state=state, problems=(Problem(code="flow.not_suspended", message=words),))

    def act(step: Step) -> None:
        step.set(status="running")
        step.note("resumed", _place(flow, state), by=by.id)
        step.effect("resumed", _place(flow, state))

    return carried_out(flow, state, world, act)


def terminate(flow: Flow, state: State, by: Person, world: World, *, reason: str) -> Moved:
    """An administrator ends the case: its outcome is `terminated`."""
    problem = refusing.ended() if state.status == "ended" else _administrator(by) or _without_reason(reason)
    if problem is not None:
        return Moved(state=state, problems=(problem,))

    def act(step: Step) -> None:
        step.note("terminated", _place(flow, state), by=by.id, opinion=reason)
        step.finish(_place(flow, state), "terminated", None)

    return carried_out(flow, state, world, act)


def jump(
    flow: Flow, state: State, by: Person, to: str, world: World, *, reason: str, token: int | None = None
) -> Moved:
    """An administrator moves the case (or one of its tokens) to a node, past whatever stands between."""
    problem = refusing.not_now(state) or _administrator(by) or _without_reason(reason)
    if problem is None and (to not in flow.nodes or flow.nodes[to].type in ("join", "end")):
        words = text("The case cannot be moved to this step.", "不能跳转到该环节。")
        problem = Problem(code="flow.jump_target", field="to", message=words)
    if problem is None and by.id in state.makers:
        problem = refusing.barred()
    moving = state.token(token) if token is not None else None
    if problem is None and token is not None and moving is None:
        problem = refusing.not_open()
    if problem is not None:
        return Moved(state=state, problems=(problem,))

    def act(step: Step) -> None:
        step.note("jumped", _place(flow, state), to=to, by=by.id, opinion=reason)
        leaving = (moving,) if moving is not None else step.state.tokens
        forks = moving.forks if moving is not None else ()
        for each in leaving:
            step.effect("undone", each.node, each.number)
            step.lift(each)
        node, reached = step.node(to), Passed(node=to, forks=forks)
        if reached in step.state.passed:
            undo_since(step, reached)  # moved back: it is as if it had been returned
        if node.type == "start":
            step.passed(to, forks)
            opening.revise(step, node, forks)
        else:
            step.go(to, forks)

    return carried_out(flow, state, world, act)


def take_back(flow: Flow, state: State, before: State, by: Person, world: World) -> Moved:
    """Whoever decided last takes it back, as long as nobody acted since and nothing left the house. `before` is the
    case as it was; what was open then is open again under new numbers."""
    problem = refusing.not_now(state)
    if problem is None and (state.undoable is None or state.step != before.step + 1):
        words = text("It is too late to take this back.", "后续环节已处理，不能拿回。")
        problem = Problem(code="flow.too_late", message=words)
    if problem is None and state.undoable is not None:
        number, decided_by = state.undoable
        item = before.item(number)
        if decided_by != by.id or item is None:
            problem = refusing.not_open()
        elif "take_back" not in flow.nodes[item.node].powers:
            problem = Problem(
                code="flow.action", message=text("This step does not allow that.", "本环节不允许该操作。")
            )
    if problem is not None:
        return Moved(state=state, problems=(problem,))

    def act(step: Step) -> None:
        then = {item.number for item in before.items if not item.pending}
        now = {item.number for item in state.items if not item.pending}
        for item in state.items:
            if item.number not in then:
                step.close(item)
        last = step.state.last_number
        again = {}
        for item in before.items:
            if item.number in then - now:
                last += 1
                again[item.number] = altered(item, number=last, taken_by=None)
        items = tuple(again.get(item.number, item) for item in before.items)
        step.set(**{name: getattr(before, name) for name in _OF_BEFORE}, items=items, last_number=last)
        step.note("taken_back", before.item(state.undoable[0]).node, by=by.id, item=state.undoable[0])  # type: ignore[index,union-attr]  # checked above
        for item in again.values():
            step.tell_open(item)

    return carried_out(flow, state, world, act)


_OF_BEFORE = (
    "status", "code", "outcome", "tokens", "votes", "passed", "chain", "makers", "round", "chosen", "values",
    "interleaved", "absorbed",
)  # fmt: skip


def _place(flow: Flow, state: State) -> str:
    return state.tokens[0].node if state.tokens else flow.start


def _administrator(by: Person) -> Problem | None:
    return None if by.administrator else refusing.no_administrator()


def _without_reason(reason: str) -> Problem | None:
    if reason.strip():
        return None
    return Problem(code="flow.reason_missing", field="reason", message=text("Say why.", "请说明原因。"))
