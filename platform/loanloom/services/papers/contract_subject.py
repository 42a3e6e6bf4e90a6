"""Contract packages as the subject of flows: what is approved may be printed, sealed and signed; what is refused is
cancelled, and its sanction can be taken up again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select, update

from loanloom.problems import Text
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.flows.case import Case
from loanloom.services.flows.saving import Step
from loanloom.services.flows.subjects import About, AsAsked, Followed
from loanloom.services.papers import contract_register, contracts
from loanloom.store import audit, tables

TABLE, SANCTION = tables.contract, tables.sanction


class Contracts(AsAsked):
    """The subject of contract packages; a record is the loan contract, the rest of the package goes with it."""

    key = "contract"
    right: str | None = "contract.read"

    def records(
        self, ctx: Context, connection: Connection, ids: Sequence[int], *, lock: bool = False
    ) -> Mapping[int, Row[Any]]:
        """Their rows."""
        asked = select(TABLE).where(TABLE.c.id.in_(ids)).order_by(TABLE.c.id)
        return {row.id: row for row in connection.execute(asked.with_for_update() if lock else asked)}

    def about(self, ctx: Context, connection: Connection, record: Row[Any]) -> About:
        """The contract's number, customer and amount; who prepared it never approves it."""
        registry = releases.pinned(ctx, connection, record.release_id)
        title = registry.require("product", record.product_key).title
        return About.of(record, title=title, makers=() if record.created_by is None else (record.created_by,))

    def facts(self, ctx: Context, connection: Connection, case: Case) -> Mapping[str, Any]:
        """Everything a paper about the contract may say."""
        return contracts.facts_of(ctx, connection, case.subject_id or 0)

    def snapshot(self, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The sanction and the contract's own figures."""
        return {name: facts[name] for name in ("sanction", "contract") if name in facts}

    def on_moved(self, ctx: Context, connection: Connection, steps: Sequence[Step]) -> Followed:
        """The package follows its case; a sub-flow decides nothing by itself."""
        changes: dict[int, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
        for step in steps:
            if step.case.parent_id is None:
                changes[step.case.id] = _follow(ctx, connection, step)
        return Followed(changes=changes)

    def named(self, case: Case) -> Text:
        """By its number."""
        return {"en": f"contract {case.number}", "zh": f"合同 {case.number}"}

    def page(self, case: Case) -> str:
        """The page of the contract."""
        return f"/contracts/{case.subject_id}"


SUBJECT = Contracts()


def _follow(ctx: Context, connection: Connection, step: Step) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    row = step.case.record
    approval = {None: "pending", "approved": "approved", "completed": "approved"}.get(step.ended, "refused")
    before = {"approval": row.approval, "state": row.state}
    if approval == row.approval:
        return before, before
    ended = approval == "refused"
    values: dict[str, Any] = {"approval": approval} | ({"state": "cancelled"} if ended else {})
    package = contracts.package(connection, row.id)
    ids = [one.id for one in package]
    connection.execute(update(TABLE).where(TABLE.c.id.in_(ids)).values(**values, version=TABLE.c.version + 1))
    if ended:
        again = update(SANCTION).where(SANCTION.c.id == row.sanction_id, SANCTION.c.state == "used")
        connection.execute(again.values(state="in_force", version=SANCTION.c.version + 1))
    if step.ended:
        words = step.last_words or None
        contract_register.note(ctx, connection, [row.id], "refused" if ended else "approved", words=words)
        audit.write(
            connection, ctx.actor, f"contract.{approval}", ("contract", row.id), before=before, after=values, at=ctx.now
        )
    return before, before | values
