"""What a change of a loan posts: its events, and what had to be accrued for the books to equal the loan again.

The books hold a loan's claims as of the business date. Whatever happens, afterwards they must hold what the loan then
owes: the difference that the events' own entries leave is what accrued, and is posted before them. So interest saved
by a prepayment, penalties of a backdated change or a charge that fell due need no rules of their own. Reads nothing,
writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import RowMapping

from loanloom.core.ledger.journal import Entry
from loanloom.core.lending.agreed.tax_terms import TaxTerms
from loanloom.core.lending.agreed.terms import COMPONENTS, Terms
from loanloom.core.lending.events import Event, FeeCharged
from loanloom.core.lending.events.account import LoanTransferred
from loanloom.core.lending.events.charges import ChargeAdded
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.receivable import in_line, in_rows, principal_receivable, receivable
from loanloom.core.lending.pricing.tax import taxed
from loanloom.core.money import ZERO, formatted, total
from loanloom.engines import posting
from loanloom.engines.posting import NO_FACTS, Facts, Posting
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules
from loanloom.services.money.books.accruing import (
    NOTHING,
    Amounts,
    Posted,
    Postings,
    Reversal,
    accruals,
    add_up,
    refuse_unserved,
)
from loanloom.services.money.books.moving import misplaced, put_right, to_branch
from loanloom.services.money.loan_rows import Change, Kept

COLUMNS: Mapping[str, str] = {
    component: f"{component}_booked" for component in posting.ACCRUED if component != "interest"
}
"""Component -> the column of a loan's row that says what the books hold of it."""

WHOLE = ("charged_off", "interest_suspended", "interest_restored")
"""Events that move all claims of a loan as the books hold them, whatever amounts they name."""


def held(kept: Kept, on: date) -> dict[str, Decimal]:
    """What the books hold of a loan on the business date, before anything happens to it."""
    row, loan = kept.row, kept.loan
    found = {component: row[column] for component, column in COLUMNS.items()}
    found["principal"] = principal_receivable(loan, on)
    found["interest"] = in_line(loan, on) + row["interest_beyond"]
    return found


def columns(loan: Loan, on: date, accounting: str, claims: Amounts) -> dict[str, Any]:
    """The columns of a loan's row for claims that the books hold now."""
    kept = {column: claims[component] for component, column in COLUMNS.items()}
    return {**kept, "interest_beyond": claims["interest"] - in_line(loan, on), "accounting": accounting}


def postings(ctx: Context, change: Change, facts: Facts = NO_FACTS, reversals: Sequence[Reversal] = ()) -> Postings:
    """The entries of a change on the business date, and what the books hold afterwards."""
    return _made(ctx, change, held(change.kept, ctx.business_date), facts, reversals, change.more)


def opening(
    ctx: Context, row: Mapping[str, Any], loan: Loan, events: Sequence[Event], facts: Facts, more: Amounts
) -> Postings:
    """The entries of a new loan with this row, before which the books hold nothing; `more` are amounts of its money
    that its events do not know (what of it has not gone out yet)."""
    known = {"event_count": 0, "accounting": "performing", **row}
    change = Change(Kept(cast("RowMapping", known), loan), tuple(events), loan)
    return _made(ctx, change, dict.fromkeys(COMPONENTS, ZERO), facts, (), more)


