"""How a command that moves money begins: the day held open, its records locked, the first answer looked up.

Two short statements however many records. Locks come first and what they protect is read afterwards, so that nobody
decides on figures that somebody else is just changing. Records are locked in order of id, so that two never wait for
each other in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    RowMapping,
    Select,
    Table,
    any_,
    bindparam,
    func,
    select,
    true,
)

from loanloom.services.context import Context
from loanloom.services.money import loan_rows, open_day
from loanloom.services.money.loan_rows import Kept
from loanloom.services.once import fitting
from loanloom.store import bulk, tables
from loanloom.store.idempotency import NAMED, NOTHING, Asked

_DAY = select(open_day.LOCKED.label("held")).cte("day")
_FIRST, _COMPANY = tables.idempotency, tables.company
Reserve = tuple[tuple[Table, int], ...]
"""So many ids of new rows for each table; what is not used leaves a gap."""


@lru_cache(maxsize=32)
def _state(reserve: Reserve) -> Select[Any]:
    """The day, the first answer, and ids of rows to come."""
    drawn = [func.array(bulk.next_ids(table, count).scalar_subquery()) for table, count in reserve]
    return (
        select(
            _COMPANY.c.business_date, open_day.CLOSING,
            _FIRST.c.id.label("first"), _FIRST.c.response, _FIRST.c.request_digest, _FIRST.c.actor_id,
            *drawn,
        )
        .select_from(_COMPANY.outerjoin(_FIRST, NAMED))
        .where(_COMPANY.c.id == bindparam("company"))
    )  # fmt: skip


@lru_cache(maxsize=32)
def _locked(table: Table) -> Select[Any]:
    return (
        select(table)
        .select_from(table.join(_DAY, true()))
        .where(table.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
        .order_by(table.c.id)
        .with_for_update(of=table)
    )


@dataclass(frozen=True, slots=True)
class Held:
    """Rows that are ours until the transaction ends; or the answer that was given before."""

    rows: Sequence[RowMapping] = ()
    answer: Mapping[str, Any] | None = None
    ids: Mapping[Table, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeldLoans:
    """Loans that are ours until the transaction ends; or the answer that was given before."""

    loans: Sequence[Kept] = ()
    answer: Mapping[str, Any] | None = None
    ids: Mapping[Table, list[int]] = field(default_factory=dict)


def hold(
    ctx: Context,
    connection: Connection,
    table: Table,
    ids: Iterable[int],
    asked: Asked | None = None,
    reserve: Reserve = (),
) -> Held:
    """Hold rows of a table for a command; they come in order of id, those that do not exist are missing.

    `asked` must be about these very rows: a second request of the same kind waits here for the first to end. The ids
    of `reserve` are for `bulk.together`, to spare it a question.
    """
    company = ctx.company.id
    rows = connection.execute(_locked(table), {"company": company, "ids": sorted(set(ids))}).mappings().all()
    names = asked.names if asked else NOTHING
    state = connection.execute(_state(reserve), {"company": company, **names}).one()
    if asked is not None and state.first is not None:
        return Held(answer=fitting(asked.answer(state)))
    open_day.refuse_unless_open(ctx, state.business_date, closing=state.closing)
    drawn = state[len(state) - len(reserve) :]
    return Held(rows, ids={table: list(found) for (table, _), found in zip(reserve, drawn, strict=True)})


def hold_loans(
    ctx: Context,
    connection: Connection,
    loan_ids: Iterable[int],
    asked: Asked | None = None,
    reserve: Reserve = (),
) -> HeldLoans:
    """Hold loans for a command, read with their instalments in one statement more."""
    held = hold(ctx, connection, tables.loan, loan_ids, asked, reserve)
    if held.answer is not None or not held.rows:
        return HeldLoans(answer=held.answer)
    return HeldLoans(loan_rows.with_accounts(ctx, connection, held.rows), ids=held.ids)
