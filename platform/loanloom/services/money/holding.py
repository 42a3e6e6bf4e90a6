"""How a command on loans begins: the day held open, the loans locked, the first answer looked up, the loans read.

Four short statements however many loans, and however long they have lived. Locks come first and what they protect is
read afterwards, so that nobody decides on figures that somebody else is just changing. Loans are locked in order of
id, so that two never wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, String, and_, any_, bindparam, select, true

from loanloom.services.context import Context
from loanloom.services.money import loan_rows, open_day
from loanloom.services.money.loan_rows import Kept
from loanloom.services.once import fitting
from loanloom.store import tables
from loanloom.store.idempotency import Asked

_DAY = select(open_day.LOCKED.label("held")).cte("day")
_LOCKED = (
    select(tables.loan)
    .select_from(tables.loan.join(_DAY, true()))
    .where(tables.loan.c.id == any_(bindparam("loans", type_=ARRAY(BigInteger))))
    .order_by(tables.loan.c.id)
    .with_for_update(of=tables.loan)
)
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


@dataclass(frozen=True, slots=True)
class Held:
    """Loans that are ours until the transaction ends; or the answer that was given before."""

    loans: tuple[Kept, ...] = ()
    answer: Mapping[str, Any] | None = None


def hold(ctx: Context, connection: Connection, loan_ids: Iterable[int], asked: Asked | None = None) -> Held:
    """Hold loans for a command; the loans come in order of id, those that do not exist are missing.

    `asked` must be about these very loans: a second request of the same kind waits here for the first to end.
    """
    company = ctx.company.id
    locked = {"company": company, "loans": sorted(set(loan_ids))}
    rows = connection.execute(_LOCKED, locked).mappings().all()
    names = asked.names if asked else _NOTHING_ASKED
    state = connection.execute(_STATE, {"company": company, **names}).one()
    if asked is not None and state.first is not None:
        return Held(answer=fitting(asked.answer(state)))
    open_day.refuse_unless_open(ctx, state.business_date, closing=state.closing)
    return Held(tuple(loan_rows.with_accounts(ctx, connection, rows)) if rows else ())
