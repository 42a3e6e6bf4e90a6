"""From an application to the money: each step takes the same few statements, however many came before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.services.approval.lender import Lender
from tests.services.money.house import counted
from tests.services.origination.conftest import ASKED, Begin

from loanloom.services.approval import approvals
from loanloom.services.context import Context
from loanloom.services.money import disbursements
from loanloom.services.origination import submissions
from loanloom.services.papers import contracts
from loanloom.store import tables

TODAY = date(2026, 3, 2)
MOST = {"submit": 11, "decide": 12, "prepare": 14, "sign": 7, "disburse": 9}
APPROVERS = ("risk", "east1", "head2")


def way(lender: Lender, manager: Context, application_id: int, key: str) -> dict[str, list[int]]:
    """The whole way of an application; the statements of each step."""
    taken: dict[str, list[int]] = {}

    def step(name: str, work: Callable[..., Any], *given: Any, **named: Any) -> Any:
        with counted(manager.database) as seen:
            made = work(*given, idempotency_key=key, **named)
        taken.setdefault(name, []).append(len(seen))
        return made

    step("submit", submissions.submit, manager, application_id, ASKED, version=1)
    for who in APPROVERS:
        item = lender.rows(tables.work_item, status="open")[0]
        step(
            "decide",
            approvals.decide,
            lender.ctx(who),
            item.id,
            "approve",
            expected_version=item.version,
            opinion="同意",
        )
        if not lender.rows(tables.work_item, status="open"):
            break
    sanction = lender.one(tables.sanction, application_id=application_id).id
    made = step("prepare", contracts.prepare, manager, sanction)
    step("sign", contracts.sign, lender.ctx("east1"), made.contract_id, TODAY, version=1)
    step("disburse", disbursements.disburse, lender.ctx("finance"), made.contract_id)
    return taken


def test_every_step_takes_as_many_for_the_third_as_for_the_first(
    manager: Context, begin: Begin, lender: Lender
) -> None:
    way(lender, manager, begin(), "warm")  # whatever a process learns once
    first = way(lender, manager, begin(**{"customer.id_number": "330000198206060053"}), "a")
    third = way(lender, manager, begin(**{"customer.id_number": "330000199003070029"}), "b")
    assert first == third
    assert {name: max(counts) for name, counts in first.items() if max(counts) > MOST[name]} == {}
