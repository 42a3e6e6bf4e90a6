"""Further draws of a running loan: the review before the money goes out, its payees, voucher and payouts, the way back.

What is not given to partners goes to the borrower at once; partners' parts wait for the cashier.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from loanloom.core.lending.owing.arrears import arrears
from loanloom.core.lending.records import from_record
from loanloom.core.money import ZERO, formatted, total
from loanloom.engines.products import Offer
from loanloom.problems import Problem, text
from loanloom.services import numbers
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules
from loanloom.services.money.cashier import payee_rules, payees
from loanloom.services.money.disbursement_checks import Check
from loanloom.services.money.loan_rows import Kept
from loanloom.store import bulk, tables

KIND = "draw_tranche"
PAYOUT = tables.payout


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPart:
    """What of a draw goes to a merchant or supplier straight away."""

    party_id: int
    amount: Decimal
    purpose: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What the house asks of a draw beside the core."""

    payees: tuple[PartnerPart, ...] = ()


def parts_of(record: Mapping[str, Any]) -> tuple[PartnerPart, ...]:
    """The partners' parts of a draw."""
    return from_record(Extra, {"payees": record.get("payees", [])}).payees


def payable(record: Mapping[str, Any]) -> Decimal:
    """What of a draw waits to be paid to partners."""
    return total(part.amount for part in parts_of(record))


def review(
    ctx: Context, connection: Connection, kept: Kept, record: Mapping[str, Any], on: date
) -> tuple[Check, ...]:  # fmt: skip
    """Each condition of a further draw, with what was found."""
    offer = lending_rules.live_offer(ctx, kept.row["product_key"])
    contract, customer = tables.contract, tables.customer
    query = (
        select(contract.c.state, contract.c.number, customer.c.state.label("customer_state"), customer.c.name)
        .join(customer, customer.c.id == contract.c.customer_id)
        .where(contract.c.id == kept.row["contract_id"])
    )
    around = connection.execute(query).mappings().one()
    return tuple(_checks(ctx, kept, offer, around, record, on))


def _checks(
    ctx: Context, kept: Kept, offer: Offer | None, around: RowMapping, record: Mapping[str, Any], on: date
) -> Iterator[Check]:
    in_force, active = around["state"] == "signed", around["customer_state"] == "active"
    number, name = around["number"], around["name"]
    yield _check("not_signed", ("Contract in force", "合同有效"), in_force, (number, number))
    yield _check("customer_blocked", ("Customer active", "客户状态正常"), active, (name, name))
    days = arrears(kept.loan, on).days_past_due
    yield _check(
        "overdue", ("Nothing overdue", "无逾期"), not days,
        (f"{days} days past due", f"逾期 {days} 天") if days else ("paid on time", "按期还款"),
    )  # fmt: skip
    if offer is None:
        said = ("The product is no longer sold.", "产品已停用。")
        yield _check("product_gone", ("Product in force", "产品有效"), False, said)
        return
    rule, amount = offer.drawing, Decimal(record.get("amount", ZERO))
    if rule.within_days is not None:
        last = kept.row["disbursed_on"] + timedelta(days=rule.within_days)
        said = (f"until {last}", f"截至 {last}")
        yield _check("too_late", ("Within the time for drawing", "在提款期内"), on <= last, said)
    if rule.min_amount is not None:
        least = formatted(rule.min_amount)
        yield _check(
            "too_small", ("Large enough", "不低于最低提款额"), amount >= rule.min_amount,
            (f"at least {least}", f"最低 {least}"),
        )  # fmt: skip
    yield _split(offer, parts_of(record), amount)


def _split(offer: Offer, parts: Sequence[PartnerPart], amount: Decimal) -> Check:
    """Whether the partners' parts fit the draw and the product."""
    title, given = ("Payees as the product says", "收款人符合产品规定"), total(part.amount for part in parts)
    if any(part.amount <= 0 for part in parts) or given > amount:
        return _check("wrong_payees", title, False, ("The parts do not fit the draw.", "各收款人金额与提款金额不符。"))
    kinds = ["supplier"] * len(parts) + (["borrower"] if given < amount else [])
    why = payee_rules.refusal(offer.payout, amount, kinds)
    if why is not None:
        return Check("wrong_payees", text(*title), False, why)
    rest = formatted(amount - given)
    return _check("wrong_payees", title, True, (f"{rest} to the borrower", f"付借款人 {rest}"))


