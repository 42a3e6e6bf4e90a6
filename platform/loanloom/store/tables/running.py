"""What keeps the house running: numbers, outbox, messages, audit, idempotency, jobs and long work."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from .base import CURRENT_COMPANY, Key, company_table, mapping, metadata, moment, version

number_sequence = company_table(
    "number_sequence",
    Column("key", Key, nullable=False),
    Column("period", Key, nullable=False, server_default=""),
    Column("last", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("company_id", "key", "period"),
)

outbox = company_table(
    "outbox",
    Column("topic", Key, nullable=False),
    Column("key", Key),
    mapping("payload"),
    Column("state", Key, nullable=False, server_default="due"),  # due, sent, dead
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("due_at", now=True),
    moment("created_at", now=True),
    moment("sent_at"),
    Column("problem", Text),
    Column("correlation_id", Text),
    UniqueConstraint("company_id", "topic", "key"),
    Index(None, "company_id", "due_at", postgresql_where=text("state = 'due'")),
    Index(None, "company_id", "id", postgresql_where=text("state = 'dead'")),
)

message = company_table(
    "message",
    Column("user_id", Integer, nullable=False),
    Column("kind", Key, nullable=False),
    Column("severity", Key, nullable=False, server_default="info"),
    mapping("title"),
    mapping("body"),
    Column("url", Text),
    Column("subject_kind", Key),
    Column("subject_id", BigInteger),
    Column("key", Key),
    moment("created_at", now=True),
    moment("read_at"),
    UniqueConstraint("company_id", "user_id", "key"),
    Index(None, "company_id", "user_id", "id"),
)

idempotency = company_table(
    "idempotency",
    Column("key", Key, nullable=False),
    Column("command", Key, nullable=False),  # the action, such as repayment.receive
    Column("subject", Key, nullable=False, server_default=""),  # the record it acts on, such as the loan's id
    Column("actor_id", Integer),
    Column("request_digest", Key),  # of everything else that was asked: the same key for something else is refused
    mapping("response", default=None, nullable=True),
    moment("created_at", now=True),
    UniqueConstraint("company_id", "key", "command", "subject"),
    append_only=True,
)

job_run = company_table(
    "job_run",
    Column("kind", Key, nullable=False),  # import, end_of_day, replay, bundle, a job's key ...
    Column("key", Key),
    mapping("title"),
    mapping("arguments"),
    Column("state", Key, nullable=False, server_default="due"),  # due, running, done, failed
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("step", Text),
    mapping("result"),
    mapping("problems", default="'[]'::jsonb"),
    Column("url", Text),
    Column("started_by", Integer),
    moment("due_at", now=True),
    moment("started_at"),
    moment("alive_at"),
    moment("finished_at"),
    moment("created_at", now=True),
    Column("correlation_id", Text),
    UniqueConstraint("company_id", "kind", "key"),
    Index(None, "company_id", "due_at", postgresql_where=text("state IN ('due', 'running')")),
)

import_run = company_table(
    "import_run",
    Column("mapping_key", Key, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_digest", Key, nullable=False),
    Column("state", Key, nullable=False, server_default="running"),
    Column("rows", Integer, nullable=False, server_default="0"),
    Column("accepted", Integer, nullable=False, server_default="0"),
    Column("skipped", Integer, nullable=False, server_default="0"),
    Column("refused", Integer, nullable=False, server_default="0"),
    mapping("problems", default="'[]'::jsonb"),
    mapping("figures"),
    Column("created_by", Integer),
    moment("started_at", now=True),
    moment("finished_at"),
    version(),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    # the transaction's company; empty for a matter of the installation, such as a failed log-in
    Column("company_id", Integer, ForeignKey("company.id"), server_default=text(CURRENT_COMPANY)),
    moment("at", now=True),
    Column("actor_id", Integer),
    Column("actor", Text),
    Column("channel", Key),  # web, cli, task
    Column("ip", Text),
    Column("action", Key, nullable=False),
    Column("subject_kind", Key),
    Column("subject_id", Key),
    mapping("before", default=None, nullable=True),
    mapping("after", default=None, nullable=True),
    Column("release_id", BigInteger),
    Column("reason", Text),
    Column("correlation_id", Text),
    Index(None, "company_id", "subject_kind", "subject_id", "id"),
    Index(None, "company_id", "id"),
    info={"company": True, "company_optional": True, "append_only": True},
)
