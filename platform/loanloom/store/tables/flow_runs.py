"""What a case waits for that is no person: terms, calls out of the house, and cases moved to another version."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Text, text

from .base import Key, company_table, link, mapping, moment, version

flow_timer = company_table(
    "flow_timer",
    *link("flow_case", "case_id"),
    Column("key", Key, nullable=False),  # what it is called in its case: deadline:3:0, wait:5:1, sub_end:7.1
    Column("kind", Key, nullable=False),  # deadline, wait, sub_start, sub_end, sub_stop
    Column("node", Key, nullable=False),
    Column("target", Integer, nullable=False, server_default="0"),  # number of the item or token
    Column("term", Integer, nullable=False, server_default="0"),  # which of its node's terms
    moment("due_at", now=True),
    moment("held_at"),  # since when the case is suspended
    Column("state", Key, nullable=False, server_default="due"),  # due, done, gone (its item or token is), failed
    Column("attempts", Integer, nullable=False, server_default="0"),
    mapping("problem", default=None, nullable=True),
    mapping("data"),
    moment("created_at", now=True),
    moment("fired_at"),
    Index(None, "company_id", "due_at", "id", postgresql_where=text("state = 'due' AND held_at IS NULL")),
    Index(None, "company_id", "id", postgresql_where=text("state = 'failed'")),
)

flow_call = company_table(
    "flow_call",
    *link("flow_case", "case_id"),
    Column("kind", Key, nullable=False, server_default="call"),  # call, compensation
    Column("node", Key, nullable=False),
    Column("token", Integer, nullable=False),
    Column("action", Key, nullable=False),
    Column("key", Key, nullable=False),  # the same at every attempt: who is called does it once
    mapping("given"),
    Column("state", Key, nullable=False, server_default="due"),  # due, running, answered, done, failed, gone
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retries", Integer, nullable=False, server_default="3"),
    Column("pause", Integer, nullable=False, server_default="60"),  # seconds before the second attempt; doubles
    Column("timeout", Integer, nullable=False, server_default="30"),
    Column("compensate", Key),  # the action that takes it back
    Column("undone", Boolean, nullable=False, server_default="false"),  # the case was taken back past it
    *link("flow_call", "undoes_id", nullable=True, index=False),  # of a compensation: the call it takes back
    mapping("answer", default=None, nullable=True),
    mapping("problem", default=None, nullable=True),
    moment("due_at", now=True),
    moment("created_at", now=True),
    moment("answered_at"),
    Index(None, "company_id", "due_at", "id", postgresql_where=text("state IN ('due', 'running', 'answered')")),
    Index(None, "company_id", "id", postgresql_where=text("state = 'failed'")),
)

flow_migration = company_table(
    "flow_migration",
    Column("flow_key", Key, nullable=False),
    *link("release", "from_release_id", index=False),
    *link("release", "to_release_id", index=False),
    mapping("nodes"),  # where a node of the old version went, where its key is another
    Column("state", Key, nullable=False, server_default="moving"),  # moving, done, taking_back, taken_back
    Column("reason", Text, nullable=False),
    Column("cases", Integer, nullable=False, server_default="0"),
    Column("moved", Integer, nullable=False, server_default="0"),
    Column("refused", Integer, nullable=False, server_default="0"),
    Column("created_by", Integer),
    moment("created_at", now=True),
    moment("finished_at"),
    version(),
    Index(None, "company_id", "flow_key", "id"),
)

flow_migrated = company_table(
    "flow_migrated",
    *link("flow_migration", "migration_id"),
    *link("flow_case", "case_id"),
    Column("release_id", BigInteger, nullable=False),  # of the case before
    mapping("before"),  # its state before
    Column("version", Integer, nullable=False),  # of the case after: as long as it is this, it can be taken back
    Column("taken_back", Boolean, nullable=False, server_default="false"),
    mapping("problems", default="'[]'::jsonb"),  # why it was not moved, or not taken back
    Column("moved", Boolean, nullable=False, server_default="true"),
    moment("at", now=True),
)
