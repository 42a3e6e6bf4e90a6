"""Booking a bank statement: matched lines become repayments of the day the bank says, the others unidentified receipts.

One transaction for the whole statement. Loans are read, decided and written by chunks, a handful of statements each
however many lines; every line becomes an order of its own, so that a single one can be reversed like any other. What a
loan does not take (settled meanwhile, more than it owes) waits as unidentified.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from loanloom.core.lending.decisions import ReceiveRepayment, decide
from loanloom.core.lending.evolution import evolve_all
from loanloom.core.lending.records import to_record
from loanloom.engines import posting
from loanloom.problems import Problem, text
from loanloom.services import numbers
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules, loan_rows, money_rows, repayments
from loanloom.services.money.books import booking
from loanloom.services.money.books.accruing import Posted
from loanloom.services.money.cashier import bank_statements, orders, receipts
from loanloom.services.money.cashier.order_shapes import About
from loanloom.services.money.loan_rows import Change, Kept
from loanloom.store import bulk, tables

CHUNK = 500
CHANNEL = "bank"
Line = RowMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Book this statement."""

    statement_id: int


def about(ctx: Context, connection: Connection, asked: Book) -> About:
    """How much would come in."""
    found = bank_statements.shown(connection, asked.statement_id)
    amount = found.sum_of("matched", "unmatched")
    return About(amount=amount, currency=found.row["currency"], channel=CHANNEL, unit=ctx.actor.unit)


def book(ctx: Context, connection: Connection, asked: Book, order_id: int) -> Mapping[str, Any]:
    """Book every line that is money for us."""
    bank_statements.unbooked(connection, asked.statement_id)
    lines = bank_statements.shown(connection, asked.statement_id).lines
    late = [line for line in lines if line["happened_on"] > ctx.business_date]
    if late:
        raise Refused(_in_future(late[0]))
    left = [line for line in lines if line["state"] == "unmatched"]
    _hold(connection, [line["loan_id"] for line in lines if line["state"] == "matched"])
    booked = 0
    for chunk in _chunks([line for line in lines if line["state"] == "matched"]):
        done, refused = _repay(ctx, connection, chunk)
        booked += done
        left += refused
    for start in range(0, len(left), CHUNK):
        _suspend(ctx, connection, left[start : start + CHUNK])
    table = tables.bank_statement
    connection.execute(
        update(table)
        .where(table.c.id == asked.statement_id)
        .values(state="booked", booked_by=ctx.actor.user_id, booked_on=ctx.business_date)
    )
    return {"statement_id": asked.statement_id, "repayments": booked, "unidentified": len(left)}


def _hold(connection: Connection, loan_ids: Sequence[int]) -> None:
    """Lock every loan before the first chunk, in order of id as everybody does: two never wait for each other."""
    loan = tables.loan
    connection.execute(select(loan.c.id).where(loan.c.id.in_(set(loan_ids))).order_by(loan.c.id).with_for_update())


def _chunks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Chunks in which no loan comes twice, by day, so that a loan's payments are booked in order."""
    waiting = sorted(lines, key=lambda line: (line["happened_on"], line["line"]))
    while waiting:
        taken: list[Line] = []
        rest: list[Line] = []
        seen: set[int] = set()
        for line in waiting:
            if line["loan_id"] in seen or len(taken) == CHUNK:
                rest.append(line)
                continue
            seen.add(line["loan_id"])
            taken.append(line)
        yield taken
        waiting = rest


def _repay(ctx: Context, connection: Connection, lines: Sequence[Line]) -> tuple[int, list[Line]]:
    """Book a chunk of matched lines; how many were, and the lines whose loans do not take the money."""
    found = {kept.id: kept for kept in loan_rows.load(ctx, connection, [line["loan_id"] for line in lines], lock=True)}
    usual = [line for line in lines if _follows(found[line["loan_id"]], line)]
    changes, paid, refused = [], [], []
    for line in usual:
        kept = found[line["loan_id"]]
        command = ReceiveRepayment(on=line["happened_on"], amount=line["amount"])
        decision = decide(kept.loan, command)
        if decision.problems or receipts.too_far_back(ctx, connection, kept.row, line["happened_on"]) is not None:
            refused.append(line)
            continue
        changes.append(Change(kept, decision.events, evolve_all(kept.loan, decision.events)))
        paid.append(line)
    made = repayments.book_received(
        ctx, connection, changes, [line["amount"] for line in paid], [_given(line) for line in paid]
    )
    earlier = [line for line in lines if line not in usual]
    for line in earlier:
        received = _earlier(ctx, connection, line)
        if received is None:
            refused.append(line)
        else:
            paid.append(line)
            made.append(received)
    _ordered(
        ctx, connection, "repayment", paid,
        [
            {
                "loan_id": one.loan_id, "receipt_id": one.receipt_id, "receipt_number": one.receipt_number,
                "settled": one.settled, "sequence": one.sequence,
            }
            for one in made
        ],
        [(found[line["loan_id"]].row) for line in paid],
    )  # fmt: skip
    _mark(connection, paid, "booked", [one.receipt_id for one in made])
    return len(paid), refused


