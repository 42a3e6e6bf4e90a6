"""index of decided work for figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """From the version before."""
    op.create_index(
        op.f("ix_work_item_company_id_decided_at"),
        "work_item",
        ["company_id", "decided_at"],
        unique=False,
        postgresql_where=sa.text("status = 'done'"),
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index(
        op.f("ix_work_item_company_id_decided_at"),
        table_name="work_item",
        postgresql_where=sa.text("status = 'done'"),
    )
