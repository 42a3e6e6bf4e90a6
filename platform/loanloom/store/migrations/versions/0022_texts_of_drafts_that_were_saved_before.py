"""texts of drafts that were saved before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "draft_revision",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("draft_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(collation="C"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "draft_id"],
            ["draft.company_id", "draft.id"],
            name=op.f("fk_draft_revision_company_id_draft_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_draft_revision_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_draft_revision")),
        sa.UniqueConstraint(
            "company_id", "draft_id", "version", name=op.f("uq_draft_revision_company_id_draft_id_version")
        ),
        info={"company": True, "append_only": False, "set_once": ()},
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_table("draft_revision")
