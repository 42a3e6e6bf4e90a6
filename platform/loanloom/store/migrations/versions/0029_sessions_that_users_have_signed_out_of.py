"""sessions that users have signed out of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """From the version before."""
    op.add_column('user_profile', sa.Column('sessions_since', sa.Text(), nullable=True))
    op.add_column('user_profile', sa.Column('ended_sessions', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False))


def downgrade() -> None:
    """Back to the version before."""
    op.drop_column('user_profile', 'ended_sessions')
    op.drop_column('user_profile', 'sessions_since')
