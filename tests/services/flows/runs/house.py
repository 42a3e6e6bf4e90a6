"""A lender whose release holds small flows beside the model company's documents, and a clock that a test moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from tests.services.approval import lender
from tests.services.approval.lender import NOW, Lender

from loanloom.engines import flows
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.services.context import Company, Context, system_actor
from loanloom.services.definitions.releases import stored
from loanloom.services.flows import calling, cases, firing
from loanloom.store import tables
from loanloom.store.database import Database

DOCUMENTS = Path(__file__).parent / "documents.yaml"


@cache
def own_documents() -> tuple[Document, ...]:
    """The documents of these tests."""
    return tuple(document_of(text) for text in DOCUMENTS.read_text(encoding="utf-8").split("\n---\n"))


@cache
def registry() -> Registry:
    """They and the model company's, as they are live."""
    return build((*lender.documents(), *own_documents()), load_kinds()).registry


def document_of(text: str) -> Document:
    """One document from its text."""
    read = read_document(text)
    assert read.document is not None, read.problems
    return read.document


@dataclass
class House:
    """The lender, what time it is, and what its node actions do."""

    lender: Lender
    home: Path
    now: datetime = NOW
    actions: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def ctx(self, who: str | None = None) -> Context:
        """Somebody of the staff, or the house itself, now."""
        made = self.lender.ctx(who or "risk", now=self.now)
        company = replace(made.company, release_id=self.lender.release_id)
        made = replace(made, company=company, registry=registry())
        return made if who else made.as_actor(system_actor())

    def keeper(self) -> Context:
        """Who repairs flows."""
        ctx = self.ctx("system")
        return ctx.as_actor(replace(ctx.actor, functions=ctx.actor.functions | {"flow.repair", "flow.read_all"}))

    def later(self, **span: Any) -> None:
        """Time passes."""
        self.now += timedelta(**span)

    def at(self, words: str) -> None:
        """It is this time in Shanghai."""
        self.now = datetime.fromisoformat(f"{words}+08:00")

    def run(self) -> int:
        """A worker does everything that is due; how much that was."""
        worker = calling.Worker(home=self.home, clock=lambda: self.now, actions=self.actions)
        done = 0
        while step := firing.work(self.ctx(), lambda: self.now) + calling.work(self.ctx(), worker):
            done += step
            assert done < 500, "it never comes to rest"
        return done

    def start(self, flow: str, who: str = "manager", **data: Any) -> int:
        """A request enters a flow; its case."""
        ctx = self.ctx(who)
        with ctx.transaction() as connection:
            return cases.start(ctx, connection, flow, ("request", None), data=data).case_id

    def act(self, who: str | None, number: int, command: str, **arguments: Any) -> cases.Acted:
        """Somebody does something."""
        return cases.act(self.ctx(who), number, command, arguments)

    def case(self, case_id: int) -> Any:
        """The row of a case."""
        return self.lender.one(tables.flow_case, id=case_id)

    def nodes(self, case_id: int) -> list[str]:
        """Where a case stands."""
        return [token.node for token in self._state(case_id).tokens]

    def values(self, case_id: int) -> Any:
        """What its nodes were told, by node."""
        return self._state(case_id).values

    def _state(self, case_id: int) -> flows.State:
        ctx = self.ctx()
        with ctx.transaction() as connection:
            state = cases.load(ctx, connection, case_id).state
        assert state is not None
        return state

    def items(self, case_id: int, status: str = "open") -> list[Any]:
        """Its open items."""
        return self.lender.rows(tables.work_item, case_id=case_id, status=status)

    def story(self, case_id: int) -> list[tuple[str, str]]:
        """What happened to it: (kind, node)."""
        return [(row.event, row.node) for row in self.lender.rows(tables.flow_history, case_id=case_id)]

    def timers(self, case_id: int, state: str = "due") -> dict[str, datetime]:
        """When what is due for it."""
        rows = self.lender.rows(tables.flow_timer, case_id=case_id, state=state)
        return {row.key: row.due_at for row in rows}

    def calls(self, case_id: int) -> list[Any]:
        """Its calls."""
        return self.lender.rows(tables.flow_call, case_id=case_id)

    def audit(self, case_id: int) -> list[Any]:
        """What the audit holds of a case."""
        return self.lender.rows(tables.audit_log, subject_kind="flow_case", subject_id=str(case_id))

    def outbox(self, topic: str) -> list[Any]:
        """What is to leave the house."""
        return self.lender.rows(tables.outbox, topic=topic)

    def told(self, who: str) -> list[str]:
        """The titles of somebody's messages, in English."""
        rows = self.lender.rows(tables.message, user_id=lender.STAFF[who][0])
        return [row.title["en"] for row in rows]


def settle(database: Database, company: Company) -> Lender:
    """The lender of the approval tests, with the documents of these tests in its release."""
    made = lender.settle(database, company)
    add(made, made.release_id, own_documents())
    return made


def add(made: Lender, release_id: int, documents: tuple[Document, ...]) -> None:
    """More documents in a release."""
    with made.database.transaction(made.company.id) as connection:
        stored.add_items(connection, release_id, stored.keep(connection, documents, None))


def next_release(made: Lender, changed: Mapping[tuple[str, str], Document]) -> int:
    """A release like the first with some documents changed; its id."""
    table, items, definition = tables.release, tables.release_item, tables.definition
    with made.database.transaction(made.company.id) as connection:
        values = {"number": 2, "state": "retired", "origin": "installer", "digest": "second"}
        release_id = int(connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one())
        rows = connection.execute(
            select(definition.c.id, definition.c.kind, definition.c.key)
            .join(items, items.c.definition_id == definition.c.id)
            .where(items.c.release_id == made.release_id)
        )
        kept = {(row.kind, row.key): row.id for row in rows if (row.kind, row.key) not in changed}
        stored.add_items(connection, release_id, kept | stored.keep(connection, changed.values(), None))
    return release_id
