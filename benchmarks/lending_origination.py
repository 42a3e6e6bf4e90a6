"""From an application to the money going out, through the services, without PDF: begun, filled in and scored, approved
by a person, contract made, signed by another, paid out by a third. Five commits, each waiting for the disk.

Two processes of two threads each. Beside it, in the same run, the same rows inserted bare with one commit for each
application.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from benchmarks.figure import Figure
from benchmarks.lending_cases import Bare, Lender, Run, at_once, lender, of_runs
from loanloom.services.approval import approvals, sanctions
from loanloom.services.context import Context
from loanloom.services.flows.case import ids_of
from loanloom.services.money import disbursements
from loanloom.services.origination import applications, submissions
from loanloom.services.papers import contracts
from loanloom.services.parties import customers
from loanloom.store.tables import work_item

APPLICATIONS, WARM = 160, 8
BAR = 30
PEER = "Frappe Lending 2.5 to 3.2 /s on such a machine (shared reference, measured 2026-11-22)"
ANSWERS = {
    "application.amount": "18000", "application.term_months": "24", "application.method": "equal_instalment",
    "application.purpose": "consumption", "application.credit_purpose": "A43", "application.channel": "branch",
    "application.employment": "A73", "application.german_housing": "A152", "application.savings": "A61",
    "application.checking_account": "A14", "application.credit_history": "A32", "application.other_plans": "A143",
    "application.other_debtors": "A101", "application.instalment_share": "4",
}  # fmt: skip


def figures() -> Iterator[Figure]:
    """Applications a second, and what one costs in processor time."""
    with lender() as house:
        ran, floor = measured(house)
    yield from of_runs("application to disbursement", "one application to disbursement", ran, floor, BAR, PEER)


def measured(house: Lender) -> tuple[Run, Run]:
    """The applications, and the same rows bare."""
    ctx = house.at()
    with ctx.transaction() as connection:
        known = [
            customers.add(ctx, connection, {"kind": "person", "name": f"Bench {place}", "since_on": ctx.business_date})
            for place in range(APPLICATIONS)
        ]
    path, bare = Path(house), Bare(house)
    ran = at_once(house, known, path, WARM)
    return ran, bare.run(len(known))


class Path:
    """The whole way of one application, by people with different rights."""

    def __init__(self, house: Lender) -> None:
        self.manager, self.risk = house.at("relationship-manager", 1), house.at("risk-officer", 2)
        self.head, self.finance = house.at("approver-1", 3), house.at("finance", 4)

    def __call__(self, customer_id: int) -> int:
        key = f"bench-{customer_id}"
        application = applications.begin(self.manager, "consumer-instalment", customer_id, idempotency_key=key)
        handed = submissions.submit(self.manager, application, ANSWERS, version=1, idempotency_key=key)
        sanction = self._decided(application, key) if handed.outcome is None else self._sanction(application)
        made = contracts.prepare(self.manager, sanction, idempotency_key=key)
        contracts.sign(self.head, made.contract_id, self.head.business_date, version=1, idempotency_key=key)
        return disbursements.disburse(self.finance, made.contract_id, idempotency_key=key).loan_id

    def _decided(self, application: int, key: str) -> int:
        item = _open_item(self.risk, application)
        said = approvals.decide(
            self.risk, item[0], "approve", expected_version=item[1], idempotency_key=key, opinion="-"
        )
        assert said.sanction_id is not None, said
        return said.sanction_id

    def _sanction(self, application: int) -> int:
        with self.risk.transaction() as connection:
            found = sanctions.of_application(connection, application)
        assert found is not None
        return int(found.id)


def _open_item(ctx: Context, application: int) -> tuple[int, int]:
    query = select(work_item.c.id, work_item.c.version).where(
        work_item.c.case_id.in_(ids_of("application", application)), work_item.c.status == "open"
    )
    with ctx.transaction() as connection:
        found = connection.execute(query).one()
    return int(found.id), int(found.version)
