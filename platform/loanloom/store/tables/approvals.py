"""Sanctions: what an approval makes."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, Numeric, UniqueConstraint, text

from .base import Key, company_table, link, mapping, moment, money, version

sanction = company_table(
    "sanction",
    Column("number", Key, nullable=False),
    *link("application"),
    *link("customer"),
    *link("release"),
    Column("product_key", Key, nullable=False),
    *money("amount"),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("term_months", Integer, nullable=False),
    Column("annual_rate", Numeric, nullable=False),
    Column("method", Key, nullable=False),
    Column("guarantee_mode", Key),
    Column("grade", Key),
    mapping("conditions", default="'[]'::jsonb"),
    Column("sanctioned_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("state", Key, nullable=False, server_default="in_force"),  # in_force, used, expired, withdrawn
    Column("unit", Key),
    Column("created_by", Integer),
    mapping("extra"),
    moment("created_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
    UniqueConstraint("company_id", "application_id"),
    Index(None, "company_id", "expires_on", postgresql_where=text("state = 'in_force'")),
    Index(None, "company_id", "unit", "id"),
)
