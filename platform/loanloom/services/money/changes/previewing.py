"""A change before anybody agreed to it: exactly what booking it would do, shown beside what stands. Saves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from loanloom.core.ledger.journal import Entry
from loanloom.core.lending.loan import Loan
from loanloom.engines.posting import NO_FACTS
from loanloom.engines.products.offer import ChangeRule
from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.money import loan_rows
from loanloom.services.money.books import reversing
from loanloom.services.money.books.postings import postings
from loanloom.services.money.changes import caps, choices, comparing, draws, outcome, rules
from loanloom.services.money.changes.comparing import Figures, Row
from loanloom.services.money.changes.kinds import Kind, kind_of
from loanloom.services.money.changes.outcome import Outcome
from loanloom.services.money.changes.written import read
from loanloom.services.money.disbursement_checks import Check
from loanloom.services.money.loan_rows import Kept

LOAN = text("loan", "借据")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One change of one loan: what would be booked and what becomes of the loan, or why not."""

    kept: Kept
    kind: Kind
    rule: ChangeRule
    record: Mapping[str, Any]
    on: date
    problems: tuple[Problem, ...]
    outcome: Outcome
    before: Figures
    after: Figures
    rows: tuple[Row, ...]
    entries: tuple[Entry, ...]
    digest: str
    checks: tuple[Check, ...] = ()

    @property
    def loan(self) -> Loan:
        """The loan afterwards."""
        return self.outcome.after

    @property
    def money_in(self) -> Decimal:
        """What has to be paid with this change."""
        return self.outcome.money_in

    @property
    def money_out(self) -> Decimal:
        """What is paid out with this change."""
        return self.outcome.money_out

    @property
    def more(self) -> Mapping[str, Decimal]:
        """Amounts of its money that no event knows."""
        return {"payable": draws.payable(self.record)} if self.money_out else {}

    @property
    def differs(self) -> bool:
        """Whether the schedule changes."""
        return any(row.state != "same" for row in self.rows)


def preview(ctx: Context, loan_id: int, kind: str, written: Mapping[str, Any]) -> Preview:
    """What a change would do now."""
    ctx.require("loan.change", "loan.approve_change", "money.receive")
    with ctx.transaction() as connection:
        return of(ctx, connection, seen(ctx, connection, loan_id), kind_of(kind), written)


def seen(ctx: Context, connection: Connection, loan_id: int, *, lock: bool = False) -> Kept:
    """The loan, if the actor may see it."""
    found = loan_rows.load(ctx, connection, [loan_id], lock=lock)
    if not found:
        raise NotFound(LOAN)
    scope.check_visible(ctx, found[0].row, LOAN)
    return found[0]


def of(ctx: Context, connection: Connection, kept: Kept, kind: Kind, written: Mapping[str, Any]) -> Preview:
    """The preview of a change of a loan that was loaded; `written` as it came from a form, a program or a request."""
    parameters = read(kind.fields, written)
    record = dict(parameters.record)
    on = date.fromisoformat(record.pop("on")) if "on" in record else ctx.business_date
    rule = rules.rule_for(ctx, connection, kept, kind.key)
    problems = parameters.problems
    if not problems:
        problems = rules.refusals(ctx, connection, kept, kind, rule, record, on)
        problems += choices.problems(ctx, connection, kept, kind, record)
    made = Outcome((), kept.loan)
    checks = draws.review(ctx, connection, kept, record, on) if not problems and kind.key == draws.KIND else ()
    problems = problems or draws.problems(checks)
    if not problems:
        made = outcome.outcome(ctx, connection, kept, kind, record, on)
        problems = made.problems or caps.problems(ctx, kept, kind, made.after, on)
    day = ctx.business_date
    entries: tuple[Entry, ...] = ()
    if not problems:
        more = {"payable": draws.payable(record)} if made.money_out else {}
        entries, problems = _entries(ctx, connection, kept, made, more)
    return Preview(
        kept=kept,
        kind=kind,
        rule=rule,
        record=record,
        on=on,
        problems=problems,
        outcome=made,
        before=comparing.figures(kept.loan, day),
        after=comparing.figures(made.after, day),
        rows=comparing.compare(kept.loan, made.after),
        entries=entries,
        checks=checks,
        digest=outcome.digest(kept, kind.key, record, on, made),
    )


def _entries(
    ctx: Context, connection: Connection, kept: Kept, made: Outcome, more: Mapping[str, Decimal]
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The journal entries of an outcome, reversals of what it takes the place of first; or why it cannot be posted."""
    change = loan_rows.Change(kept, made.events, made.after, made.superseded, more)
    undone = reversing.reversals(ctx, connection, [change]).get(kept.id, ())
    try:
        posted = postings(ctx, change, NO_FACTS, undone).posted
    except Refused as refused:
        return (), refused.problems
    return tuple(one.entry for one in posted), ()
