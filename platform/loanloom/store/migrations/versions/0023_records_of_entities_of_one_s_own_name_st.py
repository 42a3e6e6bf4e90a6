"""Records of entities of one's own: name, state, owner, and an index with a row a field."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """From the version before."""
    op.add_column("record", sa.Column("name", sa.Text(), server_default="", nullable=False))
    op.alter_column("record", "name", server_default=None)
    op.execute("UPDATE record SET number = id::text WHERE number IS NULL")
    op.add_column("record", sa.Column("name_pinyin", sa.Text(collation="C"), server_default="", nullable=False))
    op.add_column("record", sa.Column("name_grams", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("record", sa.Column("customer_id", sa.BigInteger(), nullable=True))
    op.add_column("record", sa.Column("party_id", sa.BigInteger(), nullable=True))
    op.add_column("record", sa.Column("state", sa.Text(collation="C"), server_default="active", nullable=False))
    op.add_column("record", sa.Column("manager_user_id", sa.Integer(), nullable=True))
    op.alter_column("record", "number", existing_type=sa.TEXT(collation="C"), nullable=False)
    op.drop_index(op.f("ix_record_company_id_entity_id"), table_name="record")
    op.create_index(op.f("ix_record_company_id_customer_id"), "record", ["company_id", "customer_id"], unique=False)
    op.create_index(
        op.f("ix_record_company_id_entity_state_id"), "record", ["company_id", "entity", "state", "id"], unique=False
    )
    op.create_index(op.f("ix_record_company_id_party_id"), "record", ["company_id", "party_id"], unique=False)
    op.create_unique_constraint(
        op.f("uq_record_company_id_entity_number"), "record", ["company_id", "entity", "number"]
    )
    op.create_foreign_key(
        op.f("fk_record_company_id_customer_id"),
        "record",
        "customer",
        ["company_id", "customer_id"],
        ["company_id", "id"],
    )
    op.create_foreign_key(
        op.f("fk_record_company_id_party_id"), "record", "party", ["company_id", "party_id"], ["company_id", "id"]
    )
    op.drop_index(op.f("ix_record_index_company_id_record_id"), table_name="record_index")
    op.drop_index(op.f("ix_record_index_date"), table_name="record_index")
    op.create_index(
        "ix_record_index_date",
        "record_index",
        ["company_id", "entity", "field", "date_value", "record_id"],
        unique=False,
    )
    op.drop_index(op.f("ix_record_index_number"), table_name="record_index")
    op.create_index(
        "ix_record_index_number",
        "record_index",
        ["company_id", "entity", "field", "number_value", "record_id"],
        unique=False,
    )
    op.drop_index(op.f("ix_record_index_text"), table_name="record_index")
    op.create_index(
        "ix_record_index_text",
        "record_index",
        ["company_id", "entity", "field", "text_value", "record_id"],
        unique=False,
    )
    op.create_unique_constraint(
        op.f("uq_record_index_company_id_record_id_field"), "record_index", ["company_id", "record_id", "field"]
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_constraint(op.f("uq_record_index_company_id_record_id_field"), "record_index", type_="unique")
    op.drop_index("ix_record_index_text", table_name="record_index")
    op.create_index(
        op.f("ix_record_index_text"), "record_index", ["company_id", "entity", "field", "text_value"], unique=False
    )
    op.drop_index("ix_record_index_number", table_name="record_index")
    op.create_index(
        op.f("ix_record_index_number"), "record_index", ["company_id", "entity", "field", "number_value"], unique=False
    )
    op.drop_index("ix_record_index_date", table_name="record_index")
    op.create_index(
        op.f("ix_record_index_date"), "record_index", ["company_id", "entity", "field", "date_value"], unique=False
    )
    op.create_index(
        op.f("ix_record_index_company_id_record_id"), "record_index", ["company_id", "record_id"], unique=False
    )
    op.drop_constraint(op.f("fk_record_company_id_party_id"), "record", type_="foreignkey")
    op.drop_constraint(op.f("fk_record_company_id_customer_id"), "record", type_="foreignkey")
    op.drop_constraint(op.f("uq_record_company_id_entity_number"), "record", type_="unique")
    op.drop_index(op.f("ix_record_company_id_party_id"), table_name="record")
    op.drop_index(op.f("ix_record_company_id_entity_state_id"), table_name="record")
    op.drop_index(op.f("ix_record_company_id_customer_id"), table_name="record")
    op.create_index(op.f("ix_record_company_id_entity_id"), "record", ["company_id", "entity", "id"], unique=False)
    op.alter_column("record", "number", existing_type=sa.TEXT(collation="C"), nullable=True)
    op.drop_column("record", "manager_user_id")
    op.drop_column("record", "state")
    op.drop_column("record", "party_id")
    op.drop_column("record", "customer_id")
    op.drop_column("record", "name_grams")
    op.drop_column("record", "name_pinyin")
    op.drop_column("record", "name")
