"""Interest in suspense (应收未收利息): a loan that is too late earns no income until it pays, and is back once it has.

What it owes does not change by this; only where the books keep it. The rules of posting say after how many days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from loanloom.engines import posting
from loanloom.services.context import Context
from loanloom.services.money import lending_rules
from loanloom.services.money.books.accruing import Posted
from loanloom.services.money.loan_rows import Kept


def turned(
    ctx: Context, kept: Kept, claims: Mapping[str, Decimal], days_past_due: int, on: date
) -> tuple[str, Posted | None]:
    """How a loan stands in the books from now on, and the entry that takes its claims there if it stood elsewhere."""
    row, before = kept.row, str(kept.row["accounting"])
    rules = lending_rules.posting_for(ctx, row["product_key"])
    after = stands(before, days_past_due, rules.suspend_after_days)
    if after == before:
        return before, None
    event = "interest_suspended" if after == "suspended" else "interest_restored"
    facts = {"accounting": before}
    parts = {component: claims[component] for component in posting.SUSPENDABLE}
    entry = posting.entry_for(rules, event, parts, on, facts)
    if entry is None:
        return after, None
    return after, Posted(entry, ("loan", kept.id), kept.id, row["unit"], row["currency"], facts=facts)


def stands(before: str, days_past_due: int, suspend_after_days: int | None) -> str:
    """Performing, until more days past due than the rules allow; suspended, until nothing is past due."""
    if before == "performing" and suspend_after_days is not None and days_past_due > suspend_after_days:
        return "suspended"
    if before == "suspended" and days_past_due == 0:
        return "performing"
    return before
