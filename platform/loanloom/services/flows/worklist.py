"""What waits for whom: my items, my group's, what I did; counts for the header.

Reads only. "Mine" are items given to me or taken by me; "group" are those I may take: of my roles, my position, where I
am named among others, and, in the list itself, of those whom I stand in for. The counts on every page go by my own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    any_,
    bindparam,
    cast,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from loanloom.services.context import Context
from loanloom.services.flows import reach, work_lines
from loanloom.services.flows.reach import Reach
from loanloom.services.flows.work_lines import WorkItem
from loanloom.store import messages, names, tables

View = Literal["mine", "group", "done"]
Place = tuple[datetime, int]
"""A place of a list: the turn and the id of the line before it."""
ITEM, CASE = tables.work_item, tables.flow_case
APPLICATION, CUSTOMER, COPY = tables.application, tables.customer, tables.flow_copy
FAR = datetime(9000, 1, 1, tzinfo=UTC)
"""Stands for "no deadline" when items are put in order (`work_item.turn`): they come last."""
LARGEST_ID = 2**63
FEW = 500
"""So many cases of a name are looked up one by one."""
MOST, MOST_IN_FRAME = 1_000, 100
"""Counts go so far, those on every page less far: whoever has more than that does not need the exact number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some lines of a list; `next` is the key from which the following page goes on."""

    items: tuple[WorkItem, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the frame of every page counts: unread messages, my work, my group's, copies I have not looked at."""

    unread: int
    mine: int
    group: int
    copies: int

    @property
    def work(self) -> int:
        """Everything that waits for me."""
        return min(self.mine + self.group, MOST_IN_FRAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The counts that the to-do and home pages show, each up to MOST."""

    mine: int
    group: int
    overdue: int
    due_today: int

    @property
    def all(self) -> int:
        """Everything that waits for me."""
        return self.mine + self.group


def _both(most: int) -> Subquery:
    """What I hold and what I could take, each up to so many, in the order of lists."""
    mine, group = reach.held(most, whose="owners").subquery("mine"), reach.free(most)
    counted = select(true().label("mine"), mine.c.turn), select(false(), group.c.turn).limit(most)
    return union_all(*counted).subquery("waiting")


_LISTED, _FRAMED = _both(MOST), _both(MOST_IN_FRAME)
COUNTS = select(
    func.count().filter(_LISTED.c.mine).label("mine"),
    func.count().filter(~_LISTED.c.mine).label("group"),
    func.count().filter(_LISTED.c.turn < bindparam("now")).label("overdue"),
    func.count().filter(_LISTED.c.turn >= bindparam("now"), _LISTED.c.turn < bindparam("tomorrow")).label("due_today"),
)
_COPIES = select(func.count()).where(COPY.c.user_id == bindparam("user_id"), COPY.c.read_at.is_(None))
FRAME = select(
    messages.UNREAD.scalar_subquery().label("unread"),
    _COPIES.scalar_subquery().label("copies"),
    func.count().filter(_FRAMED.c.mine).label("mine"),
    func.count().filter(~_FRAMED.c.mine).label("group"),
)


def todo(
    ctx: Context,
    view: View,
    *,
    query: str = "",
    product: str | None = None,
    overdue: bool = False,
    after: str | None = None,
    limit: int = 20,
) -> Page:
    """One page of a list: what is due first comes first; done items newest first."""
    place = _read_key(after)
    since = {} if place is None else {"turn": place[0], "last": place[1]}
    after_it = place is not None
    with ctx.transaction() as connection:
        wanted = tuple(_filters(ctx, connection, query, product, overdue))
        statement = _made(view, wanted, after_it, limit) if wanted else _statement(view, after_it, limit)
        whose = reach.with_absent(ctx, connection) if view == "group" else _own(ctx)
        rows = connection.execute(statement, {**whose.known, **since}).all()
        items = tuple(work_lines.line(ctx, row._mapping) for row in rows[:limit])
    return Page(items=items, next=_key(view, items[-1]) if len(rows) > limit else None)


def waiting_counts(ctx: Context, connection: Connection | None = None) -> Waiting:
    """How much waits for me; one query."""
    if ctx.actor.user_id is None:
        return Waiting(mine=0, group=0, overdue=0, due_today=0)
    if connection is None:
        with ctx.transaction() as own:
            return waiting_counts(ctx, own)
    row = connection.execute(COUNTS, _known(ctx)).one()
    return Waiting(mine=row.mine, group=row.group, overdue=row.overdue, due_today=row.due_today)


def frame_counts(ctx: Context, connection: Connection) -> Frame:
    """What the frame of every page shows; one query."""
    row = connection.execute(FRAME, _known(ctx)).one()
    return Frame(unread=row.unread, mine=row.mine, group=row.group, copies=row.copies)


def _known(ctx: Context) -> dict[str, Any]:
    """My own work, without that of the absent: counts stand on every page."""
    me, whose = ctx.actor.user_id, reach.of_me(ctx)
    return {
        **whose.known, "owners": [me], "user_id": me, "now": ctx.now, "tomorrow": work_lines.tomorrow(ctx),
    }  # fmt: skip


def _own(ctx: Context) -> Reach:
    me = ctx.actor.user_id
    return Reach(me=me, holders=() if me is None else (me,))


def _made(view: View, wanted: reach.Wanted, after: bool, limit: int) -> Select[Any]:
    """One more line than is shown tells whether there is a next page."""
    made = _done(wanted, after) if view == "done" else _waiting(view, wanted, after, limit + 1)
    return made.limit(limit + 1)


@lru_cache(maxsize=32)
def _statement(view: View, after: bool, limit: int) -> Select[Any]:
    """The usual list, without filters; made once."""
    return _made(view, (), after, limit)


def _waiting(view: View, wanted: reach.Wanted, after: bool, limit: int) -> Select[Any]:
    if view == "group":
        ways = reach.free(limit, after=after, wanted=wanted)
    else:
        ways = reach.held(limit, after=after, wanted=wanted).subquery("held")
    first = select(ways).order_by(ways.c.turn, ways.c.id).limit(limit).subquery("first")  # only these are looked up
    lines = work_lines.lines(first.join(ITEM, ITEM.c.id == first.c.id))
    return lines.order_by(first.c.turn, first.c.id)


def _done(wanted: reach.Wanted, after: bool) -> Select[Any]:
    lines = work_lines.lines(ITEM).where(ITEM.c.status == "done", ITEM.c.decided_by == bindparam("me"), *wanted)
    if after:
        lines = lines.where(tuple_(ITEM.c.decided_at, ITEM.c.id) < tuple_(bindparam("turn"), bindparam("last")))
    return lines.order_by(ITEM.c.decided_at.desc(), ITEM.c.id.desc())


def _filters(
    ctx: Context, connection: Connection, query: str, product: str | None, overdue: bool
) -> Iterator[ColumnElement[bool]]:
    words = query.strip()
    if words:
        yield _about(connection, words)
    if product:
        yield CASE.c.product_key == product
    if overdue:
        yield ITEM.c.due_at < ctx.now


def _about(connection: Connection, words: str) -> ColumnElement[bool]:
    """Items of cases of this number or customer. Where these are few they are looked up first: a list that goes
    through all that waits, looking for one name, takes the longer the more waits."""
    numbered, named = CASE.c.number.startswith(words, autoescape=True), names.like_name(CUSTOMER, words)
    ways = (
        select(CASE.c.id).where(numbered).limit(FEW + 1),
        select(CASE.c.id).join(CUSTOMER, CUSTOMER.c.id == CASE.c.customer_id).where(named).limit(FEW + 1),
    )
    found = connection.execute(union_all(*ways)).scalars().all()
    return or_(numbered, named) if len(found) > FEW else ITEM.c.case_id == any_(cast(found, ARRAY(BigInteger)))


def _key(view: View, item: WorkItem) -> str:
    moment = item.decided_at if view == "done" else item.due_at
    return f"{(moment or FAR).isoformat()}|{item.id}"


def _read_key(written: str | None) -> Place | None:
    """A page key from an address; anything malformed means the first page."""
    try:
        moment, item_id = (written or "").split("|")
        found = datetime.fromisoformat(moment), int(item_id)
    except ValueError:
        return None
    return found if found[0].tzinfo is not None and 0 <= found[1] < LARGEST_ID else None