def _made(
    ctx: Context, change: Change, before: Amounts, facts: Facts, reversals: Sequence[Reversal], more: Amounts = NOTHING
) -> Postings:
    rules = lending_rules.posting_for(ctx, change.kept.row["product_key"])
    on, was = ctx.business_date, change.kept.row["accounting"]
    after = receivable(change.after, on)
    known = {**facts, "accounting": _restored(was, reversals)}
    moved: dict[str, Decimal] = {}
    undone = []
    for reversal in reversals:
        undone.append(_posted(change, reversal.mirror, reversal.facts, reversal.sequence, reversal.entry_id))
        add_up(moved, reversal.moved, -1)
        if reversal.again is not None:
            undone.append(_again(change, rules, reversal, known, on))
            add_up(moved, reversal.moved, 1)
    moving = put_right(rules, misplaced(before, reversals, was, known), on, known)
    happened = list(_happened(change, rules, after, known, on, reversals, more))
    for name, parts, _entry in happened:
        add_up(moved, posting.moved(name, parts), 1)
    turned_back = _turned_back(change, rules, known, on)
    for entry in turned_back:
        add_up(moved, posting.moved(entry[0], entry[1]), 1)
    grown = _grown(change, rules, _accrued(before, after, moved), known, on)
    made = (
        *undone,
        *(_posted(change, each, known) for each in moving),
        *grown,
        *(each[2] for each in (*turned_back, *happened)),
    )
    turned = [posting.TURNS[name] for name, _parts, _entry in happened if name in posting.TURNS]
    accounting = turned[-1] if turned else known["accounting"]
    return Postings(tuple(each for each in made if each is not None), columns(change.after, on, accounting, after))


def _grown(change: Change, rules: Posting, accrued: dict[str, Decimal], known: Facts, on: date) -> list[Posted | None]:
    """The entries of what accrued; fees that the change itself charged each under the name of their charge."""
    made = []
    for key, amount in _charged(change, on).items():
        said = {**known, "charge": key}
        accrued["fee"] -= amount
        made += [_posted(change, each, said) for each in accruals(rules, {"fee": amount}, on, said)]
    return [*made, *(_posted(change, each, known) for each in accruals(rules, accrued, on, known))]


def _charged(change: Change, on: date) -> dict[str, Decimal]:
    """Fees that the change itself charged and that are due, by charge: rules may keep them apart."""
    due = {account.instalment.number: account.instalment.due_on for account in change.after.accounts}
    found: dict[str, Decimal] = {}
    for charge in change.kept.loan.circumstances.charges if _is_taken_back(change) else ():
        if charge.component == "fee" and charge.due_on <= charge.added_on:
            add_up(found, {charge.key: charge.amount}, -1)
    for event in change.events:
        if isinstance(event, FeeCharged) and due.get(event.number, date.max) <= on:
            add_up(found, {event.reason: event.amount}, 1)
        if isinstance(event, ChargeAdded) and event.component == "fee":
            add_up(found, {event.key: total(part.amount for part in event.parts if part.due_on <= on)}, 1)
    return found


def _is_taken_back(change: Change) -> bool:
    """Whether the change takes the loan's disbursement back."""
    return change.after.circumstances.cancelled_on is not None


def _turned_back(
    change: Change, rules: Posting, known: Facts, on: date
) -> list[tuple[str, Amounts, Posted | None]]:  # fmt: skip
    """Interest that became principal by the plan alone is interest again before a disbursement is taken back: no event
    of the loan had booked it."""
    rows = [account.instalment for account in change.kept.loan.accounts] if _is_taken_back(change) else []
    parts = {"interest": -total(row.capitalised for row in rows if row.due_on <= on)}
    if not any(parts.values()):
        return []
    (entry,) = accruals(rules, parts, on, known, "interest_capitalised") or (None,)
    return [("interest_capitalised", parts, _posted(change, entry, known))]


def _happened(
    change: Change,
    rules: Posting,
    after: Amounts,
    known: Facts,
    on: date,
    reversals: Sequence[Reversal],
    more: Amounts,
) -> Iterator[tuple[str, Amounts, Posted | None]]:
    """The events of a change with their amounts and entries; each sees how the loan stands after the one before. One
    that was decided anew keeps the facts (the channel) of the one whose place it takes."""
    accounting, replaced = known["accounting"], [one for one in reversals if one.again is None]
    for place, event in enumerate(change.events, 1):
        what = posting.posted(event)
        if isinstance(event, LoanTransferred):
            row, kept = change.kept.row, {**after, "surplus": -change.after.surplus}
            entry = to_branch(rules, accounting, kept, row["unit"], event.unit, on)
            yield "loan_transferred", NOTHING, _posted(change, entry, known, row["event_count"] + place)
        if what is None:
            continue
        name, whole = what[0], what[0] in WHOLE
        parts = after if whole else {**what[1], **_tax_within(change.after.terms, name, what[1], event.on)}
        if name == "written_off":
            parts = _earned(parts, in_rows(change.after, on))
        parts = {**parts, **{part: more[part] for part in more if part in posting.AMOUNTS[name]}}
        refuse_unserved(rules, name, parts)
        earlier = next((one for one in replaced if (one.mirror.event, one.occurred_on) == (name, event.on)), None)
        if earlier is not None:
            replaced.remove(earlier)
        said = {**known, **(earlier.facts if earlier else {}), "accounting": accounting, **posting.facts_of(event)}
        entry = posting.entry_for(rules, name, parts, on, said)
        sequence, claims = change.kept.row["event_count"] + place, parts if whole else None
        yield name, parts, _posted(change, entry, said, sequence, claims=claims) if entry else None
        accounting = posting.TURNS.get(name, accounting)


