"""Entrusted loans 委托贷款: the trustor's money is a deposit of his; loans take from it and bring to it.

What the deposit holds is what the ledger keeps as money of trustors: its movements are read off the loan's own entries.
The agent's share of interest and the tax withheld leave it at once (core.lending.entrusted). Nothing is lent beyond it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, exists, func, or_, select

from loanloom.core.lending.business.entrusted import EntrustedTerms, Passing, pass_on
from loanloom.core.money import ZERO, total
from loanloom.engines import posting
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Refused
from loanloom.services.money import lending_rules, offers
from loanloom.services.money.books.accruing import Posted, Reversal
from loanloom.services.money.cashier import deposit_rows
from loanloom.services.money.cashier.deposit_rows import Move
from loanloom.services.money.loan_rows import Change
from loanloom.store import tables

TABLE = tables.entrustment
KIND = "entrusted"
BROUGHT = ("repayment_received", "surplus_applied", "guarantor_paid")
"""Events that bring the trustor's money back."""
OURS = ("goodwill", "interest_refund", "interest_waiver")
"""Kinds of receipts without money of the borrower's."""


@dataclass(frozen=True, slots=True)
class Entrustment:
    """Whose money a contract lends, and how much of it there is."""

    row: RowMapping
    trustor: RowMapping
    fund: RowMapping | None

    @property
    def free(self) -> Decimal:
        """What can be lent."""
        return Decimal(self.fund["balance"] - self.fund["held"]) if self.fund is not None else ZERO


def of_contracts(connection: Connection, contract_ids: Sequence[int]) -> Mapping[int, Entrustment]:
    """The entrustments of contracts, with the trustors' money, in three statements at most."""
    if not contract_ids:
        return {}
    contract = tables.contract
    query = select(TABLE, contract.c.currency).join(contract, contract.c.id == TABLE.c.contract_id)
    rows = connection.execute(query.where(TABLE.c.contract_id.in_(contract_ids))).mappings().all()
    if not rows:
        return {}
    party, fund = tables.party, tables.deposit
    wanted = {row["party_id"] for row in rows}
    people = {row["id"]: row for row in connection.execute(select(party).where(party.c.id.in_(wanted))).mappings()}
    funds = connection.execute(
        select(fund).where(
            fund.c.party_id.in_(wanted), fund.c.kind == KIND, fund.c.state == "open", fund.c.loan_id.is_(None)
        )
    ).mappings()
    held = {(row["party_id"], row["currency"]): row for row in funds}
    return {
        row["contract_id"]: Entrustment(row, people[row["party_id"]], held.get((row["party_id"], row["currency"])))
        for row in rows
    }


def refusal(found: Entrustment | None, amount: Decimal) -> Text | None:
    """Why an entrusted loan of this amount may not be paid out."""
    if found is None:
        return text("Name the trustor first.", "请先登记委托人。")
    if found.free < amount:
        return text(
            f"Of {found.trustor['name']}'s money {found.free} is there; the loan is {amount}.",
            f"委托人 {found.trustor['name']} 可用委托资金 {found.free}，不足放款金额 {amount}。",
        )
    return None


def lend(ctx: Context, connection: Connection, drawn: Sequence[tuple[int, int, Decimal]]) -> None:
    """Take what entrusted loans were paid out with from their trustors' money: (loan, contract, amount) of each."""
    found = of_contracts(connection, [contract_id for _, contract_id, _ in drawn])
    funds = _locked(ctx, connection, found)
    for loan_id, contract_id, amount in drawn:
        entrusted = found.get(contract_id)
        fund = funds[_whose(entrusted)] if entrusted is not None else None
        why = refusal(entrusted and replace(entrusted, fund=fund), amount)
        if why is not None:
            raise Refused(Problem(code="disbursement.trustor", message=why))
        assert entrusted is not None and fund is not None
        said = {name: entrusted.row[name] for name in ("source", "purpose")}
        out = Move(kind="lent", amount=-amount, loan_id=loan_id, **said)
        funds[_whose(entrusted)] = deposit_rows.take_out(ctx, connection, fund, out, may_use_held=False)


