"""What one person may do with a case now: with each open item, and with the case as a whole. Reads only.

Asked of the same rules that later judge the command, so that a page never offers more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from loanloom.engines import flows
from loanloom.engines.flows import choosing
from loanloom.problems import Problem, Text
from loanloom.services.access.names import names
from loanloom.services.context import Context
from loanloom.services.definitions import flow_titles
from loanloom.services.flows import case as kept
from loanloom.services.flows import guards, staff, states, subjects
from loanloom.services.flows.case import Case
from loanloom.services.flows.handing_on import Colleagues, Names

HANDED_IN = ("form", "revision", "material")
"""Kinds of items that are filled in and handed in, not decided."""
BY_MAKERS = ("revision", "material")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What this actor may do with one open item now. `why_not` says why nothing; `powers` are ways of handing it on;
    `removable` are other signers' items; `asks_then` is whether a return asks how it comes back."""

    item_id: int
    number: int
    version: int
    kind: str
    node: str
    title: Text
    actions: tuple[str, ...] = ()
    powers: frozenset[str] = frozenset()
    reasons: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    reason_required: frozenset[str] = frozenset()
    opinion_required: frozenset[str] = frozenset()
    return_to: tuple[tuple[str, Text], ...] = ()
    asks_then: bool = False
    may_change: tuple[tuple[str, Text], ...] = ()
    choosing: tuple[tuple[str, Text, Names], ...] = ()
    """Steps whose people are named here, and who may be."""
    transfer_to: Names = ()
    signers: Names = ()
    """Those to whom it may be passed on, and who may sign as well."""
    removable: tuple[tuple[int, str], ...] = ()
    due_at: datetime | None = None
    overdue: bool = False
    claimed_by: str | None = None
    may_claim: bool = False
    may_release: bool = False
    may_unask: bool = False
    """Whether this actor asked the signer whose item it is, and may ask for it no more."""
    why_not: Problem | None = None


def of_items(ctx: Context, connection: Connection, case: Case, items: Iterable[Row[Any]]) -> tuple[Choices, ...]:
    """The open items of a case, those that the actor may do first."""
    rows = [item for item in items if item.status == "open"]
    state = case.state
    if state is None or not rows:
        return ()
    waiting = {item.number: item for item in state.open_items}
    known = names(connection, [who for item in state.items for who in (*item.users, item.taken_by)])
    others = Colleagues(ctx, connection, case)
    found = [
        _of(ctx, connection, case, row, waiting[row.number], known, others) for row in rows if row.number in waiting
    ]
    return tuple(sorted(found, key=lambda one: (one.why_not is not None, one.number)))


def _of(
    ctx: Context, connection: Connection, case: Case, row: Row[Any], item: flows.Item, known: Mapping[int, str],
    colleagues: Colleagues,
) -> Choices:  # fmt: skip
    assert case.state is not None
    node = case.flow.nodes[item.node]
    why_not = _why_not(ctx, connection, case, item)
    actions = () if item.kind in (*HANDED_IN, "minutes") else flows.actions_of(node, item)
    others = [one for one in case.state.items if one.token == item.token and one.number != item.number]
    powers = frozenset() if why_not or ctx.actor.outside is not None else _powers(node, item)
    following = choosing.following(case.flow, item.node) if _names_people(ctx, case.state, node, item) else ()
    return Choices(
        choosing=tuple((key, case.flow.nodes[key].title, colleagues.to_name(key)) for key in following if not why_not),
        transfer_to=colleagues.to_take_over(item) if "transfer" in powers else (),
        signers=colleagues.to_sign(item) if "add_signer" in powers else (),
        item_id=row.id,
        number=item.number,
        version=row.version,
        kind=item.kind,
        node=item.node,
        title=row.title,
        actions=() if why_not else actions,
        powers=powers,
        reasons={action: kept.code_items(case.registry, node.reasons.get(action)) for action in node.actions},
        reason_required=node.reason_required,
        opinion_required=node.opinion_required,
        return_to=tuple((key, case.flow.nodes[key].title) for key in flows.return_targets(node, case.state, item)),
        asks_then=node.return_then == "ask",
        may_change=()
        if why_not
        else tuple((path, case.flow.labels.get(path, {"en": path})) for path in sorted(node.may_change)),
        removable=tuple((one.number, _who(one, known)) for one in others if flows.removable(one)),
        due_at=row.due_at,
        overdue=row.due_at is not None and row.due_at < ctx.now,
        claimed_by=known.get(item.taken_by) if item.taken_by else None,
        may_claim=why_not is None and item.taken_by is None and item.kind not in BY_MAKERS,
        may_unask=why_not is not None and flows.asked_by(case.flow, item, ctx.actor.user_id),
        may_release=item.taken_by is not None and item.taken_by == ctx.actor.user_id,
        why_not=why_not,
    )


