"""What time does to a case: which deadlines and waits run while it stands as it does, and when each is due.

A term is counted from when its item opened or its token began to wait: in working hours of a calendar, in hours that
pass, or to a day that a fact holds. A term of working hours stands still outside them; one to a day never shifts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from loanloom.engines.flows.deadlines import WorkingTime, after, due_at, worked
from loanloom.engines.flows.model import Awaited, Deadline, Flow
from loanloom.engines.flows.record import record
from loanloom.engines.flows.state import Item, State, Token

Kind = Literal["deadline", "wait"]


@record
class Term:
    """One deadline of an open item, or one way of a waiting token that time alone opens. `target` is the number of the
    item or token, `place` which of its node's deadlines or ways; `key` is its name within the case."""

    kind: Kind
    node: str
    target: int
    place: int
    stated: Deadline | Awaited

    @property
    def key(self) -> str:
        """What it is called in its case, as long as its item is open or its token waits."""
        return f"{self.kind}:{self.target}:{self.place}"


def of_item(flow: Flow, item: Item) -> Iterator[Term]:
    """The deadlines of an item that people can do. What decides by itself decides for those who decide: never while the
    makers have the case or material was asked for, nor over minutes of what was decided already."""
    known = _DONE.get(item.kind)
    node = flow.nodes.get(item.node)
    for place, stated in enumerate(node.deadlines if node is not None else ()):
        if known is not None and stated.do not in known:
            continue
        yield Term(kind="deadline", node=item.node, target=item.number, place=place, stated=stated)


_DONE: Mapping[str, frozenset[str]] = {
    "revision": frozenset({"remind"}),
    "material": frozenset({"remind"}),
    "minutes": frozenset({"remind", "escalate"}),
}
"""What a deadline may do to an item that is no decision."""


def of_token(flow: Flow, token: Token) -> Iterator[Term]:
    """The times a waiting token waits for."""
    node = flow.nodes.get(token.node)
    if token.waits != "event" or node is None:
        return
    for place, stated in enumerate(node.awaited):
        if stated.event is None:
            yield Term(kind="wait", node=token.node, target=token.number, place=place, stated=stated)


def of_state(flow: Flow, state: State) -> list[Term]:
    """Every term that runs while the case stands like this."""
    found = [term for item in state.open_items for term in of_item(flow, item)]
    return found + [term for token in state.tokens for term in of_token(flow, token)]


def due(stated: Deadline | Awaited, since: datetime, working: WorkingTime, facts: Mapping[str, Any]) -> datetime | None:
    """When a term counted from `since` (local time of the calendar) is due; None where it is to a day not known yet.

    A wait for a day ends as that day begins, a deadline of a day when it is over."""
    if stated.working_hours is not None:
        return due_at(working, since, stated.working_hours)
    if stated.hours is not None:
        return _later(since, timedelta(hours=stated.hours))
    found = known(facts, stated.until or "")
    if isinstance(found, datetime):
        return found if found.tzinfo is not None else found.replace(tzinfo=since.tzinfo)
    day = _day(found)
    if day is None:
        return None
    if isinstance(stated, Deadline):
        day += timedelta(days=1)
    return datetime.combine(day, time(), tzinfo=since.tzinfo)


def again(stated: Deadline, due: datetime, now: datetime, working: WorkingTime) -> datetime | None:
    """When a deadline that repeats is due next: the first of its times that has not passed; None where it does not."""
    if stated.repeat is None:
        return None
    step, following = stated.repeat, due_at(working, due, stated.repeat)
    while following <= now:
        missed = int(worked(working, following, now) / timedelta(hours=step))
        following = due_at(working, following, step * max(missed, 1))
    return following


def shifted(stated: Deadline | Awaited, due: datetime, held: datetime, now: datetime, working: WorkingTime) -> datetime:
    """When a term is due whose case stood still from `held` to `now`: what was left of it then is left of it now."""
    if due <= held or (stated.working_hours is None and stated.hours is None):
        return due
    if stated.hours is not None:
        return _later(now, due.astimezone(UTC) - held.astimezone(UTC))
    return after(working, now, worked(working, held, due))


def known(facts: Mapping[str, Any], path: str) -> Any:
    """The fact of this path; None where something on the way is missing."""
    found: Any = facts
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _later(since: datetime, span: timedelta) -> datetime:
    return (since.astimezone(UTC) + span).astimezone(since.tzinfo)


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
