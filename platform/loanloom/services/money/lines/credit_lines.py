"""Credit lines 授信额度: opened by the signature of a contract whose product lends on a line; their limit raised or
lowered, frozen and closed by two people; parts for the members of a group. Draws are `credit_draws`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from loanloom.core.dates import add_months
from loanloom.core.money import ZERO, Rounding
from loanloom.engines.products.offer import Line as LineTerms
from loanloom.problems import Problem, Text, text
from loanloom.services import numbers, scope
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden, Refused
from loanloom.services.money.lines.line_usage import DRAW, MOVE, TABLE, free_of, write_move
from loanloom.services.parties import customers
from loanloom.store import audit, tables

LINE = text("credit line", "授信额度")
PART, CHANGE = tables.credit_line_part, tables.credit_line_change
STATES: Mapping[str, Text] = {
    "open": text("Open", "有效"), "frozen": text("Frozen", "冻结"), "closed": text("Closed", "终止"),
}  # fmt: skip
WATCHED_FROM = Decimal("0.8")
"""A line used or reserved by this share is marked in the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A line with everything on its page."""

    row: RowMapping
    customer_name: str
    free: Decimal
    draws: Sequence[RowMapping]
    moves: Sequence[RowMapping]
    parts: Sequence[RowMapping]
    changes: Sequence[RowMapping]
    loans: Sequence[RowMapping]
    left: Mapping[int, Decimal]

    @property
    def watched(self) -> bool:
        """Whether little is left of it."""
        return utilisation(self.row) >= WATCHED_FROM


def utilisation(row: Mapping[str, Any] | RowMapping) -> Decimal:
    """The share of the limit that is used or reserved."""
    taken = (row["used"] if row["revolving"] else row["drawn"]) + row["frozen"]
    return taken / row["limit_amount"] if row["limit_amount"] else ZERO


def open_for(ctx: Context, connection: Connection, contract: Row[Any], terms: LineTerms) -> int:
    """Open the line of a contract that has just been signed; its id."""
    customer = tables.customer
    manager = connection.execute(
        select(customer.c.manager_user_id).where(customer.c.id == contract.customer_id)
    ).scalar_one()
    values = {
        "number": numbers.issue_or_plain(ctx, connection, "credit_line", "L", 1)[0],
        "contract_id": contract.id,
        "customer_id": contract.customer_id,
        "release_id": contract.release_id,
        "product_key": contract.product_key,
        "currency": contract.currency,
        "limit_amount": contract.amount,
        "revolving": terms.revolving,
        "sharing": terms.sharing,
        "valid_until": add_months(ctx.business_date, terms.valid_months),
        "unit": contract.unit,
        "manager_user_id": manager or contract.created_by,
        "created_by": ctx.actor.user_id,
    }
    made = int(connection.execute(insert(TABLE).values(values).returning(TABLE.c.id)).scalar_one())
    write_move(ctx, connection, made, "opened", contract.amount)
    audit.write(
        connection, ctx.actor, "credit_line.opened", ("credit_line", made),
        after={"number": values["number"], "limit": contract.amount}, release_id=contract.release_id, at=ctx.now,
    )  # fmt: skip
    return made


def hold(ctx: Context, connection: Connection, line_id: int) -> RowMapping:
    """A line's row, locked, if the actor may see it."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == line_id).with_for_update()).mappings().one_or_none()
    scope.check_visible(ctx, row, LINE)
    assert row is not None
    return row


def listing(ctx: Context, *, limit: int = 500) -> list[dict[str, Any]]:
    """Lines with what is free on them, those with least left first."""
    ctx.require("contract.read", "loan.read", "portal.use")
    customer = tables.customer
    query = (
        select(TABLE, customer.c.name.label("customer_name"))
        .join(customer, customer.c.id == TABLE.c.customer_id)
        .where(scope.visible(ctx, TABLE))
        .order_by(TABLE.c.id.desc())
        .limit(limit)
    )
    with ctx.transaction() as connection:
        rows = connection.execute(query).mappings().all()
    found = [dict(row) | {"free": free_of(row), "utilisation": utilisation(row)} for row in rows]
    return sorted(found, key=lambda row: (row["state"] != "open", -row["utilisation"]))