def _follows(kept: Kept, line: Line) -> bool:
    """Whether nothing happened to the loan after the day of the money."""
    return bool(kept.row["last_event_on"] <= line["happened_on"])


def _earlier(ctx: Context, connection: Connection, line: Line) -> repayments.Received | None:
    """Money of a day before the loan's last booking: what followed is decided anew, loan by loan."""
    within = connection.begin_nested()
    try:
        made = receipts.apply(
            ctx, connection, line["loan_id"], line["amount"], "due", _given(line), line["happened_on"]
        )
    except Refused:
        within.rollback()
        return None
    within.commit()
    return made


def _given(line: Line) -> dict[str, Any]:
    return {
        "channel": CHANNEL,
        "reference": line["bank_reference"][:200],
        "note": (line["words"] or "")[:200] or None,
        "received_on": line["happened_on"],
        **{name: line[name] for name in money_rows.PAYER},
    }


def _suspend(ctx: Context, connection: Connection, lines: Sequence[Line]) -> None:
    """A chunk of lines that wait for their claim."""
    currency = ctx.company.currency
    numbered = numbers.issue_or_plain(ctx, connection, "receipt", "R", len(lines))
    rows = [
        {
            "number": number, "purpose": "suspense", "amount": line["amount"], "currency": currency,
            "created_by": ctx.actor.user_id, **_given(line),
        }
        for line, number in zip(lines, numbered, strict=True)
    ]  # fmt: skip
    receipt_ids = [int(row["id"]) for row in bulk.insert(connection, tables.receipt, rows, returning=["id"])]
    waiting = [
        {
            "receipt_id": receipt_id, "amount": row["amount"], "open_amount": row["amount"], "currency": currency,
            "unit": ctx.actor.unit, "created_by": ctx.actor.user_id,
            **{name: row[name] for name in (
                "received_on", "channel", "reference", "note", "payer_name", "payer_account_hash",
                "payer_account_masked",
            )},
        }
        for row, receipt_id in zip(rows, receipt_ids, strict=True)
    ]  # fmt: skip
    suspense_ids = [int(row["id"]) for row in bulk.insert(connection, tables.suspense, waiting, returning=["id"])]
    results = [
        {"receipt_id": receipt_id, "receipt_number": number, "suspense_id": suspense_id}
        for receipt_id, number, suspense_id in zip(receipt_ids, numbered, suspense_ids, strict=True)
    ]
    order_ids = _ordered(ctx, connection, "unidentified", lines, results, [None] * len(lines))
    rules = lending_rules.general_posting(ctx)
    posted = []
    for line, order_id in zip(lines, order_ids, strict=True):
        parts, facts = {"amount": line["amount"]}, {"channel": CHANNEL}
        problem = posting.unserved(rules, "suspense_received", parts)
        if problem is not None:
            raise Refused(problem)
        entry = posting.entry_for(rules, "suspense_received", parts, ctx.business_date, facts)
        assert entry is not None
        posted.append(Posted(entry, (orders.SOURCE, order_id), None, ctx.actor.unit, currency, facts=facts))
    booking.post(ctx, connection, posted)
    _mark(connection, lines, "in_suspense", receipt_ids)


def _ordered(
    ctx: Context, connection: Connection, kind: str, lines: Sequence[Line], results: Sequence[Mapping[str, Any]],
    loans: Sequence[Mapping[Any, Any] | None],
) -> list[int]:  # fmt: skip
    """An order for each line, booked by whoever books the statement."""
    rows = [
        {
            "kind": kind, "state": "booked", "loan_id": result.get("loan_id"),
            "customer_id": loan["customer_id"] if loan else None, "amount": line["amount"],
            "currency": ctx.company.currency, "channel": CHANNEL,
            "parameters": {"statement_id": line["bank_statement_id"], "line": line["line"]},
            "result": to_record(result), "entered_on": ctx.business_date, "booked_on": ctx.business_date,
            "entered_by": ctx.actor.user_id, "unit": loan["unit"] if loan else ctx.actor.unit,
            "manager_user_id": loan["manager_user_id"] if loan else None,
        }
        for line, result, loan in zip(lines, results, loans, strict=True)
    ]  # fmt: skip
    return [int(row["id"]) for row in bulk.insert(connection, orders.TABLE, rows, returning=["id"])]


def _mark(connection: Connection, lines: Sequence[Line], state: str, receipt_ids: Sequence[int]) -> None:
    rows = [
        {"id": line["id"], "state": state, "receipt_id": receipt_id}
        for line, receipt_id in zip(lines, receipt_ids, strict=True)
    ]
    bulk.update(connection, tables.bank_line, rows)


def _in_future(line: Line) -> Problem:
    return Problem(
        code="statement.in_future",
        message=text(
            f"Line {line['line']} is of {line['happened_on']}, which is not yet our business date.",
            f"第{line['line']}行日期 {line['happened_on']} 晚于当前营业日期。",
        ),
        hint=text("Close the day first.", "请先完成日终。"),
    )
