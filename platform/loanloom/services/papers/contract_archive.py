"""The archive of contracts: where the signed originals lie, who has borrowed them until when, back in their place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, or_, select

from loanloom.problems import Problem, Text, text
from loanloom.services.access import second_person
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.papers import contract_life, contract_register, contracts
from loanloom.services.papers.contract_register import Kind
from loanloom.store import audit, messages, tables

TABLE = tables.contract
ARCHIVED = ("signed", "ended")
"""How a contract stands whose originals are kept."""
NEWS = timedelta(days=30)
"""How long after its day something late is told of, to whoever was not told yet."""


def archive(ctx: Context, contract_id: int, place: str, *, version: int) -> None:
    """The signed originals of a package are put away; where. Moving them is the same step."""
    ctx.require("contract.archive")
    with ctx.transaction() as connection:
        row = _versioned(ctx, connection, contract_id, version)
        where = place.strip()
        contract_life.refuse(contract_life.part(row), contract_life.too_long(place))
        if row.state not in ARCHIVED:
            raise Refused(_not_signed())
        if row.lent_to is not None:
            raise Refused(_is_lent(row.lent_to))
        if not where:
            raise Refused(_no_place())
        for one in contracts.package(connection, row.id):
            contract_life.set_values(
                connection, one, archived_on=row.archived_on or ctx.business_date, archive_place=where
            )
        _step(ctx, connection, row, "archived", {"archive_place": row.archive_place}, {"archive_place": where}, where)


def lend(ctx: Context, contract_id: int, borrower: str, until: date, reason: str, *, version: int) -> None:
    """The originals leave the archive: to whom, until when, what for."""
    ctx.require("contract.archive")
    with ctx.transaction() as connection:
        row = _versioned(ctx, connection, contract_id, version)
        contract_life.refuse(contract_life.part(row), contract_life.too_long(borrower), contract_life.too_long(reason))
        if row.archived_on is None:
            raise Refused(_not_archived())
        if row.lent_to is not None:
            raise Refused(_is_lent(row.lent_to))
        if not borrower.strip() or not reason.strip():
            raise Refused(_to_whom("lent_to" if not borrower.strip() else "reason"))
        if until < ctx.business_date:
            raise Refused(_past(until))
        contract_life.set_values(connection, row, lent_to=borrower.strip(), lent_until=until)
        after = {"lent_to": borrower.strip(), "lent_until": until}
        _step(ctx, connection, row, "lent", {"lent_to": None}, after, f"{borrower.strip()} · {reason.strip()}")


def give_back(ctx: Context, contract_id: int, *, version: int, words: str = "") -> None:
    """They are back in their place."""
    ctx.require("contract.archive")
    with ctx.transaction() as connection:
        row = _versioned(ctx, connection, contract_id, version)
        contract_life.refuse(contract_life.part(row), contract_life.too_long(words))
        if row.lent_to is None:
            raise Refused(_not_lent())
        contract_life.set_values(connection, row, lent_to=None, lent_until=None)
        before = {"lent_to": row.lent_to, "lent_until": row.lent_until}
        _step(ctx, connection, row, "returned", before, {"lent_to": None}, words.strip() or row.lent_to)


def remind(ctx: Context) -> int:
    """Those who keep the archive are told, once, of contracts that should lie in it: not archived within the days of
    their product, or lent and not given back. How many they are; what is late for longer is no news."""
    day = ctx.business_date
    with ctx.transaction() as connection:
        rows = connection.execute(_missing(ctx, day - NEWS, day)).all()
        for row in rows:
            people = second_person.others_who_may(ctx, connection, "contract.archive", row._mapping)
            messages.send(
                connection, people, "contract", _words(row), url=f"/contracts/{row.id}", severity="warning",
                subject=("contract", row.id), key=f"archive:{row.id}:{row.lent_until or ''}",
            )  # fmt: skip
    return len(rows)


def _missing(ctx: Context, since: date, until: date) -> Select[Any]:
    by_days: dict[int, list[str]] = {}
    for product in ctx.registry.all("product"):
        days = (product.spec.get("contracting") or {}).get("archive_days")
        if days is not None:
            by_days.setdefault(int(days), []).append(product.key)
    wanted = [and_(TABLE.c.lent_to.is_not(None), TABLE.c.lent_until >= since, TABLE.c.lent_until < until)]
    for days, keys in sorted(by_days.items()):
        signed = TABLE.c.signed_on >= since - timedelta(days), TABLE.c.signed_on < until - timedelta(days)
        missing = TABLE.c.archived_on.is_(None), TABLE.c.main_contract_id.is_(None), TABLE.c.state.in_(ARCHIVED)
        wanted.append(and_(TABLE.c.product_key.in_(keys), *signed, *missing))
    return select(TABLE).where(or_(*wanted)).order_by(TABLE.c.id)


def _words(row: Row[Any]) -> Text:
    if row.lent_to is not None:
        return text(f"Due back from {row.lent_to}: {row.number}", f"{row.lent_to} 借阅到期未归还：{row.number}")
    return text(f"Not archived in time: {row.number}", f"合同逾期未归档：{row.number}")


def _step(
    ctx: Context, connection: Connection, row: Row[Any], kind: Kind, before: Mapping[str, Any],
    after: Mapping[str, Any], words: str,
) -> None:  # fmt: skip
    contract_register.note(ctx, connection, [row.id], kind, words=words)
    audit.write(connection, ctx.actor, f"contract.{kind}", ("contract", row.id), before=before, after=after, at=ctx.now)


def _versioned(ctx: Context, connection: Connection, contract_id: int, version: int) -> Row[Any]:
    row = contracts.read(ctx, connection, contract_id, lock=True)
    if row.version != version:
        raise Conflict()
    return row


def _not_signed() -> Problem:
    return Problem(
        code="contract.not_signed", message=text("Only signed originals are archived.", "合同签订后方可归档。")
    )


def _no_place() -> Problem:
    return Problem(
        code="contract.no_place",
        field="place",
        message=text("Say where they are put.", "请填写存放位置。"),
        hint=text("Room, cabinet, box.", "例如：档案室、柜号、盒号。"),
    )


def _not_archived() -> Problem:
    return Problem(code="contract.not_archived", message=text("They are not in the archive.", "合同尚未归档。"))


def _is_lent(to: str) -> Problem:
    return Problem(code="contract.lent", message=text(f"The originals are lent to {to}.", f"合同原件已借出给 {to}。"))


def _not_lent() -> Problem:
    return Problem(code="contract.not_lent", message=text("The originals are not lent out.", "合同原件未借出。"))


def _to_whom(field: str) -> Problem:
    return Problem(
        code="contract.lending_incomplete",
        field=field,
        message=text("Say who borrows it and what for.", "请填写借阅人和借阅原因。"),
    )


def _past(until: date) -> Problem:
    return Problem(code="contract.past", field="until", message=text(f"{until} is past.", f"归还日期 {until} 已过。"))
