"""Playing a flow with a sample case: who would get it, which way, how long. A draft as well as live; keeps nothing.

The whole play is in what is asked: the facts, who starts, and what was done so far, done again from the beginning
each time. So a link says it all, and going back is undoing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from loanloom.engines import flows
from loanloom.engines.flows import resolving
from loanloom.engines.flows.deadlines import worked
from loanloom.engines.flows.drawing import wording
from loanloom.engines.flows.resolving import Member
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.definitions import flow_facts, flow_titles
from loanloom.services.definitions.flow_facts import Fact
from loanloom.services.definitions.flow_trial_shapes import Able, Choice, Coming, Done, Trial
from loanloom.services.flows import colleagues
from loanloom.testing.flow_play import PARTY, Play, Surroundings

MOST = 100
"""Things that may be done in one play."""
HANDED_IN = ("form", "revision", "material")


def play(
    ctx: Context,
    document: Document,
    registry: Registry,
    flow: flows.Flow,
    *,
    given: Mapping[str, str],
    starter: str | None,
    done: Sequence[str],
    language: str,
) -> Trial:
    """Play a flow that compiles: `given` are facts by path as they were typed, `done` what was done so far."""
    ctx.require("definition.read")
    with ctx.transaction() as connection:
        staff = colleagues.staff_of(ctx, connection)
        stand_ins = colleagues.stand_ins(ctx, connection, flow.key)
    facts = flow_facts.asked(document, registry, flow, given, ctx.business_date)
    values, problems = flow_facts.read(document, registry, facts, ctx.business_date)
    starters = _starters(document, staff)
    known = [one.username for one in starters]
    begins = starter if starter is not None and starter in known else next(iter(known), "")
    played = _play(ctx, registry, flow, staff, values, begins, stand_ins)
    kept: list[Done] = []
    if not problems and begins:
        problems = played.start(begins)
        for one in () if problems else [Done.read(written) for written in done[:MOST]]:
            problems = _do(played, one, language)
            if problems:
                break
            kept.append(one)
    return _trial(played, registry, staff, facts, begins, starters, tuple(kept), problems, language)


def _starters(document: Document, staff: resolving.Staff) -> tuple[Member, ...]:
    roles = frozenset(document.spec.get("starters", ()))
    return tuple(one for one in staff if not roles or roles & one.roles) or tuple(staff)


def _play(
    ctx: Context, registry: Registry, flow: flows.Flow, staff: resolving.Staff, values: Mapping[str, Any],
    starter: str, stand_ins: Mapping[int, Sequence[int]],
) -> Play:  # fmt: skip
    begun = staff.named(starter)
    calendar = next(iter(registry.all("calendar")), None)
    working = flows.working_time(calendar.spec if calendar is not None else None)
    matter = resolving.Known(
        staff=staff,
        on=ctx.business_date,
        unit=begun.unit if begun is not None else None,
        authorities=resolving.authorities(registry),
    )
    around = Surroundings(
        flow=flow,
        matter=matter,
        people={one.username: one.id for one in staff},
        facts=values,
        automatic=lambda key, seen: flows.Ruled(values=dict(seen.get("decision") or {}), ruleset=key),
        calculate=lambda key, seen: flows.Ruled(values=_of_calculation(flow, key, values), ruleset=key),
        working=working,
        stand_ins=_by_username(staff, stand_ins),
    )
    local = datetime.combine(ctx.business_date, working.opens, tzinfo=ZoneInfo(ctx.company.time_zone))
    return Play(around, flows.due_at(working, local, 0))


def _by_username(staff: resolving.Staff, stand_ins: Mapping[int, Sequence[int]]) -> dict[str, tuple[str, ...]]:
    here = {one.id: one.username for one in staff}
    return {
        here[one]: tuple(here[other] for other in absent if other in here)
        for one, absent in stand_ins.items()
        if one in here
    }


def _of_calculation(flow: flows.Flow, key: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What people say that a calculation would give, by the first node that runs it."""
    return _said(values, next((node.key for node in flow if node.calculation == key), ""))


def _said(values: Mapping[str, Any], node: str) -> dict[str, Any]:
    """What people say that a node would find."""
    return dict(((values.get("flow") or {}).get("values") or {}).get(node) or {})


def _do(play: Play, done: Done, language: str) -> tuple[Problem, ...]:
    """Do one thing again, after the working hours it took."""
    if done.by and done.by not in play.around.people and not done.by.startswith(PARTY):
        return (_gone(done.by),)
    if done.hours:
        play.pass_until(flows.due_at(play.around.working, play.now, done.hours))
    if done.do == "wait":
        due = min((timer.due for timer in play.timers.values()), default=None)
        if due is not None:
            play.pass_until(due)
        return ()
    return play.act(_step(play, done, language))


