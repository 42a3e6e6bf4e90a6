"""What borrowers see of their own affairs: applications with their progress, loans, papers, their own record.

Reads only. Every record is found by the customer the log-in belongs to; anybody else's looks as if it were not there.
Opinions, scores and names of the staff who decided stay inside the house; reasons do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, select

from loanloom.core.lending.owing.arrears import Position, position
from loanloom.problems import Text
from loanloom.services import facts, scope
from loanloom.services.access.sign_in import ab_user, full_name
from loanloom.services.approval import flow_cases, sanctions
from loanloom.services.context import Context
from loanloom.services.flows import case as cases_kept
from loanloom.services.money import loan_rows
from loanloom.services.money.page import loans
from loanloom.services.origination import application_pages, applications, materials, supplying
from loanloom.services.papers import contracts, documents
from loanloom.services.subjects import is_own_contract
from loanloom.store import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One application and what came of it."""

    application: Row[Any]
    sanction: Row[Any] | None
    contract: Row[Any] | None
    loan: Row[Any] | None
    today: date
    own: bool = False
    """Whether the customer may go on with it: begun by themselves, and theirs alone so far."""

    @property
    def stage(self) -> str:
        """Where it stands: draft, submitted, returned, refused, withdrawn, approved, lapsed, to_sign, signed, paid_out
        or settled.
        """
        if self.loan is not None:
            return "settled" if self.loan.status == "settled" else "paid_out"
        if self.application.state != "approved":
            return str(self.application.state)
        if self.contract is not None and self.contract.state in ("prepared", "signed"):
            return "signed" if self.contract.state == "signed" else "to_sign"
        given = self.sanction
        in_force = given is not None and given.state == "in_force" and given.expires_on >= self.today
        return "approved" if in_force else "lapsed"


