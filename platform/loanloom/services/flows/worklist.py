"""What waits for whom: my items, my group's, what I did; counts for the header.

Reads only. "Mine" are items given to me or taken by me; "group" are those I may take: of my roles, my position, where I
am named among others, and, in the list itself, of those whom I stand in for. The counts on every page go by my own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from loanloom.problems import Text
from loanloom.services.context import Context
from loanloom.services.flows import reach
from loanloom.services.flows.reach import FREE, GROUP, MINE
from loanloom.store import messages, names, tables

View = Literal["mine", "group", "done"]
ITEM, CASE = tables.work_item, tables.flow_case
APPLICATION, CUSTOMER = tables.application, tables.customer
FAR = datetime(9000, 1, 1, tzinfo=UTC)
"""Stands for "no deadline" when items are put in order: they come last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One line of a work list."""

    id: int
    kind: str
    version: int
    case_id: int
    subject: str
    subject_id: int | None
    number: str
    customer: str | None
    product_key: str | None
    amount: Any
    currency: str | None
    title: Text
    code: str | None
    round: int
    priority: int
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    due_today: bool
    assignee: int | None
    status: str
    decision: str | None
    decided_at: datetime | None
    grade: str | None

    @property
    def page(self) -> str:
        """Where the work is done."""
        if self.subject != "application":
            return f"/cases/{self.case_id}"
        return f"/applications/{self.subject_id}" if self.kind in ("revision", "material") else f"/approvals/{self.id}"

    @property
    def application_id(self) -> int | None:
        """The application it is about, if it is about one."""
        return self.subject_id if self.subject == "application" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some lines of a list; `next` is the key from which the following page goes on."""

    items: tuple[WorkItem, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The counts that the header and the home page show."""

    mine: int
    group: int
    overdue: int
    due_today: int

    @property
    def all(self) -> int:
        """Everything that waits for me."""
        return self.mine + self.group


COUNTS = select(
    func.count().filter(~FREE).label("mine"),
    func.count().filter(FREE).label("group"),
    func.count().filter(ITEM.c.due_at < bindparam("now")).label("overdue"),
    func.count().filter(ITEM.c.due_at >= bindparam("now"), ITEM.c.due_at < bindparam("tomorrow")).label("due_today"),
).where(ITEM.c.status == "open", or_(MINE, GROUP))


FRAME = select(messages.UNREAD.scalar_subquery().label("unread"), func.count().label("work")).where(
    ITEM.c.status == "open", or_(MINE, GROUP)
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
    with ctx.transaction() as connection:
        others, known = reach.absent(ctx, connection) if view == "group" else ([], {})
        statement = _listed(view, others)
        for condition in _filters(ctx, query, product, overdue):
            statement = statement.where(condition)
        if view == "done":
            statement = _newest_first(statement, after)
        else:
            statement = _due_first(statement, after)
        rows = connection.execute(statement.limit(limit + 1), {**reach.me(ctx), **known}).all()
        items = tuple(_item(ctx, row._mapping) for row in rows[:limit])
    return Page(items=items, next=_key(view, items[-1]) if len(rows) > limit else None)


def waiting_counts(ctx: Context, connection: Connection | None = None) -> Waiting:
    """How much waits for me; one query."""
    if ctx.actor.user_id is None:
        return Waiting(mine=0, group=0, overdue=0, due_today=0)
    if connection is None:
        with ctx.transaction() as own:
            return waiting_counts(ctx, own)
    row = connection.execute(COUNTS, {**reach.me(ctx), "now": ctx.now, "tomorrow": _tomorrow(ctx)}).one()
    return Waiting(mine=row.mine, group=row.group, overdue=row.overdue, due_today=row.due_today)


def frame_counts(ctx: Context, connection: Connection) -> tuple[int, int]:
    """What the frame of every page shows: unread messages, and everything that waits for me."""
    row = connection.execute(FRAME, {**reach.me(ctx), "user_id": ctx.actor.user_id}).one()
    return row.unread, row.work


def _listed(view: View, others: Sequence[ColumnElement[bool]] = ()) -> Select[Any]:
    wanted = {
        "mine": and_(ITEM.c.status == "open", MINE),
        "group": and_(ITEM.c.status == "open", or_(GROUP, *others)),
        "done": and_(ITEM.c.status == "done", ITEM.c.decided_by == bindparam("me")),
    }[view]
    return (
        select(
            ITEM,
            *CASE.c["subject_kind", "subject_id", "product_key", "amount", "currency", "code"],
            CASE.c.number.label("case_number"),
            APPLICATION.c.score_grade,
            CUSTOMER.c.name.label("customer_name"),
        )
        .join(CASE, CASE.c.id == ITEM.c.case_id)
        .outerjoin(APPLICATION, and_(CASE.c.subject_kind == "application", APPLICATION.c.id == CASE.c.subject_id))
        .outerjoin(CUSTOMER, CUSTOMER.c.id == CASE.c.customer_id)
        .where(wanted)
    )


def _filters(ctx: Context, query: str, product: str | None, overdue: bool) -> Iterator[ColumnElement[bool]]:
    words = query.strip()
    if words:
        yield or_(CASE.c.number.startswith(words, autoescape=True), names.like_name(CUSTOMER, words))
    if product:
        yield CASE.c.product_key == product
    if overdue:
        yield ITEM.c.due_at < ctx.now


def _due_first(statement: Select[Any], after: str | None) -> Select[Any]:
    due = func.coalesce(ITEM.c.due_at, literal(FAR))
    if after:
        key = _read_key(after)
        if key is not None:
            statement = statement.where(
                tuple_(-ITEM.c.priority, due, ITEM.c.id) > tuple_(literal(-key[0]), literal(key[1]), literal(key[2]))
            )
    return statement.order_by(-ITEM.c.priority, due, ITEM.c.id)


def _newest_first(statement: Select[Any], after: str | None) -> Select[Any]:
    if after:
        key = _read_key(after)
        if key is not None:
            statement = statement.where(tuple_(ITEM.c.decided_at, ITEM.c.id) < tuple_(literal(key[1]), literal(key[2])))
    return statement.order_by(ITEM.c.decided_at.desc(), ITEM.c.id.desc())


def _key(view: View, item: WorkItem) -> str:
    moment = item.decided_at if view == "done" else item.due_at
    return f"{item.priority}|{(moment or FAR).isoformat()}|{item.id}"


def _read_key(written: str) -> tuple[int, datetime, int] | None:
    """A page key from an address; anything malformed means the first page."""
    try:
        priority, moment, item_id = written.split("|")
        return int(priority), datetime.fromisoformat(moment), int(item_id)
    except ValueError:
        return None


def _item(ctx: Context, row: Mapping[Any, Any]) -> WorkItem:
    due = row["due_at"]
    waiting = row["status"] == "open" and due is not None
    return WorkItem(
        id=row["id"],
        kind=row["kind"],
        version=row["version"],
        case_id=row["case_id"],
        subject=row["subject_kind"],
        subject_id=row["subject_id"],
        number=row["case_number"],
        customer=row["customer_name"],
        product_key=row["product_key"],
        amount=row["amount"],
        currency=row["currency"],
        title=row["title"],
        code=row["code"],
        round=row["round"],
        priority=row["priority"],
        opened_at=row["opened_at"],
        due_at=due,
        overdue=waiting and due < ctx.now,
        due_today=waiting and ctx.now <= due < _tomorrow(ctx),
        assignee=row["assignee"],
        status=row["status"],
        decision=row["decision"],
        decided_at=row["decided_at"],
        grade=row["score_grade"],
    )


def _tomorrow(ctx: Context) -> datetime:
    """Midnight at the end of today, where the company is."""
    local = ctx.now.astimezone(ZoneInfo(ctx.company.time_zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
