"""More state of loans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """From the version before."""
    for table in ("loan", "instalment"):
        op.add_column(table, sa.Column("more", postgresql.JSONB(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Back to the version before."""
    for table in ("loan", "instalment"):
        op.drop_column(table, "more")
