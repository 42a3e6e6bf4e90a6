"""Run as a program (others.py): does one money operation again and again, killed one point later each time, on one
record after another. Prints how many records a killed process has left behind; the next one is untouched."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from decimal import Decimal

from loanloom.services.context import Context
from loanloom.services.money import changes, disbursements, end_of_day, lending_rules, repayments
from loanloom.services.money.books import amending
from loanloom.services.money.cashier import claims, orders, payouts, receipts
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.money.end_of_day import arrears
from loanloom.services.running.surroundings import context_of
from loanloom.store.database import Database
from loanloom.store.vault import new_vault
from loanloom.testing.faults import dies


def undo(ctx: Context, loan: int, sequence: int) -> None:
    """Take a booking back in a transaction of its own."""
    with ctx.transaction() as connection:
        amending.undo_event(ctx, connection, loan, sequence)


Operation = Callable[[Context, int, str], object]
OPERATIONS: Mapping[str, Operation] = {
    "disburse": lambda ctx, contract, _: disbursements.disburse(ctx, contract, idempotency_key="click"),
    "repay": lambda ctx, loan, amount: repayments.receive(ctx, loan, Decimal(amount), idempotency_key="click"),
    "settle": lambda ctx, loan, amount: repayments.receive(
        ctx, loan, Decimal(amount), "settle", idempotency_key="click"
    ),
    "collect": lambda ctx, loan, amount: repayments.receive_many(ctx, {loan: Decimal(amount)}),
    "desk": lambda ctx, loan, amount: orders.enter(
        ctx,
        KINDS["repayment"],
        receipts.Repayment(loan_id=loan, amount=Decimal(amount)),
        idempotency_key=f"click {loan}",
    ),
    "claim": lambda ctx, suspense, loan: orders.enter(
        ctx,
        KINDS["claim"],
        claims.Claim(suspense_id=suspense, loan_id=int(loan), amount=Decimal("8884.88")),
        idempotency_key=f"click {suspense}",
    ),
    "pay": lambda ctx, payout, _: orders.enter(
        ctx, KINDS["payout"], payouts.Pay(payout_id=payout), idempotency_key=f"click {payout}"
    ),
    "change": lambda ctx, change, _: changes.book(ctx, change, idempotency_key="click"),
    "take_back": lambda ctx, change, digest: changes.approve(ctx, change, digest=digest, idempotency_key="click"),
    "undo": lambda ctx, loan, sequence: undo(ctx, loan, int(sequence)),
    "close": lambda ctx, _, __: end_of_day.work(ctx, end_of_day.open_run(ctx)),
}


def _look_up(ctx: Context) -> None:
    """What a release compiles to, once for all who die."""
    for product in ctx.registry.all("product"):
        lending_rules.live_offer(ctx, product.key)
        lending_rules.posting_for(ctx, product.key)


def main(url: str, company: str, name: str, records: str) -> None:
    """`records`: [[id, argument], ...]"""
    arrears.CHUNK = 2  # several chunks even for few loans; of this process alone
    database = Database(url, vault=new_vault())
    operation = OPERATIONS[name]
    _look_up(context_of(database, int(company)))
    left = 0
    for point, (record, argument) in enumerate(json.loads(records), 1):

        def work(record: int = record, argument: str = argument) -> None:
            try:
                operation(context_of(database, int(company)), record, argument)
            except BaseException:
                traceback.print_exc()
                raise

        if not dies(database, point, work):
            break
        left += 1
    print(left)
