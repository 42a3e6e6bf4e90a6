"""Changes of loans that a flow decides: whether the product names one, its case begun and taken back. What an outcome
means stands in subject.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.flows import case as kept_cases
from loanloom.services.flows import cases
from loanloom.services.money.changes.kinds import Kind
from loanloom.services.money.loan_rows import Kept

SUBJECT = "loan_change"
_OUTCOMES = {"approved": "approved", "completed": "approved", "refused": "refused"}


@dataclass(frozen=True, slots=True)
class Step:
    """A change after a step. `replayed`: this is the first answer given again."""

    id: int
    loan_id: int
    state: str
    receipt_number: str | None = None
    replayed: bool = False

    def answer(self) -> dict[str, Any]:
        """As it is kept for a second asker."""
        return {"id": self.id, "loan_id": self.loan_id, "state": self.state, "receipt_number": self.receipt_number}


def flow_for(ctx: Context, kept: Kept, kind: Kind) -> str | None:
    """The flow that decides this kind of change for the loan's product, as the house works today; None: one other
    person does."""
    product = ctx.registry.get("product", kept.row["product_key"])
    named = (product.spec.get("flows") or {}) if product is not None else {}
    found: str | None = named.get(kind.key) or named.get("loan_change")
    return found


def begin(ctx: Context, connection: Connection, flow: str, change_id: int, loan_id: int) -> Step:
    """The change enters its flow; rules may decide it at once."""
    started = cases.start(ctx, connection, flow, (SUBJECT, change_id))
    state = started.record.get("state", "requested")
    return Step(change_id, loan_id, str(state), started.record.get("receipt_number"))


def case_of(connection: Connection, change_id: int) -> int | None:
    """The case that decides a change; None where no flow does."""
    found = kept_cases.deciding(connection, SUBJECT, change_id)
    return None if found is None else found[0]


def withdraw(ctx: Context, connection: Connection, change_id: int) -> bool:
    """Take the case back; False where there is none. The change follows its outcome."""
    case_id = case_of(connection, change_id)
    if case_id is None:
        return False
    cases.act_in(ctx, connection, case_id, "withdraw", {})
    return True


def check_not_in_flow(connection: Connection, change_id: int) -> None:
    """What a flow decides is decided there alone."""
    if case_of(connection, change_id) is not None:
        raise Refused(
            Problem(
                code="change.in_flow",
                message=text("This change is decided in its flow.", "该变更须在其审批流程中办理。"),
                hint=text("Open it from the work list.", "请从待办列表中打开。"),
            )
        )
