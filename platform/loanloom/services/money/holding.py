"""How a command that moves money begins: the day held open, its records locked, the first answer looked up.

Two short statements however many records. Locks come first and what they protect is read afterwards, so that nobody
decides on figures that somebody else is just changing. Records are locked in order of id, so that two never wait for
each other in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    RowMapping,
    Select,
    String,
    Table,
    and_,
    any_,
    bindparam,
    select,
    true,
)

from loanloom.services.context import Context
from loanloom.services.money import loan_rows, open_day
from loanloom.services.money.loan_rows import Kept
from loanloom.services.once import fitting
from loanloom.store import tables
from loanloom.store.idempotency import Asked

_DAY = select(open_day.LOCKED.label("held")).cte("day")
_FIRST, _COMPANY = tables.idempotency, tables.company
_STATE = (
    select(
        _COMPANY.c.business_date, open_day.CLOSING,
        _FIRST.c.id.label("first"), _FIRST.c.response, _FIRST.c.request_digest, _FIRST.c.actor_id,
    )
    .select_from(
        _COMPANY.outerjoin(
            _FIRST,
            and_(
                _FIRST.c.key == bindparam("key", type_=String),
                _FIRST.c.command == bindparam("of", type_=String),
                _FIRST.c.subject == bindparam("on", type_=String),
            ),
        )
    )
    .where(_COMPANY.c.id == bindparam("company"))
)  # fmt: skip
_NOTHING_ASKED = {"key": None, "of": None, "on": None}


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


@dataclass(frozen=True, slots=True)
class HeldLoans:
    """Loans that are ours until the transaction ends; or the answer that was given before."""

    loans: Sequence[Kept] = ()
    answer: Mapping[str, Any] | None = None


def hold(ctx: Context, connection: Connection, table: Table, ids: Iterable[int], asked: Asked | None = None) -> Held:
    """Hold rows of a table for a command; they come in order of id, those that do not exist are missing.

    `asked` must be about these very rows: a second request of the same kind waits here for the first to end.
    """
    company = ctx.company.id
    rows = connection.execute(_locked(table), {"company": company, "ids": sorted(set(ids))}).mappings().all()
    names = asked.names if asked else _NOTHING_ASKED
    state = connection.execute(_STATE, {"company": company, **names}).one()
    if asked is not None and state.first is not None:
        return Held(answer=fitting(asked.answer(state)))
    open_day.refuse_unless_open(ctx, state.business_date, closing=state.closing)
    return Held(rows)


def hold_loans(ctx: Context, connection: Connection, loan_ids: Iterable[int], asked: Asked | None = None) -> HeldLoans:
    """Hold loans for a command, read with their instalments in one statement more."""
    held = hold(ctx, connection, tables.loan, loan_ids, asked)
    if held.answer is not None or not held.rows:
        return HeldLoans(answer=held.answer)
    return HeldLoans(loan_rows.with_accounts(ctx, connection, held.rows))
