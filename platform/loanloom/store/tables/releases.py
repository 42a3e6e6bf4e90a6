"""What the lender says, as published: definitions never change; a release holds exactly one version of each key."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, Text, UniqueConstraint, text

from .base import Key, company_table, link, mapping, moment, version

definition = company_table(
    "definition",
    Column("kind", Key, nullable=False),
    Column("key", Key, nullable=False),
    Column("digest", Key, nullable=False),
    mapping("title"),
    Column("effective_from", Date),
    Column("file", Text),
    Column("source", Text, nullable=False),
    mapping("content", default=None),
    Column("created_by", Integer),
    moment("created_at", now=True),
    UniqueConstraint("company_id", "kind", "key", "digest"),
    append_only=True,
)

draft = company_table(
    "draft",
    Column("kind", Key, nullable=False),
    Column("key", Key, nullable=False),
    Column("file", Text),
    Column("source", Text, nullable=False),
    Column("retire", Integer, nullable=False, server_default="0"),
    *link("definition", "base_definition_id", nullable=True),
    Column("created_by", Integer),
    Column("updated_by", Integer),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "kind", "key"),
)

release = company_table(
    "release",
    Column("number", Integer, nullable=False),
    Column("state", Key, nullable=False),  # checked, proposed, approved, scheduled, live, superseded, withdrawn
    Column("origin", Key, nullable=False, server_default="studio"),  # studio, bundle, installer
    Column("name", Text),
    Column("digest", Key, nullable=False),
    Column("target_digest", Key),  # of the release it was planned against
    Column("plan_digest", Key),
    mapping("plan"),
    mapping("problems", default="'[]'::jsonb"),
    mapping("retired", default="'[]'::jsonb"),
    *link("release", "base_release_id", nullable=True),
    Column("note", Text),
    Column("live_from", Date),
    Column("proposed_by", Integer),
    moment("proposed_at"),
    Column("approved_by", Integer),
    moment("approved_at"),
    Column("activated_by", Integer),
    moment("activated_at"),
    moment("ended_at"),
    moment("created_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
    Index("uq_release_live", "company_id", unique=True, postgresql_where=text("state = 'live'")),
)

release_item = company_table(
    "release_item",
    *link("release"),
    *link("definition"),
    Column("kind", Key, nullable=False),
    Column("key", Key, nullable=False),
    UniqueConstraint("company_id", "release_id", "kind", "key"),
    append_only=True,
)