def _check(key: str, title: tuple[str, str], passed: bool, detail: tuple[str, str]) -> Check:
    return Check(key, text(*title), passed, text(*detail))


def pay_out(
    ctx: Context, connection: Connection, kept: Kept, record: Mapping[str, Any], checks: Sequence[Check], channel: str
) -> tuple[str, list[str]]:
    """Voucher and payouts of a draw that is being booked; their numbers."""
    contract = connection.execute(
        select(tables.contract).where(tables.contract.c.id == kept.row["contract_id"])
    ).mappings().one()  # fmt: skip
    amount, parts = Decimal(record["amount"]), parts_of(record)
    offer = lending_rules.live_offer(ctx, kept.row["product_key"])
    numbering = offer.numbering.get("voucher") if offer else None
    (voucher,) = numbers.issue_all(ctx, connection, [(numbering, kept.row["unit"])])
    rows = [_partner(ctx, connection, kept, contract, part) for part in parts]
    own = amount - total(part.amount for part in parts)
    if own:
        rows.append(_borrower(ctx, connection, kept, contract, own, channel))
    numbered = numbers.issue_or_plain(ctx, connection, "payout", "F", len(rows))
    for row, number in zip(rows, numbered, strict=True):
        bulk.insert(connection, PAYOUT, [{**row, "number": number}])
    drawn = {
        "number": voucher, "loan_id": kept.id, "contract_id": contract["id"], "amount": amount,
        "currency": kept.row["currency"], "disbursed_on": ctx.business_date, "payee_name": rows[-1]["payee_name"],
        "payee_account_masked": rows[-1].get("account_masked"), "channel": channel,
        "checks": [{"key": one.key, "title": one.title, "detail": one.detail} for one in checks],
        "sequence": kept.row["event_count"] + 1, "created_by": ctx.actor.user_id,
    }  # fmt: skip
    bulk.insert(connection, tables.disbursement, [drawn])
    return voucher, numbered


def _partner(
    ctx: Context, connection: Connection, kept: Kept, contract: RowMapping, part: PartnerPart
) -> dict[str, Any]:  # fmt: skip
    """A partner's part, waiting for the cashier."""
    asked = payees.Payee(
        amount=part.amount, payee_kind="supplier", party_id=part.party_id, purpose=part.purpose
    )  # fmt: skip
    row = payees.row_of(ctx, connection, contract, asked)
    return {**row, "loan_id": kept.id, "due_on": ctx.business_date, "state": "planned"}


def _borrower(
    ctx: Context, connection: Connection, kept: Kept, contract: RowMapping, amount: Decimal, channel: str
) -> dict[str, Any]:
    """The borrower's part, paid now."""
    row = payees.row_of(ctx, connection, contract, payees.Payee(amount=amount))
    paid = {"state": "paid", "channel": channel, "paid_on": ctx.business_date, "paid_by": ctx.actor.user_id}
    return {**row, "loan_id": kept.id, "due_on": ctx.business_date, **paid}


def take_back(connection: Connection, numbered: Sequence[str]) -> None:
    """The payouts of a draw that was undone; refused while a partner still has its money."""
    rows = connection.execute(select(PAYOUT).where(PAYOUT.c.number.in_(numbered)).with_for_update()).mappings().all()
    gone = [row for row in rows if row["payee_kind"] != "borrower" and row["state"] == "paid"]
    if gone:
        raise Refused(_still_out(gone[0]["payee_name"]))
    for row in rows:
        state = "reversed" if row["payee_kind"] == "borrower" else "cancelled"
        change = update(PAYOUT).where(PAYOUT.c.id == row["id"])
        connection.execute(change.values(state=state, version=PAYOUT.c.version + 1))


def _still_out(name: str) -> Problem:
    return Problem(
        code="change.money_is_out",
        message=text(f"{name} has been paid already.", f"已向 {name} 付款。"),
        hint=text("Note first that the money came back.", "请先登记款项退回。"),
    )


def problems(checks: Sequence[Check]) -> tuple[Problem, ...]:
    """Why the money may not go out."""
    return tuple(one.problem for one in checks if not one.passed)
