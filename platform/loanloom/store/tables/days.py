"""The end of a business day: one run a date, done in chunks that can be repeated without harm."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, Text, UniqueConstraint

from .base import Key, company_table, link, mapping, moment, version

day_run = company_table(
    "day_run",
    Column("business_date", Date, nullable=False),
    Column("state", Key, nullable=False, server_default="running"),  # running, done, failed
    Column("step", Key),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    mapping("figures"),
    Column("problem", Text),
    Column("started_by", Integer),
    moment("started_at", now=True),
    moment("finished_at"),
    version(),
    UniqueConstraint("company_id", "business_date"),
)

day_chunk = company_table(
    "day_chunk",
    *link("day_run", index=False),
    Column("step", Key, nullable=False),
    Column("number", Integer, nullable=False),
    mapping("loans", default="'[]'::jsonb"),
    Column("state", Key, nullable=False, server_default="open"),  # open, done, failed
    Column("attempts", Integer, nullable=False, server_default="0"),
    moment("due_at", now=True),
    mapping("figures"),
    Column("problem", Text),
    moment("done_at"),
    UniqueConstraint("company_id", "day_run_id", "step", "number"),
    Index(None, "company_id", "state", "due_at"),
)
