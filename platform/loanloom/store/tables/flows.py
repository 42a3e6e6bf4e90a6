"""Cases in their flows: where each stands, the work it makes for people, and its story."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .base import Key, company_table, link, mapping, moment, money, version

DESK = (
    "CASE WHEN role IS NOT NULL OR position IS NOT NULL THEN coalesce(role, '') || '/' || coalesce(position, '') || '/'"
    " || CASE scope WHEN 'all' THEN '' WHEN 'branch' THEN 'b/' || unit ELSE 'd/' || department END END"
)
"""Role, position and place of the people who may take an item, as one word that an index can look up."""
TURN = "coalesce(due_at, '9000-01-01 00:00:00+00'::timestamptz)"
"""What is due first comes first; what has no deadline comes last."""

flow_case = company_table(
    "flow_case",
    Column("number", Key, nullable=False),  # the record's own, or of the flow's numbering
    Column("flow_key", Key, nullable=False),
    *link("release"),
    Column("subject_kind", Key, nullable=False),  # application, request ... (services/flows/subjects.py)
    Column("subject_id", BigInteger),  # empty: the case is its own record
    *link("customer", nullable=True),
    Column("product_key", Key),
    mapping("title"),
    *money("amount", nullable=True),
    Column("currency", Key),
    Column("unit", Key),
    mapping("data"),  # fields of a request
    Column("status", Key, nullable=False, server_default="running"),  # running, suspended, ended
    Column("code", Key),
    Column("outcome", Key),
    mapping("state"),
    mapping("before", default=None, nullable=True),  # the state before the last decision, while it may be taken back
    Column("parent_id", BigInteger),
    Column("parent_run", Key),  # which run of the parent's sub-flow
    Column("started_by", Integer),
    moment("started_at", now=True),
    moment("ended_at"),
    moment("updated_at", now=True),
    version(),
    ForeignKeyConstraint(["company_id", "parent_id"], ["flow_case.company_id", "flow_case.id"]),
    UniqueConstraint("company_id", "parent_id", "parent_run"),
    Index(None, "company_id", "subject_kind", "subject_id"),
    Index(None, "company_id", "number"),
    Index(None, "company_id", "flow_key", "status", "id"),
    Index(None, "company_id", "started_by", "id"),
    Index(None, "company_id", "unit", "id"),
)

work_item = company_table(
    "work_item",
    *link("flow_case", "case_id", index=False),
    Column("number", Integer, nullable=False),  # the flow engine's own, unique within the case
    Column("kind", Key, nullable=False, server_default="approval"),  # approval, vote, signer, form, revision ...
    Column("node", Key, nullable=False),
    mapping("title"),
    Column("round", Integer, nullable=False, server_default="1"),
    Column("role", Key),  # a group: a role or a position within the scope; empty: the people named
    Column("position", Key),
    Column("scope", Key, nullable=False, server_default="branch"),  # branch, department, all
    Column("unit", Key),  # the branch of the case
    Column("department", Key),  # the unit of the case
    Column("assignee", Integer),  # who holds it: took it, or is the only one named
    Column("candidates", ARRAY(Integer), nullable=False, server_default="{}"),  # the people named, where several are
    Column("escalated", ARRAY(Integer), nullable=False, server_default="{}"),  # who may do it as well by now
    Column("excluded", ARRAY(Integer), nullable=False, server_default="{}"),
    Column("outside", Key),  # a party out of the house
    Column("weight", Integer, nullable=False, server_default="1"),
    Column("bulk", Boolean, nullable=False, server_default="false"),  # may be approved with others in one go
    Column("status", Key, nullable=False, server_default="open"),  # waiting (for its turn), open, done, cancelled
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
    Column("desk", Key, Computed(DESK, persisted=True)),  # the group it is for, in one word; lists look for it
    Column("turn", DateTime(timezone=True), Computed(TURN, persisted=True)),  # its place in a list
    version(),
    UniqueConstraint("company_id", "case_id", "number"),
    Index(
        None, "company_id", "desk", "turn", "id",
        postgresql_where=text("status = 'open' AND assignee IS NULL AND desk IS NOT NULL"),
    ),
    Index(None, "company_id", "assignee", "turn", "id", postgresql_where=text("status = 'open'")),
    Index(None, "company_id", "decided_by", "decided_at", "id"),
    Index(None, "company_id", "decided_at", postgresql_where=text("status = 'done'")),  # figures of a period
)  # fmt: skip

work_named = company_table(  # the people named for an item, one by one; kept by the database (store/named_work.py)
    "work_named",
    *link("work_item", "item_id", index=False),
    Column("user_id", Integer, nullable=False),
    Column("waits", Boolean, nullable=False),  # it is open, and nobody holds it
    Column("turn", DateTime(timezone=True), nullable=False),
    UniqueConstraint("company_id", "item_id", "user_id"),
    Index(None, "company_id", "user_id", "turn", "item_id", postgresql_where=text("waits")),
)

flow_copy = company_table(  # what was sent to people for their information (抄送)
    "flow_copy",
    *link("flow_case", "case_id"),
    Column("user_id", Integer, nullable=False),
    Column("node", Key, nullable=False),
    mapping("title"),
    moment("sent_at", now=True),
    moment("read_at"),
    Index(None, "company_id", "user_id", "id"),
)

flow_history = company_table(
    "flow_history",
    *link("flow_case", "case_id"),
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
