"""The lender of the approval tests with a few flows that name people, and its staff."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import update
from tests.services.approval import lender
from tests.services.approval.lender import STAFF, Lender

from loanloom.metadata.document import Document
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.services.context import Company, Context
from loanloom.services.definitions.releases import stored
from loanloom.services.flows import cases
from loanloom.store import tables
from loanloom.store.database import Database

DOCUMENTS = Path(__file__).parent / "documents.yaml"


@cache
def own_documents() -> tuple[Document, ...]:
    """The documents of these tests."""
    read = [read_document(text).document for text in DOCUMENTS.read_text(encoding="utf-8").split("\n---\n")]
    return tuple(document for document in read if document is not None)


@cache
def registry() -> Registry:
    """They and the model company's."""
    return build((*lender.documents(), *own_documents()), load_kinds()).registry


@dataclass
class House:
    """The lender, and what its people do."""

    lender: Lender

    def ctx(self, who: str, **changes: Any) -> Context:
        """Somebody of the staff, today."""
        made = self.lender.ctx(who)
        company = replace(made.company, release_id=self.lender.release_id)
        rights = frozenset(changes.pop("rights", ()))
        actor = replace(made.actor, functions=made.actor.functions | rights)
        return replace(made, company=company, registry=registry(), actor=actor, **changes)

    def start(self, flow: str, who: str = "manager", amount: int = 50_000, **data: Any) -> int:
        """A request enters a flow; its case."""
        ctx = self.ctx(who)
        with ctx.transaction() as connection:
            return cases.start(ctx, connection, flow, ("request", None), data={"amount": amount, **data}).case_id

    def item(self, case_id: int) -> Any:
        """The open item of a case."""
        return self.lender.one(tables.work_item, case_id=case_id, status="open")

    def gets(self, case_id: int) -> list[str]:
        """Who it was given to by name."""
        names, item = {user_id: who for who, (user_id, _, _) in STAFF.items()}, self.item(case_id)
        return sorted(names[person] for person in item.candidates or [item.assignee] if person is not None)

    def decide(self, who: str, case_id: int, decision: str = "approve", **changes: Any) -> cases.Acted:
        """Somebody decides the open item."""
        said = {"decision": decision, "terms": changes.pop("terms", {})}
        return cases.act(self.ctx(who, **changes), self.item(case_id).id, "decide", said)

    def place(self, who: str, **values: Any) -> None:
        """Change somebody's membership."""
        with self.lender.database.transaction() as connection:
            table = tables.membership
            connection.execute(update(table).where(table.c.user_id == STAFF[who][0]).values(values))


def settle(database: Database, company: Company) -> House:
    """The house in an empty company."""
    made = lender.settle(database, company)
    with database.transaction(company.id) as connection:
        stored.add_items(connection, made.release_id, stored.keep(connection, own_documents(), None))
    return House(lender=made)


def person(name: str) -> int:
    """The number of somebody of the staff."""
    return STAFF[name][0]
