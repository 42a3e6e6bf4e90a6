"""A case in its flow as it is kept: what it is about, its pinned definitions, its compiled flow, where it stands.

Reads and answers questions; changes nothing (saving.py saves, cases.py acts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from loanloom.engines import calculations, flows, rules
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, Text, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.definitions import compiled as engines
from loanloom.services.definitions import releases
from loanloom.services.errors import NotFound, Refused
from loanloom.services.flows import states
from loanloom.store import tables

CASE = text("case", "业务流程")
TABLE, ITEM = tables.flow_case, tables.work_item


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. `id` is 0 and `state` None before it has begun; `record` is what its subject keeps of it, as the
    subject read it; `branch` is the branch at or above its unit."""

    id: int = 0
    number: str
    registry: Registry
    flow: flows.Flow
    release_id: int
    subject: str
    subject_id: int | None = None
    customer_id: int | None = None
    product_key: str | None = None
    title: Text = field(default_factory=dict)
    amount: Decimal | None = None
    currency: str | None = None
    unit: str | None = None
    branch: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    state: flows.State | None = None
    before: Mapping[str, Any] | None = None
    parent_id: int | None = None
    parent_run: str | None = None
    started_by: int | None = None
    ended_at: datetime | None = None
    version: int = 0
    record: Any = None

    @property
    def owner(self) -> tuple[str, int]:
        """The record that audit entries, messages and files about the case hang on."""
        return (self.subject, self.subject_id) if self.subject_id is not None else ("flow_case", self.id)

    @property
    def mapping(self) -> dict[str, Any]:
        """What the rules of sight (services/scope.py) look at."""
        return {"unit": self.unit, "created_by": self.started_by, "customer_id": self.customer_id}


def of_row(ctx: Context, connection: Connection, row: Any, record: Any = None) -> Case:
    """The case of a row already read."""
    registry = releases.pinned(ctx, connection, row.release_id)
    return Case(
        id=row.id,
        number=row.number,
        registry=registry,
        flow=flow_of(registry, row.flow_key),
        release_id=row.release_id,
        subject=row.subject_kind,
        subject_id=row.subject_id,
        customer_id=row.customer_id,
        product_key=row.product_key,
        title=row.title,
        amount=row.amount,
        currency=row.currency,
        unit=row.unit,
        branch=scope.branch_of(scope.units_of(ctx), row.unit),
        data=row.data,
        state=states.read(ctx, row.state),
        before=row.before,
        parent_id=row.parent_id,
        parent_run=row.parent_run,
        started_by=row.started_by,
        ended_at=row.ended_at,
        version=row.version,
        record=record,
    )


def flow_of(registry: Registry, key: str) -> flows.Flow:
    """The compiled flow of this key."""
    if registry.get("flow", key) is None:
        raise Refused(
            Problem(
                code="flow.unknown",
                message=text(f"There is no flow “{key}” in this release.", f"当前发布版本中没有流程“{key}”。"),
                hint=text("A business administrator must add it.", "请业务管理员补充配置。"),
            )
        )
    return _compiled(registry, key)


@kept
def _compiled(registry: Registry, key: str) -> flows.Flow:
    compiled = flows.compile_flow(registry.require("flow", key), registry)
    if compiled.flow is None:
        raise Refused(compiled.problems)
    return compiled.flow


def product(case: Case) -> Mapping[str, Any]:
    """The spec of the case's product in its release; empty for a case without one."""
    document = case.registry.get("product", case.product_key) if case.product_key else None
    return document.spec if document is not None else {}


def automatic(case: Case) -> flows.Automatic:
    """What decision nodes of this case run: the ruleset they name, else the product's own."""

    def run(key: str | None, facts: Mapping[str, Any]) -> flows.Ruled:
        named = key or product(case).get("decision")
        if not named:
            return flows.Ruled(values={}, problems=(no_flow(case.product_key or case.flow.key),))
        result = rules.run(engines.ruleset(case.registry, named), facts)
        return flows.Ruled(values=result.facts(), ruleset=named, trace=result.as_json(), problems=result.problems)

    return run


def calculate(case: Case) -> flows.Calculate:
    """What calculation nodes of this case run."""

    def run(key: str, facts: Mapping[str, Any]) -> flows.Ruled:
        made = calculations.run(engines.calculation(case.registry, key), facts)
        return flows.Ruled(values=made.facts(), ruleset=key, trace=made.as_json(), problems=made.problems)

    return run


def row_of(connection: Connection, case_id: int) -> Row[Any]:
    """The row of a case, which exists."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == case_id)).one_or_none()
    if row is None:
        raise NotFound(CASE)
    return row


def no_flow(product_key: str) -> Problem:
    """Nothing says how this product is decided."""
    return Problem(
        code="approval.no_flow",
        message=text(
            f"The product '{product_key}' states no flow or ruleset for its applications.",
            f"产品“{product_key}”未配置申请流程或决策规则。",
        ),
        hint=text("A business administrator must add it to the product.", "请业务管理员在产品中补充。"),
    )


def code_items(registry: Registry, key: str | None) -> dict[str, Text]:
    """The titles of a code list's items by key, without the retired ones."""
    document = registry.get("code_list", key) if key else None
    if document is None:
        return {}
    return {item["key"]: item["title"] for item in document.spec.get("items", ()) if not item.get("retired")}


def reasons_of(case: Case) -> dict[str, Text]:
    """Every reason that some step of the flow may give, by key."""
    found: dict[str, Text] = {}
    for node in case.flow:
        for key in node.reasons.values():
            found.update(code_items(case.registry, key))
    return found


def role_titles(registry: Registry) -> dict[str, Text]:
    """The titles of the roles by key."""
    return {document.key: document.title for document in registry.all("role")}


def deciding(connection: Connection, kind: str, subject_id: int) -> tuple[int, bool] | None:
    """The case that decides about a record, the newest, and whether it still runs; None where no flow does."""
    mine = ids_of(kind, subject_id).with_only_columns(TABLE.c.id, TABLE.c.status).where(TABLE.c.parent_id.is_(None))
    found = connection.execute(mine.order_by(TABLE.c.id.desc()).limit(1)).first()
    return None if found is None else (int(found.id), found.status != "ended")


def ids_of(kind: str, subject_id: int) -> Select[tuple[int]]:
    """The cases about a record, for conditions of other queries."""
    return select(TABLE.c.id).where(TABLE.c.subject_kind == kind, TABLE.c.subject_id == subject_id)