def settle(
    ctx: Context,
    connection: Connection,
    changes: Sequence[Change],
    undone: Mapping[int, Sequence[Reversal]],
    posted: Mapping[int, Sequence[Posted]],
) -> list[Posted]:
    """Bring the trustors' money up to what changes of entrusted loans made of it; entries for the agent's part."""
    came = {change.kept.id: amount for change in changes if (amount := _came(ctx, connection, change, posted))}
    moving = [change for change in changes if change.kept.id in came]
    found = of_contracts(connection, [change.kept.row["contract_id"] for change in moving])
    funds = _locked(ctx, connection, found)
    made: list[Posted] = []
    for change in moving:
        loan_id, row = change.kept.id, change.kept.row
        rule = offers.offer_for(ctx, connection, row).entrusting
        assert rule is not None
        terms = EntrustedTerms(
            trustor="", share_of_interest=rule.share_of_interest, withholding_rate=rule.withholding_rate
        )
        passing = pass_on(_parts(change, undone.get(loan_id, ())), terms, change.kept.loan.terms.rounding)
        taken = passing.to_agent - _fees(change, undone.get(loan_id, ()))
        entrusted = found.get(row["contract_id"])
        if entrusted is not None:
            fund, both = funds[_whose(entrusted)], (came[loan_id], taken + passing.withheld)
            waits = rule.repays_on == "settlement"
            funds[_whose(entrusted)] = _move(ctx, connection, change, fund, *both, waits=waits)
        made += _taken(ctx, change, taken, passing, row)
    return made


def _came(ctx: Context, connection: Connection, change: Change, posted: Mapping[int, Sequence[Posted]]) -> Decimal:
    """What the entries of a loan put into the ledger's account of trustors' money; nothing where it is not one."""
    offer = offers.offer_for(ctx, connection, change.kept.row)
    if offer.business != KIND or offer.entrusting is None:
        return ZERO
    rules = lending_rules.general_posting(ctx)
    entry = posting.entry_for(rules, "deposit_received", {"amount": Decimal(1)}, ctx.business_date, {"kind": KIND})
    accounts = {line.account for line in entry.lines if line.credit} if entry is not None else set()
    lines = (line for each in posted[change.kept.id] for line in each.entry.lines)
    return total(line.credit - line.debit for line in lines if line.account in accounts)


def _parts(change: Change, undone: Sequence[Reversal]) -> dict[str, Decimal]:
    """What came in by component: of the new events, less that of those that count no more."""
    parts: dict[str, Decimal] = {}
    for event in change.events:
        what = posting.posted(event)
        if what is None or what[0] not in BROUGHT or getattr(event, "kind", "") in OURS:
            continue
        for component, amount in posting.moved(*what).items():
            parts[component] = parts.get(component, ZERO) - amount
    for reversal in undone:
        if reversal.mirror.event in BROUGHT and reversal.facts.get("kind") not in OURS:
            for component, amount in reversal.moved.items():
                parts[component] = parts.get(component, ZERO) + amount
    return parts


def _fees(change: Change, undone: Sequence[Reversal]) -> Decimal:
    return _parts(change, undone).get("fee", ZERO)


