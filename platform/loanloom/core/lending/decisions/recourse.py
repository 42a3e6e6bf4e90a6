"""Debt paid by others or by things: guarantor payment with subrogation (代偿, 追偿), assets taken in settlement (抵债),
money on what was written off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from loanloom.core.lending.decisions.decision import Command, Decide, Decision, bad_amount, closing, refusal_of, refused
from loanloom.core.lending.decisions.receiving import split
from loanloom.core.lending.events.recourse import AssetsTaken, GuarantorPaid, GuarantorReimbursed, Recovered
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import owed
from loanloom.core.money import ZERO, formatted, total
from loanloom.problems import text


@dataclass(frozen=True, slots=True, kw_only=True)
class GuarantorPays(Command):
    """A guarantor pays what is due for the borrower and takes our claim over in that amount."""

    on: date
    amount: Decimal
    guarantor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReimburseGuarantor(Command):
    """Note that the borrower paid a guarantor back."""

    on: date
    amount: Decimal
    guarantor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAssets(Command):
    """Take an asset over for its agreed value against what is due."""

    on: date
    amount: Decimal
    asset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverWrittenOff(Command):
    """Take money on a loan that was written off."""

    on: date
    amount: Decimal


def _more_than(loan: Loan, most: Decimal, en: str, zh: str) -> Decision:
    amount = formatted(most, loan.terms.rounding.digits)
    return refused("lending.more_than_due", text(en.format(amount), zh.format(amount)), field="amount")


def _too_early(loan: Loan) -> Decision:
    return refused(
        "lending.too_early",
        text(
            f"The date is before the last booking on this loan ({loan.last_event_on}).",
            f"日期早于这笔借款的上一次记账日（{loan.last_event_on}）。",
        ),
        field="on",
    )


def _guarantor_pays(loan: Loan, command: GuarantorPays) -> Decision:
    refusal = refusal_of(loan, command.on, command.amount) or _guarantee_refused(loan, command)
    if refusal:
        return refusal
    due = total(each.total for each in owed(loan, command.on))
    if command.amount > due:
        return _more_than(loan, due, "Only {} is due that a guarantor could pay.", "应收且可由担保人代偿的金额仅 {}。")
    found = split(loan, command.amount, command.on, "guarantor")
    event = GuarantorPaid(
        on=command.on, guarantor=command.guarantor, amount=command.amount - found.left, applied=found.applied
    )
    return Decision(closing(loan, (event,), command.on))


def _guarantee_refused(loan: Loan, command: GuarantorPays) -> Decision | None:
    """Where the loan names its guarantees, only their guarantors pay, and no more than they stand for."""
    if not command.guarantor.strip():
        return refused("lending.no_guarantor", text("Say who pays.", "请指明代偿的担保人。"), field="guarantor")
    if not loan.terms.guarantees:
        return None
    own = [each for each in loan.terms.guarantees if each.guarantor == command.guarantor]
    if not own:
        names = ", ".join(sorted({each.guarantor for each in loan.terms.guarantees}))
        return refused(
            "lending.not_a_guarantor",
            text(
                f"“{command.guarantor}” does not stand for this loan.", f"“{command.guarantor}”不是本笔借款的担保人。"
            ),
            text(f"Its guarantors are: {names}.", f"担保人为：{names}。"),
            field="guarantor",
        )
    paid = total(each.paid for each in loan.circumstances.subrogations if each.guarantor == command.guarantor)
    left = total(each.amount for each in own) - paid
    if command.amount > left:
        return _more_than(loan, left, "This guarantor stands for {} more at most.", "该担保人剩余担保金额仅 {}。")
    return None


def _reimburse(loan: Loan, command: ReimburseGuarantor) -> Decision:
    if command.on < loan.last_event_on:
        return _too_early(loan)
    if not (command.amount.is_finite() and command.amount > 0 and loan.terms.rounding.holds(command.amount)):
        return bad_amount(command.amount, loan.terms)
    claim = total(each.claim for each in loan.circumstances.subrogations if each.guarantor == command.guarantor)
    if command.amount > claim:
        return _more_than(loan, claim, "The guarantor's claim is only {}.", "该担保人的追偿余额仅 {}。")
    event = GuarantorReimbursed(on=command.on, guarantor=command.guarantor, amount=command.amount)
    return Decision((event,))


def _take_assets(loan: Loan, command: TakeAssets) -> Decision:
    refusal = refusal_of(loan, command.on, command.amount)
    if refusal:
        return refusal
    if not command.asset.strip():
        return refused("lending.no_asset", text("Say what is taken over.", "请填写抵债资产。"), field="asset")
    found = split(loan, command.amount, command.on, "assets")
    if not found.applied:
        return refused(
            "lending.nothing_due",
            text("Nothing is due that an asset could settle.", "没有可用资产抵偿的应收款项。"),
            text("Accelerate the loan first.", "请先宣布提前到期。"),
        )
    event = AssetsTaken(
        on=command.on, asset=command.asset, amount=command.amount, applied=found.applied, surplus=found.left
    )
    return Decision(closing(loan, (event,), command.on))


def _recover(loan: Loan, command: RecoverWrittenOff) -> Decision:
    kept = loan.circumstances
    if kept.written_off_on is None:
        return refused("lending.not_written_off", text("This loan has not been written off.", "这笔借款未核销。"))
    if command.on < loan.last_event_on:
        return _too_early(loan)
    if not (command.amount.is_finite() and command.amount > 0 and loan.terms.rounding.holds(command.amount)):
        return bad_amount(command.amount, loan.terms)
    left = total(kept.written_off.values()) - kept.recovered
    if command.amount > left:
        return _more_than(
            loan, max(left, ZERO), "Only {} of what was written off is still owed.", "已核销未收回金额仅 {}。"
        )
    return Decision((Recovered(on=command.on, amount=command.amount),))


DECIDES: Mapping[type[Command], Decide] = {
    GuarantorPays: _guarantor_pays,
    ReimburseGuarantor: _reimburse,
    TakeAssets: _take_assets,
    RecoverWrittenOff: _recover,
}
