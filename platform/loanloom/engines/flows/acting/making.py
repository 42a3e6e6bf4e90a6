"""What those who make a case do: start it, send a returned one in again, withdraw it, ask for one more look."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.engines.flows import choosing, opening, people, refusing
from loanloom.engines.flows.acting.deciding import for_later, go_on
from loanloom.engines.flows.leaving import leave
from loanloom.engines.flows.model import Flow
from loanloom.engines.flows.moves import Moved, World
from loanloom.engines.flows.running import carried_out
from loanloom.engines.flows.state import Person, State
from loanloom.engines.flows.step import Failed, Step
from loanloom.problems import Problem, text

MADE = ("revision", "form", "material")
"""Items that are handed in, not decided."""


def start(
    flow: Flow, world: World, *, makers: tuple[int, ...], starter: int | None = None,
    chosen: Mapping[str, tuple[int, ...]] | None = None,
) -> Moved:  # fmt: skip
    """A new case enters the flow. `makers` are those who made it (creator, last editor): they may never check it.
    `chosen` are people whom the starter names for nodes that let them; None where nobody was asked."""

    def act(step: Step) -> None:
        if chosen is not None:
            named = for_later(flow, chosen, choosing.STARTER)
            unsaid = choosing.missing(flow, named, makers)
            if unsaid:
                raise Failed(*unsaid)
            step.set(chosen=named)
        step.note("started", flow.start, by=makers[0] if makers else None)
        step.go(flow.start, ())

    first = starter if starter is not None else (makers[0] if makers else None)
    return carried_out(flow, State(makers=makers, starter=first), world, act)


def resubmit(flow: Flow, state: State, number: int, by: Person, world: World) -> Moved:
    """A returned case is sent in again, a form is handed in, material is supplied. Who revises a case makes it too."""
    item = state.item(number)
    problem = refusing.not_now(state)
    if problem is None and (item is None or item.pending or item.kind not in MADE):
        problem = refusing.not_open()
    if problem is None and item is not None and item.kind == "form":
        somebody = people.voice(flow.nodes[item.node], state, item, by)
        problem = somebody if isinstance(somebody, Problem) else None
    if problem is None and item is not None:
        problem = people.held(item, by)
    if problem is not None or item is None:
        return Moved(state=state, problems=(problem or refusing.not_open(),))

    def act(step: Step) -> None:
        makers = state.makers if by.id in state.makers else (*state.makers, by.id)
        step.set(makers=makers, round=state.round + (item.kind == "revision"))
        step.note("resubmitted", item.node, by=by.id, item=number)
        step.close(item)
        token = step.state.token(item.token)
        assert token is not None, "an item without a token"
        if item.kind == "material":
            go_on(step, token)
            return
        step.lift(token)
        if token.back_to is not None:
            step.note("routed", item.node, to=token.back_to)
            step.go(token.back_to, token.forks)
        else:
            leave(step, step.node(item.node), token.forks)

    return carried_out(flow, state, world, act)


def withdraw(flow: Flow, state: State, by: int | None, world: World, *, reason: str | None = None) -> Moved:
    """The applicant takes the case back: every item closes, whatever it waits for. Needs no end node drawn for it."""
    problem = refusing.ended() if state.status == "ended" else _too_late(flow, state)
    if problem is not None:
        return Moved(state=state, problems=(problem,))

    def act(step: Step) -> None:
        node = state.tokens[0].node if state.tokens else flow.start
        step.note("withdrawn", node, by=by, reason=reason)
        end = flow.end_with("withdrawn")
        step.finish(end.key if end else node, "withdrawn", end.state if end else None)

    return carried_out(flow, state, world, act)


def _too_late(flow: Flow, state: State) -> Problem | None:
    if flow.withdraw_until is None or not flow.withdraw_until & set(state.path):
        return None
    return Problem(
        code="flow.too_late",
        message=text("This case can no longer be withdrawn.", "该业务已不能撤回。"),
        hint=text("Ask whoever has it to return it.", "可请当前办理人退回。"),
    )


def reconsider(flow: Flow, state: State, by: Person, world: World, *, reason: str = "") -> Moved:
    """A refused case is looked at once more (复议): as often as the flow allows, at the node it names."""
    allowed = flow.reconsider
    if state.status != "ended" or state.outcome != "refused" or allowed is None:
        code, words = "flow.not_refused", text("Only a refused case is reconsidered.", "仅被否决的业务可申请复议。")
        return Moved(state=state, problems=(Problem(code=code, message=words),))
    if state.reconsidered >= allowed.times:
        words = text("This case was reconsidered already.", "该业务已复议过。")
        return Moved(state=state, problems=(Problem(code="flow.reconsidered", message=words),))
    if not reason.strip():
        words = text("Say why the case should be looked at again.", "请说明申请复议的理由。")
        return Moved(state=state, problems=(Problem(code="flow.reason_missing", field="reason", message=words),))

    def act(step: Step) -> None:
        step.set(
            status="running", outcome=None, round=state.round + 1, reconsidered=state.reconsidered + 1, chain=(),
            makers=tuple(dict.fromkeys((*state.makers, by.id))),
        )  # fmt: skip
        node = allowed.to or flow.start
        step.note("reconsidered", node, to=node, by=by.id, opinion=reason)
        step.effect("reopened", node)
        if step.node(node).type == "start":
            step.passed(node, ())
            opening.revise(step, step.node(node), ())
        else:
            step.go(node, ())

    return carried_out(flow, state, world, act)