def _powers(node: flows.Node, item: flows.Item) -> frozenset[str]:
    """Ways of handing an item on: when the vote is over its minutes can still be written by somebody else."""
    if item.kind in BY_MAKERS:
        return frozenset()
    return node.powers & {"transfer"} if item.kind == "minutes" else node.powers


def _names_people(ctx: Context, state: flows.State, node: flows.Node, item: flows.Item) -> bool:
    """Whether what is said of an item may be the yes that leads on: a vote whose minutes come later does not."""
    if ctx.actor.outside is not None or item.kind in HANDED_IN:
        return False
    if item.kind == "minutes":
        return state.values.get(item.node, {}).get("outcome") == "approved"
    return "approve" in node.actions and not node.record


def _who(item: flows.Item, people: Mapping[int, str]) -> str:
    return ", ".join(people.get(one, str(one)) for one in item.users) or item.role or item.position or str(item.number)


def _why_not(ctx: Context, connection: Connection, case: Case, item: flows.Item) -> Problem | None:
    assert case.state is not None
    if item.kind in BY_MAKERS:
        return None if ctx.actor.user_id in case.state.makers else flows.not_allowed()
    right = subjects.of(case.subject).right
    inside = ctx.actor.outside is None
    if right is not None and item.kind != "form" and inside and not ctx.actor.may(right):
        return guards.no_approver()
    person = staff.person_of(ctx, connection, case, item=item)
    found = flows.voice(case.flow.nodes[item.node], case.state, item, person)
    if not isinstance(found, Problem):
        return next(iter(flows.blocked(case.state, item)), None)
    called = None if item.users else _title(case, item)
    return flows.wrong_role(called) if called and found.code == "flow.wrong_role" else found


def _title(case: Case, item: flows.Item) -> Text | None:
    """What those are called whom the item is for: the title of their role or position."""
    titled = flow_titles.titles(case.registry)
    return titled("role", item.role) if item.role else titled("position", item.position) if item.position else None


def of_case(ctx: Context, connection: Connection, case: Case) -> frozenset[str]:
    """The commands about the whole case that the actor may give now."""
    state = case.state
    if state is None or ctx.actor.customer_id is not None:
        return frozenset()
    me = ctx.actor.user_id
    person = staff.person_of(ctx, connection, case)
    holds = any(
        isinstance(flows.acting_as(item, person), flows.Person)
        for item in state.open_items
        if item.role or item.position or item.users
    )
    makes = me in state.makers
    allowed = {
        "comment": True,
        "urge": (makes or person.administrator) and state.status == "running" and bool(state.open_items),
        "withdraw": (makes or person.administrator) and state.status != "ended" and _withdrawable(case.flow, state),
        "reconsider": makes and _reconsiderable(ctx, case, state),
        "suspend": state.status == "running" and (holds or person.administrator),
        "resume": state.status == "suspended" and (holds or person.administrator),
        "terminate": state.status != "ended" and person.administrator,
        "jump": state.status == "running" and person.administrator,
        "take_back": state.undoable is not None and state.undoable[1] == me and _takes_back(ctx, case),
    }
    return frozenset(name for name, may in allowed.items() if may)


def _withdrawable(flow: flows.Flow, state: flows.State) -> bool:
    return flow.withdraw_until is None or not flow.withdraw_until & set(state.path)


def _reconsiderable(ctx: Context, case: Case, state: flows.State) -> bool:
    allowed = case.flow.reconsider
    if (
        case.parent_id is not None
        or allowed is None
        or state.outcome != "refused"
        or state.reconsidered >= allowed.times
    ):
        return False
    ended = case.ended_at
    return allowed.days is None or ended is None or (ctx.now - ended).days < allowed.days


def _takes_back(ctx: Context, case: Case) -> bool:
    before = states.read(ctx, case.before) if case.before else None
    item = before.item(case.state.undoable[0]) if before and case.state and case.state.undoable else None
    return item is not None and "take_back" in case.flow.nodes[item.node].powers
