"""An index for instalments whose interest grows before their own period begins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """From the version before."""
    op.create_index(
        "ix_instalment_counted",
        "instalment",
        ["company_id", "counted_from"],
        postgresql_where=sa.text("counted_from IS NOT NULL AND status = 'due'"),
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index("ix_instalment_counted", table_name="instalment")
