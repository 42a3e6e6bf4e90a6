"""conditions precedent as rows, the life of a contract, site visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

CONDITIONS = """
INSERT INTO sanction_condition (company_id, sanction_id, position, words, state, evidence)
SELECT s.company_id, s.id, said.place, said.words,
       CASE WHEN paid.done THEN 'met' ELSE 'open' END,
       CASE WHEN paid.done THEN '放款时已审核 / checked when it was paid out' END
FROM sanction AS s
CROSS JOIN LATERAL jsonb_array_elements_text(s.conditions) WITH ORDINALITY AS said(words, place)
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM contract AS c JOIN loan AS l ON l.company_id = c.company_id AND l.contract_id = c.id
        WHERE c.company_id = s.company_id AND c.sanction_id = s.id AND l.status <> 'cancelled'
    ) AS done
) AS paid
"""


def upgrade() -> None:
    """From the version before."""
    op.create_table('site_visit',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('visited_on', sa.Date(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('investigator_a', sa.Integer(), nullable=False),
    sa.Column('investigator_b', sa.Integer(), nullable=False),
    sa.Column('findings', sa.Text(), nullable=False),
    sa.Column('extra', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('state', sa.Text(collation='C'), server_default='open', nullable=False),
    sa.Column('confirmed_a_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_b_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('investigator_a <> investigator_b', name=op.f('ck_site_visit_two_investigators')),
    sa.ForeignKeyConstraint(['company_id', 'application_id'], ['application.company_id', 'application.id'], name=op.f('fk_site_visit_company_id_application_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_site_visit_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_site_visit')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_index(op.f('ix_site_visit_company_id_application_id'), 'site_visit', ['company_id', 'application_id'], unique=False)
    op.create_index(op.f('ix_site_visit_company_id_state_id'), 'site_visit', ['company_id', 'state', 'id'], unique=False)
    op.create_table('sanction_condition',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('sanction_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(collation='C'), server_default='open', nullable=False),
    sa.Column('evidence', sa.Text(), nullable=True),
    sa.Column('upload_id', sa.BigInteger(), nullable=True),
    sa.Column('settled_by', sa.Integer(), nullable=True),
    sa.Column('settled_name', sa.Text(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("state = 'open' OR evidence IS NOT NULL", name=op.f('ck_sanction_condition_settled_with_evidence')),
    sa.ForeignKeyConstraint(['company_id', 'sanction_id'], ['sanction.company_id', 'sanction.id'], name=op.f('fk_sanction_condition_company_id_sanction_id')),
    sa.ForeignKeyConstraint(['company_id', 'upload_id'], ['upload.company_id', 'upload.id'], name=op.f('fk_sanction_condition_company_id_upload_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_sanction_condition_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_sanction_condition')),
    sa.UniqueConstraint('company_id', 'sanction_id', 'position', name=op.f('uq_sanction_condition_company_id_sanction_id_position')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_index(op.f('ix_sanction_condition_company_id_upload_id'), 'sanction_condition', ['company_id', 'upload_id'], unique=False)
    op.create_table('contract_change',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('contract_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=False),
    sa.Column('state', sa.Text(collation='C'), nullable=False),
    sa.Column('changes', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('before', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('contract_version', sa.Integer(), nullable=False),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('requested_by', sa.Integer(), nullable=True),
    sa.Column('requested_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decision_reason', sa.Text(), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('signed_by', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'contract_id'], ['contract.company_id', 'contract.id'], name=op.f('fk_contract_change_company_id_contract_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_contract_change_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_contract_change')),
    sa.UniqueConstraint('company_id', 'number', name=op.f('uq_contract_change_company_id_number')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_index(op.f('ix_contract_change_company_id_contract_id'), 'contract_change', ['company_id', 'contract_id'], unique=False)
    op.create_index(op.f('ix_contract_change_company_id_state_id'), 'contract_change', ['company_id', 'state', 'id'], unique=False)
    op.create_table('contract_record',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('contract_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=True),
    sa.Column('copies', sa.Integer(), nullable=True),
    sa.Column('what', sa.Text(collation='C'), nullable=True),
    sa.Column('words', sa.Text(), nullable=True),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.Text(), nullable=True),
    sa.Column('data', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'contract_id'], ['contract.company_id', 'contract.id'], name=op.f('fk_contract_record_company_id_contract_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_contract_record_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_contract_record')),
    info={'company': True, 'append_only': True, 'set_once': ()}
    )
    op.create_index(op.f('ix_contract_record_company_id_contract_id'), 'contract_record', ['company_id', 'contract_id'], unique=False)
    op.create_index(op.f('ix_contract_record_company_id_kind_id'), 'contract_record', ['company_id', 'kind', 'id'], unique=False)
    op.execute(CONDITIONS)
    op.add_column('contract', sa.Column('approval', sa.Text(collation='C'), nullable=True))
    op.add_column('contract', sa.Column('printed', sa.Integer(), server_default='0', nullable=False))
    op.add_column('contract', sa.Column('sealed_on', sa.Date(), nullable=True))
    op.add_column('contract', sa.Column('archived_on', sa.Date(), nullable=True))
    op.add_column('contract', sa.Column('archive_place', sa.Text(), nullable=True))
    op.add_column('contract', sa.Column('lent_to', sa.Text(), nullable=True))
    op.add_column('contract', sa.Column('lent_until', sa.Date(), nullable=True))


def downgrade() -> None:
    """Back to the version before."""
    op.drop_column('contract', 'lent_until')
    op.drop_column('contract', 'lent_to')
    op.drop_column('contract', 'archive_place')
    op.drop_column('contract', 'archived_on')
    op.drop_column('contract', 'sealed_on')
    op.drop_column('contract', 'printed')
    op.drop_column('contract', 'approval')
    op.drop_index(op.f('ix_contract_record_company_id_kind_id'), table_name='contract_record')
    op.drop_index(op.f('ix_contract_record_company_id_contract_id'), table_name='contract_record')
    op.drop_table('contract_record')
    op.drop_index(op.f('ix_contract_change_company_id_state_id'), table_name='contract_change')
    op.drop_index(op.f('ix_contract_change_company_id_contract_id'), table_name='contract_change')
    op.drop_table('contract_change')
    op.drop_index(op.f('ix_sanction_condition_company_id_upload_id'), table_name='sanction_condition')
    op.drop_table('sanction_condition')
    op.drop_index(op.f('ix_site_visit_company_id_state_id'), table_name='site_visit')
    op.drop_index(op.f('ix_site_visit_company_id_application_id'), table_name='site_visit')
    op.drop_table('site_visit')
