"""More people for one item: signers before or after me (加签), voters more or fewer (减签), material asked for."""

from __future__ import annotations

from typing import Literal

from loanloom.engines.flows import people, refusing, voting
from loanloom.engines.flows.acting.deciding import go_on
from loanloom.engines.flows.model import VOTED, Flow, Node
from loanloom.engines.flows.moves import Moved, World
from loanloom.engines.flows.record import altered
from loanloom.engines.flows.running import carried_out
from loanloom.engines.flows.state import Item, Person, State
from loanloom.engines.flows.step import Step
from loanloom.problems import Problem, text

MOST_ADDED = 20


def add_signers(
    flow: Flow, state: State, number: int, by: Person, added: tuple[int, ...], world: World, *,
    when: Literal["before", "after"] = "before", reason: str = "",
) -> Moved:  # fmt: skip
    """Others sign as well: before me (I decide when they have) or after me; at a vote they become voters, of whom only
    one in turn has an order to keep."""
    item, problem = allowed(flow, state, number, by, "add_signer")
    if item is not None and problem is None:
        problem = unfit_to_sign(flow, state, item, by.id, added)
    if item is None or problem is not None:
        return Moved(state=state, problems=(problem or refusing.not_open(),))

    def act(step: Step) -> None:
        step.note("signers_added", item.node, by=by.id, item=number, action=when, opinion=reason, trace=list(added))
        voted = flow.nodes[item.node].type in VOTED
        turn, at_once = item.turn, voted and not _in_turn(flow.nodes[item.node])
        if not at_once:
            turn = turn if when == "before" else turn + 1
            _shift(step, item, from_turn=turn)
        for person in added:
            made = altered(
                item, number=step.number(), kind="vote" if voted else "signer", users=(person,), role=None,
                position=None, weight=1, veto=False, turn=turn, pending=not at_once and when == "after",
                added_by=by.id, taken_by=None, escalated=(),
            )  # fmt: skip
            step.open(made)
        if not at_once and when == "before":
            _wait_for_turn(step, number, by)

    return carried_out(flow, state, world, act)


def _in_turn(node: Node) -> bool:
    return node.voting is not None and node.voting.in_turn


def _shift(step: Step, item: Item, *, from_turn: int) -> None:
    """Items of this turn and later come one turn later."""
    for other in step.items_of(item.token):
        if other.turn >= from_turn:
            step.change(altered(other, turn=other.turn + 1))


def _wait_for_turn(step: Step, number: int, by: Person) -> None:
    """The item closes for now; when its turn comes it opens again under its number, for whoever had it: work of a group
    that nobody took stays with the one of the group who asked."""
    item = step.state.item(number)
    assert item is not None, "an item that was just there"
    mine = item.taken_by is None and not item.users and people.eligible(item, by) is None
    step.change(altered(item, pending=True, taken_by=by.id if mine else item.taken_by))
    step.closed.append(number)
    step.effect("item_closed", item.node, item.token, item=number, waits=True)


def remove_signer(flow: Flow, state: State, number: int, by: Person, removed: int, world: World) -> Moved:
    """A signer or voter who has not said anything yet is taken away; one stays at least. `removed` is their item.
    Whoever asked somebody to sign, and waits for them, names the signer's own item as `number`."""
    other = state.item(removed)
    own = removed == number and other is not None and asked_by(flow, other, by.id)
    item, problem = (other, refusing.not_now(state)) if own else allowed(flow, state, number, by, "remove_signer")
    if item is not None and problem is None:
        if other is None or other.token != item.token or (other.number == number and not own):
            problem = refusing.not_open()
        elif flow.nodes[item.node].type in VOTED and not _still_possible(flow, state, other):
            problem = refusing.too_few_voters(flow.nodes[item.node])
        elif not removable(other):
            problem = _not_added()
    if item is None or other is None or problem is not None:
        return Moved(state=state, problems=(problem or refusing.not_open(),))

    def act(step: Step) -> None:
        step.note("signer_removed", item.node, by=by.id, item=removed, trace=list(other.users))
        step.close(other)
        token = step.state.token(item.token)
        assert token is not None, "an item without a token"
        go_on(step, token)

    return carried_out(flow, state, world, act)


