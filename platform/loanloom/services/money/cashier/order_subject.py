"""Orders of the desk as the subject of flows: what is approved is booked, what is not is refused.

Order of locks: the day, the order, the case; then what booking locks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from loanloom.problems import Text, text
from loanloom.services.context import Context
from loanloom.services.flows.case import Case
from loanloom.services.flows.saving import Step
from loanloom.services.flows.subjects import About, AsAsked, Followed
from loanloom.services.money import loan_rows, open_day
from loanloom.services.money.cashier import order_flows, order_records
from loanloom.services.money.cashier import order_settling as settling
from loanloom.services.money.cashier.order_kinds import kind_of
from loanloom.services.papers import contracts, loan_papers
from loanloom.store import bulk, tables

TABLE, LOAN, CONTRACT = tables.cash_order, tables.loan, tables.contract
_OF_CONTRACT = TABLE.c.parameters["contract_id"].as_integer()


class Orders(AsAsked):
    """The subject of orders."""

    key = order_flows.SUBJECT
    right: str | None = None
    """Whom the flow names; where money must be checked by a second person, order_settling sees to it."""

    def records(
        self, ctx: Context, connection: Connection, ids: Sequence[int], *, lock: bool = False
    ) -> Mapping[int, RowMapping]:
        """The orders with the number and the product of their loan or contract."""
        if lock:
            open_day.hold(ctx, connection)
        asked = (
            select(
                TABLE, LOAN.c.number.label("loan_number"), LOAN.c.product_key.label("loan_product"),
                CONTRACT.c.id.label("contract_id"), CONTRACT.c.number.label("contract_number"),
                CONTRACT.c.product_key.label("contract_product"),
            )
            .outerjoin(LOAN, LOAN.c.id == TABLE.c.loan_id)
            .outerjoin(CONTRACT, (CONTRACT.c.id == _OF_CONTRACT) & (TABLE.c.kind == "disbursement"))
            .where(TABLE.c.id.in_(ids))
            .order_by(TABLE.c.id)
        )  # fmt: skip
        found = connection.execute(asked.with_for_update(of=TABLE) if lock else asked).mappings()
        return {row["id"]: row for row in found}

    def about(self, ctx: Context, connection: Connection, record: RowMapping) -> About:
        """The number of the loan or contract with that of the order; who entered it never decides it."""
        assert ctx.company.release_id is not None, "a company that lends has a live release"
        number = record["loan_number"] or record["contract_number"] or record["kind"]
        return About(
            number=f"{number}-P{record['id']}",
            title=kind_of(record["kind"]).title,
            makers=() if record["entered_by"] is None else (record["entered_by"],),
            release_id=ctx.company.release_id,
            customer_id=record["customer_id"],
            product_key=record["loan_product"] or record["contract_product"],
            amount=record["amount"],
            currency=record["currency"],
            unit=record["unit"],
        )

    def facts(self, ctx: Context, connection: Connection, case: Case) -> Mapping[str, Any]:
        """What was entered as `order`, with the loan or the contract that it is for."""
        record = case.record or self.records(ctx, connection, [case.subject_id or 0])[case.subject_id or 0]
        asked = {name: record[name] for name in ("kind", "amount", "currency", "channel", "reason")}
        given = {name: value for name, value in record["parameters"].items() if name not in order_records.CLOSED}
        known = {"order": asked | {"on": record["entered_on"], "parameters": given}, "as_of": ctx.business_date}
        if record["contract_id"] is not None:
            return contracts.facts_of(ctx, connection, record["contract_id"]) | known
        if record["loan_id"] is not None:
            (kept,) = loan_rows.load(ctx, connection, [record["loan_id"]], lock=False)
            return loan_papers.facts_of(ctx, connection, kept) | known
        return known

    def snapshot(self, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What was entered, as the decider saw it."""
        found: Mapping[str, Any] | None = facts.get("order")
        return found

    def on_moved(self, ctx: Context, connection: Connection, steps: Sequence[Step]) -> Followed:
        """The order follows its case; a sub-flow decides nothing by itself."""
        changes: dict[int, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
        for step in steps:
            if step.case.parent_id is None:
                with bulk.apart(connection):  # booking reads what it has just written
                    now = _follow(ctx, connection, step)
                changes[step.case.id] = {"state": step.case.record["state"]}, {"state": now}
        return Followed(changes=changes)

    def named(self, case: Case) -> Text:
        """What is to be done, and for which loan or contract."""
        return {tag: f"{case.title[tag]} {case.number}" for tag in ("en", "zh")}

    def page(self, case: Case) -> str:
        """The page of the case: who decides need not work at the desk."""
        return f"/cases/{case.id}"


SUBJECT = Orders()
WITHDRAWN, REFUSED = text("Withdrawn", "已撤回"), text("Refused", "已否决")


def _follow(ctx: Context, connection: Connection, step: Step) -> str:
    """The state of the order since the move."""
    row, kind = step.case.record, kind_of(step.case.record["kind"])
    if step.ended is None:
        again = row["state"] == "refused"
        return settling.reopened_in(ctx, connection, row).state if again else str(row["state"])
    if step.ended in ("approved", "completed"):
        people = (approval.by for approval in step.state.chain if approval.by > 0)  # a party out of the house is nobody
        approvers = {one: None for one in people if one not in step.state.makers}
        return settling.approved_in(ctx, connection, kind, row, list(approvers)).state
    why = step.last_words or next((entry.reason for entry in reversed(step.moved.history) if entry.reason), "")
    words = REFUSED if step.ended == "refused" else WITHDRAWN
    return settling.refused_in(ctx, connection, kind, row, why or f"{words['zh']} / {words['en']}").state
