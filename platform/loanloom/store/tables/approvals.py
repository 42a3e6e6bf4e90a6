"""Work on applications: who has to decide what, what was decided, and the sanction that came of it."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY

from .base import Key, company_table, link, mapping, moment, money, version

work_item = company_table(
    "work_item",
    *link("application", index=False),
    Column("number", Integer, nullable=False),  # the flow engine's own, unique within the application
    Column("kind", Key, nullable=False, server_default="approval"),  # approval, revision (returned to its makers)
    Column("node", Key, nullable=False),
    mapping("title"),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("role", Key),  # empty: only the assignee
    Column("scope", Key, nullable=False, server_default="branch"),  # branch, all
    Column("unit", Key),  # the branch of the application
    Column("assignee", Integer),
    Column("excluded", ARRAY(Integer), nullable=False, server_default="{}"),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("status", Key, nullable=False, server_default="open"),  # open, done, cancelled
    moment("opened_at", now=True),
    moment("claimed_at"),
    moment("due_at"),
    moment("decided_at"),
    Column("decided_by", Integer),
    Column("decision", Key),
    Column("reason_code", Key),
    Column("opinion", Text),
    mapping("conditions", default="'[]'::jsonb"),
    mapping("snapshot", default=None, nullable=True),  # what the approver saw: score, limit, rule traces
    version(),
    UniqueConstraint("company_id", "application_id", "number"),
    Index(None, "company_id", "role", "unit", "id", postgresql_where=text("status = 'open'")),
    Index(None, "company_id", "assignee", "id", postgresql_where=text("status = 'open'")),
    Index(None, "company_id", "decided_by", "decided_at"),
)

flow_history = company_table(
    "flow_history",
    *link("application"),
    Column("node", Key, nullable=False),
    Column("event", Key, nullable=False),
    Column("state", Key),
    Column("to_node", Key),
    Column("actor_id", Integer),
    Column("actor_name", Text),
    Column("decision", Key),
    Column("reason_code", Key),
    Column("opinion", Text),
    mapping("details"),
    moment("at", now=True),
    append_only=True,
)

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
