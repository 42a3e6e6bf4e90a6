"""money in and out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "bank_statement",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("mapping_key", sa.Text(collation="C"), nullable=False),
        sa.Column("account", sa.Text(collation="C"), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.Text(collation="C"), nullable=False),
        sa.Column("currency", sa.Text(collation="C"), server_default="CNY", nullable=False),
        sa.Column("state", sa.Text(collation="C"), server_default="read", nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("money_in", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("money_out", sa.Numeric(), server_default="0", nullable=False),
        sa.Column(
            "problems",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("booked_by", sa.Integer(), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("money_in > -1e16 AND money_in < 1e16", name=op.f("ck_bank_statement_money_in_in_range")),
        sa.CheckConstraint("money_out > -1e16 AND money_out < 1e16", name=op.f("ck_bank_statement_money_out_in_range")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_bank_statement_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_bank_statement")),
        info={"company": True, "append_only": False},
    )
    op.create_table(
        "borrower_group",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_pinyin", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("name_grams", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("liability", sa.Text(collation="C"), server_default="joint", nullable=False),
        sa.Column("agreement_number", sa.Text(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("limit_amount", sa.Numeric(), nullable=True),
        sa.Column("currency", sa.Text(collation="C"), server_default="CNY", nullable=False),
        sa.Column("state", sa.Text(collation="C"), server_default="active", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("manager_user_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column(
            "extra",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "limit_amount > -1e16 AND limit_amount < 1e16", name=op.f("ck_borrower_group_limit_amount_in_range")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_borrower_group_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_borrower_group")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_borrower_group_company_id_number")),
        info={"company": True, "append_only": False},
    )
    op.create_table(
        "bank_line",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("bank_statement_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(collation="C"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("bank_reference", sa.Text(collation="C"), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=True),
        sa.Column("payer_account_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("payer_account_hash", sa.LargeBinary(), nullable=True),
        sa.Column("payer_account_masked", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(collation="C"), server_default="unmatched", nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=True),
        sa.Column("payout_id", sa.BigInteger(), nullable=True),
        sa.Column("receipt_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "why",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint("amount > -1e16 AND amount < 1e16", name=op.f("ck_bank_line_amount_in_range")),
        sa.ForeignKeyConstraint(
            ["company_id", "bank_statement_id"],
            ["bank_statement.company_id", "bank_statement.id"],
            name=op.f("fk_bank_line_company_id_bank_statement_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_bank_line_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_bank_line")),
        info={"company": True, "append_only": False},
    )
    op.create_index(
        op.f("ix_bank_line_company_id_bank_statement_id"),
        "bank_line",
        ["company_id", "bank_statement_id"],
        unique=False,
    )
    op.create_index(
        "uq_bank_line_reference",
        "bank_line",
        ["company_id", "account", "bank_reference"],
        unique=True,
        postgresql_where=sa.text("state <> 'discarded'"),
    )
    op.create_table(
        "group_member",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("borrower_group_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(collation="C"), server_default="member", nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "borrower_group_id"],
            ["borrower_group.company_id", "borrower_group.id"],
            name=op.f("fk_group_member_company_id_borrower_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customer.company_id", "customer.id"],
            name=op.f("fk_group_member_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_group_member_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_group_member")),
        sa.UniqueConstraint(
            "company_id",
            "borrower_group_id",
            "customer_id",
            name=op.f("uq_group_member_company_id_borrower_group_id_customer_id"),
        ),
        info={"company": True, "append_only": False},
    )
    op.create_index(
        op.f("ix_group_member_company_id_borrower_group_id"),
        "group_member",
        ["company_id", "borrower_group_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_group_member_company_id_customer_id"), "group_member", ["company_id", "customer_id"], unique=False
    )
    op.create_table(
        "party",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_pinyin", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("name_grams", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("id_number_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_hash", sa.LargeBinary(), nullable=True),
        sa.Column("id_number_masked", sa.Text(), nullable=True),
        sa.Column("phone_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("phone_masked", sa.Text(), nullable=True),
        sa.Column("bank_name", sa.Text(), nullable=True),
        sa.Column("account_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("account_hash", sa.LargeBinary(), nullable=True),
        sa.Column("account_masked", sa.Text(), nullable=True),
        sa.Column("agreement_number", sa.Text(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreement_ends_on", sa.Date(), nullable=True),
        sa.Column("fee_rate", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(collation="C"), server_default="active", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("manager_user_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column(
            "extra",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customer.company_id", "customer.id"],
            name=op.f("fk_party_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_party_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_party")),
        sa.UniqueConstraint(
            "company_id", "kind", "id_number_hash", name=op.f("uq_party_company_id_kind_id_number_hash")
        ),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_party_company_id_number")),
        info={"company": True, "append_only": False},
    )
    op.create_index(op.f("ix_party_company_id_account_hash"), "party", ["company_id", "account_hash"], unique=False)
    op.create_index(op.f("ix_party_company_id_customer_id"), "party", ["company_id", "customer_id"], unique=False)
    op.create_index(op.f("ix_party_company_id_name_pinyin"), "party", ["company_id", "name_pinyin"], unique=False)
    op.create_table(
        "claim_batch",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), server_default="sent", nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("amount > -1e16 AND amount < 1e16", name=op.f("ck_claim_batch_amount_in_range")),
        sa.ForeignKeyConstraint(
            ["company_id", "party_id"],
            ["party.company_id", "party.id"],
            name=op.f("fk_claim_batch_company_id_party_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_claim_batch_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_claim_batch")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_claim_batch_company_id_number")),
        info={"company": True, "append_only": False},
    )
    op.create_index(op.f("ix_claim_batch_company_id_party_id"), "claim_batch", ["company_id", "party_id"], unique=False)
    op.create_table(
        "cash_item",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("direction", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("loan_id", sa.BigInteger(), nullable=True),
        sa.Column("claim_batch_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("settled", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("currency", sa.Text(collation="C"), server_default="CNY", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), server_default="open", nullable=False),
        sa.Column("source_key", sa.Text(collation="C"), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("manager_user_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("amount > -1e16 AND amount < 1e16", name=op.f("ck_cash_item_amount_in_range")),
        sa.CheckConstraint(
            "amount > 0 AND settled >= 0 AND settled <= amount", name=op.f("ck_cash_item_settled_within")
        ),
        sa.CheckConstraint("settled > -1e16 AND settled < 1e16", name=op.f("ck_cash_item_settled_in_range")),
        sa.ForeignKeyConstraint(
            ["company_id", "claim_batch_id"],
            ["claim_batch.company_id", "claim_batch.id"],
            name=op.f("fk_cash_item_company_id_claim_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customer.company_id", "customer.id"],
            name=op.f("fk_cash_item_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "loan_id"], ["loan.company_id", "loan.id"], name=op.f("fk_cash_item_company_id_loan_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "party_id"], ["party.company_id", "party.id"], name=op.f("fk_cash_item_company_id_party_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_cash_item_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_cash_item")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_cash_item_company_id_number")),
        sa.UniqueConstraint("company_id", "source_key", name=op.f("uq_cash_item_company_id_source_key")),
        info={"company": True, "append_only": False},
    )
    op.create_index(
        op.f("ix_cash_item_company_id_claim_batch_id"), "cash_item", ["company_id", "claim_batch_id"], unique=False
    )
    op.create_index(
        op.f("ix_cash_item_company_id_customer_id"), "cash_item", ["company_id", "customer_id"], unique=False
    )
    op.create_index(op.f("ix_cash_item_company_id_loan_id"), "cash_item", ["company_id", "loan_id"], unique=False)
    op.create_index(op.f("ix_cash_item_company_id_party_id"), "cash_item", ["company_id", "party_id"], unique=False)
    op.create_index(
        "ix_cash_item_open",
        "cash_item",
        ["company_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "cash_order",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), server_default="entered", nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(collation="C"), server_default="CNY", nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "parameters",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "result",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.Column("undone_on", sa.Date(), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("manager_user_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("amount > -1e16 AND amount < 1e16", name=op.f("ck_cash_order_amount_in_range")),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customer.company_id", "customer.id"],
            name=op.f("fk_cash_order_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "loan_id"], ["loan.company_id", "loan.id"], name=op.f("fk_cash_order_company_id_loan_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_cash_order_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_cash_order")),
        info={"company": True, "append_only": False},
    )
    op.create_index(
        op.f("ix_cash_order_company_id_customer_id"), "cash_order", ["company_id", "customer_id"], unique=False
    )
    op.create_index(
        op.f("ix_cash_order_company_id_entered_on_id"), "cash_order", ["company_id", "entered_on", "id"], unique=False
    )
    op.create_index(op.f("ix_cash_order_company_id_loan_id"), "cash_order", ["company_id", "loan_id"], unique=False)
    op.create_index(
        "ix_cash_order_waiting",
        "cash_order",
        ["company_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'entered'"),
    )
    op.create_table(
        "deposit",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("loan_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(collation="C"), server_default="CNY", nullable=False),
        sa.Column("balance", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("held", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("entries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), server_default="open", nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("manager_user_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("balance > -1e16 AND balance < 1e16", name=op.f("ck_deposit_balance_in_range")),
        sa.CheckConstraint("balance >= 0 AND held >= 0 AND held <= balance", name=op.f("ck_deposit_covered")),
        sa.CheckConstraint("held > -1e16 AND held < 1e16", name=op.f("ck_deposit_held_in_range")),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customer.company_id", "customer.id"],
            name=op.f("fk_deposit_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "loan_id"], ["loan.company_id", "loan.id"], name=op.f("fk_deposit_company_id_loan_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "party_id"], ["party.company_id", "party.id"], name=op.f("fk_deposit_company_id_party_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_deposit_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_deposit_company_id_number")),
        info={"company": True, "append_only": False},
    )
    op.create_index(op.f("ix_deposit_company_id_customer_id"), "deposit", ["company_id", "customer_id"], unique=False)
    op.create_index(op.f("ix_deposit_company_id_loan_id"), "deposit", ["company_id", "loan_id"], unique=False)
    op.create_index(op.f("ix_deposit_company_id_party_id"), "deposit", ["company_id", "party_id"], unique=False)
    op.create_table(
        "payout",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("loan_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("party_id", sa.BigInteger(), nullable=True),
        sa.Column("cash_order_id", sa.BigInteger(), nullable=True),
        sa.Column("payee_kind", sa.Text(collation="C"), server_default="borrower", nullable=False),
        sa.Column("mode", sa.Text(collation="C"), server_default="self_managed", nullable=False),
        sa.Column("payee_name", sa.Text(), nullable=False),
        sa.Column("bank_name", sa.Text(), nullable=True),
        sa.Column("account_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("account_hash", sa.LargeBinary(), nullable=True),
        sa.Column("account_masked", sa.Text(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("fee", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("currency", sa.Text(collation="C"), server_default="CNY", nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(collation="C"), server_default="planned", nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("manager_user_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("paid_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("amount > -1e16 AND amount < 1e16", name=op.f("ck_payout_amount_in_range")),
        sa.CheckConstraint("amount > 0 AND fee >= 0 AND fee < amount", name=op.f("ck_payout_amounts")),
        sa.CheckConstraint("fee > -1e16 AND fee < 1e16", name=op.f("ck_payout_fee_in_range")),
        sa.ForeignKeyConstraint(
            ["company_id", "cash_order_id"],
            ["cash_order.company_id", "cash_order.id"],
            name=op.f("fk_payout_company_id_cash_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "contract_id"],
            ["contract.company_id", "contract.id"],
            name=op.f("fk_payout_company_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customer.company_id", "customer.id"],
            name=op.f("fk_payout_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "loan_id"], ["loan.company_id", "loan.id"], name=op.f("fk_payout_company_id_loan_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "party_id"], ["party.company_id", "party.id"], name=op.f("fk_payout_company_id_party_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_payout_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_payout")),
        sa.UniqueConstraint("company_id", "number", name=op.f("uq_payout_company_id_number")),
        info={"company": True, "append_only": False},
    )
    op.create_index(op.f("ix_payout_company_id_cash_order_id"), "payout", ["company_id", "cash_order_id"], unique=False)
    op.create_index(op.f("ix_payout_company_id_contract_id"), "payout", ["company_id", "contract_id"], unique=False)
    op.create_index(op.f("ix_payout_company_id_customer_id"), "payout", ["company_id", "customer_id"], unique=False)
    op.create_index(op.f("ix_payout_company_id_loan_id"), "payout", ["company_id", "loan_id"], unique=False)
    op.create_index(op.f("ix_payout_company_id_paid_on"), "payout", ["company_id", "paid_on"], unique=False)
    op.create_index(op.f("ix_payout_company_id_party_id"), "payout", ["company_id", "party_id"], unique=False)
    op.create_index(
        "ix_payout_open",
        "payout",
        ["company_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("state IN ('planned', 'failed')"),
    )
    op.create_table(
        "receipt_reversal",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("reversed_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "receipt_id"],
            ["receipt.company_id", "receipt.id"],
            name=op.f("fk_receipt_reversal_company_id_receipt_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_receipt_reversal_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_receipt_reversal")),
        sa.UniqueConstraint("company_id", "receipt_id", name=op.f("uq_receipt_reversal_company_id_receipt_id")),
        info={"company": True, "append_only": True},
    )
    op.create_table(
        "suspense",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("open_amount", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(collation="C"), server_default="CNY", nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=True),
        sa.Column("payer_account_hash", sa.LargeBinary(), nullable=True),
        sa.Column("payer_account_masked", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(collation="C"), server_default="open", nullable=False),
        sa.Column("unit", sa.Text(collation="C"), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("amount > -1e16 AND amount < 1e16", name=op.f("ck_suspense_amount_in_range")),
        sa.CheckConstraint("open_amount > -1e16 AND open_amount < 1e16", name=op.f("ck_suspense_open_amount_in_range")),
        sa.CheckConstraint("open_amount >= 0 AND open_amount <= amount", name=op.f("ck_suspense_open_within")),
        sa.ForeignKeyConstraint(
            ["company_id", "receipt_id"],
            ["receipt.company_id", "receipt.id"],
            name=op.f("fk_suspense_company_id_receipt_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_suspense_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_suspense")),
        sa.UniqueConstraint("company_id", "receipt_id", name=op.f("uq_suspense_company_id_receipt_id")),
        info={"company": True, "append_only": False},
    )
    op.create_index(
        "ix_suspense_open", "suspense", ["company_id", "id"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_table(
        "claim",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("suspense_id", sa.BigInteger(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("cash_order_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("claimed_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), server_default="booked", nullable=False),
        sa.Column("undone_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("amount > -1e16 AND amount < 1e16", name=op.f("ck_claim_amount_in_range")),
        sa.ForeignKeyConstraint(
            ["company_id", "cash_order_id"],
            ["cash_order.company_id", "cash_order.id"],
            name=op.f("fk_claim_company_id_cash_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "loan_id"], ["loan.company_id", "loan.id"], name=op.f("fk_claim_company_id_loan_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "suspense_id"],
            ["suspense.company_id", "suspense.id"],
            name=op.f("fk_claim_company_id_suspense_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_claim_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_claim")),
        info={"company": True, "append_only": False},
    )
    op.create_index(op.f("ix_claim_company_id_loan_id"), "claim", ["company_id", "loan_id"], unique=False)
    op.create_index(op.f("ix_claim_company_id_suspense_id"), "claim", ["company_id", "suspense_id"], unique=False)
    op.create_table(
        "deposit_entry",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deposit_id", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("held", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("balance", sa.Numeric(), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=True),
        sa.Column("receipt_id", sa.BigInteger(), nullable=True),
        sa.Column("payout_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount > -1e16 AND amount < 1e16", name=op.f("ck_deposit_entry_amount_in_range")),
        sa.CheckConstraint("balance > -1e16 AND balance < 1e16", name=op.f("ck_deposit_entry_balance_in_range")),
        sa.CheckConstraint("held > -1e16 AND held < 1e16", name=op.f("ck_deposit_entry_held_in_range")),
        sa.ForeignKeyConstraint(
            ["company_id", "deposit_id"],
            ["deposit.company_id", "deposit.id"],
            name=op.f("fk_deposit_entry_company_id_deposit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "loan_id"], ["loan.company_id", "loan.id"], name=op.f("fk_deposit_entry_company_id_loan_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "payout_id"],
            ["payout.company_id", "payout.id"],
            name=op.f("fk_deposit_entry_company_id_payout_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "receipt_id"],
            ["receipt.company_id", "receipt.id"],
            name=op.f("fk_deposit_entry_company_id_receipt_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_deposit_entry_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_deposit_entry")),
        sa.UniqueConstraint(
            "company_id", "deposit_id", "sequence", name=op.f("uq_deposit_entry_company_id_deposit_id_sequence")
        ),
        info={"company": True, "append_only": True},
    )
    op.create_index(
        op.f("ix_deposit_entry_company_id_loan_id"), "deposit_entry", ["company_id", "loan_id"], unique=False
    )
    op.add_column("receipt", sa.Column("purpose", sa.Text(collation="C"), server_default="repayment", nullable=False))
    op.add_column("receipt", sa.Column("payer_name", sa.Text(), nullable=True))
    op.add_column("receipt", sa.Column("payer_account_cipher", sa.LargeBinary(), nullable=True))
    op.add_column("receipt", sa.Column("payer_account_hash", sa.LargeBinary(), nullable=True))
    op.add_column("receipt", sa.Column("payer_account_masked", sa.Text(), nullable=True))
    op.create_index(
        op.f("ix_receipt_company_id_payer_account_hash"), "receipt", ["company_id", "payer_account_hash"], unique=False
    )
    op.create_index(op.f("ix_receipt_company_id_received_on"), "receipt", ["company_id", "received_on"], unique=False)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index(op.f("ix_receipt_company_id_received_on"), table_name="receipt")
    op.drop_index(op.f("ix_receipt_company_id_payer_account_hash"), table_name="receipt")
    op.drop_column("receipt", "payer_account_masked")
    op.drop_column("receipt", "payer_account_hash")
    op.drop_column("receipt", "payer_account_cipher")
    op.drop_column("receipt", "payer_name")
    op.drop_column("receipt", "purpose")
    op.drop_index(op.f("ix_deposit_entry_company_id_loan_id"), table_name="deposit_entry")
    op.drop_table("deposit_entry")
    op.drop_index(op.f("ix_claim_company_id_suspense_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_company_id_loan_id"), table_name="claim")
    op.drop_table("claim")
    op.drop_index("ix_suspense_open", table_name="suspense", postgresql_where=sa.text("state = 'open'"))
    op.drop_table("suspense")
    op.drop_table("receipt_reversal")
    op.drop_index("ix_payout_open", table_name="payout", postgresql_where=sa.text("state IN ('planned', 'failed')"))
    op.drop_index(op.f("ix_payout_company_id_party_id"), table_name="payout")
    op.drop_index(op.f("ix_payout_company_id_paid_on"), table_name="payout")
    op.drop_index(op.f("ix_payout_company_id_loan_id"), table_name="payout")
    op.drop_index(op.f("ix_payout_company_id_customer_id"), table_name="payout")
    op.drop_index(op.f("ix_payout_company_id_contract_id"), table_name="payout")
    op.drop_index(op.f("ix_payout_company_id_cash_order_id"), table_name="payout")
    op.drop_table("payout")
    op.drop_index(op.f("ix_deposit_company_id_party_id"), table_name="deposit")
    op.drop_index(op.f("ix_deposit_company_id_loan_id"), table_name="deposit")
    op.drop_index(op.f("ix_deposit_company_id_customer_id"), table_name="deposit")
    op.drop_table("deposit")
    op.drop_index("ix_cash_order_waiting", table_name="cash_order", postgresql_where=sa.text("state = 'entered'"))
    op.drop_index(op.f("ix_cash_order_company_id_loan_id"), table_name="cash_order")
    op.drop_index(op.f("ix_cash_order_company_id_entered_on_id"), table_name="cash_order")
    op.drop_index(op.f("ix_cash_order_company_id_customer_id"), table_name="cash_order")
    op.drop_table("cash_order")
    op.drop_index("ix_cash_item_open", table_name="cash_item", postgresql_where=sa.text("state = 'open'"))
    op.drop_index(op.f("ix_cash_item_company_id_party_id"), table_name="cash_item")
    op.drop_index(op.f("ix_cash_item_company_id_loan_id"), table_name="cash_item")
    op.drop_index(op.f("ix_cash_item_company_id_customer_id"), table_name="cash_item")
    op.drop_index(op.f("ix_cash_item_company_id_claim_batch_id"), table_name="cash_item")
    op.drop_table("cash_item")
    op.drop_index(op.f("ix_claim_batch_company_id_party_id"), table_name="claim_batch")
    op.drop_table("claim_batch")
    op.drop_index(op.f("ix_party_company_id_name_pinyin"), table_name="party")
    op.drop_index(op.f("ix_party_company_id_customer_id"), table_name="party")
    op.drop_index(op.f("ix_party_company_id_account_hash"), table_name="party")
    op.drop_table("party")
    op.drop_index(op.f("ix_group_member_company_id_customer_id"), table_name="group_member")
    op.drop_index(op.f("ix_group_member_company_id_borrower_group_id"), table_name="group_member")
    op.drop_table("group_member")
    op.drop_index("uq_bank_line_reference", table_name="bank_line", postgresql_where=sa.text("state <> 'discarded'"))
    op.drop_index(op.f("ix_bank_line_company_id_bank_statement_id"), table_name="bank_line")
    op.drop_table("bank_line")
    op.drop_table("borrower_group")
    op.drop_table("bank_statement")