@dataclass(frozen=True, slots=True)
class LoanLine:
    """One of my loans and how it stands today."""

    row: RowMapping
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document of mine, for download."""

    id: int
    title: Text
    number: str
    of: str  # contract, loan
    state: str
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The first screen."""

    applications: Sequence[Standing]
    loans: Sequence[LoanLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationPage:
    """One application. `reasons`: why it was refused or given back; `weighed`: what cost most points, worst first;
    `supply`: what the customer is asked to hand in afterwards, with the papers for it."""

    standing: Standing
    reasons: Sequence[Text]
    weighed: Sequence[Text]
    papers: Sequence[Paper]
    returned_at: datetime | None
    supply: supplying.Wanted | None
    materials: Sequence[materials.Material]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanShown:
    """One loan with its papers."""

    page: loans.LoanPage
    papers: Sequence[Paper]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the house keeps about me, numbers masked, and whom to ask."""

    customer: Row[Any]
    manager: str | None
    company: Mapping[str, Any]


def home(ctx: Context) -> Home:
    """My applications, the newest first, and my loans, those that still run first."""
    ctx.require_customer()
    with ctx.transaction() as connection:
        table = tables.application
        mine = select(table).where(scope.visible(ctx, table)).order_by(table.c.id.desc())
        return Home(
            applications=standings(ctx, connection, connection.execute(mine).all()), loans=_loans(ctx, connection)
        )


def application(ctx: Context, application_id: int) -> ApplicationPage:
    """One of my applications."""
    ctx.require_customer()
    with ctx.transaction() as connection:
        row = applications.read(ctx, connection, application_id)
        (standing,) = standings(ctx, connection, [row])
        reasons, weighed, returned_at = _explained(ctx, connection, row)
        contract_id = standing.contract.id if standing.contract is not None else None
        papers = [one for one, subject in _papers(ctx, connection) if subject == ("contract", contract_id)]
        return ApplicationPage(
            standing=standing, reasons=reasons, weighed=weighed, papers=papers, returned_at=returned_at,
            supply=(asked := supplying.wanted(ctx, connection, row.id)),
            materials=_wanted_papers(ctx, connection, row) if asked is not None else (),
        )  # fmt: skip


def loan(ctx: Context, loan_id: int) -> LoanShown:
    """One of my loans today."""
    ctx.require_customer()
    page = loans.page(ctx, loan_id, parts=frozenset({"transactions"}))
    belonging = {("loan", loan_id), ("contract", page.contract["id"])}
    with ctx.transaction() as connection:
        papers = [one for one, subject in _papers(ctx, connection) if subject in belonging]
    return LoanShown(page=page, papers=papers)


def quote(ctx: Context, loan_id: int, on: date) -> loans.Quote:
    """What one of my loans takes on a day from today on."""
    ctx.require_customer()
    return loans.quote(ctx, loan_id, max(on, ctx.business_date))


def papers(ctx: Context) -> Sequence[Paper]:
    """My contracts and the vouchers of my loans, the newest first."""
    ctx.require_customer()
    with ctx.transaction() as connection:
        return [one for one, _subject in _papers(ctx, connection)]


def profile(ctx: Context) -> Profile:
    """My own record."""
    me = ctx.require_customer()
    with ctx.transaction() as connection:
        row = facts.customer_row(connection, me)
        manager = connection.execute(select(ab_user).where(ab_user.c.id == row.manager_user_id)).mappings().first()
        return Profile(
            customer=row,
            manager=full_name(manager) if manager is not None else None,
            company=facts.of_company(ctx, ctx.registry, facts.company_settings(connection, ctx.company.id)),
        )


def standings(ctx: Context, connection: Connection, rows: Sequence[Row[Any]]) -> list[Standing]:
    """What came of each of these applications; a person has a handful at most."""
    ids = [row.id for row in rows]
    loan_table = tables.loan
    standing = loan_table.c.status != "cancelled"
    paid = connection.execute(select(loan_table).where(loan_table.c.application_id.in_(ids), standing)).all()
    by_application = {row.application_id: row for row in paid}
    return [
        Standing(
            application=row,
            sanction=sanctions.of_application(connection, row.id),
            contract=contracts.of_application(connection, row.id),
            loan=by_application.get(row.id),
            today=ctx.business_date,
            own=applications.may_fill_in(ctx, row),
        )
        for row in rows
    ]


def _wanted_papers(ctx: Context, connection: Connection, row: Row[Any]) -> Sequence[materials.Material]:
    filling = applications.filling(ctx, connection, row)
    return materials.listing(connection, filling.registry, row, filling.facts, by=ctx.actor.user_id)


def _loans(ctx: Context, connection: Connection) -> list[LoanLine]:
    table = tables.loan
    mine = select(table).where(scope.visible(ctx, table)).order_by(table.c.status, table.c.id.desc())
    rows = connection.execute(mine).mappings().all()
    kept = loan_rows.with_accounts(ctx, connection, rows)
    return [LoanLine(one.row, position(one.loan, ctx.business_date)) for one in kept]


def _papers(ctx: Context, connection: Connection) -> list[tuple[Paper, tuple[str, int]]]:
    """Every document of mine with the record it hangs on. A guarantor's contract is the guarantor's, not mine."""
    contract, loan_table = tables.contract, tables.loan
    found: list[tuple[Paper, tuple[str, int]]] = []
    signed = select(contract).where(scope.visible(ctx, contract), contract.c.state != "cancelled")
    name = facts.customer_row(connection, ctx.require_customer()).name
    for row in connection.execute(signed.order_by(contract.c.id.desc())):
        if is_own_contract(row, name):
            subject = ("contract", row.main_contract_id or row.id)
            found += [
                (_paper(one, "contract", row.state, row.signed_on or row.prepared_on), subject)
                for one in documents.listing(connection, ("contract", row.id))
            ]
    running = select(loan_table).where(scope.visible(ctx, loan_table))
    for row in connection.execute(running.order_by(loan_table.c.id.desc())):
        found += [
            (_paper(one, "loan", "signed", row.disbursed_on), ("loan", row.id))
            for one in documents.listing(connection, ("loan", row.id))
        ]
    return found


def _paper(made: documents.Made, of: str, state: str, on: date | None) -> Paper:
    return Paper(id=made.id, title=made.title, number=made.number, of=of, state=state, on=on)


def _explained(ctx: Context, connection: Connection, row: Row[Any]) -> tuple[list[Text], list[Text], datetime | None]:
    """Why an application was refused or given back: what rules found, what a person gave as the reason, what cost most
    points. Nothing while neither has happened.
    """
    if row.state not in ("refused", "returned"):
        return [], [], None
    said, at = _said_by_a_person(ctx, connection, row, "refuse" if row.state == "refused" else "return")
    if row.state == "returned":
        return said, [], at
    case = flow_cases.case_of(ctx, connection, row)
    found = application_pages.findings(connection, case.registry, row.id)
    reasons: list[Text] = []
    for kind in ("eligibility", "decision"):
        finding = found.get(kind)
        if finding is not None and finding.result.get("outcome") == "refuse":
            reasons += [one for one in finding.trace.get("reasons", ()) if one not in reasons]
    score = found.get("score")
    weighed = [one["reason"] for one in score.trace.get("reasons", ())] if score is not None else []
    return [*reasons, *said], weighed, None


def _said_by_a_person(
    ctx: Context, connection: Connection, row: Row[Any], decision: str
) -> tuple[list[Text], datetime | None]:
    """The reason, from the list of reasons, of the last such decision."""
    table = tables.work_item
    last = select(table).where(
        table.c.case_id.in_(cases_kept.ids_of("application", row.id)), table.c.decision == decision
    )
    item = connection.execute(last.order_by(table.c.decided_at.desc(), table.c.id.desc()).limit(1)).one_or_none()
    if item is None:
        return [], None
    titles = cases_kept.reasons_of(flow_cases.case_of(ctx, connection, row))
    return ([titles[item.reason_code]] if item.reason_code in titles else []), item.decided_at