def _step(play: Play, done: Done, language: str) -> dict[str, Any]:
    step: dict[str, Any] = {"do": done.do, "node": done.node}
    if done.by:
        step["by"] = done.by
    node = play.flow.nodes.get(done.node)
    if node is not None and done.do in node.reason_required:
        step["reason"] = node.reasons.get(done.do, "-")
    if node is not None and (done.do in node.opinion_required or done.do == "record_minutes"):
        step["opinion"] = "试运行" if language == "zh" else "played"
    if done.do == "answer":
        step["data"] = _said(play.around.facts, done.node)
    elif done.do == "event":
        step["event"] = done.to
    elif done.do == "end_subflow":
        step["outcome"] = done.to
    elif done.to:
        step["to"] = done.to
    return step


def _gone(username: str) -> Problem:
    return Problem(
        code="flow_trial.nobody",
        message=text(f"Nobody here is called “{username}”.", f"没有用户“{username}”。"),
        hint=text("Begin again.", "请重新开始试运行。"),
    )


def _trial(
    play: Play,
    registry: Registry,
    staff: resolving.Staff,
    facts: tuple[Fact, ...],
    starter: str,
    starters: tuple[Member, ...],
    done: tuple[Done, ...],
    problems: tuple[Problem, ...],
    language: str,
) -> Trial:
    began = next((entry.at for entry in play.history if entry.at is not None), play.now)
    shown = flows.diagram(
        play.flow,
        language,
        state=play.state if play.history else None,
        history=play.history,
        names={one.id: one.name for one in staff.members.values()},
        titles=flow_titles.titles(registry),
        due={timer.term.target: timer.due for timer in play.timers.values() if timer.term.kind == "deadline"},
    )
    return Trial(
        facts=facts, starter=starter, starters=starters, done=done, diagram=shown,
        choices=tuple(_choice(play, staff, item) for item in play.state.open_items),
        coming=tuple(_coming(play)), problems=problems, began_at=began, now=play.now,
        worked=worked(play.around.working, began, play.now), ended=play.state.status == "ended",
        outcome=play.state.outcome,
    )  # fmt: skip


def _choice(play: Play, staff: resolving.Staff, item: flows.Item) -> Choice:
    node = play.flow.nodes[item.node]
    handed = {"minutes": ("record_minutes",), **dict.fromkeys(HANDED_IN, ("resubmit",))}
    actions: tuple[str, ...] = handed.get(item.kind, node.actions)
    targets = flows.return_targets(node, play.state, item) if "return" in actions else ()
    return Choice(
        node=node.key,
        title=node.title,
        kind=item.kind,
        people=tuple(_able(play, staff, item)),
        outside=item.outside,
        actions=actions,
        return_to=tuple((key, play.flow.nodes[key].title) for key in targets),
        hours=node.working_hours,
    )


def _able(play: Play, staff: resolving.Staff, item: flows.Item) -> Iterator[Able]:
    """Who may do an item now: those who are here first, then who stands in, then who is away."""
    found: list[Able] = []
    for one in staff:
        if item.kind in ("revision", "material"):
            voice: Any = play.person(one.username) if one.id in play.state.makers else None
        else:
            voice = flows.voice(play.flow.nodes[item.node], play.state, item, play.person(one.username))
        if isinstance(voice, flows.Person):
            lent = staff.members[voice.id].name if voice.id != one.id else None
            found.append(Able(username=one.username, name=one.name, for_whom=lent, away=one.away))
    yield from sorted(found, key=lambda one: (one.away, one.for_whom is not None))


def _coming(play: Play) -> Iterator[Coming]:
    """Events, answers of services, ends of sub-flows, and the next term that runs out."""
    for token in play.state.tokens:
        node = play.flow.nodes[token.node]
        if token.waits == "event":
            for one in node.awaited:
                if one.event is not None:
                    happens = Done(do="event", node=node.key, to=one.event)
                    called = wording.of_awaited(one, play.flow.labels)
                    yield Coming(title=node.title, do=happens, what="event", name=called)
        elif token.waits == "call":
            yield Coming(title=node.title, do=Done(do="answer", node=node.key), what="answer")
            yield Coming(title=node.title, do=Done(do="fail", node=node.key), what="fail")
        elif token.waits == "sub":
            for outcome in ("approved", "refused"):
                ends = Done(do="end_subflow", node=node.key, to=outcome)
                yield Coming(title=node.title, do=ends, what="sub", name=wording.OUTCOMES[outcome])
    due = min(play.timers.values(), key=lambda timer: timer.due, default=None)
    if due is not None and play.state.status == "running":
        title = play.flow.nodes[due.term.node].title
        yield Coming(title=title, do=Done(do="wait"), what="time", due_at=due.due)
