"""the account manager of who applied alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """From the version before."""
    op.add_column('application', sa.Column('manager_user_id', sa.Integer(), nullable=True))
    op.create_index(op.f('ix_application_company_id_manager_user_id'), 'application', ['company_id', 'manager_user_id'], unique=False)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index(op.f('ix_application_company_id_manager_user_id'), table_name='application')
    op.drop_column('application', 'manager_user_id')
