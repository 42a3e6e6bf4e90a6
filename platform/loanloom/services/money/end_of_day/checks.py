"""The books against the loans: every entry balances, and control accounts equal the sums over loans to the cent.

Both sides are read from what is kept (balances of months and days, columns of loans, running instalments), so the check
costs the same however long the books are. A difference stops the day with a problem that names the account and both
figures; nothing is corrected silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from loanloom.core.money import ZERO, formatted, total
from loanloom.engines import posting
from loanloom.engines.posting import Posting
from loanloom.problems import Problem
from loanloom.problems import text as words
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules
from loanloom.services.money.books import accruing, ledger_balances, postings
from loanloom.services.money.end_of_day.interest import OF_LOANS, receivable
from loanloom.services.money.end_of_day.step import Chunk, Run
from loanloom.services.money.lines import line_usage

_UNBALANCED = text(
    "SELECT e.id FROM journal_entry AS e JOIN journal_line AS l ON l.company_id = e.company_id "
    "AND l.journal_entry_id = e.id WHERE e.business_date BETWEEN CAST(:today AS date) AND CAST(:next AS date) "
    "GROUP BY e.id HAVING sum(l.debit) <> sum(l.credit) ORDER BY e.id LIMIT 5"
)
_NEXT = "CAST(:next AS date)"
_AMOUNT, _HOLDING = receivable(_NEXT)
_INTEREST = text(
    f"SELECT l.product_key, l.currency, l.accounting, sum({_AMOUNT}) AS interest "
    f"{OF_LOANS} WHERE {_HOLDING} GROUP BY 1, 2, 3"
)
# Interest that will become principal is none yet.
_CAPITALISING = text(
    f"SELECT l.product_key, l.currency, l.accounting, - sum(i.capitalised) AS principal {OF_LOANS} "
    f"WHERE l.status = 'active' AND i.status <> 'cancelled' AND i.capitalised <> 0 AND i.due_on > {_NEXT} "
    "GROUP BY 1, 2, 3"
)
_LOANS = text(
    "SELECT product_key, currency, accounting, sum(principal_outstanding) AS principal, "  # noqa: S608 - built from constants
    "sum(interest_beyond) AS interest, sum(surplus) AS surplus, "
    + ", ".join(f"sum({column}) AS {component}" for component, column in postings.COLUMNS.items())
    + " FROM loan WHERE status = 'active' GROUP BY 1, 2, 3"
)


def work(ctx: Context, connection: Connection, run: Run, _chunk: Chunk) -> Mapping[str, Any]:
    """Refuse where the books are wrong; else the totals."""
    days = {"today": run.business_date, "next": run.next_date}
    rows = ledger_balances.balances(connection, run.business_date, run.next_date)
    debits, credited = total(row["debits"] for row in rows), total(row["credits"] for row in rows)
    problems = [_unbalanced(entry) for entry in connection.execute(_UNBALANCED, days).scalars()]
    if debits != credited:
        problems.append(_differs("-", debits, credited))
    held: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = (row["account_code"], row["currency"])
        held[key] = held.get(key, ZERO) + row["opening"] + row["debits"] - row["credits"]
    for key, wanted in _expected(ctx, connection, run).items():
        if held.get(key, ZERO) != wanted:
            problems.append(_differs(key[0], held.get(key, ZERO), wanted))
    problems += [_line_differs(dict(row)) for row in connection.execute(line_usage.DIFFERENCES).mappings()]
    if problems:
        raise Refused(problems)
    return {"debits": str(debits), "credits": str(credited)}


def _line_differs(row: Mapping[str, Any]) -> Problem:
    """A credit line whose used amount is not what its loans owe."""
    used, owed = formatted(row["used"]), formatted(row["owed"])
    return Problem(
        code="day.line_differs",
        message=words(
            f"Credit line {row['number']} says {used} is used, its loans owe {owed}.",
            f"授信额度 {row['number']} 已用 {used}，其借据未还本金合计 {owed}。",
        ),
    )


def _expected(ctx: Context, connection: Connection, run: Run) -> dict[tuple[str, str], Decimal]:
    """What each control account must hold, on the debit side. Accounts that rules use in several ways are left out."""
    sums: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    for query in (_INTEREST, _CAPITALISING, _LOANS):
        for row in connection.execute(query, {"next": run.next_date} if query is not _LOANS else {}).mappings():
            into = sums.setdefault((row["product_key"], row["currency"], row["accounting"]), {})
            for name in (*posting.CLAIMS, "surplus"):
                if name in row:
                    into[name] = into.get(name, ZERO) + row[name]
    expected: dict[tuple[str, str], Decimal] = {}
    for (product_key, currency, accounting), owed in sums.items():
        rules = lending_rules.posting_for(ctx, product_key)
        for account, amount in holding(rules, accounting, owed).items():
            expected[account, currency] = expected.get((account, currency), ZERO) + amount
    return expected


def holding(rules: Posting, accounting: str, owed: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Where the rules keep each part that loans owe, found by asking them about one unit of it. Claims charged off are
    only noted, together with what was written off; no loan's rows say how much that is."""
    held: dict[str, Decimal] = {}
    for part in posting.CLAIMS if accounting in accruing.IN_SERVICE else ():
        account = rules.kept_at(part, accounting)
        if account is not None:
            held[account] = held.get(account, ZERO) + owed.get(part, ZERO)
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
