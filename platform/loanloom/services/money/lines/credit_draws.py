"""Draws 提款 on a credit line: asked for, reserved at once, decided by another person, paid out as a loan of its own.

An approved draw is a contract of its own under the line's, so that it is reviewed, split over payees and paid out like
any other loan, and never twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from loanloom.core.lending.business import lines
from loanloom.core.money import formatted
from loanloom.metadata.registry import Registry
from loanloom.problems import LANGUAGES, Problem, Text, errors, text
from loanloom.services.context import Context
from loanloom.services.definitions import compiled, releases
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.money.lines.credit_lines import LINE, another, hold, part_left, usable
from loanloom.services.money.lines.line_usage import DRAW, TABLE, line_of, write_move
from loanloom.services.once import Once
from loanloom.services.origination import quotes
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for."""

    amount: Decimal
    term_months: int
    method: str
    purpose: str = ""
    customer_id: int | None = None


def ask(ctx: Context, line_id: int, wanted: Wanted, *, idempotency_key: str | None = None) -> int:
    """Ask for a draw: checked against product, line and the member's part, and reserved; the draw's id."""
    ctx.require("contract.prepare", "portal.use")
    with ctx.transaction() as connection:
        given = {name: getattr(wanted, name) for name in wanted.__slots__}
        first = Once(ctx, connection, idempotency_key, "credit_line.draw", line_id, given)
        if first.answer is not None:
            return int(first.answer["draw_id"])
        line = hold(ctx, connection, line_id)
        customer_id = ctx.actor.customer_id or wanted.customer_id or line["customer_id"]
        if customer_id != line["customer_id"]:
            customers.read(ctx, connection, customer_id)
        _check(ctx, connection, line, wanted, customer_id)
        moved = lines.freeze(line_of(line), wanted.amount)
        if moved.problem is not None:
            raise Refused(moved.problem)
        values = {
            "credit_line_id": line_id, "customer_id": customer_id, "amount": wanted.amount, "method": wanted.method,
            "term_months": wanted.term_months, "purpose": wanted.purpose.strip(), "asked_by": ctx.actor.user_id,
            "asked_on": ctx.business_date, "expires_on": ctx.business_date + timedelta(days=DAYS_OPEN),
            "unit": line["unit"],
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


def methods(ctx: Context, line_id: int) -> dict[str, Text]:
    """The ways of repaying that the line's product offers."""
    with ctx.transaction() as connection:
        line = connection.execute(select(TABLE).where(TABLE.c.id == line_id)).mappings().one()
        registry = releases.pinned(ctx, connection, line["release_id"])
    offered = compiled.offer(registry, line["product_key"]).methods
    return {key: _titled(registry, key) for key in offered}


def _titled(registry: Registry, method: str) -> Text:
    return {name: registry.code_title("repayment_method", method, name) for name in LANGUAGES}


def _check(ctx: Context, connection: Connection, line: RowMapping, wanted: Wanted, customer_id: int) -> None:
    """Refused where the line, the member's part or the product says no."""
    problem = usable(line, ctx.business_date)
    if problem is not None:
        raise Refused(problem)
    left = part_left(connection, line, customer_id)
    if customer_id != line["customer_id"] and left is None:
        raise Refused(
            Problem(
                code="line.no_part", field="customer_id",
                message=text("This customer has no part of the line.", "该客户在此额度项下没有分额度。"),
            )
        )  # fmt: skip
    if left is not None and wanted.amount > left:
        free = formatted(left)
        said = text(f"Only {free} of this member's part is free.", f"该成员分额度可用余额仅 {free}。")
        raise Refused(Problem(code="line.part_not_enough", message=said, field="amount"))
    preview = _preview(ctx, connection, line, wanted)
    if errors(preview.problems):
        raise Refused(tuple(errors(preview.problems)))


def _preview(ctx: Context, connection: Connection, line: RowMapping, wanted: Wanted) -> Any:
    """What the draw would become: by the line's product and rate, the draw's own amount, term and way of repaying."""
    contract = _contract_of(connection, line)
    registry = releases.pinned(ctx, connection, line["release_id"])
    offer = compiled.offer(registry, line["product_key"])
    if wanted.method not in offer.methods:
        message = text("This product does not offer this way of repaying.", "本产品不提供该还款方式。")
        raise Refused(Problem(code="line.method", message=message, field="method"))
    most = offer.months.most
    if not 0 < wanted.term_months <= most:
        message = text(f"The term lies between 1 and {most} months.", f"期限须在 1 至 {most} 个月之间。")
        raise Refused(Problem(code="line.term", message=message, field="term_months"))
    if not wanted.amount.is_finite() or wanted.amount <= 0 or not offer.rounding.holds(wanted.amount):
        message = text("The amount must be money greater than zero.", "金额必须大于零且位数正确。")
        raise Refused(Problem(code="line.amount", message=message, field="amount"))
    agreed = dict(contract) | {"amount": wanted.amount, "term_months": wanted.term_months, "method": wanted.method}
    return quotes.of_agreed(ctx, registry, agreed | {"terms": {}})


def _contract_of(connection: Connection, line: RowMapping) -> RowMapping:
    table = tables.contract
    return connection.execute(select(table).where(table.c.id == line["contract_id"])).mappings().one()


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
        problem = usable(line, ctx.business_date)
        if problem is not None:
            raise Refused(problem)
        contract_id = _as_contract(ctx, connection, line, draw)
        _decided(ctx, connection, draw, "approved", contract_id=contract_id)
        return contract_id


def _as_contract(ctx: Context, connection: Connection, line: RowMapping, draw: RowMapping) -> int:
    """A draw as a contract of its own: the line's agreement, the draw's amount, term and way of repaying."""
    whole = dict(_contract_of(connection, line))
    count = connection.execute(
        select(DRAW.c.id).where(DRAW.c.credit_line_id == line["id"], DRAW.c.contract_id.is_not(None))
    ).all()
    same = (
        "sanction_id",
        "application_id",
        "release_id",
        "product_key",
        "currency",
        "annual_rate",
        "party_name",
        "unit",
    )
    values = {name: whole[name] for name in same} | {
        "number": f"{whole['number']}-{len(count) + 1:02d}",
        "kind": "loan",
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
