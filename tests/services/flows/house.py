"""A lender whose release holds flows of requests too, and people who do things to their cases by name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import insert
from tests.services.approval import lender as base
from tests.services.approval.lender import Lender

from loanloom.metadata.document import document_from
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry, build
from loanloom.services.access.sign_in import ab_user
from loanloom.services.context import Company, Context
from loanloom.services.definitions.releases import stored
from loanloom.services.flows import cases, starting
from loanloom.store import tables
from loanloom.store.database import Database

FLOWS = Path(__file__).with_name("flows.yaml")
ADMINISTRATOR = "system"


@cache
def documents() -> Any:
    """The model company's documents, and the flows of these tests."""
    more = [document_from(one) for one in yaml.safe_load(FLOWS.read_text("utf-8"))]
    return [*base.documents(), *more]


@cache
def registry() -> Registry:
    """Their registry; sound, or the tests would run something that no release lets through."""
    built = build(documents(), load_kinds())
    assert not built.problems, built.problems
    return built.registry


@dataclass
class House(Lender):
    """One company with a live release that holds these flows."""

    def ctx(self, who: str, **changes: Any) -> Context:
        """The surroundings of somebody of the staff; `system` may repair flows."""
        known = replace(super().ctx(who, **changes), registry=registry())
        actor = known.actor
        if who == ADMINISTRATOR:
            actor = replace(actor, functions=actor.functions | {"flow.repair", "flow.read_all"})
        return replace(known, actor=actor, company=replace(known.company, release_id=self.release_id))

    def start(self, flow: str = "seal", who: str = "manager", **fields: Any) -> int:
        """A request, on its way; its case."""
        typed = {"amount": "5000", "reason": "contract", "account": "6222 0000", **fields}
        raw = {f"seal_request.{name}": value for name, value in typed.items()}
        return starting.request(self.ctx(who), flow, raw).case_id

    def item(self, case_id: int, **equal: Any) -> Any:
        """The one open item of a case."""
        return self.one(tables.work_item, case_id=case_id, **{"status": "open", **equal})

    def kept(self, case_id: int) -> Any:
        """The case's row."""
        return self.one(tables.flow_case, id=case_id)

    def act(self, who: str, case_id: int, command: str, *, on: Any = None, **given: Any) -> cases.Acted:
        """Do a command on the case's open item, or on the case where the command is about it."""
        ctx = self.ctx(who)
        if on is None and cases.commands.of(command).of == "item":
            on = self.item(case_id)
        number, version = (case_id, self.kept(case_id).version) if on is None else (on.id, on.version)
        return cases.act(ctx, number, command, given, expected_version=version)

    def told(self, case_id: int) -> list[str]:
        """What the history of a case says happened, in order."""
        return [row.event for row in self.rows(tables.flow_history, case_id=case_id)]


def settle(database: Database, company: Company) -> House:
    """Such a house in an empty company."""
    with database.transaction(company.id) as connection:
        ids = stored.keep(connection, documents(), None)
        table = tables.release
        values = {"number": 1, "state": "live", "origin": "installer", "digest": registry().digest}
        release_id = int(connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one())
        stored.add_items(connection, release_id, ids)
    with database.transaction() as connection:
        begun = {"live_release_id": release_id, "business_date": base.NOW.date()}
        connection.execute(tables.company.update().where(tables.company.c.id == company.id).values(begun))
        for who, (user_id, role, unit) in base.STAFF.items():
            row = {"id": user_id, "username": who, "first_name": f"{who} (demo)", "last_name": "", "active": True}
            connection.execute(insert(ab_user).values(**row, email=f"{who}@example.com", password="none"))
            member = {"user_id": user_id, "company_id": company.id, "roles": [role], "unit": unit}
            connection.execute(insert(tables.membership).values(member))
    return House(database=database, company=company, release_id=release_id)
