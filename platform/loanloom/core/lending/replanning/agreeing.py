"""A plan agreed anew - extended, restructured, with interest added - laid over what a loan that follows what is
outstanding has borne and still owes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.replanning.levels import relevel
from loanloom.core.lending.replanning.loans import changed_rows, instalment_of, plan_of, row_of
from loanloom.core.lending.replanning.working import Row
from loanloom.core.money import ZERO, total


def laid_over(
    loan: Loan, on: date, made: Sequence[Instalment], terms: Terms | None = None, added: Decimal = ZERO
) -> tuple[Instalment, ...]:
    """The rows of a new plan with what was borne until the day kept; `added` is interest that becomes principal.

    Dates, rates and the level of each row are those of the new plan; a level instalment is solved once more over what
    is really outstanding, all else falls into the last row. Rows that are due come along from the first one that bears
    something else by now.
    """
    plan = plan_of(loan)
    plan.advance(on)
    plan.terms = terms or plan.terms
    plan.outstanding += added
    known = {row.number: row for row in plan.rows}
    rows = [_agreed(each, known.get(each.number)) for each in made]
    plan.rows[:] = sorted([*(known | {row.number: row for row in rows}).values()], key=lambda row: row.number)
    later = [row for row in rows if row.due_on > on]
    if later:
        later[0].drawn += added
    if len(later) > 1 and loan.terms.phases[-1].principal == "equal_instalment":
        relevel(plan, later, total(row.unpaid - row.credited_principal for row in later), on)
    else:
        plan.settle(on)
    first = min([rows[0].number, *(row.number for row in changed_rows(loan, plan))])
    said = {account.instalment.number: account.instalment for account in loan.accounts}
    said |= {each.number: each for each in made}
    return tuple(instalment_of(row, said[row.number], row.base) for row in plan.rows if row.number >= first)


def _agreed(said: Instalment, row: Row | None) -> Row:
    """A row with the dates, the rate and the amounts of the new plan."""
    if row is None:
        row = row_of(Account(said))
        row.carried, row.counted_from = ZERO, said.start_on
    row.start_on, row.due_on, row.rate = said.start_on, said.due_on, said.annual_rate
    row.principal, row.interest = said.principal, said.interest
    row.level = row.agreed = said.payment - row.credited_principal - row.credited_interest
    return row