def _move(
    ctx: Context,
    connection: Connection,
    change: Change,
    fund: RowMapping,
    came: Decimal,
    taken: Decimal,
    *,
    waits: bool,
) -> RowMapping:
    """Money of a loan in the trustor's locked deposit; held there until the loan's next settlement day if it waits for
    it. The deposit afterwards."""
    loan_id = change.kept.id
    if came < 0 and fund["balance"] < taken - came:
        raise Conflict(
            Problem(
                code="trustor.money_gone",
                message=text("The trustor has been paid this money already.", "该款项已支付给委托人。"),
                hint=text("Take his payout back first.", "请先撤回对委托人的付款。"),
            )
        )
    held, taken_back = ZERO, change.after.circumstances.cancelled_on is not None
    if came < 0:
        held = -min(_held_of(connection, fund["id"], loan_id), taken - came)
    elif waits and not taken_back:
        held = came - taken
    kind = "returned" if taken_back else "collected"
    collected = Move(kind=kind, amount=came, held=min(held, ZERO), loan_id=loan_id)
    fund = deposit_rows.move(ctx, connection, fund, collected)
    if taken:
        fund = deposit_rows.move(ctx, connection, fund, Move(kind="taken", amount=-taken, loan_id=loan_id))
    if held > 0:
        fund = deposit_rows.move(ctx, connection, fund, Move(kind="held", held=held, loan_id=loan_id))
    return fund


def _held_of(connection: Connection, deposit_id: int, loan_id: int) -> Decimal:
    """What of a trustor's money waits for a loan's settlement day."""
    entry = tables.deposit_entry
    of = select(func.coalesce(func.sum(entry.c.held), 0)).where(
        entry.c.deposit_id == deposit_id, entry.c.loan_id == loan_id
    )
    return Decimal(connection.execute(of).scalar_one())


def free_settled(ctx: Context, connection: Connection, first: date, last: date) -> int:
    """Free what waited for the settlement days from `first` until before `last`, and of loans that run no more; of how
    many loans. The end of day asks for it."""
    entry, deposit, loan, row = tables.deposit_entry, tables.deposit, tables.loan, tables.instalment
    due = exists().where(row.c.loan_id == entry.c.loan_id, row.c.due_on >= first, row.c.due_on < last)
    waiting = (
        select(entry.c.deposit_id, entry.c.loan_id, func.sum(entry.c.held).label("held"))
        .join(deposit, deposit.c.id == entry.c.deposit_id)
        .join(loan, loan.c.id == entry.c.loan_id)
        .where(deposit.c.kind == KIND, deposit.c.held > 0, or_(due, loan.c.status != "active"))
        .group_by(entry.c.deposit_id, entry.c.loan_id)
        .having(func.sum(entry.c.held) > 0)
        .order_by(entry.c.deposit_id, entry.c.loan_id)
    )
    found = connection.execute(waiting).all()
    for one in found:
        fund = connection.execute(select(deposit).where(deposit.c.id == one.deposit_id).with_for_update()).mappings()
        freed = Move(kind="freed", held=-one.held, loan_id=one.loan_id)
        deposit_rows.move(ctx, connection, fund.one(), freed)
    return len(found)


def _taken(ctx: Context, change: Change, share: Decimal, passing: Passing, row: Mapping[Any, Any]) -> list[Posted]:
    """The entry of what the agent keeps of the interest and of the tax withheld."""
    parts = {"share": share, "withheld": passing.withheld}
    if not any(parts.values()):
        return []
    rules = lending_rules.general_posting(ctx)
    problem = posting.unserved(rules, "entrusted_taken", parts)
    if problem is not None:
        raise Refused(problem)
    entry = posting.entry_for(rules, "entrusted_taken", parts, ctx.business_date)
    assert entry is not None
    return [Posted(entry, ("loan", change.kept.id), change.kept.id, row["unit"], row["currency"])]


def _whose(entrusted: Entrustment) -> tuple[int, str]:
    return entrusted.row["party_id"], entrusted.row["currency"]


def _locked(
    ctx: Context, connection: Connection, found: Mapping[int, Entrustment]
) -> dict[tuple[int, str], RowMapping]:  # fmt: skip
    """The trustors' money, locked in order of trustor and currency whatever the order of the loans, so that two who
    move it never wait in a ring."""
    wanted = sorted({_whose(entrusted) for entrusted in found.values()})
    return {
        (party_id, currency): deposit_rows.open_in(ctx, connection, kind=KIND, currency=currency, party_id=party_id)
        for party_id, currency in wanted
    }
