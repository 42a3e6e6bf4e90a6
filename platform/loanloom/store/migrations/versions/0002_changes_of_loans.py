"""Changes of loans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "loan_change",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "parameters",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("loan_sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "shown",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("booked_by", sa.Integer(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.Column("sequences", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "loan_id"], ["loan.company_id", "loan.id"], name=op.f("fk_loan_change_company_id_loan_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "undoes_id"],
            ["loan_change.company_id", "loan_change.id"],
            name=op.f("fk_loan_change_company_id_undoes_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_loan_change_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_loan_change")),
        info={"company": True, "append_only": False},
    )
    op.create_index(op.f("ix_loan_change_company_id_loan_id"), "loan_change", ["company_id", "loan_id"], unique=False)
    op.create_index(
        op.f("ix_loan_change_company_id_state_id"), "loan_change", ["company_id", "state", "id"], unique=False
    )
    op.create_index(
        op.f("ix_loan_change_company_id_undoes_id"), "loan_change", ["company_id", "undoes_id"], unique=False
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index(op.f("ix_loan_change_company_id_undoes_id"), table_name="loan_change")
    op.drop_index(op.f("ix_loan_change_company_id_state_id"), table_name="loan_change")
    op.drop_index(op.f("ix_loan_change_company_id_loan_id"), table_name="loan_change")
    op.drop_table("loan_change")
