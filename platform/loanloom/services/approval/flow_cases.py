"""The case of an application in its flow: the one it has, or the one it would begin with. Reads only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from loanloom.engines import flows
from loanloom.metadata.registry import Registry
from loanloom.problems import text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import NotFound, Refused
from loanloom.services.flows import case as kept
from loanloom.services.flows.case import TABLE, Case
from loanloom.store import tables

APPLICATION = text("application", "申请")


def load(ctx: Context, connection: Connection, application_id: int) -> Case:
    """The case of an application, not locked; its row is the case's record."""
    row = connection.execute(select(tables.application).where(tables.application.c.id == application_id)).one_or_none()
    if row is None:
        raise NotFound(APPLICATION)
    return case_of(ctx, connection, row)


def case_of(ctx: Context, connection: Connection, row: Row[Any]) -> Case:
    """The case of an application row already read: its own, else one that has not begun."""
    found = connection.execute(cases_of(row.id)).first()
    if found is not None:
        return kept.of_row(ctx, connection, found, row)
    registry = releases.pinned(ctx, connection, row.release_id)
    return Case(
        number=row.number,
        registry=registry,
        flow=flow_of(registry, row.product_key),
        release_id=row.release_id,
        subject="application",
        subject_id=row.id,
        customer_id=row.customer_id,
        product_key=row.product_key,
        unit=row.unit,
        branch=scope.branch_of(scope.units_of(ctx), row.unit),
        started_by=row.created_by,
        record=row,
    )


def cases_of(application_id: int) -> Select[Any]:
    """The query for the case of an application."""
    asked = select(TABLE).where(
        TABLE.c.subject_kind == "application", TABLE.c.subject_id == application_id, TABLE.c.parent_id.is_(None)
    )
    return asked.order_by(TABLE.c.id.desc()).limit(1)


def key_of(registry: Registry, product_key: str) -> str:
    """The key of a product's flow of applications."""
    found = (registry.require("product", product_key).spec.get("flows") or {}).get("application")
    if not found or registry.get("flow", found) is None:
        raise Refused(kept.no_flow(product_key))
    return str(found)


def flow_of(registry: Registry, product_key: str) -> flows.Flow:
    """The compiled flow of a product's applications."""
    return kept.flow_of(registry, key_of(registry, product_key))
