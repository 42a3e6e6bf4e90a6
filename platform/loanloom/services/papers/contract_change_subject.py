"""Changes of contracts as the subject of flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.problems import Text
from loanloom.services.context import Context
from loanloom.services.flows.case import Case
from loanloom.services.flows.saving import Step
from loanloom.services.flows.subjects import About, AsAsked, Followed
from loanloom.services.papers import contract_changes, contracts
from loanloom.store import tables

TABLE, CONTRACT = tables.contract_change, tables.contract
_STATES = {"approved": "approved", "completed": "approved", "refused": "refused"}


class ContractChanges(AsAsked):
    """The subject of changes of contracts."""

    key = "contract_change"
    right: str | None = "contract.read"

    def records(
        self, ctx: Context, connection: Connection, ids: Sequence[int], *, lock: bool = False
    ) -> Mapping[int, Row[Any]]:
        """The changes with their contract's customer, product and amount; the contracts are locked first."""
        if lock:
            of = select(TABLE.c.contract_id).where(TABLE.c.id.in_(ids))
            connection.execute(
                select(CONTRACT.c.id).where(CONTRACT.c.id.in_(of)).order_by(CONTRACT.c.id).with_for_update()
            )
        columns = (CONTRACT.c.customer_id, CONTRACT.c.product_key, CONTRACT.c.release_id, CONTRACT.c.amount)
        asked = (
            select(TABLE, *columns, CONTRACT.c.currency)
            .join(CONTRACT, CONTRACT.c.id == TABLE.c.contract_id)
            .where(TABLE.c.id.in_(ids))
            .order_by(TABLE.c.id)
        )
        return {row.id: row for row in connection.execute(asked.with_for_update(of=TABLE) if lock else asked)}

    def about(self, ctx: Context, connection: Connection, record: Row[Any]) -> About:
        """Its own number; who asked for it never decides it."""
        makers = () if record.requested_by is None else (record.requested_by,)
        return About.of(record, title=contract_changes.CHANGE, makers=makers)

    def facts(self, ctx: Context, connection: Connection, case: Case) -> Mapping[str, Any]:
        """Everything a paper about the contract as it stands may say, and what it would say instead as `change`."""
        record = case.record or self.records(ctx, connection, [case.subject_id or 0])[case.subject_id or 0]
        asked = {name: record.changes.get(name) for name in contract_changes.FIELDS}
        asked |= {name: Decimal(asked[name]) for name in ("amount", "term_months") if asked[name] is not None}
        change = asked | {"number": record.number, "reason": record.reason}
        return contracts.facts_of(ctx, connection, record.contract_id) | {"change": change}

    def snapshot(self, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The contract as it was, and what was asked for."""
        return {name: facts[name] for name in ("sanction", "contract", "change") if name in facts}

    def on_moved(self, ctx: Context, connection: Connection, steps: Sequence[Step]) -> Followed:
        """The change follows its case."""
        changes: dict[int, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
        for step in steps:
            if step.ended and step.case.parent_id is None:
                contract, row = contract_changes.locked(ctx, connection, step.case.subject_id or 0)
                state = _STATES.get(step.ended, "withdrawn")
                words = step.last_words
                contract_changes.settle(ctx, connection, contract, row, state, words)
                changes[step.case.id] = ({"state": row.state}, {"state": state})
        return Followed(changes=changes)

    def named(self, case: Case) -> Text:
        """By its number."""
        return {"en": f"contract change {case.number}", "zh": f"合同变更 {case.number}"}

    def page(self, case: Case) -> str:
        """The page of its contract."""
        return f"/contracts/{case.record.contract_id}" if case.record is not None else f"/cases/{case.id}"


SUBJECT = ContractChanges()
