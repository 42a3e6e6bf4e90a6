"""cases of every module in one flow engine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

CASES = """
INSERT INTO flow_case (company_id, number, flow_key, release_id, subject_kind, subject_id, customer_id, product_key,
    title, amount, currency, unit, status, code, outcome, state, started_by, started_at, ended_at, updated_at, version)
SELECT a.company_id, a.number, coalesce(p.flow_key, ''), a.release_id, 'application', a.id,
    a.customer_id, a.product_key, coalesce(p.title, '{}'), a.amount, a.currency, a.unit,
    coalesce(a.flow_state ->> 'status', 'running'), a.flow_state ->> 'code', a.flow_state ->> 'outcome', a.flow_state,
    a.created_by, coalesce(a.submitted_at, a.created_at), a.decided_at, a.updated_at, a.version
FROM application AS a LEFT JOIN LATERAL (
    SELECT d.title, d.content #>> '{spec,flows,application}' AS flow_key FROM release_item AS i JOIN definition AS d ON d.company_id = i.company_id AND d.id = i.definition_id
    WHERE i.company_id = a.company_id AND i.release_id = a.release_id AND d.kind = 'product' AND d.key = a.product_key
) AS p ON true
WHERE a.flow_state <> '{}'
"""
"""A case for each application that ever entered its flow."""
OF_CASE = """
UPDATE {table} AS t SET case_id = c.id FROM flow_case AS c
WHERE c.company_id = t.company_id AND c.subject_kind = 'application' AND c.subject_id = t.application_id
"""
OF_APPLICATION = """
UPDATE {table} AS t SET application_id = c.subject_id FROM flow_case AS c
WHERE c.company_id = t.company_id AND c.id = t.case_id AND c.subject_kind = 'application' AND c.parent_id IS NULL
"""
STATES = """
UPDATE application AS a SET flow_state = c.state FROM flow_case AS c WHERE c.company_id = a.company_id
AND c.subject_kind = 'application' AND c.subject_id = a.id AND c.parent_id IS NULL
"""


def _move(statement: str, table: str, column: str) -> None:
    """Fill a column of old rows, which nobody else may change any more."""
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    op.execute(statement.format(table=table))
    if column == "application_id":  # work of other modules, which the version before does not know
        op.execute(f"DELETE FROM {table} WHERE application_id IS NULL")  # noqa: S608 - names of our tables
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    op.alter_column(table, column, nullable=False)


def upgrade() -> None:
    """From the version before."""
    op.create_table('flow_case',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=False),
    sa.Column('flow_key', sa.Text(collation='C'), nullable=False),
    sa.Column('release_id', sa.BigInteger(), nullable=False),
    sa.Column('subject_kind', sa.Text(collation='C'), nullable=False),
    sa.Column('subject_id', sa.BigInteger(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=True),
    sa.Column('product_key', sa.Text(collation='C'), nullable=True),
    sa.Column('title', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('amount', sa.Numeric(), nullable=True),
    sa.Column('currency', sa.Text(collation='C'), nullable=True),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('data', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('status', sa.Text(collation='C'), server_default='running', nullable=False),
    sa.Column('code', sa.Text(collation='C'), nullable=True),
    sa.Column('outcome', sa.Text(collation='C'), nullable=True),
    sa.Column('state', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('before', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('parent_id', sa.BigInteger(), nullable=True),
    sa.Column('parent_run', sa.Text(collation='C'), nullable=True),
    sa.Column('started_by', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('amount > -1e16 AND amount < 1e16', name=op.f('ck_flow_case_amount_in_range')),
    sa.ForeignKeyConstraint(['company_id', 'customer_id'], ['customer.company_id', 'customer.id'], name=op.f('fk_flow_case_company_id_customer_id')),
    sa.ForeignKeyConstraint(['company_id', 'parent_id'], ['flow_case.company_id', 'flow_case.id'], name=op.f('fk_flow_case_company_id_parent_id')),
    sa.ForeignKeyConstraint(['company_id', 'release_id'], ['release.company_id', 'release.id'], name=op.f('fk_flow_case_company_id_release_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_flow_case_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_flow_case')),
    sa.UniqueConstraint('company_id', 'parent_id', 'parent_run', name=op.f('uq_flow_case_company_id_parent_id_parent_run')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_index(op.f('ix_flow_case_company_id_customer_id'), 'flow_case', ['company_id', 'customer_id'], unique=False)
    op.create_index(op.f('ix_flow_case_company_id_flow_key_status_id'), 'flow_case', ['company_id', 'flow_key', 'status', 'id'], unique=False)
    op.create_index(op.f('ix_flow_case_company_id_number'), 'flow_case', ['company_id', 'number'], unique=False)
    op.create_index(op.f('ix_flow_case_company_id_release_id'), 'flow_case', ['company_id', 'release_id'], unique=False)
    op.create_index(op.f('ix_flow_case_company_id_started_by_id'), 'flow_case', ['company_id', 'started_by', 'id'], unique=False)
    op.create_index(op.f('ix_flow_case_company_id_subject_kind_subject_id'), 'flow_case', ['company_id', 'subject_kind', 'subject_id'], unique=False)
    op.create_index(op.f('ix_flow_case_company_id_unit_id'), 'flow_case', ['company_id', 'unit', 'id'], unique=False)
    op.create_table('flow_copy',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('node', sa.Text(collation='C'), nullable=False),
    sa.Column('title', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'case_id'], ['flow_case.company_id', 'flow_case.id'], name=op.f('fk_flow_copy_company_id_case_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_flow_copy_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_flow_copy')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_index(op.f('ix_flow_copy_company_id_case_id'), 'flow_copy', ['company_id', 'case_id'], unique=False)
    op.create_index(op.f('ix_flow_copy_company_id_user_id_id'), 'flow_copy', ['company_id', 'user_id', 'id'], unique=False)
    op.execute(CASES)
    op.drop_column('application', 'flow_state')
    op.add_column('flow_history', sa.Column('case_id', sa.BigInteger(), nullable=True))
    _move(OF_CASE, 'flow_history', 'case_id')
    op.drop_index(op.f('ix_flow_history_company_id_application_id'), table_name='flow_history')
    op.create_index(op.f('ix_flow_history_company_id_case_id'), 'flow_history', ['company_id', 'case_id'], unique=False)
    op.drop_constraint(op.f('fk_flow_history_company_id_application_id'), 'flow_history', type_='foreignkey')
    op.create_foreign_key(op.f('fk_flow_history_company_id_case_id'), 'flow_history', 'flow_case', ['company_id', 'case_id'], ['company_id', 'id'])
    op.drop_column('flow_history', 'application_id')
    op.add_column('work_item', sa.Column('case_id', sa.BigInteger(), nullable=True))
    _move(OF_CASE, 'work_item', 'case_id')
    op.add_column('work_item', sa.Column('position', sa.Text(collation='C'), nullable=True))
    op.add_column('work_item', sa.Column('department', sa.Text(collation='C'), nullable=True))
    op.add_column('work_item', sa.Column('candidates', postgresql.ARRAY(sa.Integer()), server_default='{}', nullable=False))
    op.add_column('work_item', sa.Column('escalated', postgresql.ARRAY(sa.Integer()), server_default='{}', nullable=False))
    op.add_column('work_item', sa.Column('outside', sa.Text(collation='C'), nullable=True))
    op.add_column('work_item', sa.Column('weight', sa.Integer(), server_default='1', nullable=False))
    op.drop_constraint(op.f('uq_work_item_company_id_application_id_number'), 'work_item', type_='unique')
    op.create_unique_constraint(op.f('uq_work_item_company_id_case_id_number'), 'work_item', ['company_id', 'case_id', 'number'])
    op.drop_constraint(op.f('fk_work_item_company_id_application_id'), 'work_item', type_='foreignkey')
    op.create_foreign_key(op.f('fk_work_item_company_id_case_id'), 'work_item', 'flow_case', ['company_id', 'case_id'], ['company_id', 'id'])
    op.drop_column('work_item', 'application_id')


def downgrade() -> None:
    """Back to the version before."""
    op.add_column('work_item', sa.Column('application_id', sa.BIGINT(), autoincrement=False, nullable=True))
    _move(OF_APPLICATION, 'work_item', 'application_id')
    op.drop_constraint(op.f('fk_work_item_company_id_case_id'), 'work_item', type_='foreignkey')
    op.create_foreign_key(op.f('fk_work_item_company_id_application_id'), 'work_item', 'application', ['company_id', 'application_id'], ['company_id', 'id'])
    op.drop_constraint(op.f('uq_work_item_company_id_case_id_number'), 'work_item', type_='unique')
    op.create_unique_constraint(op.f('uq_work_item_company_id_application_id_number'), 'work_item', ['company_id', 'application_id', 'number'], postgresql_nulls_not_distinct=False)
    op.drop_column('work_item', 'weight')
    op.drop_column('work_item', 'outside')
    op.drop_column('work_item', 'escalated')
    op.drop_column('work_item', 'candidates')
    op.drop_column('work_item', 'department')
    op.drop_column('work_item', 'position')
    op.drop_column('work_item', 'case_id')
    op.add_column('flow_history', sa.Column('application_id', sa.BIGINT(), autoincrement=False, nullable=True))
    _move(OF_APPLICATION, 'flow_history', 'application_id')
    op.drop_constraint(op.f('fk_flow_history_company_id_case_id'), 'flow_history', type_='foreignkey')
    op.create_foreign_key(op.f('fk_flow_history_company_id_application_id'), 'flow_history', 'application', ['company_id', 'application_id'], ['company_id', 'id'])
    op.drop_index(op.f('ix_flow_history_company_id_case_id'), table_name='flow_history')
    op.create_index(op.f('ix_flow_history_company_id_application_id'), 'flow_history', ['company_id', 'application_id'], unique=False)
    op.drop_column('flow_history', 'case_id')
    op.add_column('application', sa.Column('flow_state', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), autoincrement=False, nullable=False))
    op.execute(STATES)
    op.drop_index(op.f('ix_flow_copy_company_id_user_id_id'), table_name='flow_copy')
    op.drop_index(op.f('ix_flow_copy_company_id_case_id'), table_name='flow_copy')
    op.drop_table('flow_copy')
    op.drop_index(op.f('ix_flow_case_company_id_unit_id'), table_name='flow_case')
    op.drop_index(op.f('ix_flow_case_company_id_subject_kind_subject_id'), table_name='flow_case')
    op.drop_index(op.f('ix_flow_case_company_id_started_by_id'), table_name='flow_case')
    op.drop_index(op.f('ix_flow_case_company_id_release_id'), table_name='flow_case')
    op.drop_index(op.f('ix_flow_case_company_id_number'), table_name='flow_case')
    op.drop_index(op.f('ix_flow_case_company_id_flow_key_status_id'), table_name='flow_case')
    op.drop_index(op.f('ix_flow_case_company_id_customer_id'), table_name='flow_case')
    op.drop_table('flow_case')
