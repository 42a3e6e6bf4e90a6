"""What the lender says, as published: definitions never change; a release holds exactly one version of each key."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY

from .base import Key, company_table, link, mapping, moment, version

definition = company_table(
    "definition",
    Column("kind", Key, nullable=False),
    Column("key", Key, nullable=False),
    Column("digest", Key, nullable=False),
    Column("source_digest", Key, nullable=False),  # comments and layout count here, not in `digest`
    mapping("title"),
    Column("effective_from", Date),
    Column("file", Text),
    Column("source", Text, nullable=False),
    Column("content", JSON, nullable=False),  # not JSONB: the order of keys is part of what people read
    Column("created_by", Integer),
    moment("created_at", now=True),
    UniqueConstraint("company_id", "kind", "key", "digest", "source_digest"),
    append_only=True,
)

draft = company_table(
    "draft",
    Column("kind", Key, nullable=False),
    Column("key", Key, nullable=False),
    mapping("title"),
    Column("source", Text, nullable=False),
    Column("retire", Boolean, nullable=False, server_default="false"),
    mapping("editors", default="'[]'::jsonb"),  # users who changed it: none of them may review it
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
    Column(
        "state", Key, nullable=False
    ),  # proposed, approved, scheduled, live, superseded, outdated, rejected, withdrawn
    Column("origin", Key, nullable=False, server_default="studio"),  # studio, bundle, rollback, installer
    Column("name", Text),
    Column("note", Text),
    Column("digest", Key, nullable=False),  # of everything the release holds
    Column("target_digest", Key),  # of the release it was planned against
    Column("plan_digest", Key),
    mapping("plan"),
    mapping("problems", default="'[]'::jsonb"),
    mapping("manifest"),
    mapping("retired", default="'[]'::jsonb"),
    mapping("makers", default="'[]'::jsonb"),
    *link("release", "base_release_id", nullable=True),
    Column("live_from", Date),
    Column("proposed_by", Integer),
    moment("proposed_at"),
    Column("approved_by", Integer),
    moment("approved_at"),
    Column("opinion", Text),
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

product_stop = company_table(
    "product_stop",
    Column("product_key", Key, nullable=False),
    Column("reason", Text, nullable=False),
    Column("stopped_by", Integer),
    moment("stopped_at", now=True),
    Column("lifted_by", Integer),
    Column("lift_reason", Text),
    moment("lifted_at"),
    Index("uq_product_stop_open", "company_id", "product_key", unique=True, postgresql_where=text("lifted_at IS NULL")),
)

replay = company_table(  # decided applications gone through again by what a change would make of the definitions
    "replay",
    *link("release", nullable=True),  # the proposal that is tried; empty: drafts
    *link("release", "base_release_id"),  # what was live when it began: the other side of the comparison
    Column("digest", Key, nullable=False),  # of everything that would be live, as in release
    mapping("drafts", default="'[]'::jsonb"),  # the drafts as they were: kind, key, source, retire
    Column("product_key", Key),
    Column("applications", ARRAY(BigInteger), nullable=False, server_default="{}"),
    Column("run_id", BigInteger),
    mapping("figures", default=None, nullable=True),
    Column("created_by", Integer),
    moment("created_at", now=True),
    moment("finished_at"),
    version(),
    Index(None, "company_id", "digest", "id"),
)

replay_case = company_table(
    "replay_case",
    *link("replay", index=False),
    *link("application"),
    Column("decided", Key, nullable=False),  # what was decided in the end: approved, refused
    mapping("before"),
    mapping("after"),
    Column("flipped", Boolean, nullable=False),
    UniqueConstraint("company_id", "replay_id", "application_id"),
    append_only=True,
)

definition_remark = company_table(  # what people say to each other about a definition that is being changed
    "definition_remark",
    Column("kind", Key, nullable=False),
    Column("key", Key, nullable=False),
    Column("pointer", Key, nullable=False, server_default=""),  # the cell it is about; empty: the whole
    Column("words", Text, nullable=False),
    Column("written_by", Integer),
    moment("written_at", now=True),
    Column("settled_by", Integer),
    moment("settled_at"),
    Index(None, "company_id", "kind", "key", "id"),
    append_only=True,
    set_once=("settled_by", "settled_at"),
)

release_signature = company_table(  # who has signed a change, where the policy asks for more than one person
    "release_signature",
    *link("release"),
    Column("plan_digest", Key, nullable=False),
    Column("roles", ARRAY(Key), nullable=False),  # those of the roles that must sign which they held
    Column("signed_by", Integer, nullable=False),
    Column("opinion", Text),
    moment("signed_at", now=True),
    UniqueConstraint("company_id", "release_id", "plan_digest", "signed_by"),
    append_only=True,
)
