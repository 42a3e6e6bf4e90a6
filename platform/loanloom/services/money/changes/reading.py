"""Reading changes: the ones of a loan, one with its preview as of now, and what waits for somebody's approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, Select, func, select

from loanloom.problems import Problem
from loanloom.services import scope
from loanloom.services.access.sign_in import ab_user
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, NotFound
from loanloom.services.money.changes import choices, disbursement_undo, previewing, records, rules
from loanloom.services.money.changes.choices import Choices
from loanloom.services.money.changes.kinds import Kind, kind_of, kinds
from loanloom.services.money.changes.previewing import Preview
from loanloom.store import tables

MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A change in a list: its row with the names of people, and its kind."""

    row: RowMapping
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class Opened:
    """One change, what it would do as of now while it is open, and what this person may do with it."""

    row: RowMapping
    kind: Kind
    preview: Preview | None
    may_approve: bool
    may_withdraw: bool
    may_book: bool
    may_undo: bool
    choices: Choices
    why_not_approve: Problem | None = None


def _with_people() -> Select[Any]:
    """Changes with the names of who asked, decided and booked."""
    table = tables.loan_change
    query = select(table)
    source: Any = table
    for step in ("requested", "decided", "booked"):
        user = ab_user.alias(step)
        source = source.outerjoin(user, user.c.id == table.c[f"{step}_by"])
        name = func.trim(func.concat(user.c.first_name, " ", user.c.last_name))
        query = query.add_columns(name.label(f"{step}_name"))
    return query.select_from(source)


def of_loan(ctx: Context, loan_id: int) -> list[Line]:
    """The changes of a loan the actor may see, the newest first."""
    ctx.require("loan.read", "money.read", "loan.change", "loan.approve_change")
    table = tables.loan_change
    query = _with_people().where(table.c.loan_id == loan_id).order_by(table.c.id.desc()).limit(MOST)
    with ctx.transaction() as connection:
        previewing.seen(ctx, connection, loan_id)
        return _lines(connection.execute(query).mappings().all())


def waiting(ctx: Context) -> list[Line]:
    """Open changes of the loans the actor sees, the oldest first; with the loan's number and the customer's name."""
    ctx.require("loan.read", "loan.approve_change", "loan.change", "money.receive")
    table, loan, customer = tables.loan_change, tables.loan, tables.customer
    query = (
        _with_people()
        .add_columns(loan.c.number.label("loan_number"), customer.c.name.label("customer_name"), loan.c.currency)
        .where(
            table.c.state.in_(records.OPEN),
            loan.c.id == table.c.loan_id,
            customer.c.id == loan.c.customer_id,
            scope.visible(ctx, loan),
        )
        .order_by(table.c.id)
        .limit(MOST)
    )
    with ctx.transaction() as connection:
        return _lines(connection.execute(query).mappings().all())


def _lines(rows: Sequence[RowMapping]) -> list[Line]:
    return [Line(row, kinds().get(row["kind"])) for row in rows]


def opened(ctx: Context, loan_id: int, change_id: int) -> Opened:
    """One change of a loan."""
    ctx.require("loan.read", "loan.approve_change", "loan.change", "money.receive")
    with ctx.transaction() as connection:
        kept = previewing.seen(ctx, connection, loan_id)
        query = _with_people().where(tables.loan_change.c.id == change_id, tables.loan_change.c.loan_id == loan_id)
        row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(records.CHANGE)
        kind = kind_of(row["kind"])
        shown = None
        if row["state"] in records.OPEN:
            written = {**row["parameters"], "on": row["effective_on"]}
            shown = previewing.of(ctx, connection, kept, kind, written)
        return _opened(ctx, row, kind, shown, choices.choices(ctx, connection, kept, kind))


def _opened(ctx: Context, row: RowMapping, kind: Kind, shown: Preview | None, named: Choices) -> Opened:
    against = _against_approving(ctx, row, shown)
    waits = row["state"] == "requested"
    mine = row["requested_by"] == ctx.actor.user_id
    return Opened(
        row=row,
        kind=kind,
        preview=shown,
        may_approve=waits and against is None and ctx.actor.may("loan.approve_change"),
        may_withdraw=row["state"] in records.OPEN and mine and ctx.actor.may("loan.change"),
        may_book=row["state"] == "approved" and shown is not None and _may_book(ctx, mine, shown),
        may_undo=_may_undo(ctx, row),
        choices=named,
        why_not_approve=against if waits else None,
    )


def _may_undo(ctx: Context, row: RowMapping) -> bool:
    """What was booked can be taken back; but a disbursement that was undone is paid out anew."""
    done = row["state"] == "booked" and bool(row["sequences"]) and row["kind"] != disbursement_undo.KIND
    return done and ctx.actor.may("loan.change")


def _may_book(ctx: Context, mine: bool, shown: Preview) -> bool:
    """Money in is booked by whoever receives, money out by whoever pays and did not ask for it."""
    return ctx.actor.may("money.disburse") and not mine if shown.money_out else ctx.actor.may("money.receive")


def _against_approving(ctx: Context, row: RowMapping, shown: Preview | None) -> Problem | None:
    if shown is None:
        return None
    try:
        rules.check_approver(ctx, shown.rule, row["requested_by"])
    except Forbidden as refused:
        return refused.problems[0]
    return None


def choices_for(ctx: Context, loan_id: int, kind: str) -> Choices:
    """The choices of a form: branches, people, loans of the same customer."""
    ctx.require("loan.change")
    with ctx.transaction() as connection:
        return choices.choices(ctx, connection, previewing.seen(ctx, connection, loan_id), kind_of(kind))
