"""Which open items are for whom: those I hold, those of my group, those where I am named; and of whom I stand in for.

The same rules as `guards.concerns` and the engine's `eligible`, for lists and counts. Each way in is an index read in
the order of the list, so that a page costs the same however much waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Subquery,
    Table,
    Text,
    all_,
    bindparam,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union,
)

from loanloom.engines import flows
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.flows import colleagues, staff
from loanloom.store import tables

ITEM, NAMED, CASE, CUSTOMER = tables.work_item, tables.work_named, tables.flow_case, tables.customer
NOT_BARRED = bindparam("me", type_=Integer) != all_(ITEM.c.excluded)
"""Whoever the engine would not let is not offered it: the row says so as the case stands."""
IS_OPEN = ITEM.c.status == literal_column("'open'")
"""Written out: an index over open items alone is not used for a parameter."""
Wanted = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whose items: held by these people, free on these desks (the groups as `work_item.desk` writes them), or free
    with one of these people named."""

    me: int | None
    holders: tuple[int, ...] = ()
    desks: tuple[str, ...] = ()
    named: tuple[int, ...] = ()

    @property
    def known(self) -> dict[str, Any]:
        """The parameters of the statements below."""
        return {"me": self.me, "holders": [*self.holders], "desks": [*self.desks], "named": [*self.named]}


def of_me(ctx: Context) -> Reach:
    """What the actor could take."""
    actor = ctx.actor
    repairs = [flows.ADMINISTRATOR] if actor.may(staff.REPAIR) else []
    desks = _desks(ctx, [*actor.roles, *repairs], actor.position, actor.unit)
    return Reach(me=actor.user_id, desks=desks, named=() if actor.user_id is None else (actor.user_id,))


def with_absent(ctx: Context, connection: Connection) -> Reach:
    """The same, and the work of those whom the actor stands in for today."""
    own, absent = of_me(ctx), staff.stood_in_for(ctx, connection)
    theirs = (desk for one in absent for desk in _desks(ctx, one.roles, one.position, one.unit))
    ids = tuple(one.id for one in absent)
    return Reach(me=own.me, holders=ids, desks=tuple(dict.fromkeys((*own.desks, *theirs))), named=(*own.named, *ids))


def manned(ctx: Context, connection: Connection) -> list[tuple[str, int]]:
    """Which desks are served, and by whom: a row for each desk and colleague who works here now."""
    rows = [row for row in connection.execute(colleagues.query(ctx)) if row.active]
    return [(desk, row.id) for row in rows for desk in _desks(ctx, row.roles, row.position, row.unit)]


def _desks(ctx: Context, roles: Iterable[str], position: str | None, unit: str | None) -> tuple[str, ...]:
    units = scope.units_of(ctx)
    branch = scope.branch_of(units, unit)
    places = ["", *([f"b/{branch}"] if branch else ()), *(f"d/{each}" for each in _above(units, unit))]
    groups = [(role, held) for role in roles for held in ("", position)] + [("", position)]
    return tuple(f"{role}/{held}/{place}" for (role, held), place in product(groups, places) if held is not None)


def _above(units: Any, unit: str | None) -> list[str]:
    return [] if unit is None else scope.above(units, unit)


def held(limit: int, *, after: bool = False, wanted: Wanted = (), whose: str = "holders") -> Select[Any]:
    """The first items that these people hold and may do."""
    asked = _asked(whose, Integer)
    theirs = ITEM.c.assignee == asked.c.one, asked.c.one != all_(ITEM.c.excluded)
    return _each(asked, _open(limit, *theirs, after=after, wanted=wanted))


def free(limit: int, *, after: bool = False, wanted: Wanted = ()) -> Subquery:
    """The first items that are free for the group or the people named, and those that the absent hold; each once."""
    desks, people, absent = _asked("desks", Text), _asked("named", Integer), _asked("holders", Integer)
    mine = ITEM.c.desk == desks.c.one, ITEM.c.assignee.is_(None), NOT_BARRED
    named = NAMED.c.user_id == people.c.one, NAMED.c.waits, NOT_BARRED, people.c.one != all_(ITEM.c.excluded)
    lent = ITEM.c.assignee == absent.c.one, NOT_BARRED, absent.c.one != all_(ITEM.c.excluded)
    ways = (
        _each(desks, _open(limit, *mine, after=after, wanted=wanted)),
        _each(people, _open(limit, *named, after=after, wanted=wanted, source=NAMED)),
        _each(absent, _open(limit, *lent, after=after, wanted=wanted)),
    )
    return union(*ways).subquery("free")


def _asked(name: str, kind: type[Any]) -> Any:
    return func.unnest(bindparam(name, type_=ARRAY(kind))).table_valued("one", name=f"asked_{name}").render_derived()


def _each(asked: Any, found: Select[Any]) -> Select[Any]:
    one_by_one = found.lateral()
    return select(one_by_one.c.id, one_by_one.c.turn).select_from(asked.join(one_by_one, true()))


def _open(
    limit: int, *conditions: ColumnElement[bool], after: bool, wanted: Wanted, source: Table = ITEM
) -> Select[Any]:
    """Open items in the order of lists; `after` the place that the parameters `turn` and `last` name. `wanted` are
    conditions over the case and its customer, which are then looked at too."""
    turn, number = source.c.turn, source.c.id if source is ITEM else source.c.item_id
    rows: FromClause = ITEM if source is ITEM else source.join(ITEM, ITEM.c.id == number)
    if wanted:
        rows = rows.join(CASE, CASE.c.id == ITEM.c.case_id)
        rows = rows.outerjoin(CUSTOMER, CUSTOMER.c.id == CASE.c.customer_id)
    found = select(number.label("id"), turn.label("turn")).select_from(rows)
    found = found.where(IS_OPEN, *conditions, *wanted)
    if after:
        found = found.where(tuple_(turn, number) > tuple_(bindparam("turn"), bindparam("last")))
    return found.order_by(turn, number).limit(limit)
