"""draws of products that share a line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """From the version before."""
    op.add_column("credit_line_draw", sa.Column("product_key", sa.Text(collation="C"), nullable=True))


def downgrade() -> None:
    """Back to the version before."""
    op.drop_column("credit_line_draw", "product_key")
