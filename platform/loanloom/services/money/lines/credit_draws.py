"""Draws 提款 on a credit line: asked for, reserved at once, decided by another person, paid out as a loan of its own.

An approved draw is a contract of its own under the line's, so that it is reviewed, split over payees and paid out like
any other loan, and never twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.core.lending.business import lines
from loanloom.problems import Problem, errors, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.money.lines import draw_rules
from loanloom.services.money.lines.credit_lines import LINE, another, hold, usable
from loanloom.services.money.lines.draw_rules import Surroundings, Wanted
from loanloom.services.money.lines.line_usage import DRAW, TABLE, line_of, write_move
from loanloom.services.once import Once
from loanloom.services.parties import customers
from loanloom.store import audit, tables

STATES = {
    "asked": text("Waiting for approval", "待审批"),
    "approved": text("Approved, to be paid out", "已批准待放款"),
    "refused": text("Refused", "已否决"),
    "cancelled": text("Cancelled", "已撤回"),
    "expired": text("Expired", "已失效"),
    "paid": text("Paid out", "已放款"),
}
DAYS_OPEN = 30
"""A draw that is not paid out within so many days gives back what it has reserved."""


def ask(ctx: Context, line_id: int, wanted: Wanted, *, idempotency_key: str | None = None) -> int:
    """Ask for a draw: checked against product, line and the member's part, and reserved; the draw's id."""
    ctx.require("contract.prepare", "portal.use")
    with ctx.transaction() as connection:
        given = {name: value for name in wanted.__slots__ if (value := getattr(wanted, name)) is not None}
        first = Once(ctx, connection, idempotency_key, "credit_line.draw", line_id, given)
        if first.answer is not None:
            return int(first.answer["draw_id"])
        line = hold(ctx, connection, line_id)
        customer_id = ctx.actor.customer_id or wanted.customer_id or line["customer_id"]
        if customer_id != line["customer_id"]:
            customers.read(ctx, connection, customer_id)
        found = _around(ctx, connection, line, wanted.product_key)
        wrong = draw_rules.problems(ctx, connection, found, wanted, customer_id)
        if wrong:
            raise Refused(wrong)
        moved = lines.freeze(line_of(line), wanted.amount)
        if moved.problem is not None:
            raise Refused(moved.problem)
        values = {
            "credit_line_id": line_id, "customer_id": customer_id, "amount": wanted.amount, "method": wanted.method,
            "term_months": wanted.term_months, "purpose": wanted.purpose.strip(), "asked_by": ctx.actor.user_id,
            "asked_on": ctx.business_date, "expires_on": ctx.business_date + timedelta(days=DAYS_OPEN),
            "unit": line["unit"], "product_key": found.offer.key,
        }  # fmt: skip
        draw_id = int(connection.execute(insert(DRAW).values(values).returning(DRAW.c.id)).scalar_one())
        _set_frozen(connection, line, moved.line.frozen)
        write_move(ctx, connection, line_id, "frozen", wanted.amount, draw_id=draw_id)
        audit.write(
            connection, ctx.actor, "credit_line.draw_asked", ("credit_line", line_id),
            after={"draw": draw_id, "amount": wanted.amount}, at=ctx.now,
        )  # fmt: skip
        first.keep({"draw_id": draw_id})
        return draw_id


def _around(ctx: Context, connection: Connection, line: RowMapping, product_key: str | None) -> Surroundings:
    problem = usable(line, ctx.business_date)
    if problem is not None:
        raise Refused(problem)
    found = draw_rules.around(ctx, connection, line, product_key)
    if isinstance(found, Problem):
        raise Refused(found)
    return found


def _set_frozen(connection: Connection, line: RowMapping, frozen: Decimal) -> None:
    connection.execute(update(TABLE).where(TABLE.c.id == line["id"]).values(frozen=frozen, version=TABLE.c.version + 1))


def _held(ctx: Context, connection: Connection, draw_id: int) -> tuple[RowMapping, RowMapping]:
    """The line and the draw, locked in that order; the draw's contract first, as whoever pays it out holds it."""
    of = select(DRAW.c.credit_line_id, DRAW.c.contract_id).where(DRAW.c.id == draw_id)
    found = connection.execute(of).one_or_none()
    if found is None:
        raise NotFound(LINE)
    contract = tables.contract
    connection.execute(select(contract.c.id).where(contract.c.id == found.contract_id).with_for_update())
    line = hold(ctx, connection, found.credit_line_id)
    return line, connection.execute(select(DRAW).where(DRAW.c.id == draw_id).with_for_update()).mappings().one()


def approve(ctx: Context, draw_id: int, *, version: int) -> int:
    """Approve a draw, never by who asked for it: it becomes a contract that can be paid out; the contract's id."""
    ctx.require("contract.sign")
    with ctx.transaction() as connection:
        line, draw = _held(ctx, connection, draw_id)
        if draw["state"] != "asked" or draw["version"] != version:
            raise Conflict()
        another(ctx, draw["asked_by"])
        found = _around(ctx, connection, line, draw["product_key"])
        late = draw_rules.too_late(ctx, found)
        if late is not None:
            raise Refused(late)
        contract_id = _as_contract(ctx, connection, found, draw)
        _decided(ctx, connection, draw, "approved", contract_id=contract_id)
        return contract_id