def removable(item: Item) -> bool:
    """Whether a signer may be taken away by others of their step: added ones, and voters without a veto."""
    return item.added_by is not None or (item.kind == "vote" and not item.veto)


def asked_by(flow: Flow, item: Item, person: int | None) -> bool:
    """Whether this person added the signer whose item it is, and may take them away again."""
    added = item.added_by is not None and item.added_by == person
    return added and "remove_signer" in flow.nodes[item.node].powers


def _still_possible(flow: Flow, state: State, leaving: Item) -> bool:
    """Whether a yes can still be reached without this voter, counting what was said as if it were yes."""
    stays = [one.weight for one in state.items if one.token == leaving.token and one.number != leaving.number]
    said = [vote.weight for vote in state.votes if vote.token == leaving.token]
    return voting.possible(flow.nodes[leaving.node].voting or voting.EVERYBODY, stays + said)


def ask_material(flow: Flow, state: State, number: int, by: Person, world: World, *, reason: str) -> Moved:
    """The makers are asked for something; the item waits for it and comes back to whoever asked. Voters who have no
    order to keep wait each for their own."""
    item, problem = allowed(flow, state, number, by, "ask_material")
    if problem is None and not reason.strip():
        words = text("Say what is missing.", "请说明需要补充的内容。")
        problem = Problem(code="flow.reason_missing", field="reason", message=words)
    if item is None or problem is not None:
        return Moved(state=state, problems=(problem or refusing.not_open(),))

    def act(step: Step) -> None:
        step.note("returned", item.node, by=by.id, item=number, action="material", opinion=reason)
        node = flow.nodes[item.node]
        if node.type not in VOTED or _in_turn(node):
            _shift(step, item, from_turn=item.turn)
        _wait_for_turn(step, number, by)
        made = Item(
            number=step.number(), token=item.token, node=item.node, kind="material", turn=item.turn, asked_for=number
        )  # fmt: skip
        step.open(made)

    return carried_out(flow, state, world, act)


def allowed(flow: Flow, state: State, number: int, by: Person, power: str) -> tuple[Item | None, Problem | None]:
    """The item if this person may do that with it now; else why not."""
    problem = refusing.not_now(state)
    item = state.item(number)
    if problem is None and (item is None or item.pending or item.kind in ("revision", "material")):
        problem = refusing.not_open()
    if problem is None and item is not None and item.kind == "minutes" and power != "transfer":
        problem = refusing.not_allowed()  # the vote is over
    if problem is None and item is not None:
        somebody = people.voice(flow.nodes[item.node], state, item, by)
        if isinstance(somebody, Problem):
            problem = somebody
        elif power not in flow.nodes[item.node].powers:
            problem = refusing.not_allowed()
    return item, problem


def unfit_to_sign(flow: Flow, state: State, item: Item, by: int | None, added: tuple[int, ...]) -> Problem | None:
    """Why whoever has an item may not add these people to it; None when they may."""
    there = {person for other in state.items if other.token == item.token for person in other.users}
    voted = {vote.by for vote in state.votes if vote.token == item.token}
    if not added or len(added) > MOST_ADDED:
        return Problem(
            code="flow.nobody_named", field="added", message=text("Name one to twenty people.", "请指定 1 至 20 人。")
        )
    if set(added) & {*item.excluded, *people.excluded(flow.nodes[item.node], state)}:
        return Problem(
            code="flow.excluded",
            field="added",
            message=text("One of them made or already approved this case.", "所选人员中有该业务的经办人或前序审批人。"),
        )
    if set(added) & (there | voted | {by}) or len(set(added)) < len(added):
        return refusing.signs_already("added")
    return None


def _not_added() -> Problem:
    return Problem(
        code="flow.not_added",
        message=text("Only added signers can be taken away.", "只能减去加签的人员。"),
        hint=text("Of a vote also voters who have no veto.", "会签中还可减去没有一票否决权的人员。"),
    )
