"""The end of a business day: one run a date, done in chunks that can be repeated without harm."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, Text, UniqueConstraint

from .base import Key, company_table, link, mapping, moment, version

day_run = company_table(
    "day_run",
    Column("business_date", Date, nullable=False),
    Column("next_date", Date, nullable=False),
    Column("state", Key, nullable=False, server_default="running"),  # running, done, failed
    Column("step", Key, nullable=False),
    mapping("figures"),
    mapping("problems", default="'[]'::jsonb"),
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
    Column("state", Key, nullable=False, server_default="open"),  # open, done
    mapping("figures"),
    Column("worker", Text),
    moment("done_at"),
    UniqueConstraint("company_id", "day_run_id", "step", "number"),
)
