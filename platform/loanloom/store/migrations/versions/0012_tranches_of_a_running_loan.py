"""Tranches of a running loan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """From the version before."""
    op.add_column('disbursement', sa.Column('sequence', sa.Integer(), server_default='1', nullable=False))
    op.drop_constraint(op.f('uq_disbursement_company_id_contract_id'), 'disbursement', type_='unique')
    op.create_unique_constraint('uq_disbursement_loan_sequence', 'disbursement', ['company_id', 'loan_id', 'sequence'])


def downgrade() -> None:
    """Back to the version before."""
    op.drop_constraint('uq_disbursement_loan_sequence', 'disbursement', type_='unique')
    op.create_unique_constraint(op.f('uq_disbursement_company_id_contract_id'), 'disbursement', ['company_id', 'contract_id'], postgresql_nulls_not_distinct=False)
    op.drop_column('disbursement', 'sequence')
