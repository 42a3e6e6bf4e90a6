"""The archive of contracts: where the signed originals lie, who has borrowed them until when, back in their place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.papers import contract_life, contract_register, contracts
from loanloom.services.papers.contract_register import Kind
from loanloom.store import audit


def archive(ctx: Context, contract_id: int, place: str, *, version: int) -> None:
    """The signed originals of a package are put away; where. Moving them is the same step."""
    ctx.require("contract.archive")
    with ctx.transaction() as connection:
        row = _versioned(ctx, connection, contract_id, version)
        where = place.strip()
        contract_life.refuse(contract_life.part(row), contract_life.too_long(place))
        if row.state not in ("signed", "ended"):
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
