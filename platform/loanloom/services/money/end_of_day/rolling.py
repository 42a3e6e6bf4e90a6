"""The turn of the day: expire what nobody took up, move the business date, let scheduled releases go live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, update

from loanloom.engines import products
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text
from loanloom.services.approval import sanctions
from loanloom.services.context import Context
from loanloom.services.errors import Conflict
from loanloom.services.money.cashier import trustors
from loanloom.services.money.end_of_day.step import Chunk, Run
from loanloom.services.money.lines import credit_draws
from loanloom.store import audit, outbox, tables


def next_business_date(registry: Registry, day: date) -> date:
    """The day after, or the next working day where the company's calendar says that the date stops at those only."""
    for document in registry.all("calendar"):
        if document.spec.get("business_days", "every_day") == "working_days":
            return products.calendar_of(registry, document.key).next_working(day)
    return day + timedelta(days=1)


def expire_sanctions(ctx: Context, connection: Connection, run: Run, _chunk: Chunk) -> Mapping[str, Any]:
    """Sanctions whose last day was today are closed; draws on lines that nobody paid out give back their reserve."""
    tomorrow = run.tomorrow(ctx)
    freed = trustors.free_settled(ctx, connection, run.business_date, run.next_date)
    expired, draws = sanctions.expire(tomorrow, connection), credit_draws.expire(tomorrow, connection)
    return {"expired": expired, "draws": draws, "trustors": freed}


def roll(ctx: Context, connection: Connection, run: Run, _chunk: Chunk) -> Mapping[str, Any]:
    """Move the business date. From here on money is booked on the new one."""
    company = tables.company
    moved = connection.execute(
        update(company)
        .where(company.c.id == ctx.company.id, company.c.business_date == run.business_date)
        .values(business_date=run.next_date, version=company.c.version + 1)
    )
    if moved.rowcount != 1:
        raise Conflict(
            Problem(
                code="day.moved",
                message=text("The business date was moved by somebody else.", "营业日期已被其他操作推进。"),
            )
        )
    before, after = run.business_date.isoformat(), run.next_date.isoformat()
    audit.write(
        connection, ctx.actor, "day.closed", ("day_run", run.id),
        before={"business_date": before}, after={"business_date": after}, release_id=ctx.company.release_id, at=ctx.now,
    )  # fmt: skip
    outbox.put(connection, "application.day_closed", {"business_date": before, "next": after}, key=before)
    return {"business_date": after}


def activate_releases(ctx: Context, _connection: Connection, run: Run, _chunk: Chunk) -> Mapping[str, Any]:
    """Releases whose first day begins go live, each in its own transaction; harmless to repeat."""
    from loanloom.services.definitions import releases

    return {"activated": len(releases.activate_due(run.tomorrow(ctx)))}
