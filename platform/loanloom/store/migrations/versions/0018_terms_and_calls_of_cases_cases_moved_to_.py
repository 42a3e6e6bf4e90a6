"""Terms and calls of cases, cases moved to another version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

WHAT_IS_OPEN = """
INSERT INTO flow_timer (company_id, case_id, key, kind, node, target, term, due_at)
SELECT company_id, case_id, concat('deadline', chr(58), number, chr(58), '0'), 'deadline', node, number, 0, due_at
FROM work_item WHERE status = 'open' AND due_at IS NOT NULL AND kind <> 'revision'
"""
"""The deadlines of work that is open now: until here a job looked for them."""


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "flow_migration",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("flow_key", sa.Text(collation="C"), nullable=False),
        sa.Column("from_release_id", sa.BigInteger(), nullable=False),
        sa.Column("to_release_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "nodes",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("state", sa.Text(collation="C"), server_default="moving", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("moved", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "from_release_id"],
            ["release.company_id", "release.id"],
            name=op.f("fk_flow_migration_company_id_from_release_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "to_release_id"],
            ["release.company_id", "release.id"],
            name=op.f("fk_flow_migration_company_id_to_release_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_flow_migration_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_flow_migration")),
        info={"company": True, "append_only": False, "set_once": ()},
    )
    op.create_index(
        op.f("ix_flow_migration_company_id_flow_key_id"),
        "flow_migration",
        ["company_id", "flow_key", "id"],
        unique=False,
    )
    op.create_table(
        "flow_call",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), server_default="call", nullable=False),
        sa.Column("node", sa.Text(collation="C"), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "given",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("state", sa.Text(collation="C"), server_default="due", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retries", sa.Integer(), server_default="3", nullable=False),
        sa.Column("pause", sa.Integer(), server_default="60", nullable=False),
        sa.Column("timeout", sa.Integer(), server_default="30", nullable=False),
        sa.Column("compensate", sa.Text(collation="C"), nullable=True),
        sa.Column("undone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.Column("answer", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("problem", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "case_id"],
            ["flow_case.company_id", "flow_case.id"],
            name=op.f("fk_flow_call_company_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "undoes_id"],
            ["flow_call.company_id", "flow_call.id"],
            name=op.f("fk_flow_call_company_id_undoes_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_flow_call_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_flow_call")),
        info={"company": True, "append_only": False, "set_once": ()},
    )
    op.create_index(op.f("ix_flow_call_company_id_case_id"), "flow_call", ["company_id", "case_id"], unique=False)
    op.create_index(
        op.f("ix_flow_call_company_id_due_at_id"),
        "flow_call",
        ["company_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('due', 'running', 'answered')"),
    )
    op.create_index(
        op.f("ix_flow_call_company_id_id"),
        "flow_call",
        ["company_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_table(
        "flow_migrated",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("migration_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "before",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("taken_back", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "problems",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("moved", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "case_id"],
            ["flow_case.company_id", "flow_case.id"],
            name=op.f("fk_flow_migrated_company_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "migration_id"],
            ["flow_migration.company_id", "flow_migration.id"],
            name=op.f("fk_flow_migrated_company_id_migration_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_flow_migrated_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_flow_migrated")),
        info={"company": True, "append_only": False, "set_once": ()},
    )
    op.create_index(
        op.f("ix_flow_migrated_company_id_case_id"), "flow_migrated", ["company_id", "case_id"], unique=False
    )
    op.create_index(
        op.f("ix_flow_migrated_company_id_migration_id"), "flow_migrated", ["company_id", "migration_id"], unique=False
    )
    op.create_table(
        "flow_timer",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("node", sa.Text(collation="C"), nullable=False),
        sa.Column("target", sa.Integer(), server_default="0", nullable=False),
        sa.Column("term", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(collation="C"), server_default="due", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "data",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id", "case_id"],
            ["flow_case.company_id", "flow_case.id"],
            name=op.f("fk_flow_timer_company_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_flow_timer_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_flow_timer")),
        info={"company": True, "append_only": False, "set_once": ()},
    )
    op.create_index(op.f("ix_flow_timer_company_id_case_id"), "flow_timer", ["company_id", "case_id"], unique=False)
    op.create_index(
        op.f("ix_flow_timer_company_id_due_at_id"),
        "flow_timer",
        ["company_id", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'due' AND held_at IS NULL"),
    )
    op.create_index(
        op.f("ix_flow_timer_company_id_id"),
        "flow_timer",
        ["company_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'failed'"),
    )

    op.execute(WHAT_IS_OPEN)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index(
        op.f("ix_flow_timer_company_id_id"), table_name="flow_timer", postgresql_where=sa.text("state = 'failed'")
    )
    op.drop_index(
        op.f("ix_flow_timer_company_id_due_at_id"),
        table_name="flow_timer",
        postgresql_where=sa.text("state = 'due' AND held_at IS NULL"),
    )
    op.drop_index(op.f("ix_flow_timer_company_id_case_id"), table_name="flow_timer")
    op.drop_table("flow_timer")
    op.drop_index(op.f("ix_flow_migrated_company_id_migration_id"), table_name="flow_migrated")
    op.drop_index(op.f("ix_flow_migrated_company_id_case_id"), table_name="flow_migrated")
    op.drop_table("flow_migrated")
    op.drop_index(
        op.f("ix_flow_call_company_id_id"), table_name="flow_call", postgresql_where=sa.text("state = 'failed'")
    )
    op.drop_index(
        op.f("ix_flow_call_company_id_due_at_id"),
        table_name="flow_call",
        postgresql_where=sa.text("state IN ('due', 'running', 'answered')"),
    )
    op.drop_index(op.f("ix_flow_call_company_id_case_id"), table_name="flow_call")
    op.drop_table("flow_call")
    op.drop_index(op.f("ix_flow_migration_company_id_flow_key_id"), table_name="flow_migration")
    op.drop_table("flow_migration")
