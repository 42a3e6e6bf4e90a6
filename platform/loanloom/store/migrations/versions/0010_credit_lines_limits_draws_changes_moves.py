"""Credit lines: limits, draws, changes, moves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "credit_line",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("borrower_group_id", sa.BigInteger(), nullable=True),
        sa.Column("release_id", sa.BigInteger(), nullable=False),
        sa.Column("product_key", sa.Text(collation="C"), nullable=False),
        sa.Column("currency", sa.Text(collation="C"), nullable=False),
        sa.Column("limit_amount", sa.Numeric(), nullable=False),
        sa.Column("revolving", sa.Boolean(), nullable=False),
        sa.Column("sharing", sa.Text(collation="C"), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), server_default="open", nullable=False),
        sa.Column("used", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("drawn", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("frozen", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("manager_user_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("drawn > -1e16 AND drawn < 1e16", name=op.f("ck_credit_line_drawn_in_range")),
        sa.CheckConstraint("frozen > -1e16 AND frozen < 1e16", name=op.f("ck_credit_line_frozen_in_range")),
        sa.CheckConstraint(
            "limit_amount > -1e16 AND limit_amount < 1e16", name=op.f("ck_credit_line_limit_amount_in_range")
        ),
        sa.CheckConstraint("used > -1e16 AND used < 1e16", name=op.f("ck_credit_line_used_in_range")),
        sa.ForeignKeyConstraint(
            ["company_id", "borrower_group_id"],
            ["borrower_group.company_id", "borrower_group.id"],
            name=op.f("fk_credit_line_company_id_borrower_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "contract_id"],
            ["contract.company_id", "contract.id"],
            name=op.f("fk_credit_line_company_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customer.company_id", "customer.id"],
            name=op.f("fk_credit_line_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "release_id"],
            ["release.company_id", "release.id"],
            name=op.f("fk_credit_line_company_id_release_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_credit_line_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_credit_line")),
        sa.UniqueConstraint("company_id", "contract_id", name=op.f("uq_credit_line_company_id_contract_id")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_credit_line_company_id_number")),
        info={"company": True, "append_only": False, "set_once": ()},
    )
    op.create_index(
        op.f("ix_credit_line_company_id_borrower_group_id"),
        "credit_line",
        ["company_id", "borrower_group_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_credit_line_company_id_customer_id"), "credit_line", ["company_id", "customer_id"], unique=False
    )
    op.create_index(
        op.f("ix_credit_line_company_id_release_id"), "credit_line", ["company_id", "release_id"], unique=False
    )
    op.create_table(
        "credit_line_change",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("credit_line_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("limit_amount", sa.Numeric(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), server_default="asked", nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "limit_amount > -1e16 AND limit_amount < 1e16", name=op.f("ck_credit_line_change_limit_amount_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "credit_line_id"],
            ["credit_line.company_id", "credit_line.id"],
            name=op.f("fk_credit_line_change_company_id_credit_line_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_credit_line_change_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_credit_line_change")),
        info={"company": True, "append_only": False, "set_once": ()},
    )
    op.create_index(
        op.f("ix_credit_line_change_company_id_credit_line_id"),
        "credit_line_change",
        ["company_id", "credit_line_id"],
        unique=False,
    )
    op.create_table(
        "credit_line_draw",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("credit_line_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(collation="C"), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), server_default="asked", nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("loan_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("amount > -1e16 AND amount < 1e16", name=op.f("ck_credit_line_draw_amount_in_range")),
        sa.ForeignKeyConstraint(
            ["company_id", "contract_id"],
            ["contract.company_id", "contract.id"],
            name=op.f("fk_credit_line_draw_company_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "credit_line_id"],
            ["credit_line.company_id", "credit_line.id"],
            name=op.f("fk_credit_line_draw_company_id_credit_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customer.company_id", "customer.id"],
            name=op.f("fk_credit_line_draw_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "loan_id"],
            ["loan.company_id", "loan.id"],
            name=op.f("fk_credit_line_draw_company_id_loan_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_credit_line_draw_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_credit_line_draw")),
        info={"company": True, "append_only": False, "set_once": ()},
    )
    op.create_index(
        op.f("ix_credit_line_draw_company_id_contract_id"),
        "credit_line_draw",
        ["company_id", "contract_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_credit_line_draw_company_id_credit_line_id"),
        "credit_line_draw",
        ["company_id", "credit_line_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_credit_line_draw_company_id_customer_id"),
        "credit_line_draw",
        ["company_id", "customer_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_credit_line_draw_company_id_loan_id"), "credit_line_draw", ["company_id", "loan_id"], unique=False
    )
    op.create_index(
        op.f("ix_credit_line_draw_company_id_state_expires_on"),
        "credit_line_draw",
        ["company_id", "state", "expires_on"],
        unique=False,
    )
    op.create_table(
        "credit_line_part",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("credit_line_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("limit_amount", sa.Numeric(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "limit_amount > -1e16 AND limit_amount < 1e16", name=op.f("ck_credit_line_part_limit_amount_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "credit_line_id"],
            ["credit_line.company_id", "credit_line.id"],
            name=op.f("fk_credit_line_part_company_id_credit_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customer.company_id", "customer.id"],
            name=op.f("fk_credit_line_part_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_credit_line_part_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_credit_line_part")),
        sa.UniqueConstraint(
            "company_id",
            "credit_line_id",
            "customer_id",
            name=op.f("uq_credit_line_part_company_id_credit_line_id_customer_id"),
        ),
        info={"company": True, "append_only": False, "set_once": ()},
    )
    op.create_index(
        op.f("ix_credit_line_part_company_id_credit_line_id"),
        "credit_line_part",
        ["company_id", "credit_line_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_credit_line_part_company_id_customer_id"),
        "credit_line_part",
        ["company_id", "customer_id"],
        unique=False,
    )
    op.create_table(
        "credit_line_move",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("credit_line_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("credit_line_draw_id", sa.BigInteger(), nullable=True),
        sa.Column("loan_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount > -1e16 AND amount < 1e16", name=op.f("ck_credit_line_move_amount_in_range")),
        sa.ForeignKeyConstraint(
            ["company_id", "credit_line_draw_id"],
            ["credit_line_draw.company_id", "credit_line_draw.id"],
            name=op.f("fk_credit_line_move_company_id_credit_line_draw_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "credit_line_id"],
            ["credit_line.company_id", "credit_line.id"],
            name=op.f("fk_credit_line_move_company_id_credit_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "loan_id"],
            ["loan.company_id", "loan.id"],
            name=op.f("fk_credit_line_move_company_id_loan_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_credit_line_move_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_credit_line_move")),
        info={"company": True, "append_only": True, "set_once": ()},
    )
    op.create_index(
        op.f("ix_credit_line_move_company_id_credit_line_draw_id"),
        "credit_line_move",
        ["company_id", "credit_line_draw_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_credit_line_move_company_id_credit_line_id"),
        "credit_line_move",
        ["company_id", "credit_line_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_credit_line_move_company_id_loan_id"), "credit_line_move", ["company_id", "loan_id"], unique=False
    )
    op.add_column("loan", sa.Column("credit_line_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_loan_credit_line",
        "loan",
        ["company_id", "credit_line_id"],
        unique=False,
        postgresql_where=sa.text("credit_line_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index("ix_loan_credit_line", table_name="loan", postgresql_where=sa.text("credit_line_id IS NOT NULL"))
    op.drop_column("loan", "credit_line_id")
    op.drop_index(op.f("ix_credit_line_move_company_id_loan_id"), table_name="credit_line_move")
    op.drop_index(op.f("ix_credit_line_move_company_id_credit_line_id"), table_name="credit_line_move")
    op.drop_index(op.f("ix_credit_line_move_company_id_credit_line_draw_id"), table_name="credit_line_move")
    op.drop_table("credit_line_move")
    op.drop_index(op.f("ix_credit_line_part_company_id_customer_id"), table_name="credit_line_part")
    op.drop_index(op.f("ix_credit_line_part_company_id_credit_line_id"), table_name="credit_line_part")
    op.drop_table("credit_line_part")
    op.drop_index(op.f("ix_credit_line_draw_company_id_state_expires_on"), table_name="credit_line_draw")
    op.drop_index(op.f("ix_credit_line_draw_company_id_loan_id"), table_name="credit_line_draw")
    op.drop_index(op.f("ix_credit_line_draw_company_id_customer_id"), table_name="credit_line_draw")
    op.drop_index(op.f("ix_credit_line_draw_company_id_credit_line_id"), table_name="credit_line_draw")
    op.drop_index(op.f("ix_credit_line_draw_company_id_contract_id"), table_name="credit_line_draw")
    op.drop_table("credit_line_draw")
    op.drop_index(op.f("ix_credit_line_change_company_id_credit_line_id"), table_name="credit_line_change")
    op.drop_table("credit_line_change")
    op.drop_index(op.f("ix_credit_line_company_id_release_id"), table_name="credit_line")
    op.drop_index(op.f("ix_credit_line_company_id_customer_id"), table_name="credit_line")
    op.drop_index(op.f("ix_credit_line_company_id_borrower_group_id"), table_name="credit_line")
    op.drop_table("credit_line")
