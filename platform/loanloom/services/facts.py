"""The facts of a case, read from rows: what every expression may see, under the names all rooms share.

Reads, never writes, and decides nothing. Customers and applications come as flat mappings with their declared
fields; records that do not exist yet (sanction, contract, loan) come with null values, so that an expression about
them reads null.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from loanloom.engines import facts as fact_scope
from loanloom.metadata.registry import Registry
from loanloom.problems import text
from loanloom.services import stored
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.errors import NotFound
from loanloom.store import tables

_CUSTOMER_COLUMNS = ("number", "kind", "name", "address", "province", "industry", "since_on")
_APPLICATION_COLUMNS = (
    "number", "amount", "term_months", "method", "purpose", "guarantee_mode", "applied_on", "channel", "state",
)  # fmt: skip


def of_customer(ctx: Context, row: Row[Any], registry: Registry) -> dict[str, Any]:
    """A customer's facts."""
    vault, company = ctx.database.vault, ctx.company.id
    facts = stored.from_json(vault, company, "customer", registry.entity_fields("customer"), row.extra)
    facts |= {name: getattr(row, name) for name in _CUSTOMER_COLUMNS}
    facts["id_number"] = _opened(ctx, "id_number", row.id_number_cipher)
    facts["phone"] = _opened(ctx, "phone", row.phone_cipher)
    facts["email"] = _opened(ctx, "email", row.email_cipher)
    return facts


def of_application(ctx: Context, row: Row[Any], registry: Registry) -> dict[str, Any]:
    """The facts of an application's own record."""
    vault, company = ctx.database.vault, ctx.company.id
    facts = stored.from_json(vault, company, "application", registry.entity_fields("application"), row.extra)
    facts |= {name: getattr(row, name) for name in _APPLICATION_COLUMNS}
    facts["product"] = row.product_key
    facts["term_months"] = None if row.term_months is None else Decimal(row.term_months)
    return facts


def of_rows(ctx: Context, registry: Registry, entity: str, rows: list[Any]) -> list[dict[str, Any]]:
    """Guarantors or items of collateral."""
    vault, company, fields = ctx.database.vault, ctx.company.id, registry.entity_fields(entity)
    return [stored.from_json(vault, company, entity, fields, row) for row in rows]


def of_product(
    registry: Registry, key: str, grade: str | None = None, months: int | None = None, on: date | None = None
) -> dict[str, Any]:
    """What expressions may know of a product; its rate is null while it depends on a grade not yet given."""
    offer = compiled.offer(registry, key)
    return {
        "key": key,
        "class": offer.product_class,
        "currency": offer.currency,
        "amount_min": offer.amount.least,
        "amount_max": offer.amount.most,
        "term_min": offer.months.least,
        "term_max": offer.months.most,
        "penalty_uplift": offer.penalty.uplift if offer.penalty.annual_rate is None else None,
        "rate": offer.rate(grade, months, on),
    }


def basis(ctx: Context, application: Row[Any], customer: Row[Any], registry: Registry) -> dict[str, Any]:
    """The facts of an application before any engine has spoken."""
    return {
        "customer": of_customer(ctx, customer, registry),
        "application": of_application(ctx, application, registry),
        "guarantors": of_rows(ctx, registry, "guarantor", application.guarantors),
        "collateral": of_rows(ctx, registry, "collateral", application.collateral),
        "product": of_product(
            registry, application.product_key, application.score_grade, application.term_months, ctx.business_date
        ),
        "company": of_company(ctx, registry),
        "as_of": ctx.business_date,
    }


def of_company(ctx: Context, registry: Registry, settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The company's own facts: its name and what its profile says."""
    kept = dict(settings or {})
    return {field.key: stored.typed(field, kept.get(field.key)) for field in registry.entity_fields("company")} | {
        "name": ctx.company.name
    }


_CUSTOMER = select(tables.customer).where(tables.customer.c.id == bindparam("customer_id"))


def customer_row(connection: Connection, customer_id: int) -> Row[Any]:
    """A customer's row, which exists."""
    row = connection.execute(_CUSTOMER, {"customer_id": customer_id}).one_or_none()
    if row is None:
        raise NotFound(text("customer", "客户"))
    return row


def found_by_engines(connection: Connection, registry: Registry, application_id: int) -> dict[str, Any]:
    """The last result of each engine: indicators, models, score, limit, eligibility, decision."""
    table = tables.assessment
    newest = (
        select(table.c.kind, table.c.result)
        .ext(distinct_on(table.c.kind))
        .where(table.c.application_id == application_id)
        .order_by(table.c.kind, table.c.id.desc())
    )
    found = {row.kind: row.result for row in connection.execute(newest)}
    if "models" in found:  # of any type, so kept as text and read as what the models say they are
        found |= fact_scope.convert(registry, "application", {"models": found["models"]}).facts
    return found


def company_settings(connection: Connection, company_id: int) -> Mapping[str, Any]:
    """What the company's profile says beyond its name."""
    table = tables.company
    found: Mapping[str, Any] = connection.execute(select(table.c.settings).where(table.c.id == company_id)).scalar_one()
    return found


def _opened(ctx: Context, name: str, closed: bytes | None) -> str | None:
    return None if closed is None else ctx.database.vault.decrypt(ctx.company.id, f"customer.{name}", closed)
