"""replays remarks and signatures of changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "definition_remark",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("pointer", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_definition_remark_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_definition_remark")),
        info={"company": True, "append_only": True, "set_once": ("settled_by", "settled_at")},
    )
    op.create_index(
        op.f("ix_definition_remark_company_id_kind_key_id"),
        "definition_remark",
        ["company_id", "kind", "key", "id"],
        unique=False,
    )
    op.create_table(
        "release_signature",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_digest", sa.Text(collation="C"), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text(collation="C")), nullable=False),
        sa.Column("signed_by", sa.Integer(), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "release_id"],
            ["release.company_id", "release.id"],
            name=op.f("fk_release_signature_company_id_release_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_release_signature_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_release_signature")),
        sa.UniqueConstraint(
            "company_id",
            "release_id",
            "plan_digest",
            "signed_by",
            name=op.f("uq_release_signature_company_id_release_id_plan_digest_signed_by"),
        ),
        info={"company": True, "append_only": True, "set_once": ()},
    )
    op.create_index(
        op.f("ix_release_signature_company_id_release_id"),
        "release_signature",
        ["company_id", "release_id"],
        unique=False,
    )
    op.create_table(
        "replay",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("release_id", sa.BigInteger(), nullable=True),
        sa.Column("base_release_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "drafts",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("product_key", sa.Text(collation="C"), nullable=True),
        sa.Column("applications", postgresql.ARRAY(sa.BigInteger()), server_default="{}", nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=True),
        sa.Column("figures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "base_release_id"],
            ["release.company_id", "release.id"],
            name=op.f("fk_replay_company_id_base_release_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "release_id"],
            ["release.company_id", "release.id"],
            name=op.f("fk_replay_company_id_release_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_replay_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_replay")),
        info={"company": True, "append_only": False, "set_once": ()},
    )
    op.create_index(
        op.f("ix_replay_company_id_base_release_id"), "replay", ["company_id", "base_release_id"], unique=False
    )
    op.create_index(op.f("ix_replay_company_id_digest_id"), "replay", ["company_id", "digest", "id"], unique=False)
    op.create_index(op.f("ix_replay_company_id_release_id"), "replay", ["company_id", "release_id"], unique=False)
    op.create_table(
        "replay_case",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("replay_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("decided", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "before",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "after",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("flipped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "application_id"],
            ["application.company_id", "application.id"],
            name=op.f("fk_replay_case_company_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "replay_id"],
            ["replay.company_id", "replay.id"],
            name=op.f("fk_replay_case_company_id_replay_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_replay_case_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_replay_case")),
        sa.UniqueConstraint(
            "company_id", "replay_id", "application_id", name=op.f("uq_replay_case_company_id_replay_id_application_id")
        ),
        info={"company": True, "append_only": True, "set_once": ()},
    )
    op.create_index(
        op.f("ix_replay_case_company_id_application_id"), "replay_case", ["company_id", "application_id"], unique=False
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index(op.f("ix_replay_case_company_id_application_id"), table_name="replay_case")
    op.drop_table("replay_case")
    op.drop_index(op.f("ix_replay_company_id_release_id"), table_name="replay")
    op.drop_index(op.f("ix_replay_company_id_digest_id"), table_name="replay")
    op.drop_index(op.f("ix_replay_company_id_base_release_id"), table_name="replay")
    op.drop_table("replay")
    op.drop_index(op.f("ix_release_signature_company_id_release_id"), table_name="release_signature")
    op.drop_table("release_signature")
    op.drop_index(op.f("ix_definition_remark_company_id_kind_key_id"), table_name="definition_remark")
    op.drop_table("definition_remark")
