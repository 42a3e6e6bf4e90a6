"""Work lists by desk and turn; the people named for an item one by one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"

NAMED_NOW = """
INSERT INTO work_named (company_id, item_id, user_id, waits, turn)
SELECT DISTINCT item.company_id, item.id, person, true, item.turn
FROM work_item item CROSS JOIN unnest(item.candidates || item.escalated) person
WHERE item.status = 'open' AND item.assignee IS NULL
"""
"""What is open now; from here on the rows follow by themselves (store/named_work.py)."""


def upgrade() -> None:
    """From the version before."""
    op.create_table(
        "work_named",
        sa.Column(
            "company_id",
            sa.Integer(),
            server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("turn", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "item_id"],
            ["work_item.company_id", "work_item.id"],
            name=op.f("fk_work_named_company_id_item_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_work_named_company_id")),
        sa.PrimaryKeyConstraint("company_id", "id", name=op.f("pk_work_named")),
        sa.UniqueConstraint("company_id", "item_id", "user_id", name=op.f("uq_work_named_company_id_item_id_user_id")),
        info={"company": True, "append_only": False, "set_once": ()},
    )
    op.create_index(
        op.f("ix_work_named_company_id_user_id_turn_item_id"),
        "work_named",
        ["company_id", "user_id", "turn", "item_id"],
        unique=False,
        postgresql_where=sa.text("waits"),
    )
    op.add_column("work_item", sa.Column("bulk", sa.Boolean(), server_default="false", nullable=False))
    op.add_column(
        "work_item",
        sa.Column(
            "desk",
            sa.Text(collation="C"),
            sa.Computed(
                "CASE WHEN role IS NOT NULL OR position IS NOT NULL THEN coalesce(role, '') || '/' || coalesce(position, '') || '/' || CASE scope WHEN 'all' THEN '' WHEN 'branch' THEN 'b/' || unit ELSE 'd/' || department END END",
                persisted=True,
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "work_item",
        sa.Column(
            "turn",
            sa.DateTime(timezone=True),
            sa.Computed("coalesce(due_at, '9000-01-01 00:00:00+00'::timestamptz)", persisted=True),
            nullable=True,
        ),
    )
    op.drop_index(
        op.f("ix_work_item_company_id_assignee_id"), table_name="work_item", postgresql_where="(status = 'open'::text)"
    )
    op.drop_index(op.f("ix_work_item_company_id_decided_by_decided_at"), table_name="work_item")
    op.drop_index(
        op.f("ix_work_item_company_id_role_unit_id"), table_name="work_item", postgresql_where="(status = 'open'::text)"
    )
    op.create_index(
        op.f("ix_work_item_company_id_assignee_turn_id"),
        "work_item",
        ["company_id", "assignee", "turn", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        op.f("ix_work_item_company_id_decided_by_decided_at_id"),
        "work_item",
        ["company_id", "decided_by", "decided_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_work_item_company_id_desk_turn_id"),
        "work_item",
        ["company_id", "desk", "turn", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'open' AND assignee IS NULL AND desk IS NOT NULL"),
    )
    op.drop_column("work_item", "priority")
    op.execute(NAMED_NOW)


def downgrade() -> None:
    """Back to the version before."""
    for when in ("insert", "update"):
        op.execute(f"DROP TRIGGER IF EXISTS named_after_{when} ON work_item")
    op.add_column(
        "work_item",
        sa.Column("priority", sa.INTEGER(), server_default=sa.text("0"), autoincrement=False, nullable=False),
    )
    op.drop_index(
        op.f("ix_work_item_company_id_desk_turn_id"),
        table_name="work_item",
        postgresql_where=sa.text("status = 'open' AND assignee IS NULL AND desk IS NOT NULL"),
    )
    op.drop_index(op.f("ix_work_item_company_id_decided_by_decided_at_id"), table_name="work_item")
    op.drop_index(
        op.f("ix_work_item_company_id_assignee_turn_id"),
        table_name="work_item",
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(
        op.f("ix_work_item_company_id_role_unit_id"),
        "work_item",
        ["company_id", "role", "unit", "id"],
        unique=False,
        postgresql_where="(status = 'open'::text)",
    )
    op.create_index(
        op.f("ix_work_item_company_id_decided_by_decided_at"),
        "work_item",
        ["company_id", "decided_by", "decided_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_work_item_company_id_assignee_id"),
        "work_item",
        ["company_id", "assignee", "id"],
        unique=False,
        postgresql_where="(status = 'open'::text)",
    )
    op.drop_column("work_item", "turn")
    op.drop_column("work_item", "desk")
    op.drop_column("work_item", "bulk")
    op.drop_index(
        op.f("ix_work_named_company_id_user_id_turn_item_id"),
        table_name="work_named",
        postgresql_where=sa.text("waits"),
    )
    op.drop_table("work_named")
