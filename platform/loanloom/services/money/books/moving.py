"""Claims that change their place in the books while the loan goes on owing the same: undone events, other branches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from loanloom.core.ledger.journal import Entry, Line, entry, merged
from loanloom.engines import posting
from loanloom.engines.posting import Facts, Posting
from loanloom.problems import Problem
from loanloom.services.money.books.accruing import IN_SERVICE, Amounts, Reversal, accruals, add_up


def misplaced(before: Amounts, reversals: Sequence[Reversal], was: str, known: Facts) -> dict[str, dict[str, Decimal]]:
    """What reversals leave where the loan no longer stands in the books, by that place: what grew since an undone
    event took the loan there, and what an undone receipt had paid while its interest was in suspense (or not yet)."""
    found: dict[str, dict[str, Decimal]] = {}
    begun = next((reversal for reversal in reversals if reversal.mirror.event in posting.TURNS), None)
    if begun is not None and begun.claims is not None:
        grown = found.setdefault(was, dict(before))
        add_up(grown, begun.claims, -1)
        for reversal in reversals:
            if reversal.sequence > begun.sequence:
                add_up(grown, reversal.moved, -1)
    for reversal in reversals:
        place = reversal.facts.get("accounting", known["accounting"])
        if place in IN_SERVICE and known["accounting"] in IN_SERVICE:
            add_up(found.setdefault(place, {}), reversal.moved, -1)
    found.pop(known["accounting"], None)
    return found


def put_right(rules: Posting, misplaced: Mapping[str, Amounts], on: date, known: Facts) -> list[Entry]:
    """The entries that move claims from where they are to where the loan stands."""
    entries = []
    for place, amounts in misplaced.items():
        away = {name: -amount for name, amount in amounts.items()}
        entries += accruals(rules, away, on, {**known, "accounting": place})
        entries += accruals(rules, amounts, on, known)
    return entries


def to_branch(
    rules: Posting, accounting: str, claims: Amounts, before: str | None, after: str, on: date
) -> Entry | None:
    """What the books hold of a loan goes over to another branch, account by account."""
    lines: list[Line] = []
    for part, amount in claims.items() if after and after != before else ():
        account = rules.kept_at(part, accounting)
        if account is not None and amount:
            lines += [replace(each, unit=after) for each in _side(account, amount)]
            lines += [replace(each, unit=before) for each in _side(account, -amount)]
    made = entry(on, "loan_transferred", merged(lines)) if lines else None
    assert not isinstance(made, Problem)
    return made


def _side(account: str, amount: Decimal) -> list[Line]:
    return [Line(account, debit=amount) if amount > 0 else Line(account, credit=-amount)]
