"""A lender for approval tests: the model company's definitions as a release, staff in two branches, made-up cases.

Cases are written as rows, with what the engines would have found, so that a test says exactly what it starts from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry, build
from loanloom.services.access.rights import functions_of
from loanloom.services.access.sign_in import ab_user
from loanloom.services.context import Actor, Company, Context
from loanloom.services.definitions.releases import stored
from loanloom.services.flows.case import ids_of
from loanloom.store import names, tables
from loanloom.store.database import Database

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # Monday 09:30 in Shanghai
PRODUCT = "sole-trader-loan"

STAFF: dict[str, tuple[int, str, str]] = {
    # who: user id, role, unit
    "manager": (11, "relationship-manager", "east-lending"),
    "manager2": (12, "relationship-manager", "east-lending"),
    "risk": (21, "risk-officer", "risk"),
    "risk2": (22, "risk-officer", "risk"),
    "east1": (31, "approver-1", "east-branch"),
    "east1b": (32, "approver-1", "east-branch"),
    "west1": (33, "approver-1", "west-branch"),
    "head2": (41, "approver-2", "management"),
    "finance": (51, "finance", "finance"),
    "auditor": (61, "auditor", "audit"),
    "system": (71, "system-administrator", "head-office"),
    "business": (72, "business-administrator", "head-office"),
    "borrower": (91, "borrower", "east-branch"),
}
_numbers = count(1)


@cache
def documents() -> Any:
    """The model company's documents, read once."""
    bundle = read_bundle(ROOT, load_kinds())
    assert not bundle.problems, bundle.problems
    return bundle.documents


@cache
def registry() -> Registry:
    """Their registry."""
    return build(documents(), load_kinds()).registry


@dataclass
class Lender:
    """One company with a live release."""

    database: Database
    company: Company
    release_id: int
    now: datetime = NOW
    business_date: date = date(2026, 3, 2)
    customers: dict[str, int] = field(default_factory=dict)

    def ctx(self, who: str, **changes: Any) -> Context:
        """The surroundings of somebody of the staff."""
        user_id, role, unit = STAFF[who]
        spec = registry().require("role", role).spec
        actor = Actor(
            user_id=user_id, username=who, name=f"{who} (demo)", roles=(role,), unit=unit,
            functions=functions_of(spec), scope=spec["data_scope"],
            **({"customer_id": changes.pop("customer_id")} if "customer_id" in changes else {}),
        )  # fmt: skip
        return Context(
            database=self.database, company=self.company, registry=registry(), actor=actor,
            now=changes.get("now", self.now), business_date=self.business_date,
        )  # fmt: skip

    def case(
        self,
        amount: int | str = 80_000,
        *,
        by: str = "manager",
        unit: str = "east-lending",
        limit: int | None = 400_000,
        grade: str = "B",
        points: int = 620,
        customer: str = "Demo trader",
        state: str = "draft",
    ) -> int:
        """An application with its findings, as submitted but not yet in its flow; its id."""
        ctx = self.ctx(by)
        with ctx.transaction() as connection:
            row = {
                "number": f"T{next(_numbers):05d}",
                "customer_id": self.customer(connection, customer, by, unit),
                "product_key": PRODUCT,
                "release_id": self.release_id,
                "amount": Decimal(amount),
                "term_months": 12,
                "method": "equal_instalment",
                "purpose": "working_capital",
                "guarantee_mode": "credit",
                "applied_on": self.business_date,
                "state": state,
                "unit": unit,
                "created_by": STAFF[by][0],
                "updated_by": STAFF[by][0],
            }
            made = connection.execute(insert(tables.application).values(row).returning(tables.application.c.id))
            application_id = int(made.scalar_one())
            found = {
                "score": {"points": Decimal(points), "grade": grade},
                "eligibility": {"outcome": "pass"},
                "indicators": {},
                **({"limit": {"amount": Decimal(limit)}} if limit is not None else {}),
            }
            for kind, result in found.items():
                values = {"application_id": application_id, "kind": kind, "result": result}
                connection.execute(insert(tables.assessment).values(values))
        return application_id

    def customer(self, connection: Any, name: str, by: str, unit: str) -> int:
        """A customer, made once."""
        if name not in self.customers:
            row = {
                "number": f"C{next(_numbers):05d}",
                "kind": "sole_trader",
                "name": name,
                "since_on": date(2026, 1, 1),
            }
            row |= names.name_columns(name)
            row |= {"unit": unit, "created_by": STAFF[by][0], "manager_user_id": STAFF[by][0]}
            made = connection.execute(insert(tables.customer).values(row).returning(tables.customer.c.id))
            self.customers[name] = int(made.scalar_one())
        return self.customers[name]

    def rows(self, table: Any, **equal: Any) -> list[Any]:
        """The rows of a table in this company, by id; those of cases by their application too."""
        with self.database.transaction(self.company.id) as connection:
            about = equal.pop("application_id", None) if "case_id" in table.c else None
            conditions = [table.c[name] == value for name, value in equal.items()]
            if about is not None:
                conditions.append(table.c.case_id.in_(ids_of("application", about)))
            return list(connection.execute(select(table).where(*conditions).order_by(table.c.id)))

    def one(self, table: Any, **equal: Any) -> Any:
        """The one row that fits."""
        (row,) = self.rows(table, **equal)
        return row

    def count(self, table: Any) -> int:
        """How many rows a table holds in this company."""
        with self.database.transaction(self.company.id) as connection:
            query = select(func.count()).select_from(table).where(table.c.company_id == self.company.id)
            return int(connection.execute(query).scalar_one())


def settle(database: Database, company: Company) -> Lender:
    """A lender in an empty company: release rows without the checks that the release service has tests for."""
    with database.transaction(company.id) as connection:
        ids = stored.keep(connection, documents(), None)
        table = tables.release
        values = {"number": 1, "state": "live", "origin": "installer", "digest": registry().digest}
        release_id = int(connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one())
        stored.add_items(connection, release_id, ids)
    with database.transaction() as connection:
        begun = {"live_release_id": release_id, "business_date": date(2026, 3, 2)}
        connection.execute(tables.company.update().where(tables.company.c.id == company.id).values(begun))
        for who, (user_id, _, _) in STAFF.items():
            row = {"id": user_id, "username": who, "first_name": f"{who} (demo)", "last_name": "", "active": True}
            connection.execute(insert(ab_user).values(**row, email=f"{who}@example.com", password="none"))
        for user_id, role, unit in STAFF.values():
            row = {"user_id": user_id, "company_id": company.id, "roles": [role], "unit": unit}
            connection.execute(insert(tables.membership).values(row))
    return Lender(database=database, company=company, release_id=release_id)
