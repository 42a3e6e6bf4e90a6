"""What customers agreed to, their e-mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """From the version before."""
    op.create_table('agreement_acceptance',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('agreement_key', sa.Text(collation='C'), nullable=False),
    sa.Column('text_digest', sa.Text(collation='C'), nullable=False),
    sa.Column('definition_digest', sa.Text(collation='C'), nullable=False),
    sa.Column('title', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=True),
    sa.Column('way', sa.Text(collation='C'), nullable=False),
    sa.Column('accepted_by', sa.Integer(), nullable=False),
    sa.Column('ip', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'customer_id'], ['customer.company_id', 'customer.id'], name=op.f('fk_agreement_acceptance_company_id_customer_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_agreement_acceptance_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_agreement_acceptance')),
    sa.UniqueConstraint('company_id', 'customer_id', 'agreement_key', 'text_digest', name=op.f('uq_agreement_acceptance')),
    info={'company': True, 'append_only': True, 'set_once': ()}
    )
    op.add_column('customer', sa.Column('email_cipher', sa.LargeBinary(), nullable=True))
    op.add_column('customer', sa.Column('email_hash', sa.LargeBinary(), nullable=True))
    op.add_column('customer', sa.Column('email_masked', sa.Text(), nullable=True))
    op.create_index(op.f('ix_customer_company_id_email_hash'), 'customer', ['company_id', 'email_hash'], unique=False)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index(op.f('ix_customer_company_id_email_hash'), table_name='customer')
    op.drop_column('customer', 'email_masked')
    op.drop_column('customer', 'email_hash')
    op.drop_column('customer', 'email_cipher')
    op.drop_table('agreement_acceptance')
