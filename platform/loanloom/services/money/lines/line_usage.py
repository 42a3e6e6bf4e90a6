"""What a credit line's figures do while money moves: every difference of principal on a loan of a line is used or given
back in the same transaction, whatever the event was. Line rows are locked after loans, in order of id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, text, update

from loanloom.core.lending.business.lines import Line
from loanloom.core.money import ZERO
from loanloom.problems import Problem, Text
from loanloom.problems import text as words
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.store import bulk, tables

TABLE, MOVE, DRAW = tables.credit_line, tables.credit_line_move, tables.credit_line_draw
MOVES: Mapping[str, Text] = {
    "opened": words("Opened", "开立"),
    "frozen": words("Reserved", "占用冻结"),
    "released": words("Given back", "释放"),
    "used": words("Paid out", "放款用信"),
    "moved": words("Principal moved", "本金变动"),
    "limit": words("Limit changed", "额度调整"),
    "state": words("State changed", "状态变更"),
}
_MOVED = (
    update(TABLE)
    .where(TABLE.c.id == bindparam("line"))
    .values(used=TABLE.c.used + bindparam("difference"), version=TABLE.c.version + 1)
)
DIFFERENCES = text(
    "SELECT k.number, k.used, coalesce(sum(l.principal_outstanding), 0) AS owed FROM credit_line AS k "
    "LEFT JOIN loan AS l ON l.company_id = k.company_id AND l.credit_line_id = k.id "
    "GROUP BY k.id, k.number, k.used HAVING k.used <> coalesce(sum(l.principal_outstanding), 0) ORDER BY k.number"
)
"""Lines whose used amount is not what their loans owe: there must be none."""


def line_of(row: Mapping[str, Any] | RowMapping) -> Line:
    """A line's row as the core's value."""
    return Line(
        limit=row["limit_amount"],
        revolving=row["revolving"],
        used=row["used"],
        drawn=row["drawn"],
        frozen=row["frozen"],
    )


def write_move(
    ctx: Context,
    connection: Connection,
    line_id: int,
    kind: str,
    amount: Decimal,
    *,
    draw_id: int | None = None,
    loan_id: int | None = None,
    note: str | None = None,
) -> None:
    """Note a move of a line."""
    connection.execute(
        insert(MOVE).values(
            credit_line_id=line_id, kind=kind, amount=amount, moved_on=ctx.business_date, credit_line_draw_id=draw_id,
            loan_id=loan_id, note=note, created_by=ctx.actor.user_id,
        )
    )  # fmt: skip


def moved(ctx: Context, connection: Connection, differences: Sequence[tuple[int, int, Decimal, str]]) -> None:
    """Principal of loans has changed by so much: (line, loan, difference, why)."""
    for line_id, loan_id, difference, why in sorted(differences):
        if difference:
            connection.execute(_MOVED, {"line": line_id, "difference": difference})
            write_move(ctx, connection, line_id, "moved", difference, loan_id=loan_id, note=why)


def of_contracts(connection: Connection, contract_ids: Sequence[int]) -> dict[int, RowMapping]:
    """The draws that contracts stand for, by contract."""
    query = select(DRAW).where(DRAW.c.contract_id.in_(contract_ids), DRAW.c.state == "approved")
    return {row["contract_id"]: row for row in connection.execute(query).mappings()}


def paid_out(ctx: Context, connection: Connection, loans: Sequence[tuple[Mapping[str, Any], int]]) -> None:
    """Loans of these rows and ids go out; those on a line use what their draws had reserved."""
    drawn = [(row, loan_id) for row, loan_id in loans if row["credit_line_id"] is not None]
    if not drawn:
        return
    draws = of_contracts(connection, [row["contract_id"] for row, _ in drawn])
    for row, loan_id in sorted(drawn, key=lambda each: each[0]["credit_line_id"]):
        draw, amount = draws[row["contract_id"]], row["principal"]
        usable = (TABLE.c.state == "open") & (TABLE.c.valid_until >= ctx.business_date)
        done = connection.execute(
            update(TABLE)
            .where(TABLE.c.id == draw["credit_line_id"], usable)
            .values(
                frozen=TABLE.c.frozen - draw["amount"],
                used=TABLE.c.used + amount,
                drawn=TABLE.c.drawn + amount,
                version=TABLE.c.version + 1,
            )
        )
        if done.rowcount != 1:
            message = words("The line was frozen, or has run out, since the draw was approved.",
                            "批准提款后，该额度已被冻结或到期。")  # fmt: skip
            raise Refused(Problem(code="line.not_open", message=message))
        paid = {"id": draw["id"], "state": "paid", "loan_id": loan_id, "version": draw["version"] + 1}
        move = {
            "credit_line_id": draw["credit_line_id"], "kind": "used", "amount": amount, "moved_on": ctx.business_date,
            "credit_line_draw_id": draw["id"], "loan_id": loan_id, "created_by": ctx.actor.user_id,
        }  # fmt: skip
        bulk.update(connection, DRAW, [paid])
        bulk.insert(connection, MOVE, [move])


def taken_back(ctx: Context, connection: Connection, row: Mapping[Any, Any]) -> None:
    """The disbursement of a loan with this row was undone: its draw is approved again, with what it reserves. What the
    loan had used was given back with its principal."""
    if row["credit_line_id"] is None:
        return
    query = select(DRAW).where(DRAW.c.contract_id == row["contract_id"], DRAW.c.state == "paid").with_for_update()
    draw = connection.execute(query).mappings().one()
    reserved = {"frozen": TABLE.c.frozen + draw["amount"], "drawn": TABLE.c.drawn - row["principal"]}
    line = update(TABLE).where(TABLE.c.id == draw["credit_line_id"])
    connection.execute(line.values(**reserved, version=TABLE.c.version + 1))
    approved = {"state": "approved", "loan_id": None, "version": draw["version"] + 1}
    connection.execute(update(DRAW).where(DRAW.c.id == draw["id"]).values(approved))
    write_move(ctx, connection, draw["credit_line_id"], "frozen", draw["amount"], draw_id=draw["id"], loan_id=row["id"])


def free_of(row: Mapping[str, Any] | RowMapping) -> Decimal:
    """What may still be drawn on a line as it stands: nothing on one that is not open."""
    return line_of(row).available if row["state"] == "open" else ZERO
