"""End of day 日终: closes a business date and opens the next one, set-based, in steps and chunks that survive a crash.

`close_day` does one day, `close_until` as many as it takes; `open_run` and `work` are their halves, for workers that
share a day. Cost follows what happens on the day, not how many loans there are or how long they have lived.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from loanloom.services import company as companies
from loanloom.services.context import Context
from loanloom.services.money.end_of_day.plan import STEPS
from loanloom.services.money.end_of_day.runs import Progress, StepProgress, being_closed, open_run, progress, recent
from loanloom.services.money.end_of_day.step import end_of_month
from loanloom.services.money.end_of_day.working import Report, work

__all__ = [
    "STEPS", "Progress", "Report", "StepProgress", "being_closed", "close_day", "close_until", "end_of_month",
    "open_run", "progress", "recent", "today", "work",
]  # fmt: skip


def today(ctx: Context) -> Context:
    """The surroundings as they are now: business date, release and registry read again."""
    from loanloom.services.definitions import releases

    with ctx.database.transaction() as connection:
        company = companies.read(connection, ctx.company.id)
        day = companies.business_date(connection, company.id)
    registry = ctx.registry if company == ctx.company else releases.live(ctx.database, company)
    return replace(ctx, company=company, registry=registry, business_date=day)


def close_day(ctx: Context, report: Report | None = None) -> Context:
    """Close the context's business date; the surroundings of the next one."""
    work(ctx, open_run(ctx), report)
    return today(ctx)


def close_until(ctx: Context, until: date, report: Report | None = None) -> Context:
    """Close day after day until `until` is the business date (or it was passed over). Tells days done and in all."""
    first, now = ctx.business_date, ctx
    while now.business_date < until:
        if report is not None:
            report((now.business_date - first).days, (until - first).days, now.business_date.isoformat())
        now = close_day(now)
    if report is not None:
        report((until - first).days, (until - first).days, until.isoformat())
    return now
