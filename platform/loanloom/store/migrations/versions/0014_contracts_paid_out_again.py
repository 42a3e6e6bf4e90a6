"""a contract may be paid out again after its disbursement was undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """From the version before."""
    op.drop_constraint(op.f('uq_loan_company_id_contract_id'), 'loan', type_='unique')
    op.create_index('uq_loan_of_contract', 'loan', ['company_id', 'contract_id'], unique=True, postgresql_where=sa.text("status <> 'cancelled'"))


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index('uq_loan_of_contract', table_name='loan', postgresql_where=sa.text("status <> 'cancelled'"))
    op.create_unique_constraint(op.f('uq_loan_company_id_contract_id'), 'loan', ['company_id', 'contract_id'], postgresql_nulls_not_distinct=False)
