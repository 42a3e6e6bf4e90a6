"""How often values of records occur: which text is frequent in which field."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """From the version before."""
    op.execute("CREATE STATISTICS record_index_texts (mcv) ON entity, field, text_value FROM record_index")


def downgrade() -> None:
    """Back to the version before."""
    op.execute("DROP STATISTICS record_index_texts")
