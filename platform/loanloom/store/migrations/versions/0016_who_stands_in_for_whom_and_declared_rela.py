"""who stands in for whom, and declared relations of staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """From the version before."""
    op.create_table('delegation',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('from_user', sa.Integer(), nullable=False),
    sa.Column('to_user', sa.Integer(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('flows', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ended_by', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('from_user <> to_user', name=op.f('ck_delegation_to_another')),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_delegation_in_order')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_delegation_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_delegation')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_index(op.f('ix_delegation_company_id_from_user_ends_on'), 'delegation', ['company_id', 'from_user', 'ends_on'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index(op.f('ix_delegation_company_id_to_user_ends_on'), 'delegation', ['company_id', 'to_user', 'ends_on'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('staff_relation',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('relation', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('id_number_cipher', sa.LargeBinary(), nullable=False),
    sa.Column('id_number_hash', sa.LargeBinary(), nullable=False),
    sa.Column('id_number_masked', sa.Text(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ended_by', sa.Integer(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_staff_relation_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_staff_relation')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_index(op.f('ix_staff_relation_company_id_id_number_hash'), 'staff_relation', ['company_id', 'id_number_hash'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index(op.f('ix_staff_relation_company_id_user_id'), 'staff_relation', ['company_id', 'user_id'], unique=False)
    op.create_index('uq_staff_relation_declared_once', 'staff_relation', ['company_id', 'user_id', 'id_number_hash'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index('uq_staff_relation_declared_once', table_name='staff_relation', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index(op.f('ix_staff_relation_company_id_user_id'), table_name='staff_relation')
    op.drop_index(op.f('ix_staff_relation_company_id_id_number_hash'), table_name='staff_relation', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('staff_relation')
    op.drop_index(op.f('ix_delegation_company_id_to_user_ends_on'), table_name='delegation', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index(op.f('ix_delegation_company_id_from_user_ends_on'), table_name='delegation', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('delegation')
