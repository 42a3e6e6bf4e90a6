"""trustors of entrusted loans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "entrustment",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "contract_id"],
            ["contract.company_id", "contract.id"],
            name=op.f("fk_entrustment_company_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "party_id"],
            ["party.company_id", "party.id"],
            name=op.f("fk_entrustment_company_id_party_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_entrustment_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_entrustment")),
        sa.UniqueConstraint("company_id", "contract_id", name=op.f("uq_entrustment_company_id_contract_id")),
        info={"company": True, "append_only": False, "set_once": ()},
    )
    op.create_index(op.f("ix_entrustment_company_id_party_id"), "entrustment", ["company_id", "party_id"], unique=False)
    op.add_column("deposit_entry", sa.Column("source", sa.Text(), nullable=True))
    op.add_column("deposit_entry", sa.Column("purpose", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back to the version before."""
    op.drop_column("deposit_entry", "purpose")
    op.drop_column("deposit_entry", "source")
    op.drop_index(op.f("ix_entrustment_company_id_party_id"), table_name="entrustment")
    op.drop_table("entrustment")
