"""Where a loan differs from what an oracle's check expects, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from loanloom.core.lending.history import live
from loanloom.core.lending.loan import Loan
from loanloom.core.money import ZERO, total
from loanloom.testing.lending_oracle import showing
from loanloom.testing.lending_oracle.player import Player, disbursed
from loanloom.testing.lending_oracle.playing import proposed
from loanloom.testing.lending_oracle.showing import Shown
from loanloom.testing.lending_oracle.words import KIND_TITLES, Said, day, money

PLACES = dict(zip(showing.AMOUNTS, range(5, 14), strict=True))
"""Where the amounts of a row stand among its cells."""


def differences(check: Said, player: Player, proposal: Said | None) -> Iterator[str]:
    """Every difference between a check and the loan as it is now."""
    running = player.loan is not None
    if not running:
        player = proposed(player, proposal)
    loan, paid_out = player.running, disbursed(player.history)
    on = max(player.brought_to, loan.last_event_on)
    rows, loan = showing.schedule(loan, player.history, on, paid_out)
    if "schedule" in check:
        yield from _rows(check, rows)
    if "totals" in check:
        sums = showing.totals(rows)
        for name, value in check["totals"].items():
            if name in sums and value is not None and money(value) != sums[name]:
                yield f"total {name}: {sums[name]}, expected {value}"
    if "transactions" in check and running:
        yield from _transactions(check, player)
    if "status" in check and running and check["status"] != showing.status(loan):
        yield f"status {showing.status(loan)}, expected {check['status']}"
    if "charges" in check:
        yield from _charges(check, loan)
    if "overpaid" in check and money(check["overpaid"]) != loan.surplus:
        yield f"overpaid {loan.surplus}, expected {check['overpaid']}"
    if "outstanding" in check and check["outstanding"] is not None:
        owing = total(row.amounts["outstanding"] for row in rows if row.amounts)
        if money(check["outstanding"]) != owing:
            yield f"outstanding {owing}, expected {check['outstanding']}"


def _rows(check: Said, rows: Sequence[Shown]) -> Iterator[str]:
    numbered = [row for row in rows if row.number is not None]
    if "periods" in check and check["periods"] != len(numbered):
        yield f"{len(numbered)} periods, expected {check['periods']}"
    for want in check["schedule"]:
        if want[0] is None:
            if not any(r.number is None and r.due_on == day(want[2]) and r.balance == money(want[4]) for r in rows):
                yield f"no disbursement of {want[4]} on {want[2]}"
            continue
        same = [row for row in numbered if row.due_on == day(want[2])]
        if not same:
            yield f"row {want[0]}: no instalment on {want[2]}"
            continue
        found = min((list(_cells(want, row)) for row in same), key=len)
        yield from found


def _cells(want: Sequence[Any], row: Shown) -> Iterator[str]:
    """The differing cells of one row; an empty cell is nothing or not told."""
    name = f"row {want[0]} of {want[2]}"
    if want[0] != row.number:
        yield f"{name}: number {row.number}"
    if want[1] is not None and want[3] != (row.paid_on.isoformat() if row.paid_on else None):
        yield f"{name}: paid on {row.paid_on}, expected {want[3]}"
    if want[4] is not None and money(want[4]) != row.balance:
        yield f"{name}: balance {row.balance}, expected {want[4]}"
    for word, place in PLACES.items():
        value = want[place] if place < len(want) else None
        if value is not None and money(value) != row.amounts.get(word, ZERO):
            yield f"{name}: {word} {row.amounts[word]}, expected {value}"


def _transactions(check: Said, player: Player) -> Iterator[str]:
    """Receipts that stand, as a set: their order within a day is nobody's business. Tables that do not say which were
    reverted show those too."""
    events = [each.event for each in live(player.history)]
    shown = [want for want in check["transactions"] if want[1] in KIND_TITLES.values()]
    if not any(len(want) > 8 for want in shown):
        events += player.reverted
    ours = Counter(showing.transactions(events))
    wanted = Counter(
        (want[0], want[1], *(f"{money(value):.2f}" for value in want[2:7]))
        for want in shown
        if not (len(want) > 8 and want[8])
    )
    for row in (wanted - ours).elements():
        yield f"missing {' '.join(row)}"
    for row in (ours - wanted).elements():
        yield f"unexpected {' '.join(row)}"


def _charges(check: Said, loan: Loan) -> Iterator[str]:
    """The charges of a loan, each with what is due, paid, waived and outstanding."""
    ours = Counter(showing.charges(loan))
    wanted = Counter(tuple(f"{money(value):.2f}" for value in want[5:9]) for want in check["charges"])
    for row in (wanted - ours).elements():
        yield f"missing charge {' '.join(row)}"
    for row in (ours - wanted).elements():
        yield f"unexpected charge {' '.join(row)}"
