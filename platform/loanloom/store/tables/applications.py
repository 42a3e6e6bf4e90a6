"""Applications and what the engines found about them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, Numeric, Text, UniqueConstraint

from .base import Key, company_table, link, mapping, moment, money, version

application = company_table(
    "application",
    Column("number", Key, nullable=False),
    *link("customer"),
    Column("product_key", Key, nullable=False),
    *link("release"),
    *money("amount", nullable=True),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("term_months", Integer),
    Column("method", Key),
    Column("purpose", Text),
    Column("guarantee_mode", Key),
    Column("channel", Key, nullable=False, server_default="branch"),
    Column("applied_on", Date, nullable=False),
    Column("state", Key, nullable=False),
    mapping("draft"),  # what was typed and not yet submitted, as text by input name
    mapping("extra"),
    mapping("guarantors", default="'[]'::jsonb"),
    mapping("collateral", default="'[]'::jsonb"),
    Column("unit", Key),
    Column("created_by", Integer),
    Column("manager_user_id", Integer),  # the account manager, where the customer applied without staff
    Column("updated_by", Integer),  # who edited it last: a maker of the case too, so never its checker
    Column("imported_key", Key),
    Column("recorded_outcome", Key),
    Column("score_points", Numeric),
    Column("score_grade", Key),
    *money("limit_amount", nullable=True),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    moment("submitted_at"),
    moment("decided_at"),
    version(),
    CheckConstraint(
        "state IN ('draft', 'withdrawn') OR (amount IS NOT NULL AND term_months IS NOT NULL AND method IS NOT NULL)",
        name="complete_once_submitted",
    ),
    UniqueConstraint("company_id", "number"),
    UniqueConstraint("company_id", "imported_key"),
    Index(None, "company_id", "state", "id"),
    Index(None, "company_id", "unit", "id"),
    Index(None, "company_id", "manager_user_id"),
)

assessment = company_table(
    "assessment",
    *link("application"),
    Column("kind", Key, nullable=False),  # eligibility, indicators, score, limit, decision
    Column("definition_key", Key),
    Column("definition_digest", Key),
    mapping("result"),
    mapping("trace"),
    moment("assessed_at", now=True),
    append_only=True,
)
