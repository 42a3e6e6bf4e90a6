"""Changes of loans as the subject of flows: an approval books what takes no money, a refusal ends the request.

Order of locks: the loan, the change, the case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from loanloom.problems import Text
from loanloom.services.context import Context
from loanloom.services.flows.case import Case
from loanloom.services.flows.saving import Step
from loanloom.services.flows.subjects import About, AsAsked, Followed
from loanloom.services.money import loan_rows
from loanloom.services.money.changes import steps
from loanloom.services.money.changes.kinds import kind_of
from loanloom.services.papers import loan_papers
from loanloom.store import tables

LOAN, CHANGE = tables.loan, tables.loan_change


class LoanChanges(AsAsked):
    """The subject of changes of loans."""

    key = "loan_change"
    right: str | None = "loan.approve_change"

    def records(
        self, ctx: Context, connection: Connection, ids: Sequence[int], *, lock: bool = False
    ) -> Mapping[int, RowMapping]:
        """The changes with their loan's number, product and customer."""
        if lock:
            loans = select(CHANGE.c.loan_id).where(CHANGE.c.id.in_(ids))
            connection.execute(select(LOAN.c.id).where(LOAN.c.id.in_(loans)).order_by(LOAN.c.id).with_for_update())
        asked = (
            select(CHANGE, LOAN.c.number, LOAN.c.product_key, LOAN.c.customer_id, LOAN.c.currency)
            .join(LOAN, LOAN.c.id == CHANGE.c.loan_id)
            .where(CHANGE.c.id.in_(ids))
            .order_by(CHANGE.c.id)
        )
        found = connection.execute(asked.with_for_update(of=CHANGE) if lock else asked).mappings()
        return {row["id"]: row for row in found}

    def about(self, ctx: Context, connection: Connection, record: RowMapping) -> About:
        """The loan's number with that of the change."""
        maker = record["requested_by"]
        assert ctx.company.release_id is not None, "a company that lends has a live release"
        return About(
            number=f"{record['number']}-{record['id']}",
            title=kind_of(record["kind"]).words.title,
            makers=() if maker is None else (maker,),
            release_id=ctx.company.release_id,
            customer_id=record["customer_id"],
            product_key=record["product_key"],
            amount=_amount(record),
            currency=record["currency"],
            unit=record["unit"],
        )

    def facts(self, ctx: Context, connection: Connection, case: Case) -> Mapping[str, Any]:
        """The loan as it stands, what it came from, and what is asked for as `change`."""
        record = case.record or self.records(ctx, connection, [case.subject_id or 0])[case.subject_id or 0]
        (kept,) = loan_rows.load(ctx, connection, [record["loan_id"]], lock=False)
        shown = record["shown"] or {}
        asked = {
            "kind": record["kind"],
            "on": record["effective_on"],
            "reason": record["reason"],
            "parameters": dict(record["parameters"] or {}),
            "money_in": Decimal(shown.get("money_in") or 0),
            "money_out": Decimal(shown.get("money_out") or 0),
        }
        return loan_papers.facts_of(ctx, connection, kept) | {"change": asked, "as_of": ctx.business_date}

    def snapshot(self, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What was asked for, as the decider saw it."""
        found: Mapping[str, Any] | None = facts.get("change")
        return found

    def on_moved(self, ctx: Context, connection: Connection, steps: Sequence[Step]) -> Followed:
        """The change follows its case; a sub-flow decides nothing by itself."""
        changes: dict[int, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
        for step in steps:
            if step.ended and step.case.parent_id is None:
                changes[step.case.id] = _follow(ctx, connection, step)
        return Followed(changes=changes)

    def named(self, case: Case) -> Text:
        """What is asked for, and of which loan."""
        return {"en": f"{case.title['en']} {case.number}", "zh": f"{case.title['zh']} {case.number}"}

    def page(self, case: Case) -> str:
        """The page of the change."""
        return f"/loans/{case.record['loan_id']}/changes/{case.subject_id}" if case.record else f"/cases/{case.id}"


SUBJECT = LoanChanges()


def _amount(record: RowMapping) -> Decimal | None:
    """The money that an approval would move."""
    shown = record["shown"] or {}
    moved = Decimal(shown.get("money_in") or 0) + Decimal(shown.get("money_out") or 0)
    return moved or None


def _follow(ctx: Context, connection: Connection, step: Step) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    row, shown = steps.loaded(ctx, connection, step.case.subject_id or 0)
    before = {"state": row["state"]}
    words = step.last_words
    if step.ended in ("approved", "completed"):
        steps.check(shown, row["digest"], approved=True)
        made = steps.agreed(ctx, connection, row, shown, words)
    else:
        made = steps.ended(ctx, connection, row, shown, "refused" if step.ended == "refused" else "withdrawn", words)
    return before, {"state": made.state, "receipt_number": made.receipt_number}
