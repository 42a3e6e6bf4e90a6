"""What a product says about changes of its loans: whether, who agrees, how often, how much, how far back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection, func, select

from loanloom.core.money import formatted
from loanloom.engines.products.offer import ANY_CHANGE, ChangeRule
from loanloom.problems import Problem, text
from loanloom.services.access.second_person import needs_second
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden
from loanloom.services.money import offers
from loanloom.services.money.changes import desk_bookings, disbursement_undo
from loanloom.services.money.changes.kinds import Kind
from loanloom.services.money.loan_rows import Kept
from loanloom.store import tables


def rule_for(ctx: Context, connection: Connection, kept: Kept, kind: str) -> ChangeRule:
    """The rule of the loan's product; the usual rule where it says nothing. A payout is never taken back alone."""
    rule = offers.offer_for(ctx, connection, kept.row).change(kind)
    return replace(rule, approval=ANY_CHANGE.approval) if kind == disbursement_undo.KIND else rule


def refusals(
    ctx: Context, connection: Connection, kept: Kept, kind: Kind, rule: ChangeRule, record: dict[str, Any], on: date
) -> tuple[Problem, ...]:
    """What the product has against this change of this loan."""
    return tuple(_refusals(ctx, connection, kept, kind, rule, record, on))


def _refusals(
    ctx: Context, connection: Connection, kept: Kept, kind: Kind, rule: ChangeRule, record: dict[str, Any], on: date
) -> Iterator[Problem]:
    if not rule.allowed:
        yield not_allowed(kind)
        return
    if on > ctx.business_date:
        yield _problem(
            "change.in_the_future",
            f"The change can be booked on {on} at the earliest; today is {ctx.business_date}.",
            f"该变更最早于 {on} 记账，当前营业日为 {ctx.business_date}。",
            "on",
        )
    elif on < (first := ctx.business_date - timedelta(days=rule.reaches_back)):
        yield _problem(
            "change.too_far_back",
            f"This product lets a change reach back to {first} at most.",
            f"本产品的变更最早可追溯至 {first}。",
            "on",
        )
    if kind.key == "undo" and (booked := desk_bookings.against_undoing(connection, kept.id, int(record["sequence"]))):
        yield booked
    if kind.key == disbursement_undo.KIND:
        yield from disbursement_undo.against(connection, kept)
    if rule.most_times is not None and _times(connection, kept.id, kind.key) >= rule.most_times:
        yield _problem(
            "change.too_often",
            f"“{kind.words.title['en']}” is possible {rule.most_times} times for a loan of this product.",
            f"本产品每笔借据最多办理“{kind.words.title['zh']}”{rule.most_times} 次。",
        )
    amount = _amount(record)
    if rule.most_amount is not None and amount is not None and amount > rule.most_amount:
        most = formatted(rule.most_amount)
        yield _problem("change.too_much", f"At most {most}.", f"最高 {most}。", "amount")
    if rule.most_days is not None and int(record.get("days", 0)) > rule.most_days:
        yield _problem("change.too_long", f"At most {rule.most_days} days.", f"最长 {rule.most_days} 天。", "days")


def not_allowed(kind: Kind) -> Problem:
    """The product does not offer this change."""
    return _problem(
        "change.not_allowed",
        f"This product does not allow “{kind.words.title['en']}”.",
        f"本产品不支持“{kind.words.title['zh']}”。",
    )


def _amount(record: dict[str, Any]) -> Decimal | None:
    """The amount a change names, or the sum of its amounts by component."""
    try:
        if "amount" in record:
            return Decimal(record["amount"])
        if "amounts" in record:
            return sum((Decimal(value) for value in record["amounts"].values()), Decimal(0))
    except (InvalidOperation, TypeError):
        return None
    return None


def _times(connection: Connection, loan_id: int, kind: str) -> int:
    table = tables.loan_change
    counted = select(func.count()).where(table.c.loan_id == loan_id, table.c.kind == kind, table.c.state == "booked")
    return int(connection.execute(counted).scalar_one())


def check_approver(ctx: Context, rule: ChangeRule, requested_by: int | None) -> None:
    """Refuse whoever may not agree to this change: one's own requests, and roles that the product does not name."""
    ctx.require("loan.approve_change")
    if ctx.actor.user_id is not None and ctx.actor.user_id == requested_by:
        raise Forbidden(
            _problem(
                "change.own_request",
                "Whoever asked for a change does not approve it.",
                "变更申请人不得审批本人的申请。",
            )
        )
    if rule.approvers and not ctx.actor.is_system and not set(rule.approvers) & set(ctx.actor.roles):
        named = [ctx.registry.label("role", key, language) for language in ("en", "zh") for key in rule.approvers]
        half = len(named) // 2
        raise Forbidden(
            _problem(
                "change.other_role",
                f"This change is approved by: {', '.join(named[:half])}.",
                f"该变更由以下岗位审批：{'、'.join(named[half:])}。",
            )
        )


def check_alone(ctx: Context, function: str, amount: Decimal) -> None:
    """Refuse whose role says that money of this amount needs a second person: the money of a change has none."""
    ctx.require(function)
    if needs_second(ctx, function, amount):
        raise Forbidden(
            _problem(
                "change.needs_other_hands",
                "Your role handles money of this amount with a second person only; the money of a change is booked by "
                "one person.",
                "您的岗位办理该金额须经他人复核，而变更的收付款由一人登记。",
            )
        )


def _problem(code: str, english: str, chinese: str, field: str | None = None) -> Problem:
    return Problem(code=code, message=text(english, chinese), field=field)
