"""Which loan money belongs to: candidates with the reasons that speak for them, for one receipt or a whole statement.

Reasons: the loan's or contract's number in the bank's words, an account that paid for the loan before, the borrower's
name, an amount that is due. The number of statements does not depend on how many receipts are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, or_, select

from loanloom.core.lending.decisions import payoff
from loanloom.core.lending.owing.arrears import position
from loanloom.problems import Text, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.money import loan_rows
from loanloom.store import tables

REASONS: Mapping[str, Text] = {
    "number": text("its number is in the bank's words", "摘要中有其编号"),
    "account": text("this account paid for it before", "该账户曾为其还款"),
    "name": text("the payer is its borrower", "付款人即借款人"),
    "due": text("exactly what is due today", "与今日应还金额一致"),
    "next": text("exactly the next instalment", "与下期应还金额一致"),
    "payoff": text("exactly what settles it", "与结清金额一致"),
}
WEIGHTS: Mapping[str, int] = {"number": 60, "account": 50, "name": 30, "due": 25, "next": 25, "payoff": 25}
SURE = 55
"""From here on, and ahead of every other candidate, a line is taken as matched: a number, or two reasons together."""
MOST = 5
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{4,39}")
DAYS_AROUND = timedelta(days=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Money that looks for its loan."""

    key: int
    amount: Decimal
    currency: str
    payer_name: str | None
    account_hash: bytes | None
    words: str

    @property
    def numbers(self) -> set[str]:
        """What in the bank's words may be a number of ours."""
        return set(_NUMBER.findall(self.words.upper()))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A loan that may be meant, the strongest first; `reasons` are keys of REASONS."""

    loan: RowMapping
    customer_name: str
    reasons: tuple[str, ...]
    due: Decimal

    @property
    def weight(self) -> int:
        """How much speaks for it."""
        return sum(WEIGHTS[reason] for reason in self.reasons)

    @property
    def words(self) -> list[Text]:
        """The reasons in words."""
        return [REASONS[reason] for reason in self.reasons]


@dataclass(slots=True)
class _Found:
    """What the database knows that may fit: loan ids by what they were found by."""

    by_number: dict[str, set[int]] = field(default_factory=dict)
    by_account: dict[bytes, set[int]] = field(default_factory=dict)
    by_name: dict[str, set[int]] = field(default_factory=dict)
    by_amount: dict[Decimal, set[int]] = field(default_factory=dict)


def suggestions(ctx: Context, connection: Connection, wanted: Sequence[Wanted]) -> Mapping[int, list[Suggestion]]:
    """For each receipt its likely loans, at most five."""
    if not wanted:
        return {}
    found = _find(ctx, connection, wanted)
    chosen = {one.key: _reasons(found, one) for one in wanted}
    ids = {loan_id for reasons in chosen.values() for loan_id in reasons}
    kept = {each.id: each for each in loan_rows.load(ctx, connection, ids, lock=False)} if ids else {}
    names = _customer_names(connection, kept)
    return {one.key: _ranked(ctx, one, chosen[one.key], kept, names) for one in wanted}


def sure(found: Sequence[Suggestion]) -> Suggestion | None:
    """The one that is meant beyond doubt, if there is one."""
    if not found or found[0].weight < SURE or (len(found) > 1 and found[1].weight == found[0].weight):
        return None
    return found[0]


def _find(ctx: Context, connection: Connection, wanted: Sequence[Wanted]) -> _Found:
    loan, customer, contract = tables.loan, tables.customer, tables.contract
    open_loans = and_(loan.c.status == "active", scope.visible(ctx, loan))
    found = _Found()
    numbers = {number for one in wanted for number in one.numbers}
    names = {one.payer_name for one in wanted if one.payer_name}
    query = (
        select(loan.c.id, loan.c.number, contract.c.number.label("contract_number"), customer.c.name)
        .join(customer, customer.c.id == loan.c.customer_id)
        .join(contract, contract.c.id == loan.c.contract_id)
        .where(open_loans, or_(loan.c.number.in_(numbers), contract.c.number.in_(numbers), customer.c.name.in_(names)))
    )
    for row in connection.execute(query):
        found.by_number.setdefault(row.number, set()).add(row.id)
        found.by_number.setdefault(row.contract_number, set()).add(row.id)
        found.by_name.setdefault(row.name, set()).add(row.id)
    receipt, repayment = tables.receipt, tables.repayment
    accounts = [one.account_hash for one in wanted if one.account_hash is not None]
    earlier = (
        select(receipt.c.payer_account_hash, repayment.c.loan_id)
        .join(repayment, repayment.c.receipt_id == receipt.c.id)
        .join(loan, loan.c.id == repayment.c.loan_id)
        .where(open_loans, receipt.c.payer_account_hash.in_(accounts))
        .distinct()
    )
    for paid in connection.execute(earlier):
        found.by_account.setdefault(bytes(paid.payer_account_hash), set()).add(paid.loan_id)
    row_of = tables.instalment
    rest = row_of.c.principal + row_of.c.interest - row_of.c.principal_paid - row_of.c.interest_paid
    around = (ctx.business_date - DAYS_AROUND, ctx.business_date + DAYS_AROUND)
    exactly = (
        select(row_of.c.loan_id, rest.label("rest"))
        .join(loan, loan.c.id == row_of.c.loan_id)
        .where(
            open_loans,
            row_of.c.status == "due",
            row_of.c.due_on.between(*around),
            rest.in_({one.amount for one in wanted}),
        )
        .limit(2000)
    )
    for fits in connection.execute(exactly):
        found.by_amount.setdefault(fits.rest, set()).add(fits.loan_id)
    return found


def _reasons(found: _Found, one: Wanted) -> dict[int, set[str]]:
    """The loans that something other than their figures speaks for, and those found by the amount alone."""
    reasons: dict[int, set[str]] = {}
    for number in one.numbers:
        for loan_id in found.by_number.get(number, ()):
            reasons.setdefault(loan_id, set()).add("number")
    for loan_id in found.by_account.get(one.account_hash or b"", ()):
        reasons.setdefault(loan_id, set()).add("account")
    for loan_id in found.by_name.get(one.payer_name or "", ()):
        reasons.setdefault(loan_id, set()).add("name")
    for loan_id in sorted(found.by_amount.get(one.amount, ()))[: MOST * 2]:
        reasons.setdefault(loan_id, set())
    return reasons


def _ranked(
    ctx: Context,
    one: Wanted,
    reasons: Mapping[int, set[str]],
    kept: Mapping[int, loan_rows.Kept],
    names: Mapping[int, str],
) -> list[Suggestion]:
    made = []
    for loan_id, why in reasons.items():
        each = kept[loan_id]
        if each.row["currency"] != one.currency:
            continue
        at = position(each.loan, ctx.business_date)
        whole = payoff(each.loan, ctx.business_date)
        figures: dict[str, Any] = {"due": at.due_total, "next": at.next_payment if at.next_due_on else None}
        figures["payoff"] = whole.total - at.surplus if not whole.problems else None
        fits = next((name for name, figure in figures.items() if figure and figure == one.amount), None)
        said = tuple(reason for reason in WEIGHTS if reason in why or reason == fits)
        if said:
            made.append(Suggestion(each.row, names[each.row["customer_id"]], said, at.due_total))
    return sorted(made, key=lambda suggestion: (-suggestion.weight, suggestion.loan["id"]))[:MOST]


def _customer_names(connection: Connection, kept: Mapping[int, loan_rows.Kept]) -> dict[int, str]:
    customer = tables.customer
    wanted = {each.row["customer_id"] for each in kept.values()}
    if not wanted:
        return {}
    rows = connection.execute(select(customer.c.id, customer.c.name).where(customer.c.id.in_(wanted)))
    return {row.id: row.name for row in rows}
