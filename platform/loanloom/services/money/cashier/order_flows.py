"""Orders of the desk that a flow decides 放款审核、退款审批: whether the product names one, the case begun, asked,
taken back. What an outcome means stands in order_subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.flows import case as kept_cases
from loanloom.services.flows import cases
from loanloom.services.money.cashier import waiting_orders

SUBJECT = "order"
FLOWS: Mapping[str, str] = {"disbursement": "disburse", "refund": "refund"}
"""What a product calls the flow of each kind of order that may have one."""


def named(ctx: Context, kind: str, product_key: str | None) -> str | None:
    """The flow that decides such orders for this product, as the house works today; None: the desk does as ever."""
    if kind not in FLOWS or product_key is None:
        return None
    product = ctx.registry.get("product", product_key)
    flows = (product.spec.get("flows") or {}) if product is not None else {}
    found: str | None = flows.get(FLOWS[kind])
    return found


def begin(ctx: Context, connection: Connection, flow: str, order_id: int, kind: str, parameters: Any) -> str:
    """The order enters its flow; rules may decide it at once. The state of the order since."""
    if kind == "disbursement":
        waiting_orders.check_none_waits(connection, kind, "contract_id", parameters.contract_id, but=order_id)
    started = cases.start(ctx, connection, flow, (SUBJECT, order_id))
    return str(started.record.get("state", "entered"))


def case_of(connection: Connection, order_id: int) -> tuple[int, bool] | None:
    """The case that decides an order, and whether it still runs; None where no flow does."""
    return kept_cases.deciding(connection, SUBJECT, order_id)


def disbursement_of(ctx: Context, contract_id: int) -> int | None:
    """The disbursement of a contract that was entered and waits; the caller has checked that it may be seen."""
    with ctx.transaction() as connection:
        return waiting_orders.of(connection, "disbursement", "contract_id", contract_id)


def standing(ctx: Context, order_id: int) -> tuple[int, bool] | None:
    """The same for a page; the caller has checked that the order may be seen."""
    with ctx.transaction() as connection:
        return case_of(connection, order_id)


def runs(connection: Connection, order_id: int) -> int | None:
    """The case that an order still waits for."""
    found = case_of(connection, order_id)
    return found[0] if found is not None and found[1] else None


def withdraw(ctx: Context, connection: Connection, case_id: int, why: str) -> None:
    """Who entered the order takes it back with its case."""
    cases.act_in(ctx, connection, case_id, "withdraw", {"reason": why})


def check_not_in_flow(connection: Connection, order_id: int) -> None:
    """What a flow decides is decided there alone."""
    if runs(connection, order_id) is not None:
        raise Refused(in_flow())


def in_flow() -> Problem:
    """The desk has no say while the flow has."""
    return Problem(
        code="order.in_flow",
        message=text("This is decided in its flow.", "该笔业务须在其审批流程中办理。"),
        hint=text("Open it from the work list.", "请从待办列表中打开。"),
    )