def _as_contract(ctx: Context, connection: Connection, found: Surroundings, draw: RowMapping) -> int:
    """A draw as a contract of its own: the line's agreement, the draw's amount, term and way of repaying; of another
    product at that product's rate of today."""
    line, whole = found.line, dict(found.contract)
    names = ("amount", "term_months", "method", "product_key")
    seen = draw_rules.preview(ctx, connection, found, Wanted(**{name: draw[name] for name in names}))
    if seen.terms is None or errors(seen.problems):
        raise Refused(tuple(errors(seen.problems)))
    count = connection.execute(
        select(DRAW.c.id).where(DRAW.c.credit_line_id == line["id"], DRAW.c.contract_id.is_not(None))
    ).all()
    same = (
        "sanction_id",
        "application_id",
        "release_id",
        "currency",
        "party_name",
        "unit",
    )
    values = {name: whole[name] for name in same} | {
        "number": f"{whole['number']}-{len(count) + 1:02d}",
        "kind": "loan",
        "product_key": found.offer.key,
        "annual_rate": whole["annual_rate"] if found.is_own else seen.terms.annual_rate,
        "customer_id": draw["customer_id"],
        "amount": draw["amount"],
        "term_months": draw["term_months"],
        "method": draw["method"],
        "state": "signed",
        "prepared_on": draw["asked_on"],
        "signed_on": ctx.business_date,
        "created_by": draw["asked_by"],
        "signed_by": ctx.actor.user_id,
        "extra": {**(whole["extra"] or {}), "credit_line_id": line["id"], "draw_id": draw["id"]},
    }
    table = tables.contract
    return int(connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one())


def refuse(ctx: Context, draw_id: int, reason: str, *, version: int) -> None:
    """Refuse a draw: what it had reserved is free again."""
    ctx.require("contract.sign")
    if not reason.strip():
        raise Refused(Problem(code="line.reason_missing", message=text("Say why.", "请填写原因。"), field="reason"))
    _given_back(ctx, draw_id, "refused", reason.strip(), version)


def cancel(ctx: Context, draw_id: int, *, version: int) -> None:
    """Take a draw back before it is paid out."""
    ctx.require("contract.prepare", "portal.use")
    _given_back(ctx, draw_id, "cancelled", None, version)


def _given_back(ctx: Context, draw_id: int, state: str, reason: str | None, version: int) -> None:
    with ctx.transaction() as connection:
        line, draw = _held(ctx, connection, draw_id)
        open_states = ("asked",) if state == "refused" else ("asked", "approved")
        if draw["state"] not in open_states or draw["version"] != version:
            raise Conflict()
        if state == "refused":
            another(ctx, draw["asked_by"])
        _release(ctx, connection, line, draw, state, reason)


def _release(
    ctx: Context, connection: Connection, line: RowMapping, draw: RowMapping, state: str, reason: str | None
) -> None:
    moved = lines.release(line_of(line), draw["amount"])
    if moved.problem is not None:
        raise Refused(moved.problem)
    _set_frozen(connection, line, moved.line.frozen)
    if draw["contract_id"] is not None:
        table = tables.contract
        connection.execute(update(table).where(table.c.id == draw["contract_id"]).values(state="cancelled"))
    _decided(ctx, connection, draw, state, reason=reason)
    write_move(ctx, connection, line["id"], "released", -draw["amount"], draw_id=draw["id"], note=reason)


def _decided(
    ctx: Context, connection: Connection, draw: RowMapping, state: str,
    *, reason: str | None = None, contract_id: int | None = None,
) -> None:  # fmt: skip
    values = {
        "state": state, "decided_by": ctx.actor.user_id, "decided_on": ctx.business_date, "decision_reason": reason,
        "contract_id": contract_id or draw["contract_id"], "version": draw["version"] + 1,
    }  # fmt: skip
    connection.execute(update(DRAW).where(DRAW.c.id == draw["id"]).values(values))
    audit.write(
        connection, ctx.actor, f"credit_line.draw_{state}", ("credit_line", draw["credit_line_id"]),
        after={"draw": draw["id"], "amount": draw["amount"]}, reason=reason, at=ctx.now,
    )  # fmt: skip


def expire(ctx: Context, connection: Connection) -> int:
    """Give back what draws had reserved whose time has passed; how many. The end of day asks for it."""
    query = select(DRAW.c.id).where(DRAW.c.state.in_(("asked", "approved")), DRAW.c.expires_on < ctx.business_date)
    late: Sequence[int] = connection.execute(query.order_by(DRAW.c.credit_line_id, DRAW.c.id)).scalars().all()
    for draw_id in late:
        line, draw = _held(ctx, connection, draw_id)
        _release(ctx, connection, line, draw, "expired", None)
    return len(late)
