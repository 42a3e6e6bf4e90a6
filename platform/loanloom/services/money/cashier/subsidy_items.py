"""Receivable items of what others bear when it falls due: of the interest 贴息应收, one for each instalment and who
bears it, and of charges, one for each charge and payer, as the loan says it.

Written with whatever changes these parts - the night before the due date, an early settlement, an undone booking - and
brought up to what they are now, for all loans at once. What somebody else bears is booked with the loan's own event;
what goes back to the borrower is nobody's asset and is booked when it comes in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, Connection, RowMapping, Text, any_, bindparam, func, or_, select, text, update

from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing import shared_charges
from loanloom.core.lending.owing.subsidised import claimed
from loanloom.core.money import ZERO
from loanloom.problems import Problem
from loanloom.problems import text as words_of
from loanloom.services import numbers
from loanloom.services.context import Context
from loanloom.services.errors import Conflict
from loanloom.services.money.cashier import trustors
from loanloom.services.money.loan_rows import Change
from loanloom.store import bulk, tables

TABLE, BATCH = tables.cash_item, tables.claim_batch
BORNE, PASSED_ON = "interest_subsidy", "subsidy_refund"
"""Kinds of items: borne in the borrower's place; paid by him and given back when it comes in."""
SHARE = "charge_share"
"""The kind of a part of a charge that fell due after the money was paid out."""
PREFIX, SHARED = "subsidy:", "shared:"
"""How the sources of such items begin: subsidy:LOAN:INSTALMENT:PLACE:KIND, shared:LOAN:CHARGE:PLACE."""
TOO_MUCH = "too_much"
"""Ends the source of what goes back to the payer: it paid more than it bears now."""


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody bears of a loan now: of the interest or a charge of an instalment (0: of a day of its own)."""

    kind: str
    due_on: date
    amount: Decimal
    payer: str
    party: str
    number: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an item should say, by the source of its part."""

    change: Change
    part: Part
    key: str

    @property
    def amount(self) -> Decimal:
        """How large it should be."""
        return self.part.amount


def keep(ctx: Context, connection: Connection, changes: Sequence[Change]) -> None:
    """Bring the items up to what changes of loans made of their subsidies; no statement where they made nothing."""
    wanted = {one.key: one for change in changes for one in _changed(change)}
    if not wanted:
        return
    keys = [*wanted, *(f"{key}:{TOO_MUCH}" for key in wanted)]
    query = select(TABLE).where(TABLE.c.source_key == any_(bindparam("keys", type_=ARRAY(Text)))).with_for_update()
    known = {row["source_key"]: row for row in connection.execute(query, {"keys": keys}).mappings()}
    updates = [_brought_up(ctx, known[key], one.amount) for key, one in wanted.items() if key in known]
    new = [_row(ctx, one, key, one.amount) for key, one in wanted.items() if key not in known and one.amount]
    for key, one in wanted.items():
        over = max(known[key]["settled"] - one.amount, ZERO) if key in known else ZERO
        back = f"{key}:{TOO_MUCH}"
        if back in known:
            updates.append(_brought_up(ctx, known[back], over))
        elif over and one.part.kind != PASSED_ON:
            new.append(_row(ctx, one, back, over, direction="payable"))
    _write(ctx, connection, new)
    bulk.update(connection, TABLE, updates, added=["version = kept.version + 1"])
    bring_up_batches(connection, {row["claim_batch_id"] for row in known.values() if row["claim_batch_id"]})


def _changed(change: Change) -> list[Wanted]:
    before, after = _parts(change.kept.id, change.kept.loan), _parts(change.kept.id, change.after)
    if before == after:
        return []
    gone = {key: replace(part, amount=ZERO) for key, part in before.items() if key not in after}
    return [Wanted(change, part, key) for key, part in (gone | after).items() if before.get(key) != part]


def _parts(loan_id: int, loan: Loan) -> dict[str, Part]:
    """What others bear of a loan, by the source of its item."""
    found: dict[str, Part] = {}
    for account in loan.accounts if loan.terms.interest_shares else ():
        row = account.instalment
        for kind, parts in ((BORNE, claimed(account)), (PASSED_ON, account.given_back)):
            for place, (share, part) in enumerate(zip(loan.terms.interest_shares, parts, strict=False)):
                if part:
                    key = f"{PREFIX}{loan_id}:{row.number}:{place}:{kind}"
                    found[key] = Part(kind, row.due_on, part, share.payer, share.party, row.number)
    for place, charge in enumerate(loan.circumstances.shared):
        due = shared_charges.due_on(loan, charge) or charge.on
        for number, (agreed, part) in enumerate(zip(charge.parts, charge.borne, strict=False)):
            if part and charge.ours:
                key = f"{SHARED}{loan_id}:{place}:{number}"
                found[key] = Part(SHARE, due, part, agreed.payer, agreed.party, charge.number)
    return found


def _brought_up(ctx: Context, row: RowMapping, wanted: Decimal) -> dict[str, Any]:
    """An item that is there, as large as it is wanted now, but never smaller than what was paid of it."""
    amount = max(wanted, row["settled"])
    state = "cancelled" if not amount else "settled" if amount == row["settled"] else "open"
    return {"id": row["id"], "amount": amount or row["amount"], "state": state, "updated_at": ctx.now.isoformat()}


