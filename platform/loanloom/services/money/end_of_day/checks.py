"""The books against the loans: every entry balances, and control accounts equal the sums over loans to the cent.

A difference stops the day with a problem that names the account and both figures; nothing is corrected silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from loanloom.core.money import ZERO, formatted
from loanloom.engines.posting import Posting
from loanloom.problems import Problem
from loanloom.problems import text as words
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules
from loanloom.services.money.end_of_day.interest import ROUNDING, accrued
from loanloom.services.money.end_of_day.step import Chunk, Run

_BALANCES = text(
    "SELECT account_code, sum(debit) AS debits, sum(credit) AS credits FROM journal_line GROUP BY account_code"
)
_UNBALANCED = text(
    "SELECT e.id FROM journal_entry AS e JOIN journal_line AS l ON l.company_id = e.company_id "
    "AND l.journal_entry_id = e.id WHERE e.business_date BETWEEN CAST(:today AS date) AND CAST(:next AS date) "
    "GROUP BY e.id HAVING sum(l.debit) <> sum(l.credit) ORDER BY e.id LIMIT 5"
)
_NEXT = "CAST(:next AS date)"
_LOANS = text(
    "SELECT l.product_key, sum(i.principal - i.principal_paid) AS principal, "  # noqa: S608 - built from constants
    f"sum(({accrued(_NEXT)}) - i.interest_paid) AS interest, "
    "sum(- i.penalty_paid) AS penalty, sum(- i.compound_paid) AS compound "
    f"FROM instalment AS i JOIN loan AS l ON l.company_id = i.company_id AND l.id = i.loan_id {ROUNDING} "
    "WHERE i.status <> 'cancelled' AND l.status = 'active' GROUP BY l.product_key"
)
_BOOKED = text(
    "SELECT product_key, sum(penalty_booked) AS penalty, sum(compound_booked) AS compound "
    "FROM loan WHERE status = 'active' GROUP BY product_key"
)
PARTS = ("principal", "interest", "penalty", "compound")


def work(ctx: Context, connection: Connection, run: Run, _chunk: Chunk) -> Mapping[str, Any]:
    """Refuse where the books are wrong; else the totals."""
    days = {"today": run.business_date, "next": run.next_date}
    balances = {row["account_code"]: row for row in connection.execute(_BALANCES).mappings()}
    debits = sum((row["debits"] for row in balances.values()), ZERO)
    credited = sum((row["credits"] for row in balances.values()), ZERO)
    problems = [_unbalanced(entry) for entry in connection.execute(_UNBALANCED, days).scalars()]
    if debits != credited:
        problems.append(_differs("-", debits, credited))
    for account, wanted in _expected(ctx, connection, run).items():
        row = balances.get(account)
        held = row["debits"] - row["credits"] if row else ZERO
        if held != wanted:
            problems.append(_differs(account, held, wanted))
    if problems:
        raise Refused(problems)
    return {"debits": str(debits), "credits": str(credited)}


def _expected(ctx: Context, connection: Connection, run: Run) -> dict[str, Decimal]:
    """What each control account must hold, on the debit side. Accounts that rules use in several ways are left out."""
    sums: dict[str, dict[str, Decimal]] = {}
    for row in connection.execute(_LOANS, {"next": run.next_date}).mappings():
        sums[row["product_key"]] = {name: row[name] for name in PARTS}
    for row in connection.execute(_BOOKED).mappings():
        into = sums.setdefault(
            row["product_key"], dict.fromkeys(("principal", "interest", "penalty", "compound"), ZERO)
        )
        into["penalty"] += row["penalty"]
        into["compound"] += row["compound"]
    expected: dict[str, Decimal] = {}
    for product_key, owed in sums.items():
        for account, amount in _held_by(lending_rules.posting_for(ctx, product_key), owed).items():
            expected[account] = expected.get(account, ZERO) + amount
    return expected


def _held_by(rules: Posting, owed: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Where the rules put each part that loans owe, found by asking them about one unit of it."""
    held: dict[str, Decimal] = {}
    for part, event in (
        ("principal", "loan_disbursed"),
        ("interest", "interest_accrued"),
        ("penalty", "penalty_accrued"),
        ("compound", "penalty_accrued"),
    ):
        account = rules.holder(event, part)
        if account is not None and owed.get(part):
            held[account] = held.get(account, ZERO) + owed[part]
        elif account is not None:
            held.setdefault(account, ZERO)
    return held


def _unbalanced(entry_id: int) -> Problem:
    return Problem(
        code="day.unbalanced_entry",
        message=words(f"Journal entry {entry_id} does not balance.", f"分录 {entry_id} 借贷不平。"),
    )


def _differs(account: str, held: Decimal, wanted: Decimal) -> Problem:
    if account == "-":
        return Problem(
            code="day.trial_balance",
            message=words(
                f"Debits {formatted(held)} and credits {formatted(wanted)} of the ledger differ.",
                f"总账借方 {formatted(held)} 与贷方 {formatted(wanted)} 不相等。",
            ),
        )
    return Problem(
        code="day.ledger_differs",
        message=words(
            f"Account {account} holds {formatted(held)}, but the loans owe {formatted(wanted)}.",
            f"科目 {account} 余额 {formatted(held)}，与借据合计 {formatted(wanted)} 不一致。",
        ),
        hint=words(
            "Somebody posted to a control account by hand, or rules changed meanwhile.",
            "可能有人手工记入该科目，或记账规则已变更。",
        ),
    )
