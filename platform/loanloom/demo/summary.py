"""What the story left in the books, counted from the tables, and whether it adds up."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from loanloom.demo.house import House
from loanloom.engines.imports import Figures
from loanloom.services.origination import applications, imports
from loanloom.store.tables import application, contract, journal_line, loan, repayment, sanction

PRINCIPAL = ("130301", "900301")
"""Where loan principal stands in the model company's chart: its own, and off its books that of a trustor's money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures of the demonstration. approved + referred + refused = applications; what customers have begun and
    nobody has submitted yet is counted apart."""

    applications: int
    begun: int
    approved: int
    referred: int
    refused: int
    disbursed: int
    repayments: int
    overdue: int
    debits: Decimal
    credits: Decimal
    business_date: date
    approval_rate: Decimal | None
    gini: Decimal | None
    checks: dict[str, bool]

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(self.checks.values())

    def as_dict(self, seconds: float) -> dict[str, Any]:
        """For JSON: money and rates as text, so that nothing is lost."""
        found = asdict(self)
        for name in ("debits", "credits", "approval_rate", "gini", "business_date"):
            found[name] = None if found[name] is None else str(found[name])
        return {**found, "seconds": round(seconds, 1)}


def summarise(house: House) -> Summary:
    """Count."""
    ctx = house.system()
    with ctx.transaction() as connection:
        states = dict(connection.execute(_by_state()).all())
        money = connection.execute(_ledger()).one()
        counted = {
            "disbursed": _count(connection, loan),
            "repayments": _count(connection, repayment),
            "overdue": _count(connection, loan, loan.c.days_past_due > 0),
        }
        sanctions = _count(connection, sanction)
        left = _count(connection, sanction, sanction.c.application_id.not_in(select(loan.c.application_id)), ~_waits())
        in_books = _sum(connection, loan.c.principal_outstanding)
        keys = list(connection.execute(_imported()).scalars())
    figures: Figures = imports.figures(ctx, keys)
    approved, refused = states.get("approved", 0), states.get("refused", 0)
    waiting = states.get("submitted", 0) + states.get("returned", 0)
    begun = sum(states.get(one, 0) for one in applications.BEFORE)
    return Summary(
        applications=sum(states.values()) - begun,
        begun=begun,
        approved=approved,
        referred=waiting,
        refused=refused,
        debits=money.debits,
        credits=money.credits,
        business_date=ctx.business_date,
        approval_rate=figures.approval_rate,
        gini=figures.gini,
        checks={
            "debits_equal_credits": money.debits == money.credits and money.debits > 0,
            "every_application_counted": approved + refused + waiting + begun == sum(states.values()),
            "every_approval_has_a_sanction": sanctions == approved,
            "money_out_for_every_sanction": left == 0,
            "loans_agree_with_the_ledger": money.principal == in_books,
        },
        **counted,
    )


def _waits() -> Any:
    """A signed contract at the cashier's desk: its money goes out when its turn has come."""
    return sanction.c.id.in_(select(contract.c.sanction_id).where(contract.c.state == "signed"))


def _by_state() -> Any:
    return select(application.c.state, func.count()).group_by(application.c.state)


def _imported() -> Any:
    return select(application.c.imported_key).where(application.c.imported_key.is_not(None))


def _ledger() -> Any:
    """Totals of the journal, and what its accounts of principal hold."""
    debit, credit = journal_line.c.debit, journal_line.c.credit
    of_principal = journal_line.c.account_code.in_(PRINCIPAL)
    return select(
        func.coalesce(func.sum(debit), 0).label("debits"),
        func.coalesce(func.sum(credit), 0).label("credits"),
        func.coalesce(func.sum(debit - credit).filter(of_principal), 0).label("principal"),
    )


def _count(connection: Connection, table: Any, *where: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def _sum(connection: Connection, column: Any) -> Decimal:
    return Decimal(connection.execute(select(func.coalesce(func.sum(column), 0))).scalar_one())
