"""Addresses that are told of cases, links for outside parties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """From the version before."""
    op.create_table('webhook',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('events', postgresql.ARRAY(sa.Text(collation='C')), nullable=False),
    sa.Column('flows', postgresql.ARRAY(sa.Text(collation='C')), server_default='{}', nullable=False),
    sa.Column('active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('secret_cipher', sa.LargeBinary(), nullable=False),
    sa.Column('former_cipher', sa.LargeBinary(), nullable=True),
    sa.Column('former_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_webhook_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_webhook')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_table('outside_link',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('item_id', sa.BigInteger(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'item_id'], ['work_item.company_id', 'work_item.id'], name=op.f('fk_outside_link_company_id_item_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_outside_link_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_outside_link')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_index(op.f('ix_outside_link_company_id_item_id'), 'outside_link', ['company_id', 'item_id'], unique=False)
    op.create_index(op.f('ix_outbox_company_id_id'), 'outbox', ['company_id', 'id'], unique=False, postgresql_where=sa.text("state = 'dead'"))


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index(op.f('ix_outbox_company_id_id'), table_name='outbox', postgresql_where=sa.text("state = 'dead'"))
    op.drop_index(op.f('ix_outside_link_company_id_item_id'), table_name='outside_link')
    op.drop_table('outside_link')
    op.drop_table('webhook')