def _row(ctx: Context, one: Wanted, key: str, amount: Decimal, direction: str = "receivable") -> dict[str, Any]:
    row, part = one.change.kept.row, one.part
    return {
        "direction": direction,
        "kind": part.kind,
        "party_id": part.party or (row["contract_id"], part.payer),
        "customer_id": row["customer_id"],
        "loan_id": one.change.kept.id,
        "amount": amount,
        "currency": row["currency"],
        "due_on": part.due_on,
        "source_key": key,
        "note": f"{row['number']} · {part.number}" if part.number else row["number"],
        "unit": row["unit"],
        "manager_user_id": row["manager_user_id"],
        "created_by": ctx.actor.user_id,
    }


def _write(ctx: Context, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    wanted = {row["party_id"] for row in rows}
    known: dict[Any, int] = {**parties(connection, {each for each in wanted if isinstance(each, str)})}
    known |= _of_contracts(connection, [each for each in wanted if not isinstance(each, str)])
    numbered = numbers.issue_or_plain(ctx, connection, "item", "X", len(rows))
    made = [
        {**row, "number": number, "party_id": known.get(row["party_id"])}
        for row, number in zip(rows, numbered, strict=True)
    ]
    bulk.insert(connection, TABLE, made)


def _of_contracts(connection: Connection, wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Who is meant where the product names nobody: the contract's one merchant, or its trustor."""
    found: dict[tuple[int, str], int] = {}
    payout, selling = tables.payout.c, [contract for contract, payer in wanted if payer == "merchant"]
    if selling:
        query = select(payout.contract_id, func.min(payout.party_id)).group_by(payout.contract_id)
        query = query.where(payout.contract_id.in_(selling), payout.payee_kind == "merchant")
        rows = connection.execute(query.having(func.count(payout.party_id.distinct()) == 1))
        found |= {(contract, "merchant"): party for contract, party in rows}
    trusting = sorted(contract for contract, payer in wanted if payer == "trustor")
    entrusted = trustors.of_contracts(connection, trusting)
    return found | {(contract, "trustor"): each.row["party_id"] for contract, each in entrusted.items()}


def parties(connection: Connection, wanted: set[str]) -> Mapping[str, int]:
    """The partners that a product names, by number or by name."""
    party = tables.party
    if not wanted:
        return {}
    query = select(party.c.id, party.c.number, party.c.name).where(
        or_(party.c.number.in_(wanted), party.c.name.in_(wanted))
    )
    rows = connection.execute(query.order_by(party.c.id.desc())).all()
    return {row.name: row.id for row in rows} | {row.number: row.id for row in rows}


_ADOPTED = text(
    "UPDATE cash_item AS c SET party_id = :party FROM loan AS l WHERE c.party_id IS NULL AND c.state = 'open' "
    "AND l.company_id = c.company_id AND l.id = c.loan_id AND CASE WHEN c.source_key LIKE 'subsidy:%' THEN "
    "l.terms -> 'interest_shares' -> split_part(c.source_key, ':', 4)::integer ->> 'party' "
    "WHEN c.source_key LIKE 'shared:%' THEN l.circumstances -> 'shared' -> split_part(c.source_key, ':', 3)::integer "
    "-> 'parts' -> split_part(c.source_key, ':', 4)::integer ->> 'party' END IN (:number, :name)"
)


def adopt(connection: Connection, party: RowMapping) -> None:
    """Items written before the partner was entered become its own."""
    connection.execute(_ADOPTED, {"party": party["id"], "number": party["number"], "name": party["name"]})


def bring_up_batches(connection: Connection, batch_ids: set[int]) -> None:
    """Batches are settled as soon as nothing in them is open."""
    if not batch_ids:
        return
    still_open = select(TABLE.c.id).where(TABLE.c.claim_batch_id == BATCH.c.id, TABLE.c.state == "open").exists()
    for state, condition in (("sent", still_open), ("settled", ~still_open)):
        connection.execute(update(BATCH).where(BATCH.c.id.in_(batch_ids), condition).values(state=state))


def pass_on(
    ctx: Context, connection: Connection, received: Sequence[tuple[RowMapping, Decimal]], receipt_id: int
) -> list[int]:
    """What came in for borrowers that had paid the interest themselves is to be paid to them: the items' ids."""
    found = [(row, amount) for row, amount in received if row["kind"] == PASSED_ON]
    if not found:
        return []
    numbered = numbers.issue_or_plain(ctx, connection, "item", "X", len(found))
    rows = [
        {
            "number": number, "direction": "payable", "kind": row["kind"], "customer_id": row["customer_id"],
            "loan_id": row["loan_id"], "amount": amount, "currency": row["currency"], "due_on": ctx.business_date,
            "source_key": f"{row['source_key']}:{receipt_id}", "note": row["note"], "unit": row["unit"],
            "manager_user_id": row["manager_user_id"], "created_by": ctx.actor.user_id,
        }
        for (row, amount), number in zip(found, numbered, strict=True)
    ]  # fmt: skip
    return [int(each["id"]) for each in bulk.insert(connection, TABLE, rows, returning=["id"])]


def keep_back(ctx: Context, connection: Connection, item_ids: Sequence[int]) -> None:
    """What was to be paid to borrowers is not, for it did not come in after all; not once it was paid."""
    if not item_ids:
        return
    open_ = TABLE.c.id.in_(item_ids), TABLE.c.settled == 0, TABLE.c.state == "open"
    values = {"state": "cancelled", "updated_at": ctx.now, "version": TABLE.c.version + 1}
    if connection.execute(update(TABLE).where(*open_).values(values)).rowcount != len(item_ids):
        words = words_of("It was passed on to the borrower already.", "该贴息款已退还借款人。")
        raise Conflict(Problem(code="item.settled_meanwhile", message=words))
