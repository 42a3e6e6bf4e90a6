"""Conditions of a disbursement told from the rows at hand, one function each. Reads; changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping

from loanloom.core.lending.pricing.upfront import upfront_problems
from loanloom.engines.products import Preview
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context


@dataclass(frozen=True, slots=True)
class Check:
    """One condition: what it is, whether it holds, and what was found."""

    key: str
    title: Text
    passed: bool
    detail: Text

    @property
    def problem(self) -> Problem:
        """The reason why money may not go out."""
        return Problem(code=f"disbursement.{self.key}", message=self.detail)


def signed(contract: RowMapping) -> Check:
    title = text("Contract signed", "合同已签订")
    if contract["state"] == "signed":
        return Check("not_signed", title, True, text(f"on {contract['signed_on']}", f"{contract['signed_on']} 签订"))
    number = contract["number"]
    return Check("not_signed", title, False, text(f"Contract {number} is not signed yet.", f"合同 {number} 尚未签订。"))


def security_signed(security: Sequence[RowMapping]) -> Check:
    title = text("Contract package signed", "合同包已签订")
    missing = [row["number"] for row in security if row["state"] != "signed"]
    if missing:
        said = text(f"Not signed yet: {', '.join(missing)}.", f"尚未签订：{'、'.join(missing)}。")
        return Check("security_not_signed", title, False, said)
    count = len(security)
    return Check("security_not_signed", title, True, text(f"{count} contracts", f"共 {count} 份"))


def sealed(contract: RowMapping, security: Sequence[RowMapping]) -> Check:
    """用印: every contract of the package carries the lender's seal."""
    title = text("Contract package sealed", "合同包已用印")
    missing = [row["number"] for row in (contract, *security) if row["sealed_on"] is None]
    if missing:
        said = text(f"Not sealed yet: {', '.join(missing)}.", f"尚未用印：{'、'.join(missing)}。")
        return Check("not_sealed", title, False, said)
    return Check("not_sealed", title, True, text(f"on {contract['sealed_on']}", f"{contract['sealed_on']} 用印"))


def not_yet(loan_id: int | None) -> Check:
    title = text("Not paid out before", "尚未放款")
    if loan_id is None:
        return Check("already_disbursed", title, True, text("no loan on this contract", "该合同项下无借据"))
    return Check(
        "already_disbursed", title, False, text("This contract has been paid out already.", "该合同已经放款。")
    )


def within_sanction(contract: RowMapping, sanction: Mapping[str, Any]) -> Check:
    title = text("As sanctioned", "与批复一致")
    of_another = "draw_id" in (contract["extra"] or {}) and contract["product_key"] != sanction["product_key"]
    same = contract["amount"] <= sanction["amount"] and (
        of_another  # a draw on a shared line: rate and term are its own product's, decided when it was approved
        or (contract["annual_rate"] == sanction["annual_rate"] and contract["term_months"] <= sanction["term_months"])
    )
    if same:
        return Check("not_as_sanctioned", title, True, text(sanction["number"], sanction["number"]))
    return Check(
        "not_as_sanctioned",
        title,
        False,
        text(
            f"Amount, rate or term of the contract go beyond sanction {sanction['number']}.",
            f"合同的金额、利率或期限超出批复 {sanction['number']}。",
        ),
    )


def customer_active(customer: Mapping[str, Any]) -> Check:
    title = text("Customer active", "客户状态正常")
    if customer["state"] == "active":
        return Check("customer_blocked", title, True, text(customer["name"], customer["name"]))
    return Check(
        "customer_blocked",
        title,
        False,
        text(f"{customer['name']} is not an active customer.", f"客户 {customer['name']} 状态异常。"),
    )


def conditions(listed: Sequence[Mapping[str, Any]]) -> tuple[Check, ...]:
    """Conditions precedent: each has been met with evidence, or waived by who granted the loan."""
    if not listed:
        return ()
    title = text("Conditions of the sanction met", "批复条件已落实")
    missing = [one["words"] for one in listed if one["state"] == "open"]
    if missing:
        said = text(f"Still open: {'; '.join(missing)}.", f"尚未落实：{'；'.join(missing)}。")
        return (Check("conditions_open", title, False, said),)
    waived = sum(one["state"] == "waived" for one in listed)
    met = len(listed) - waived
    return (
        Check(
            "conditions_open", title, True, text(f"{met} met, {waived} waived", f"已落实 {met} 项，豁免 {waived} 项")
        ),
    )


def another_hand(
    ctx: Context,
    contract: RowMapping,
    application: Mapping[str, Any],
    conditions: Sequence[Mapping[str, Any]],
) -> Check:
    title = text("Maker is not payer", "经办与放款分离")
    typed = application["draft"].get("by", ())
    makers = {contract["created_by"], contract["signed_by"], application["created_by"], application["updated_by"]}
    makers |= {*typed, *(one["by"] for one in conditions)}
    makers.discard(None)
    if ctx.actor.is_system or ctx.actor.user_id not in makers:
        return Check("same_person", title, True, text(ctx.actor.name, ctx.actor.name))
    return Check(
        "same_person",
        title,
        False,
        text(
            "You made this application, its contract or ticked off a condition; somebody else must pay it out.",
            "您是本笔业务的经办人、合同签署人或条件落实人，须由他人放款。",
        ),
    )


def computable(preview: Preview) -> Check:
    title = text("Schedule can be computed", "还款计划可生成")
    if preview.schedule is not None:
        rows = len(preview.schedule.instalments)
        return Check("no_schedule", title, True, text(f"{rows} instalments", f"共 {rows} 期"))
    reason = preview.problems[0].message if preview.problems else text("No terms.", "缺少要素。")
    return Check("no_schedule", title, False, reason)


def whole(preview: Preview) -> Check:
    """砍头息: nothing is taken out of the principal up front."""
    title = text("Paid out whole", "足额放款（无砍头息）")
    found: tuple[Problem, ...] = ()
    if preview.terms is not None and preview.schedule is not None:
        found = upfront_problems(preview.terms, preview.schedule.instalments)
    if found:
        return Check("taken_from_principal", title, False, found[0].message)
    return Check("taken_from_principal", title, True, text("nothing kept back", "未预先扣收"))
