"""Between a loan's stored rows and its working plan, and the rows as they stand on a day (`standing`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from loanloom.core.lending.loan import Account, Loan
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.replanning.working import Plan, Row
from loanloom.core.money import ZERO, total


def row_of(account: Account) -> Row:
    """A stored row as a row to work on."""
    said = account.instalment
    return Row(
        number=said.number,
        start_on=said.start_on,
        due_on=said.due_on,
        rate=said.annual_rate,
        level=said.principal + said.interest - (ZERO if said.extra else account.credited),
        agreed=said.principal + said.interest - account.credited if said.agreed is None else said.agreed,
        principal=said.principal,
        interest=said.interest,
        principal_paid=account.principal_paid,
        interest_paid=account.interest_paid,
        carried=said.carried,
        counted_from=said.counted_from or said.start_on,
        opening=said.opening,
        drawn=said.drawn,
        credited_principal=ZERO if said.extra else account.credited_principal,
        credited_interest=ZERO if said.extra else account.credited_interest,
        extra=said.extra,
        renewed=said.renewed,
    )


def plan_of(loan: Loan) -> Plan:
    """The working plan of a loan as it was after its last event."""
    rows = sorted((row_of(account) for account in loan.accounts), key=lambda row: (row.due_on, row.number))
    recalculation = loan.terms.recalculation
    return Plan(
        terms=loan.terms,
        rows=rows,
        outstanding=total(row.unpaid for row in rows if not row.fixed),
        follows_arrears=bool(recalculation and recalculation.arrears),
    )


def instalment_of(row: Row, before: Instalment, base: Decimal) -> Instalment:
    """A worked row as a stored one."""
    return before._replace(
        start_on=row.start_on, due_on=row.due_on, opening=row.opening, principal=row.principal, interest=row.interest,
        base=base, annual_rate=row.rate, drawn=row.drawn, carried=row.carried,
        counted_from=None if row.counted_from == row.start_on else row.counted_from,
        agreed=None if row.agreed == row.level else row.agreed, extra=row.extra,
        renewed=row.renewed,
    )  # fmt: skip


def changed_rows(loan: Loan, plan: Plan) -> tuple[Instalment, ...]:
    """The rows of a plan that are not what the loan has."""
    before = {account.instalment.number: account.instalment for account in loan.accounts}
    changed = []
    for row in plan.rows:
        known = before.get(row.number)
        made = instalment_of(row, known or _blank(row, loan.terms.daily_basis), row.base)
        if made != known:
            changed.append(made)
    return tuple(changed)


def _blank(row: Row, daily_basis: int) -> Instalment:
    return Instalment(row.number, row.start_on, row.due_on, ZERO, ZERO, ZERO, ZERO, row.rate, daily_basis)


def with_rows(loan: Loan, rows: Sequence[Instalment]) -> Loan:
    """The loan with these rows in place of those of the same numbers; new numbers are added in order."""
    if not rows:
        return loan
    made = {row.number: row for row in rows}
    known = {account.instalment.number for account in loan.accounts}
    accounts = [
        replace(account, instalment=made[account.instalment.number]) if account.instalment.number in made else account
        for account in loan.accounts
    ]
    accounts += [Account(row) for row in rows if row.number not in known]
    return replace(
        loan,
        accounts=tuple(sorted(accounts, key=lambda account: (account.instalment.due_on, account.instalment.number))),
    )


def with_level(rows: tuple[Instalment, ...]) -> tuple[Instalment, ...]:
    """A level schedule whose last row, which takes the cents, knows the level of the others."""
    if len(rows) < 3 or rows[-2].payment != rows[-3].payment or rows[-1].payment == rows[-2].payment:
        return rows
    return (*rows[:-1], rows[-1]._replace(agreed=rows[-2].payment))


def follows(loan: Loan) -> bool:
    """Whether the loan's plan has to follow what is outstanding."""
    return loan.terms.recalculation is not None and loan.bears_interest


def standing(loan: Loan, on: date) -> Loan:
    """The loan with its rows as they are on a day: recalculating loans bear interest on what is unpaid, day by day."""
    if not follows(loan) or loan.settled_on is not None:
        return loan
    plan = plan_of(loan)
    plan.advance(on)
    plan.settle(on)
    return with_rows(loan, changed_rows(loan, plan))
