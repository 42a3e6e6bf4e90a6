"""The open business day: whoever moves money holds it open to the end of the transaction; while it closes, nobody may.

One shared advisory lock a company, which the end of day takes for itself alone; only then is the day looked at, so
that nothing is booked into a day that has been added up. Books nothing.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Connection, Integer, bindparam, cast, func, select

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.store import tables
from loanloom.store.ledger_guard import DAY_LOCK

LOCKED = func.pg_advisory_xact_lock_shared(
    cast(DAY_LOCK, Integer), cast(bindparam("company", type_=BigInteger), Integer)
)
"""SQL that holds the day of `company` open."""

_RUN, _COMPANY = tables.day_run, tables.company
CLOSING = (
    select(_RUN.c.id).where(_RUN.c.business_date == _COMPANY.c.business_date, _RUN.c.state != "done").exists()
).label("closing")
"""SQL beside a company's row: whether its day is being closed."""

_LOCK = select(LOCKED)
_STATE = select(_COMPANY.c.business_date, CLOSING).where(_COMPANY.c.id == bindparam("company"))


def hold(ctx: Context, connection: Connection) -> None:
    """Let nobody close the day until this transaction ends; it may be closed already."""
    connection.execute(_LOCK, {"company": ctx.company.id})


def hold_open(ctx: Context, connection: Connection) -> None:
    """Hold the day open until this transaction ends; refuse when it is being closed or has moved on."""
    hold(ctx, connection)
    found = connection.execute(_STATE, {"company": ctx.company.id}).one()
    refuse_unless_open(ctx, found.business_date, closing=found.closing)


def refuse_unless_open(ctx: Context, today: date, *, closing: bool) -> None:
    """Refuse what is known of the day once it is held: it closes, or is no more the day of the context."""
    if closing:
        raise Refused(
            Problem(
                code="day.closing",
                message=text(
                    f"The day {today} is being closed; no money can be booked now.",
                    f"{today} 正在日终处理，暂不能记账。",
                ),
                hint=text("Try again in a moment, on the new business date.", "请稍候，待进入新营业日后重试。"),
            )
        )
    if today != ctx.business_date:
        raise Conflict(
            Problem(
                code="day.moved",
                message=text(
                    f"The business date is {today} now, not {ctx.business_date}.",
                    f"营业日期已变为 {today}，不再是 {ctx.business_date}。",
                ),
                hint=text("Look at the figures of today and try again.", "请核对今日数据后重试。"),
            )
        )