def _again(change: Change, rules: Posting, reversal: Reversal, known: Facts, on: date) -> Posted | None:
    """An event that counts all the same, booked where the loan stands now."""
    name, parts = reversal.mirror.event, reversal.again or NOTHING
    tax = _tax_within(change.after.terms, name, parts, reversal.occurred_on)
    said = {**reversal.facts, "accounting": known["accounting"]}
    return _posted(change, posting.entry_for(rules, name, {**parts, **tax}, on, said), said, reversal.sequence)


def _earned(parts: Amounts, rows: Amounts) -> dict[str, Decimal]:
    """Debt given up as far as it had grown: interest of the time to come was never a claim of the books."""
    return {name: amount + min(rows.get(name, ZERO), ZERO) for name, amount in parts.items()}


def _tax_within(terms: Terms, event: str, parts: Amounts, on: date) -> dict[str, Decimal]:
    """The tax that money for interest and fees holds, by the rule of the day it was paid."""
    if "tax" not in posting.AMOUNTS[event]:
        return {}
    tax = ZERO
    for kind, rule in (("interest", terms.interest_tax), ("fee", _tax_on_fees(terms))):
        amount = total(parts.get(name, ZERO) for name, of_kind in posting.TAXED.items() if of_kind == kind)
        if rule is not None and rule.included:
            tax += taxed(rule, amount, on, principal=terms.principal, rounding=terms.rounding).tax
    return {"tax": tax}


def _tax_on_fees(terms: Terms) -> TaxTerms | None:
    """The tax on fees, where all charges of the loan are taxed alike."""
    rules = {charge.tax.key: charge.tax for charge in terms.charges if charge.tax is not None}
    return next(iter(rules.values())) if len(rules) == 1 else None


def _posted(
    change: Change, made: Entry | None, facts: Facts, sequence: int | None = None, reverses_id: int | None = None,
    claims: Amounts | None = None,
) -> Posted | None:  # fmt: skip
    if made is None:
        return None
    row, loan_id = change.kept.row, change.kept.id
    return Posted(
        made, ("loan", loan_id), loan_id, row["unit"], row["currency"], sequence, reverses_id, facts, claims
    )  # fmt: skip


def _accrued(before: Amounts, after: Amounts, moved: Amounts) -> dict[str, Decimal]:
    """What must have accrued by itself; principal never does."""
    found = {name: after[name] - before.get(name, ZERO) - moved.get(name, ZERO) for name in after}
    principal = found.pop("principal")
    if principal:
        raise Refused(_principal_differs(principal))
    return found


def _restored(accounting: str, reversals: Sequence[Reversal]) -> str:
    """How a loan stands once reversals are done: what brought it to where it is may be among them."""
    for reversal in reversals:
        if reversal.mirror.event in posting.TURNS:
            return reversal.facts.get("accounting", "performing")
    return accounting


def _principal_differs(amount: Decimal) -> Problem:
    return Problem(
        code="ledger.principal_differs",
        message=text(
            f"The entries of this change leave {formatted(amount)} of principal unexplained; nothing was booked.",
            f"本次变更的分录有 {formatted(amount)} 的本金差额无法解释，未予记账。",
        ),
        hint=text("This is a defect of the program; please report it.", "此为程序缺陷，请报告。"),
    )
