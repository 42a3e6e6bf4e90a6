"""The home page's figures: what waits, how the portfolio stands, what is due. Read only, within the actor's scope.

A handful of grouped queries over indexed columns; nothing is computed loan by loan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select

from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.flows import work_lines, worklist
from loanloom.store.tables import application, instalment, loan

MONTHS_AHEAD = 6
BUCKETS = ((0, 0), (1, 30), (31, 60), (61, 90), (91, None))
"""Days past due, from and to; the last is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Loans as of the business date."""

    active: int
    principal: Decimal
    overdue: int
    overdue_amount: Decimal
    by_bucket: tuple[tuple[int, int | None, int, Decimal], ...]
    by_class: Mapping[str, tuple[int, Decimal]]
    due_week: Decimal
    due_week_count: int
    forecast: tuple[tuple[date, Decimal, Decimal], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applications:
    """Applications by state, and by grade where scored."""

    by_state: Mapping[str, tuple[int, Decimal]]
    by_grade: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the home page shows; None where the actor may not look."""

    waiting: worklist.Waiting
    work: tuple[work_lines.WorkItem, ...]
    portfolio: Portfolio | None
    applications: Applications | None


def first_page(ctx: Context) -> str | None:
    """The page the first of the actor's roles names as its home."""
    for key in ctx.actor.roles:
        document = ctx.registry.get("role", key)
        if document and document.spec.get("home"):
            return str(document.spec["home"])
    return None


def of(ctx: Context) -> Overview:
    """Everything for the home page in one transaction."""
    work = worklist.todo(ctx, "mine").items[:6] or worklist.todo(ctx, "group").items[:6]
    with ctx.transaction() as connection:
        return Overview(
            waiting=worklist.waiting_counts(ctx, connection),
            work=work,
            portfolio=_portfolio(ctx, connection) if ctx.actor.may("loan.read") else None,
            applications=_applications(ctx, connection) if ctx.actor.may("application.read") else None,
        )


def _bucket() -> ColumnElement[int]:
    days = loan.c.days_past_due
    return case(*((days <= upper, index) for index, (_, upper) in enumerate(BUCKETS) if upper is not None), else_=4)


def _portfolio(ctx: Context, connection: Connection) -> Portfolio:
    mine = (loan.c.status == "active", scope.visible(ctx, loan))
    outstanding = func.coalesce(func.sum(loan.c.principal_outstanding), 0)
    overdue = func.coalesce(func.sum(loan.c.overdue_amount), 0)
    bucket = _bucket()
    rows = connection.execute(
        select(bucket, loan.c.asset_class, func.count(), outstanding, overdue)
        .where(*mine)
        .group_by(bucket, loan.c.asset_class)
    ).all()
    by_bucket = {index: (0, Decimal(0)) for index in range(len(BUCKETS))}
    by_class: dict[str, tuple[int, Decimal]] = {}
    for index, asset_class, count, amount, _ in rows:
        by_bucket[index] = (by_bucket[index][0] + count, by_bucket[index][1] + amount)
        known = by_class.get(asset_class, (0, Decimal(0)))
        by_class[asset_class] = (known[0] + count, known[1] + amount)
    week = _due(ctx, connection, ctx.business_date, ctx.business_date + timedelta(days=7))
    return Portfolio(
        active=sum(row[2] for row in rows),
        principal=sum((row[3] for row in rows), Decimal(0)),
        overdue=sum(count for index, (count, _) in by_bucket.items() if index),
        overdue_amount=sum((row[4] for row in rows), Decimal(0)),
        by_bucket=tuple((*BUCKETS[index], *by_bucket[index]) for index in sorted(by_bucket)),
        by_class=by_class,
        due_week=week[1],
        due_week_count=week[0],
        forecast=_forecast(ctx, connection),
    )


def _open_instalments(ctx: Context) -> tuple[ColumnElement[bool], ...]:
    return (loan.c.status == "active", instalment.c.status.notin_(("paid", "cancelled")), scope.visible(ctx, loan))


def _unpaid() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return (
        instalment.c.principal - instalment.c.principal_paid,
        instalment.c.interest - instalment.c.interest_paid + instalment.c.fee - instalment.c.fee_paid,
    )


def _due(ctx: Context, connection: Connection, first: date, before: date) -> tuple[int, Decimal]:
    principal, interest = _unpaid()
    row = connection.execute(
        select(func.count(), func.coalesce(func.sum(principal + interest), 0))
        .select_from(instalment.join(loan, loan.c.id == instalment.c.loan_id))
        .where(*_open_instalments(ctx), instalment.c.due_on >= first, instalment.c.due_on < before)
    ).one()
    return row[0], row[1]


def _forecast(ctx: Context, connection: Connection) -> tuple[tuple[date, Decimal, Decimal], ...]:
    """Principal and interest to come in, by month, from this month on."""
    principal, interest = _unpaid()
    months = [_month(ctx.business_date, ahead) for ahead in range(MONTHS_AHEAD + 1)]
    month = func.date_trunc("month", instalment.c.due_on)
    rows = connection.execute(
        select(month, func.sum(principal), func.sum(interest))
        .select_from(instalment.join(loan, loan.c.id == instalment.c.loan_id))
        .where(*_open_instalments(ctx), instalment.c.due_on >= ctx.business_date, instalment.c.due_on < months[-1])
        .group_by(month)
    ).all()
    found = {row[0].date(): (row[1], row[2]) for row in rows}
    if not found:
        return ()
    return tuple((first, *found.get(first, (Decimal(0), Decimal(0)))) for first in months[:-1])


def _month(day: date, ahead: int) -> date:
    index = day.year * 12 + day.month - 1 + ahead
    return date(index // 12, index % 12 + 1, 1)


def _applications(ctx: Context, connection: Connection) -> Applications:
    mine = scope.visible(ctx, application)
    amount = func.coalesce(func.sum(application.c.amount), 0)
    states = connection.execute(
        select(application.c.state, func.count(), amount).where(mine).group_by(application.c.state)
    ).all()
    grades = connection.execute(
        select(application.c.score_grade, func.count())
        .where(mine, application.c.score_grade.is_not(None))
        .group_by(application.c.score_grade)
        .order_by(application.c.score_grade)
    ).all()
    return Applications(
        by_state={state: (count, total) for state, count, total in states},
        by_grade={row[0]: row[1] for row in grades},
    )