def read(ctx: Context, line_id: int) -> Shown:
    """One line with its draws, moves, loans, parts and changes."""
    ctx.require("contract.read", "loan.read", "portal.use")
    with ctx.transaction() as connection:
        row = connection.execute(select(TABLE).where(TABLE.c.id == line_id)).mappings().one_or_none()
        scope.check_visible(ctx, row, LINE)
        assert row is not None
        customer, loan = tables.customer, tables.loan
        name = connection.execute(select(customer.c.name).where(customer.c.id == row["customer_id"])).scalar_one()
        members = select(PART, customer.c.name.label("customer_name")).join(
            customer, customer.c.id == PART.c.customer_id
        )

        def rows(query: Any) -> Sequence[RowMapping]:
            return connection.execute(query).mappings().all()

        parts = rows(members.where(PART.c.credit_line_id == line_id).order_by(PART.c.id))
        left = {part["customer_id"]: part_left(connection, row, part["customer_id"]) or ZERO for part in parts}
        return Shown(
            row=row,
            customer_name=name,
            free=free_of(row),
            draws=rows(select(DRAW).where(DRAW.c.credit_line_id == line_id).order_by(DRAW.c.id.desc())),
            moves=rows(select(MOVE).where(MOVE.c.credit_line_id == line_id).order_by(MOVE.c.id.desc()).limit(200)),
            parts=parts,
            left=left,
            changes=rows(select(CHANGE).where(CHANGE.c.credit_line_id == line_id).order_by(CHANGE.c.id.desc())),
            loans=rows(select(loan).where(loan.c.credit_line_id == line_id).order_by(loan.c.id.desc())),
        )


def part_left(connection: Connection, line: RowMapping, customer_id: int) -> Decimal | None:
    """What one member may still draw of a line cut into parts; None where the member has no part of its own."""
    part = connection.execute(
        select(PART.c.limit_amount).where(PART.c.credit_line_id == line["id"], PART.c.customer_id == customer_id)
    ).scalar_one_or_none()
    if part is None:
        return None
    loan = tables.loan
    owed = select(func.coalesce(func.sum(loan.c.principal_outstanding), 0)).where(
        loan.c.credit_line_id == line["id"], loan.c.customer_id == customer_id
    )
    waiting = select(func.coalesce(func.sum(DRAW.c.amount), 0)).where(
        DRAW.c.credit_line_id == line["id"], DRAW.c.customer_id == customer_id, DRAW.c.state.in_(("asked", "approved"))
    )
    taken = connection.execute(owed).scalar_one() + connection.execute(waiting).scalar_one()
    return max(Decimal(part) - Decimal(taken), ZERO)


def member(ctx: Context, number: str) -> int:
    """The customer of a number, if the actor may see it; refused with the field's name."""
    table = tables.customer
    with ctx.transaction() as connection:
        of = select(table.c.id).where(table.c.number == number.strip(), scope.visible(ctx, table))
        found = connection.execute(of).scalar_one_or_none()
    if found is None:
        words = ("There is no such customer.", "没有该客户。")
        raise Refused(problem_of("line.no_customer", *words, "customer_number"))
    return int(found)


def set_part(ctx: Context, line_id: int, customer_id: int, limit_amount: Decimal) -> None:
    """Give a member of a group a part of its line (again)."""
    ctx.require("contract.prepare")
    if not Rounding().holds(limit_amount) or limit_amount <= 0:
        raise Refused(
            problem_of("line.amount", "The part must be greater than zero.", "分额度须大于零。", "limit_amount")
        )
    with ctx.transaction() as connection:
        line = hold(ctx, connection, line_id)
        customers.read(ctx, connection, customer_id)
        if line["sharing"] != "group":
            words = ("Only the line of a group has parts.", "仅集团共用额度可设分额度。")
            raise Refused(problem_of("line.no_group", *words))
        if limit_amount > line["limit_amount"]:
            raise Refused(
                problem_of(
                    "line.part_too_large",
                    "A part cannot be larger than the line.",
                    "分额度不得超过总额度。",
                    "limit_amount",
                )
            )
        values = {"limit_amount": limit_amount, "created_by": ctx.actor.user_id}
        statement = upsert(PART).values(credit_line_id=line_id, customer_id=customer_id, **values)
        keys = ["company_id", "credit_line_id", "customer_id"]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))
        audit.write(
            connection, ctx.actor, "credit_line.part_set", ("credit_line", line_id),
            after={"customer_id": customer_id, "limit": limit_amount},
        )  # fmt: skip


def another(ctx: Context, asked_by: int | None) -> None:
    if ctx.actor.user_id is not None and ctx.actor.user_id == asked_by:
        raise Forbidden(
            Problem(
                code="line.same_person",
                message=text("Who asked for it does not decide it.", "申请人不得审批自己的申请。"),
                hint=text("Ask a colleague to do it.", "请由其他同事办理。"),
            )
        )


def problem_of(code: str, en: str, zh: str, field: str | None = None) -> Problem:
    return Problem(code=code, message=text(en, zh), field=field)


def usable(line: RowMapping, on: date) -> Problem | None:
    """Why nothing may be drawn on a line today."""
    if line["state"] != "open":
        words = STATES[line["state"]]
        return Problem(
            code="line.not_open", message=text(f"This line is {words['en'].lower()}.", f"该额度已{words['zh']}。")
        )
    if on > line["valid_until"]:
        day = line["valid_until"]
        return Problem(
            code="line.expired", message=text(f"This line was valid until {day}.", f"该额度已于 {day} 到期。")
        )
    return None
