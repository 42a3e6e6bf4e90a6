"""Everything the spine needs, and Flask-AppBuilder's users, roles and permissions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From the version before."""
    op.create_table('company',
    sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.Text(collation='C'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('title', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('time_zone', sa.Text(), server_default='Asia/Shanghai', nullable=False),
    sa.Column('currency', sa.Text(), server_default='CNY', nullable=False),
    sa.Column('language', sa.Text(), server_default='zh', nullable=False),
    sa.Column('business_date', sa.Date(), nullable=False),
    sa.Column('live_release_id', sa.BigInteger(), nullable=True),
    sa.Column('settings', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_company')),
    sa.UniqueConstraint('key', name=op.f('uq_company_key'))
    )
    op.create_table('sign_in_guard',
    sa.Column('subject', sa.Text(collation='C'), nullable=False),
    sa.Column('failures', sa.Integer(), server_default='0', nullable=False),
    sa.Column('first_failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_sign_in_guard'))
    )
    op.create_table('user_profile',
    sa.Column('user_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('must_change_password', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('password_changed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_user_profile'))
    )
    op.create_table('audit_log',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor', sa.Text(), nullable=True),
    sa.Column('channel', sa.Text(collation='C'), nullable=True),
    sa.Column('ip', sa.Text(), nullable=True),
    sa.Column('action', sa.Text(collation='C'), nullable=False),
    sa.Column('subject_kind', sa.Text(collation='C'), nullable=True),
    sa.Column('subject_id', sa.Text(collation='C'), nullable=True),
    sa.Column('before', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('release_id', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('correlation_id', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_audit_log_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log')),
    info={'company': True, 'company_optional': True, 'append_only': True}
    )
    op.create_index(op.f('ix_audit_log_company_id_id'), 'audit_log', ['company_id', 'id'], unique=False)
    op.create_index(op.f('ix_audit_log_company_id_subject_kind_subject_id_id'), 'audit_log', ['company_id', 'subject_kind', 'subject_id', 'id'], unique=False)
    op.create_table('blob',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('sha256', sa.Text(collation='C'), nullable=False),
    sa.Column('bytes', sa.LargeBinary(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('media_type', sa.Text(collation='C'), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_blob_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_blob')),
    info={'company': True, 'append_only': True}
    )
    op.create_index(op.f('ix_blob_company_id_sha256'), 'blob', ['company_id', 'sha256'], unique=False)
    op.create_table('customer',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_pinyin', sa.Text(collation='C'), server_default='', nullable=False),
    sa.Column('name_grams', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('id_number_cipher', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_hash', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_masked', sa.Text(), nullable=True),
    sa.Column('phone_cipher', sa.LargeBinary(), nullable=True),
    sa.Column('phone_hash', sa.LargeBinary(), nullable=True),
    sa.Column('phone_masked', sa.Text(), nullable=True),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('province', sa.Text(collation='C'), nullable=True),
    sa.Column('industry', sa.Text(collation='C'), nullable=True),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(collation='C'), server_default='active', nullable=False),
    sa.Column('demo', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('manager_user_id', sa.Integer(), nullable=True),
    sa.Column('imported_key', sa.Text(collation='C'), nullable=True),
    sa.Column('extra', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_customer_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_customer')),
    sa.UniqueConstraint('company_id', 'id_number_hash', name=op.f('uq_customer_company_id_id_number_hash')),
    sa.UniqueConstraint('company_id', 'imported_key', name=op.f('uq_customer_company_id_imported_key')),
    sa.UniqueConstraint('company_id', 'number', name=op.f('uq_customer_company_id_number')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_customer_company_id_manager_user_id'), 'customer', ['company_id', 'manager_user_id'], unique=False)
    op.create_index(op.f('ix_customer_company_id_name_pinyin'), 'customer', ['company_id', 'name_pinyin'], unique=False)
    op.create_index(op.f('ix_customer_company_id_phone_hash'), 'customer', ['company_id', 'phone_hash'], unique=False)
    op.create_table('day_run',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('business_date', sa.Date(), nullable=False),
    sa.Column('next_date', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(collation='C'), server_default='running', nullable=False),
    sa.Column('step', sa.Text(collation='C'), nullable=False),
    sa.Column('figures', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('problems', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('started_by', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_day_run_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_day_run')),
    sa.UniqueConstraint('company_id', 'business_date', name=op.f('uq_day_run_company_id_business_date')),
    info={'company': True, 'append_only': False}
    )
    op.create_table('definition',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('key', sa.Text(collation='C'), nullable=False),
    sa.Column('digest', sa.Text(collation='C'), nullable=False),
    sa.Column('source_digest', sa.Text(collation='C'), nullable=False),
    sa.Column('title', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=True),
    sa.Column('file', sa.Text(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_definition_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_definition')),
    sa.UniqueConstraint('company_id', 'kind', 'key', 'digest', 'source_digest', name=op.f('uq_definition_company_id_kind_key_digest_source_digest')),
    info={'company': True, 'append_only': True}
    )
    op.create_table('idempotency',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.Text(collation='C'), nullable=False),
    sa.Column('command', sa.Text(collation='C'), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('request_digest', sa.Text(collation='C'), nullable=True),
    sa.Column('response', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_idempotency_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_idempotency')),
    sa.UniqueConstraint('company_id', 'key', name=op.f('uq_idempotency_company_id_key')),
    info={'company': True, 'append_only': True}
    )
    op.create_table('import_run',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('mapping_key', sa.Text(collation='C'), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('file_digest', sa.Text(collation='C'), nullable=False),
    sa.Column('state', sa.Text(collation='C'), server_default='running', nullable=False),
    sa.Column('rows', sa.Integer(), server_default='0', nullable=False),
    sa.Column('accepted', sa.Integer(), server_default='0', nullable=False),
    sa.Column('skipped', sa.Integer(), server_default='0', nullable=False),
    sa.Column('refused', sa.Integer(), server_default='0', nullable=False),
    sa.Column('problems', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('figures', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_import_run_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_import_run')),
    info={'company': True, 'append_only': False}
    )
    op.create_table('job_run',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('key', sa.Text(collation='C'), nullable=True),
    sa.Column('title', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('arguments', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('state', sa.Text(collation='C'), server_default='due', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('total', sa.Integer(), server_default='0', nullable=False),
    sa.Column('step', sa.Text(), nullable=True),
    sa.Column('result', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('problems', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('started_by', sa.Integer(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('alive_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('correlation_id', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_job_run_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_job_run')),
    sa.UniqueConstraint('company_id', 'kind', 'key', name=op.f('uq_job_run_company_id_kind_key')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_job_run_company_id_due_at'), 'job_run', ['company_id', 'due_at'], unique=False, postgresql_where=sa.text("state IN ('due', 'running')"))
    op.create_table('membership',
    sa.Column('id', sa.Integer(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('company_id', sa.Integer(), nullable=False),
    sa.Column('roles', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('position', sa.Text(collation='C'), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=True),
    sa.Column('active', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_membership_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership')),
    sa.UniqueConstraint('user_id', 'company_id', name=op.f('uq_membership_user_id_company_id'))
    )
    op.create_table('message',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('severity', sa.Text(collation='C'), server_default='info', nullable=False),
    sa.Column('title', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('body', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('subject_kind', sa.Text(collation='C'), nullable=True),
    sa.Column('subject_id', sa.BigInteger(), nullable=True),
    sa.Column('key', sa.Text(collation='C'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_message_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_message')),
    sa.UniqueConstraint('company_id', 'user_id', 'key', name=op.f('uq_message_company_id_user_id_key')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_message_company_id_user_id_id'), 'message', ['company_id', 'user_id', 'id'], unique=False)
    op.create_table('number_sequence',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('key', sa.Text(collation='C'), nullable=False),
    sa.Column('period', sa.Text(collation='C'), server_default='', nullable=False),
    sa.Column('last', sa.BigInteger(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_number_sequence_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_number_sequence')),
    sa.UniqueConstraint('company_id', 'key', 'period', name=op.f('uq_number_sequence_company_id_key_period')),
    info={'company': True, 'append_only': False}
    )
    op.create_table('outbox',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('topic', sa.Text(collation='C'), nullable=False),
    sa.Column('key', sa.Text(collation='C'), nullable=True),
    sa.Column('payload', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('state', sa.Text(collation='C'), server_default='due', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('correlation_id', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_outbox_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('company_id', 'topic', 'key', name=op.f('uq_outbox_company_id_topic_key')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_outbox_company_id_due_at'), 'outbox', ['company_id', 'due_at'], unique=False, postgresql_where=sa.text("state = 'due'"))
    op.create_table('product_stop',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('product_key', sa.Text(collation='C'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('stopped_by', sa.Integer(), nullable=True),
    sa.Column('stopped_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('lifted_by', sa.Integer(), nullable=True),
    sa.Column('lift_reason', sa.Text(), nullable=True),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_product_stop_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_product_stop')),
    info={'company': True, 'append_only': False}
    )
    op.create_index('uq_product_stop_open', 'product_stop', ['company_id', 'product_key'], unique=True, postgresql_where=sa.text('lifted_at IS NULL'))
    op.create_table('record',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('entity', sa.Text(collation='C'), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=True),
    sa.Column('data', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_record_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_record')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_record_company_id_entity_id'), 'record', ['company_id', 'entity', 'id'], unique=False)
    op.create_table('release',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(collation='C'), nullable=False),
    sa.Column('origin', sa.Text(collation='C'), server_default='studio', nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('digest', sa.Text(collation='C'), nullable=False),
    sa.Column('target_digest', sa.Text(collation='C'), nullable=True),
    sa.Column('plan_digest', sa.Text(collation='C'), nullable=True),
    sa.Column('plan', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('problems', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('manifest', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('retired', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('makers', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('base_release_id', sa.BigInteger(), nullable=True),
    sa.Column('live_from', sa.Date(), nullable=True),
    sa.Column('proposed_by', sa.Integer(), nullable=True),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_by', sa.Integer(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opinion', sa.Text(), nullable=True),
    sa.Column('activated_by', sa.Integer(), nullable=True),
    sa.Column('activated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'base_release_id'], ['release.company_id', 'release.id'], name=op.f('fk_release_company_id_base_release_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_release_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_release')),
    sa.UniqueConstraint('company_id', 'number', name=op.f('uq_release_company_id_number')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_release_company_id_base_release_id'), 'release', ['company_id', 'base_release_id'], unique=False)
    op.create_index('uq_release_live', 'release', ['company_id'], unique=True, postgresql_where=sa.text("state = 'live'"))
    op.create_table('saved_view',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('page', sa.Text(collation='C'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_saved_view_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_saved_view')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_saved_view_company_id_user_id_page'), 'saved_view', ['company_id', 'user_id', 'page'], unique=False)
    op.create_table('application',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('product_key', sa.Text(collation='C'), nullable=False),
    sa.Column('release_id', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.Numeric(), nullable=True),
    sa.Column('currency', sa.Text(collation='C'), server_default='CNY', nullable=False),
    sa.Column('term_months', sa.Integer(), nullable=True),
    sa.Column('method', sa.Text(collation='C'), nullable=True),
    sa.Column('purpose', sa.Text(), nullable=True),
    sa.Column('guarantee_mode', sa.Text(collation='C'), nullable=True),
    sa.Column('channel', sa.Text(collation='C'), server_default='branch', nullable=False),
    sa.Column('applied_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(collation='C'), nullable=False),
    sa.Column('draft', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('flow_state', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('extra', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('guarantors', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('collateral', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('updated_by', sa.Integer(), nullable=True),
    sa.Column('imported_key', sa.Text(collation='C'), nullable=True),
    sa.Column('recorded_outcome', sa.Text(collation='C'), nullable=True),
    sa.Column('score_points', sa.Numeric(), nullable=True),
    sa.Column('score_grade', sa.Text(collation='C'), nullable=True),
    sa.Column('limit_amount', sa.Numeric(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("state IN ('draft', 'withdrawn') OR (amount IS NOT NULL AND term_months IS NOT NULL AND method IS NOT NULL)", name=op.f('ck_application_complete_once_submitted')),
    sa.CheckConstraint('amount > -1e16 AND amount < 1e16', name=op.f('ck_application_amount_in_range')),
    sa.CheckConstraint('limit_amount > -1e16 AND limit_amount < 1e16', name=op.f('ck_application_limit_amount_in_range')),
    sa.ForeignKeyConstraint(['company_id', 'customer_id'], ['customer.company_id', 'customer.id'], name=op.f('fk_application_company_id_customer_id')),
    sa.ForeignKeyConstraint(['company_id', 'release_id'], ['release.company_id', 'release.id'], name=op.f('fk_application_company_id_release_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_application_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_application')),
    sa.UniqueConstraint('company_id', 'imported_key', name=op.f('uq_application_company_id_imported_key')),
    sa.UniqueConstraint('company_id', 'number', name=op.f('uq_application_company_id_number')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_application_company_id_customer_id'), 'application', ['company_id', 'customer_id'], unique=False)
    op.create_index(op.f('ix_application_company_id_release_id'), 'application', ['company_id', 'release_id'], unique=False)
    op.create_index(op.f('ix_application_company_id_state_id'), 'application', ['company_id', 'state', 'id'], unique=False)
    op.create_index(op.f('ix_application_company_id_unit_id'), 'application', ['company_id', 'unit', 'id'], unique=False)
    op.create_table('day_chunk',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('day_run_id', sa.BigInteger(), nullable=False),
    sa.Column('step', sa.Text(collation='C'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('loans', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('state', sa.Text(collation='C'), server_default='open', nullable=False),
    sa.Column('figures', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('worker', sa.Text(), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'day_run_id'], ['day_run.company_id', 'day_run.id'], name=op.f('fk_day_chunk_company_id_day_run_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_day_chunk_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_day_chunk')),
    sa.UniqueConstraint('company_id', 'day_run_id', 'step', 'number', name=op.f('uq_day_chunk_company_id_day_run_id_step_number')),
    info={'company': True, 'append_only': False}
    )
    op.create_table('document',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('subject_kind', sa.Text(collation='C'), nullable=False),
    sa.Column('subject_id', sa.BigInteger(), nullable=False),
    sa.Column('template_key', sa.Text(collation='C'), nullable=False),
    sa.Column('template_digest', sa.Text(collation='C'), nullable=True),
    sa.Column('number', sa.Text(collation='C'), nullable=True),
    sa.Column('title', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('language', sa.Text(collation='C'), nullable=True),
    sa.Column('content', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('pdf_blob_id', sa.BigInteger(), nullable=True),
    sa.Column('docx_blob_id', sa.BigInteger(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'docx_blob_id'], ['blob.company_id', 'blob.id'], name=op.f('fk_document_company_id_docx_blob_id')),
    sa.ForeignKeyConstraint(['company_id', 'pdf_blob_id'], ['blob.company_id', 'blob.id'], name=op.f('fk_document_company_id_pdf_blob_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_document_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_document')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_document_company_id_docx_blob_id'), 'document', ['company_id', 'docx_blob_id'], unique=False)
    op.create_index(op.f('ix_document_company_id_pdf_blob_id'), 'document', ['company_id', 'pdf_blob_id'], unique=False)
    op.create_index(op.f('ix_document_company_id_subject_kind_subject_id'), 'document', ['company_id', 'subject_kind', 'subject_id'], unique=False)
    op.create_table('draft',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('key', sa.Text(collation='C'), nullable=False),
    sa.Column('title', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('retire', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('editors', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('base_definition_id', sa.BigInteger(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('updated_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'base_definition_id'], ['definition.company_id', 'definition.id'], name=op.f('fk_draft_company_id_base_definition_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_draft_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_draft')),
    sa.UniqueConstraint('company_id', 'kind', 'key', name=op.f('uq_draft_company_id_kind_key')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_draft_company_id_base_definition_id'), 'draft', ['company_id', 'base_definition_id'], unique=False)
    op.create_table('record_index',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('record_id', sa.BigInteger(), nullable=False),
    sa.Column('entity', sa.Text(collation='C'), nullable=False),
    sa.Column('field', sa.Text(collation='C'), nullable=False),
    sa.Column('unique', sa.Integer(), server_default='0', nullable=False),
    sa.Column('text_value', sa.Text(collation='C'), nullable=True),
    sa.Column('number_value', sa.Numeric(), nullable=True),
    sa.Column('date_value', sa.Date(), nullable=True),
    sa.Column('hash_value', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['company_id', 'record_id'], ['record.company_id', 'record.id'], name=op.f('fk_record_index_company_id_record_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_record_index_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_record_index')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_record_index_company_id_record_id'), 'record_index', ['company_id', 'record_id'], unique=False)
    op.create_index('ix_record_index_date', 'record_index', ['company_id', 'entity', 'field', 'date_value'], unique=False)
    op.create_index('ix_record_index_hash', 'record_index', ['company_id', 'entity', 'field', 'hash_value'], unique=False)
    op.create_index('ix_record_index_number', 'record_index', ['company_id', 'entity', 'field', 'number_value'], unique=False)
    op.create_index('ix_record_index_text', 'record_index', ['company_id', 'entity', 'field', 'text_value'], unique=False)
    op.create_index('uq_record_index_hash', 'record_index', ['company_id', 'entity', 'field', 'hash_value'], unique=True, postgresql_where=sa.text('"unique" = 1 AND hash_value IS NOT NULL'))
    op.create_index('uq_record_index_text', 'record_index', ['company_id', 'entity', 'field', 'text_value'], unique=True, postgresql_where=sa.text('"unique" = 1 AND text_value IS NOT NULL'))
    op.create_table('release_item',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('release_id', sa.BigInteger(), nullable=False),
    sa.Column('definition_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('key', sa.Text(collation='C'), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'definition_id'], ['definition.company_id', 'definition.id'], name=op.f('fk_release_item_company_id_definition_id')),
    sa.ForeignKeyConstraint(['company_id', 'release_id'], ['release.company_id', 'release.id'], name=op.f('fk_release_item_company_id_release_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_release_item_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_release_item')),
    sa.UniqueConstraint('company_id', 'release_id', 'kind', 'key', name=op.f('uq_release_item_company_id_release_id_kind_key')),
    info={'company': True, 'append_only': True}
    )
    op.create_index(op.f('ix_release_item_company_id_definition_id'), 'release_item', ['company_id', 'definition_id'], unique=False)
    op.create_index(op.f('ix_release_item_company_id_release_id'), 'release_item', ['company_id', 'release_id'], unique=False)
    op.create_table('upload',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('subject_kind', sa.Text(collation='C'), nullable=False),
    sa.Column('subject_id', sa.BigInteger(), nullable=False),
    sa.Column('field', sa.Text(collation='C'), nullable=True),
    sa.Column('material', sa.Text(collation='C'), nullable=True),
    sa.Column('row', sa.Integer(), nullable=True),
    sa.Column('blob_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('media_type', sa.Text(collation='C'), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(collation='C'), server_default='kept', nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'blob_id'], ['blob.company_id', 'blob.id'], name=op.f('fk_upload_company_id_blob_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_upload_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_upload')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_upload_company_id_blob_id'), 'upload', ['company_id', 'blob_id'], unique=False)
    op.create_index(op.f('ix_upload_company_id_subject_kind_subject_id'), 'upload', ['company_id', 'subject_kind', 'subject_id'], unique=False)
    op.create_table('assessment',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('definition_key', sa.Text(collation='C'), nullable=True),
    sa.Column('definition_digest', sa.Text(collation='C'), nullable=True),
    sa.Column('result', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('trace', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('assessed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'application_id'], ['application.company_id', 'application.id'], name=op.f('fk_assessment_company_id_application_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_assessment_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_assessment')),
    info={'company': True, 'append_only': True}
    )
    op.create_index(op.f('ix_assessment_company_id_application_id'), 'assessment', ['company_id', 'application_id'], unique=False)
    op.create_table('flow_history',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('node', sa.Text(collation='C'), nullable=False),
    sa.Column('event', sa.Text(collation='C'), nullable=False),
    sa.Column('state', sa.Text(collation='C'), nullable=True),
    sa.Column('to_node', sa.Text(collation='C'), nullable=True),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.Text(), nullable=True),
    sa.Column('decision', sa.Text(collation='C'), nullable=True),
    sa.Column('reason_code', sa.Text(collation='C'), nullable=True),
    sa.Column('opinion', sa.Text(), nullable=True),
    sa.Column('details', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'application_id'], ['application.company_id', 'application.id'], name=op.f('fk_flow_history_company_id_application_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_flow_history_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_flow_history')),
    info={'company': True, 'append_only': True}
    )
    op.create_index(op.f('ix_flow_history_company_id_application_id'), 'flow_history', ['company_id', 'application_id'], unique=False)
    op.create_table('sanction',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('release_id', sa.BigInteger(), nullable=False),
    sa.Column('product_key', sa.Text(collation='C'), nullable=False),
    sa.Column('amount', sa.Numeric(), nullable=False),
    sa.Column('currency', sa.Text(collation='C'), server_default='CNY', nullable=False),
    sa.Column('term_months', sa.Integer(), nullable=False),
    sa.Column('annual_rate', sa.Numeric(), nullable=False),
    sa.Column('method', sa.Text(collation='C'), nullable=False),
    sa.Column('guarantee_mode', sa.Text(collation='C'), nullable=True),
    sa.Column('grade', sa.Text(collation='C'), nullable=True),
    sa.Column('conditions', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('sanctioned_on', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(collation='C'), server_default='in_force', nullable=False),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('extra', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('amount > -1e16 AND amount < 1e16', name=op.f('ck_sanction_amount_in_range')),
    sa.ForeignKeyConstraint(['company_id', 'application_id'], ['application.company_id', 'application.id'], name=op.f('fk_sanction_company_id_application_id')),
    sa.ForeignKeyConstraint(['company_id', 'customer_id'], ['customer.company_id', 'customer.id'], name=op.f('fk_sanction_company_id_customer_id')),
    sa.ForeignKeyConstraint(['company_id', 'release_id'], ['release.company_id', 'release.id'], name=op.f('fk_sanction_company_id_release_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_sanction_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_sanction')),
    sa.UniqueConstraint('company_id', 'application_id', name=op.f('uq_sanction_company_id_application_id')),
    sa.UniqueConstraint('company_id', 'number', name=op.f('uq_sanction_company_id_number')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_sanction_company_id_application_id'), 'sanction', ['company_id', 'application_id'], unique=False)
    op.create_index(op.f('ix_sanction_company_id_customer_id'), 'sanction', ['company_id', 'customer_id'], unique=False)
    op.create_index(op.f('ix_sanction_company_id_expires_on'), 'sanction', ['company_id', 'expires_on'], unique=False, postgresql_where=sa.text("state = 'in_force'"))
    op.create_index(op.f('ix_sanction_company_id_release_id'), 'sanction', ['company_id', 'release_id'], unique=False)
    op.create_index(op.f('ix_sanction_company_id_unit_id'), 'sanction', ['company_id', 'unit', 'id'], unique=False)
    op.create_table('work_item',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), server_default='approval', nullable=False),
    sa.Column('node', sa.Text(collation='C'), nullable=False),
    sa.Column('title', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('round', sa.Integer(), server_default='1', nullable=False),
    sa.Column('role', sa.Text(collation='C'), nullable=True),
    sa.Column('scope', sa.Text(collation='C'), server_default='branch', nullable=False),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('assignee', sa.Integer(), nullable=True),
    sa.Column('excluded', postgresql.ARRAY(sa.Integer()), server_default='{}', nullable=False),
    sa.Column('priority', sa.Integer(), server_default='0', nullable=False),
    sa.Column('status', sa.Text(collation='C'), server_default='open', nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decision', sa.Text(collation='C'), nullable=True),
    sa.Column('reason_code', sa.Text(collation='C'), nullable=True),
    sa.Column('opinion', sa.Text(), nullable=True),
    sa.Column('conditions', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('snapshot', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'application_id'], ['application.company_id', 'application.id'], name=op.f('fk_work_item_company_id_application_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_work_item_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_work_item')),
    sa.UniqueConstraint('company_id', 'application_id', 'number', name=op.f('uq_work_item_company_id_application_id_number')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_work_item_company_id_assignee_id'), 'work_item', ['company_id', 'assignee', 'id'], unique=False, postgresql_where=sa.text("status = 'open'"))
    op.create_index(op.f('ix_work_item_company_id_decided_by_decided_at'), 'work_item', ['company_id', 'decided_by', 'decided_at'], unique=False)
    op.create_index(op.f('ix_work_item_company_id_role_unit_id'), 'work_item', ['company_id', 'role', 'unit', 'id'], unique=False, postgresql_where=sa.text("status = 'open'"))
    op.create_table('contract',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('main_contract_id', sa.BigInteger(), nullable=True),
    sa.Column('sanction_id', sa.BigInteger(), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('release_id', sa.BigInteger(), nullable=False),
    sa.Column('product_key', sa.Text(collation='C'), nullable=False),
    sa.Column('amount', sa.Numeric(), nullable=False),
    sa.Column('currency', sa.Text(collation='C'), server_default='CNY', nullable=False),
    sa.Column('annual_rate', sa.Numeric(), nullable=True),
    sa.Column('term_months', sa.Integer(), nullable=True),
    sa.Column('method', sa.Text(collation='C'), nullable=True),
    sa.Column('party_name', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(collation='C'), server_default='prepared', nullable=False),
    sa.Column('prepared_on', sa.Date(), nullable=True),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('signed_by', sa.Integer(), nullable=True),
    sa.Column('terms', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('extra', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('amount > -1e16 AND amount < 1e16', name=op.f('ck_contract_amount_in_range')),
    sa.ForeignKeyConstraint(['company_id', 'application_id'], ['application.company_id', 'application.id'], name=op.f('fk_contract_company_id_application_id')),
    sa.ForeignKeyConstraint(['company_id', 'customer_id'], ['customer.company_id', 'customer.id'], name=op.f('fk_contract_company_id_customer_id')),
    sa.ForeignKeyConstraint(['company_id', 'main_contract_id'], ['contract.company_id', 'contract.id'], name=op.f('fk_contract_company_id_main_contract_id')),
    sa.ForeignKeyConstraint(['company_id', 'release_id'], ['release.company_id', 'release.id'], name=op.f('fk_contract_company_id_release_id')),
    sa.ForeignKeyConstraint(['company_id', 'sanction_id'], ['sanction.company_id', 'sanction.id'], name=op.f('fk_contract_company_id_sanction_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_contract_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_contract')),
    sa.UniqueConstraint('company_id', 'number', name=op.f('uq_contract_company_id_number')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_contract_company_id_application_id'), 'contract', ['company_id', 'application_id'], unique=False)
    op.create_index(op.f('ix_contract_company_id_customer_id'), 'contract', ['company_id', 'customer_id'], unique=False)
    op.create_index(op.f('ix_contract_company_id_main_contract_id'), 'contract', ['company_id', 'main_contract_id'], unique=False)
    op.create_index(op.f('ix_contract_company_id_release_id'), 'contract', ['company_id', 'release_id'], unique=False)
    op.create_index(op.f('ix_contract_company_id_sanction_id'), 'contract', ['company_id', 'sanction_id'], unique=False)
    op.create_table('loan',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=False),
    sa.Column('contract_id', sa.BigInteger(), nullable=False),
    sa.Column('application_id', sa.BigInteger(), nullable=False),
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('release_id', sa.BigInteger(), nullable=False),
    sa.Column('product_key', sa.Text(collation='C'), nullable=False),
    sa.Column('currency', sa.Text(collation='C'), server_default='CNY', nullable=False),
    sa.Column('principal', sa.Numeric(), nullable=False),
    sa.Column('annual_rate', sa.Numeric(), nullable=False),
    sa.Column('method', sa.Text(collation='C'), nullable=False),
    sa.Column('term_months', sa.Integer(), nullable=False),
    sa.Column('terms', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('status', sa.Text(collation='C'), server_default='active', nullable=False),
    sa.Column('disbursed_on', sa.Date(), nullable=False),
    sa.Column('matures_on', sa.Date(), nullable=False),
    sa.Column('settled_on', sa.Date(), nullable=True),
    sa.Column('last_event_on', sa.Date(), nullable=False),
    sa.Column('event_count', sa.Integer(), server_default='0', nullable=False),
    sa.Column('principal_outstanding', sa.Numeric(), nullable=False),
    sa.Column('surplus', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('penalty_booked', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('compound_booked', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('penalty_outstanding', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('overdue_amount', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('days_past_due', sa.Integer(), server_default='0', nullable=False),
    sa.Column('overdue_since', sa.Date(), nullable=True),
    sa.Column('asset_class', sa.Text(collation='C'), server_default='normal', nullable=False),
    sa.Column('next_due_on', sa.Date(), nullable=True),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('manager_user_id', sa.Integer(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('extra', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('compound_booked > -1e16 AND compound_booked < 1e16', name=op.f('ck_loan_compound_booked_in_range')),
    sa.CheckConstraint('overdue_amount > -1e16 AND overdue_amount < 1e16', name=op.f('ck_loan_overdue_amount_in_range')),
    sa.CheckConstraint('penalty_booked > -1e16 AND penalty_booked < 1e16', name=op.f('ck_loan_penalty_booked_in_range')),
    sa.CheckConstraint('penalty_outstanding > -1e16 AND penalty_outstanding < 1e16', name=op.f('ck_loan_penalty_outstanding_in_range')),
    sa.CheckConstraint('principal > -1e16 AND principal < 1e16', name=op.f('ck_loan_principal_in_range')),
    sa.CheckConstraint('principal_outstanding > -1e16 AND principal_outstanding < 1e16', name=op.f('ck_loan_principal_outstanding_in_range')),
    sa.CheckConstraint('surplus > -1e16 AND surplus < 1e16', name=op.f('ck_loan_surplus_in_range')),
    sa.ForeignKeyConstraint(['company_id', 'application_id'], ['application.company_id', 'application.id'], name=op.f('fk_loan_company_id_application_id')),
    sa.ForeignKeyConstraint(['company_id', 'contract_id'], ['contract.company_id', 'contract.id'], name=op.f('fk_loan_company_id_contract_id')),
    sa.ForeignKeyConstraint(['company_id', 'customer_id'], ['customer.company_id', 'customer.id'], name=op.f('fk_loan_company_id_customer_id')),
    sa.ForeignKeyConstraint(['company_id', 'release_id'], ['release.company_id', 'release.id'], name=op.f('fk_loan_company_id_release_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_loan_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_loan')),
    sa.UniqueConstraint('company_id', 'contract_id', name=op.f('uq_loan_company_id_contract_id')),
    sa.UniqueConstraint('company_id', 'number', name=op.f('uq_loan_company_id_number')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_loan_company_id_application_id'), 'loan', ['company_id', 'application_id'], unique=False)
    op.create_index(op.f('ix_loan_company_id_customer_id'), 'loan', ['company_id', 'customer_id'], unique=False)
    op.create_index(op.f('ix_loan_company_id_release_id'), 'loan', ['company_id', 'release_id'], unique=False)
    op.create_index(op.f('ix_loan_company_id_status_days_past_due'), 'loan', ['company_id', 'status', 'days_past_due'], unique=False)
    op.create_table('disbursement',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=False),
    sa.Column('loan_id', sa.BigInteger(), nullable=False),
    sa.Column('contract_id', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.Numeric(), nullable=False),
    sa.Column('currency', sa.Text(collation='C'), server_default='CNY', nullable=False),
    sa.Column('disbursed_on', sa.Date(), nullable=False),
    sa.Column('payee_name', sa.Text(), nullable=True),
    sa.Column('payee_account_masked', sa.Text(), nullable=True),
    sa.Column('channel', sa.Text(collation='C'), server_default='bank', nullable=False),
    sa.Column('checks', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('amount > -1e16 AND amount < 1e16', name=op.f('ck_disbursement_amount_in_range')),
    sa.ForeignKeyConstraint(['company_id', 'contract_id'], ['contract.company_id', 'contract.id'], name=op.f('fk_disbursement_company_id_contract_id')),
    sa.ForeignKeyConstraint(['company_id', 'loan_id'], ['loan.company_id', 'loan.id'], name=op.f('fk_disbursement_company_id_loan_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_disbursement_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_disbursement')),
    sa.UniqueConstraint('company_id', 'contract_id', name=op.f('uq_disbursement_company_id_contract_id')),
    sa.UniqueConstraint('company_id', 'number', name=op.f('uq_disbursement_company_id_number')),
    info={'company': True, 'append_only': True}
    )
    op.create_index(op.f('ix_disbursement_company_id_loan_id'), 'disbursement', ['company_id', 'loan_id'], unique=False)
    op.create_table('instalment',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('loan_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('opening', sa.Numeric(), nullable=False),
    sa.Column('principal', sa.Numeric(), nullable=False),
    sa.Column('interest', sa.Numeric(), nullable=False),
    sa.Column('base', sa.Numeric(), nullable=False),
    sa.Column('annual_rate', sa.Numeric(), nullable=False),
    sa.Column('daily_basis', sa.Integer(), nullable=False),
    sa.Column('fee', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('principal_paid', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('interest_paid', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('penalty_paid', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('compound_paid', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('fee_paid', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('principal_days', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('interest_days', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('counted_to', sa.Date(), nullable=True),
    sa.Column('status', sa.Text(collation='C'), server_default='due', nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.CheckConstraint('base > -1e16 AND base < 1e16', name=op.f('ck_instalment_base_in_range')),
    sa.CheckConstraint('compound_paid > -1e16 AND compound_paid < 1e16', name=op.f('ck_instalment_compound_paid_in_range')),
    sa.CheckConstraint('fee > -1e16 AND fee < 1e16', name=op.f('ck_instalment_fee_in_range')),
    sa.CheckConstraint('fee_paid > -1e16 AND fee_paid < 1e16', name=op.f('ck_instalment_fee_paid_in_range')),
    sa.CheckConstraint('interest > -1e16 AND interest < 1e16', name=op.f('ck_instalment_interest_in_range')),
    sa.CheckConstraint('interest_paid > -1e16 AND interest_paid < 1e16', name=op.f('ck_instalment_interest_paid_in_range')),
    sa.CheckConstraint('opening > -1e16 AND opening < 1e16', name=op.f('ck_instalment_opening_in_range')),
    sa.CheckConstraint('penalty_paid > -1e16 AND penalty_paid < 1e16', name=op.f('ck_instalment_penalty_paid_in_range')),
    sa.CheckConstraint('principal > -1e16 AND principal < 1e16', name=op.f('ck_instalment_principal_in_range')),
    sa.CheckConstraint('principal_paid > -1e16 AND principal_paid < 1e16', name=op.f('ck_instalment_principal_paid_in_range')),
    sa.ForeignKeyConstraint(['company_id', 'loan_id'], ['loan.company_id', 'loan.id'], name=op.f('fk_instalment_company_id_loan_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_instalment_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_instalment')),
    sa.UniqueConstraint('company_id', 'loan_id', 'number', name=op.f('uq_instalment_company_id_loan_id_number')),
    info={'company': True, 'append_only': False}
    )
    op.create_index(op.f('ix_instalment_company_id_due_on'), 'instalment', ['company_id', 'due_on'], unique=False)
    op.create_index('ix_instalment_running', 'instalment', ['company_id', 'starts_on'], unique=False, postgresql_where=sa.text("status = 'due'"))
    op.create_table('journal_entry',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=True),
    sa.Column('business_date', sa.Date(), nullable=False),
    sa.Column('event', sa.Text(collation='C'), nullable=False),
    sa.Column('source_kind', sa.Text(collation='C'), nullable=True),
    sa.Column('source_id', sa.BigInteger(), nullable=True),
    sa.Column('loan_id', sa.BigInteger(), nullable=True),
    sa.Column('reverses_id', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.Text(collation='C'), server_default='CNY', nullable=False),
    sa.Column('memo', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('release_id', sa.BigInteger(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'loan_id'], ['loan.company_id', 'loan.id'], name=op.f('fk_journal_entry_company_id_loan_id')),
    sa.ForeignKeyConstraint(['company_id', 'reverses_id'], ['journal_entry.company_id', 'journal_entry.id'], name=op.f('fk_journal_entry_company_id_reverses_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_journal_entry_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_journal_entry')),
    info={'company': True, 'append_only': True}
    )
    op.create_index(op.f('ix_journal_entry_company_id_business_date_id'), 'journal_entry', ['company_id', 'business_date', 'id'], unique=False)
    op.create_index(op.f('ix_journal_entry_company_id_loan_id'), 'journal_entry', ['company_id', 'loan_id'], unique=False)
    op.create_index(op.f('ix_journal_entry_company_id_reverses_id'), 'journal_entry', ['company_id', 'reverses_id'], unique=False)
    op.create_index(op.f('ix_journal_entry_company_id_source_kind_source_id'), 'journal_entry', ['company_id', 'source_kind', 'source_id'], unique=False)
    op.create_table('loan_class',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('loan_id', sa.BigInteger(), nullable=False),
    sa.Column('classed_on', sa.Date(), nullable=False),
    sa.Column('before', sa.Text(collation='C'), nullable=False),
    sa.Column('asset_class', sa.Text(collation='C'), nullable=False),
    sa.Column('days_past_due', sa.Integer(), nullable=False),
    sa.Column('ruleset_key', sa.Text(collation='C'), nullable=True),
    sa.Column('trace', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'loan_id'], ['loan.company_id', 'loan.id'], name=op.f('fk_loan_class_company_id_loan_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_loan_class_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_loan_class')),
    info={'company': True, 'append_only': True}
    )
    op.create_index(op.f('ix_loan_class_company_id_loan_id'), 'loan_class', ['company_id', 'loan_id'], unique=False)
    op.create_table('loan_event',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('loan_id', sa.BigInteger(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('occurred_on', sa.Date(), nullable=False),
    sa.Column('data', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('correlation_id', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['company_id', 'loan_id'], ['loan.company_id', 'loan.id'], name=op.f('fk_loan_event_company_id_loan_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_loan_event_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_loan_event')),
    sa.UniqueConstraint('company_id', 'loan_id', 'sequence', name=op.f('uq_loan_event_company_id_loan_id_sequence')),
    info={'company': True, 'append_only': True}
    )
    op.create_table('receipt',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('number', sa.Text(collation='C'), nullable=False),
    sa.Column('loan_id', sa.BigInteger(), nullable=True),
    sa.Column('customer_id', sa.BigInteger(), nullable=True),
    sa.Column('amount', sa.Numeric(), nullable=False),
    sa.Column('currency', sa.Text(collation='C'), server_default='CNY', nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('channel', sa.Text(collation='C'), server_default='bank', nullable=False),
    sa.Column('reference', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('amount > -1e16 AND amount < 1e16', name=op.f('ck_receipt_amount_in_range')),
    sa.ForeignKeyConstraint(['company_id', 'customer_id'], ['customer.company_id', 'customer.id'], name=op.f('fk_receipt_company_id_customer_id')),
    sa.ForeignKeyConstraint(['company_id', 'loan_id'], ['loan.company_id', 'loan.id'], name=op.f('fk_receipt_company_id_loan_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_receipt_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_receipt')),
    sa.UniqueConstraint('company_id', 'number', name=op.f('uq_receipt_company_id_number')),
    info={'company': True, 'append_only': True}
    )
    op.create_index(op.f('ix_receipt_company_id_customer_id'), 'receipt', ['company_id', 'customer_id'], unique=False)
    op.create_index(op.f('ix_receipt_company_id_loan_id'), 'receipt', ['company_id', 'loan_id'], unique=False)
    op.create_table('accrual',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('business_date', sa.Date(), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), nullable=False),
    sa.Column('product_key', sa.Text(collation='C'), nullable=False),
    sa.Column('amount', sa.Numeric(), nullable=False),
    sa.Column('journal_entry_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('amount > -1e16 AND amount < 1e16', name=op.f('ck_accrual_amount_in_range')),
    sa.ForeignKeyConstraint(['company_id', 'journal_entry_id'], ['journal_entry.company_id', 'journal_entry.id'], name=op.f('fk_accrual_company_id_journal_entry_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_accrual_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_accrual')),
    sa.UniqueConstraint('company_id', 'business_date', 'kind', 'product_key', name=op.f('uq_accrual_company_id_business_date_kind_product_key')),
    info={'company': True, 'append_only': True}
    )
    op.create_index(op.f('ix_accrual_company_id_journal_entry_id'), 'accrual', ['company_id', 'journal_entry_id'], unique=False)
    op.create_table('journal_line',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('journal_entry_id', sa.BigInteger(), nullable=False),
    sa.Column('line_number', sa.Integer(), nullable=False),
    sa.Column('account_code', sa.Text(collation='C'), nullable=False),
    sa.Column('debit', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('credit', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('loan_id', sa.BigInteger(), nullable=True),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('memo', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.CheckConstraint('credit > -1e16 AND credit < 1e16', name=op.f('ck_journal_line_credit_in_range')),
    sa.CheckConstraint('debit > -1e16 AND debit < 1e16', name=op.f('ck_journal_line_debit_in_range')),
    sa.CheckConstraint('debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)', name=op.f('ck_journal_line_one_side')),
    sa.ForeignKeyConstraint(['company_id', 'journal_entry_id'], ['journal_entry.company_id', 'journal_entry.id'], name=op.f('fk_journal_line_company_id_journal_entry_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_journal_line_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_journal_line')),
    sa.UniqueConstraint('company_id', 'journal_entry_id', 'line_number', name=op.f('uq_journal_line_company_id_journal_entry_id_line_number')),
    info={'company': True, 'append_only': True}
    )
    op.create_index(op.f('ix_journal_line_company_id_account_code'), 'journal_line', ['company_id', 'account_code'], unique=False)
    op.create_table('repayment',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('receipt_id', sa.BigInteger(), nullable=True),
    sa.Column('loan_id', sa.BigInteger(), nullable=False),
    sa.Column('repaid_on', sa.Date(), nullable=False),
    sa.Column('kind', sa.Text(collation='C'), server_default='repayment', nullable=False),
    sa.Column('amount', sa.Numeric(), nullable=False),
    sa.Column('principal', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('interest', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('penalty', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('compound', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('fee', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('unapplied', sa.Numeric(), server_default='0', nullable=False),
    sa.Column('allocation', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('amount > -1e16 AND amount < 1e16', name=op.f('ck_repayment_amount_in_range')),
    sa.CheckConstraint('compound > -1e16 AND compound < 1e16', name=op.f('ck_repayment_compound_in_range')),
    sa.CheckConstraint('fee > -1e16 AND fee < 1e16', name=op.f('ck_repayment_fee_in_range')),
    sa.CheckConstraint('interest > -1e16 AND interest < 1e16', name=op.f('ck_repayment_interest_in_range')),
    sa.CheckConstraint('penalty > -1e16 AND penalty < 1e16', name=op.f('ck_repayment_penalty_in_range')),
    sa.CheckConstraint('principal > -1e16 AND principal < 1e16', name=op.f('ck_repayment_principal_in_range')),
    sa.CheckConstraint('unapplied > -1e16 AND unapplied < 1e16', name=op.f('ck_repayment_unapplied_in_range')),
    sa.ForeignKeyConstraint(['company_id', 'loan_id'], ['loan.company_id', 'loan.id'], name=op.f('fk_repayment_company_id_loan_id')),
    sa.ForeignKeyConstraint(['company_id', 'receipt_id'], ['receipt.company_id', 'receipt.id'], name=op.f('fk_repayment_company_id_receipt_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_repayment_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_repayment')),
    info={'company': True, 'append_only': True}
    )
    op.create_index(op.f('ix_repayment_company_id_loan_id'), 'repayment', ['company_id', 'loan_id'], unique=False)
    op.create_index(op.f('ix_repayment_company_id_receipt_id'), 'repayment', ['company_id', 'receipt_id'], unique=False)
    op.create_index(op.f('ix_repayment_company_id_repaid_on'), 'repayment', ['company_id', 'repaid_on'], unique=False)
    op.create_table('ab_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('label', sa.String(length=150), nullable=True),
    sa.Column('description', sa.String(length=512), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('ab_permission',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('ab_register_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=128), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('registration_date', sa.DateTime(), nullable=True),
    sa.Column('registration_hash', sa.String(length=256), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('email'),
    sa.UniqueConstraint('username')
    )
    op.create_table('ab_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('ab_user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('first_name', sa.String(length=64), nullable=False),
    sa.Column('last_name', sa.String(length=64), nullable=False),
    sa.Column('username', sa.String(length=128), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('last_login', sa.DateTime(), nullable=True),
    sa.Column('login_count', sa.Integer(), nullable=True),
    sa.Column('fail_login_count', sa.Integer(), nullable=True),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('changed_on', sa.DateTime(), nullable=True),
    sa.Column('created_by_fk', sa.Integer(), nullable=True),
    sa.Column('changed_by_fk', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_fk'], ['ab_user.id'], ),
    sa.ForeignKeyConstraint(['created_by_fk'], ['ab_user.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('email'),
    sa.UniqueConstraint('username')
    )
    op.create_table('ab_view_menu',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=250), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('ab_api_key',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('name', sa.String(length=256), nullable=False),
    sa.Column('key_hash', sa.String(length=256), nullable=False),
    sa.Column('lookup_hash', sa.String(length=256), nullable=True),
    sa.Column('key_prefix', sa.String(length=16), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_on', sa.DateTime(), nullable=True),
    sa.Column('expires_on', sa.DateTime(), nullable=True),
    sa.Column('revoked_on', sa.DateTime(), nullable=True),
    sa.Column('last_used_on', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('lookup_hash'),
    sa.UniqueConstraint('uuid')
    )
    op.create_index('idx_api_key_lookup_hash', 'ab_api_key', ['lookup_hash'], unique=True)
    op.create_index('idx_api_key_prefix', 'ab_api_key', ['key_prefix'], unique=False)
    op.create_index('idx_api_key_user_id', 'ab_api_key', ['user_id'], unique=False)
    op.create_table('ab_group_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('group_id', 'role_id')
    )
    op.create_index('idx_group_id', 'ab_group_role', ['group_id'], unique=False)
    op.create_index('idx_group_role_id', 'ab_group_role', ['role_id'], unique=False)
    op.create_table('ab_permission_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_id', sa.Integer(), nullable=False),
    sa.Column('view_menu_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['permission_id'], ['ab_permission.id'], ),
    sa.ForeignKeyConstraint(['view_menu_id'], ['ab_view_menu.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('permission_id', 'view_menu_id')
    )
    op.create_index('idx_permission_id', 'ab_permission_view', ['permission_id'], unique=False)
    op.create_index('idx_view_menu_id', 'ab_permission_view', ['view_menu_id'], unique=False)
    op.create_table('ab_user_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['ab_group.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('user_id', 'group_id')
    )
    op.create_index('idx_user_group_id', 'ab_user_group', ['group_id'], unique=False)
    op.create_index('idx_user_id', 'ab_user_group', ['user_id'], unique=False)
    op.create_table('ab_user_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('user_id', 'role_id')
    )
    op.create_table('ab_permission_view_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('permission_view_id', sa.Integer(), nullable=True),
    sa.Column('role_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['permission_view_id'], ['ab_permission_view.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['ab_role.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('permission_view_id', 'role_id')
    )
    op.create_index('idx_permission_view_id', 'ab_permission_view_role', ['permission_view_id'], unique=False)
    op.create_index('idx_role_id', 'ab_permission_view_role', ['role_id'], unique=False)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index('idx_role_id', table_name='ab_permission_view_role')
    op.drop_index('idx_permission_view_id', table_name='ab_permission_view_role')
    op.drop_table('ab_permission_view_role')
    op.drop_table('ab_user_role')
    op.drop_index('idx_user_id', table_name='ab_user_group')
    op.drop_index('idx_user_group_id', table_name='ab_user_group')
    op.drop_table('ab_user_group')
    op.drop_index('idx_view_menu_id', table_name='ab_permission_view')
    op.drop_index('idx_permission_id', table_name='ab_permission_view')
    op.drop_table('ab_permission_view')
    op.drop_index('idx_group_role_id', table_name='ab_group_role')
    op.drop_index('idx_group_id', table_name='ab_group_role')
    op.drop_table('ab_group_role')
    op.drop_index('idx_api_key_user_id', table_name='ab_api_key')
    op.drop_index('idx_api_key_prefix', table_name='ab_api_key')
    op.drop_index('idx_api_key_lookup_hash', table_name='ab_api_key')
    op.drop_table('ab_api_key')
    op.drop_table('ab_view_menu')
    op.drop_table('ab_user')
    op.drop_table('ab_role')
    op.drop_table('ab_register_user')
    op.drop_table('ab_permission')
    op.drop_table('ab_group')
    op.drop_index(op.f('ix_repayment_company_id_repaid_on'), table_name='repayment')
    op.drop_index(op.f('ix_repayment_company_id_receipt_id'), table_name='repayment')
    op.drop_index(op.f('ix_repayment_company_id_loan_id'), table_name='repayment')
    op.drop_table('repayment')
    op.drop_index(op.f('ix_journal_line_company_id_account_code'), table_name='journal_line')
    op.drop_table('journal_line')
    op.drop_index(op.f('ix_accrual_company_id_journal_entry_id'), table_name='accrual')
    op.drop_table('accrual')
    op.drop_index(op.f('ix_receipt_company_id_loan_id'), table_name='receipt')
    op.drop_index(op.f('ix_receipt_company_id_customer_id'), table_name='receipt')
    op.drop_table('receipt')
    op.drop_table('loan_event')
    op.drop_index(op.f('ix_loan_class_company_id_loan_id'), table_name='loan_class')
    op.drop_table('loan_class')
    op.drop_index(op.f('ix_journal_entry_company_id_source_kind_source_id'), table_name='journal_entry')
    op.drop_index(op.f('ix_journal_entry_company_id_reverses_id'), table_name='journal_entry')
    op.drop_index(op.f('ix_journal_entry_company_id_loan_id'), table_name='journal_entry')
    op.drop_index(op.f('ix_journal_entry_company_id_business_date_id'), table_name='journal_entry')
    op.drop_table('journal_entry')
    op.drop_index('ix_instalment_running', table_name='instalment', postgresql_where=sa.text("status = 'due'"))
    op.drop_index(op.f('ix_instalment_company_id_due_on'), table_name='instalment')
    op.drop_table('instalment')
    op.drop_index(op.f('ix_disbursement_company_id_loan_id'), table_name='disbursement')
    op.drop_table('disbursement')
    op.drop_index(op.f('ix_loan_company_id_status_days_past_due'), table_name='loan')
    op.drop_index(op.f('ix_loan_company_id_release_id'), table_name='loan')
    op.drop_index(op.f('ix_loan_company_id_customer_id'), table_name='loan')
    op.drop_index(op.f('ix_loan_company_id_application_id'), table_name='loan')
    op.drop_table('loan')
    op.drop_index(op.f('ix_contract_company_id_sanction_id'), table_name='contract')
    op.drop_index(op.f('ix_contract_company_id_release_id'), table_name='contract')
    op.drop_index(op.f('ix_contract_company_id_main_contract_id'), table_name='contract')
    op.drop_index(op.f('ix_contract_company_id_customer_id'), table_name='contract')
    op.drop_index(op.f('ix_contract_company_id_application_id'), table_name='contract')
    op.drop_table('contract')
    op.drop_index(op.f('ix_work_item_company_id_role_unit_id'), table_name='work_item', postgresql_where=sa.text("status = 'open'"))
    op.drop_index(op.f('ix_work_item_company_id_decided_by_decided_at'), table_name='work_item')
    op.drop_index(op.f('ix_work_item_company_id_assignee_id'), table_name='work_item', postgresql_where=sa.text("status = 'open'"))
    op.drop_table('work_item')
    op.drop_index(op.f('ix_sanction_company_id_unit_id'), table_name='sanction')
    op.drop_index(op.f('ix_sanction_company_id_release_id'), table_name='sanction')
    op.drop_index(op.f('ix_sanction_company_id_expires_on'), table_name='sanction', postgresql_where=sa.text("state = 'in_force'"))
    op.drop_index(op.f('ix_sanction_company_id_customer_id'), table_name='sanction')
    op.drop_index(op.f('ix_sanction_company_id_application_id'), table_name='sanction')
    op.drop_table('sanction')
    op.drop_index(op.f('ix_flow_history_company_id_application_id'), table_name='flow_history')
    op.drop_table('flow_history')
    op.drop_index(op.f('ix_assessment_company_id_application_id'), table_name='assessment')
    op.drop_table('assessment')
    op.drop_index(op.f('ix_upload_company_id_subject_kind_subject_id'), table_name='upload')
    op.drop_index(op.f('ix_upload_company_id_blob_id'), table_name='upload')
    op.drop_table('upload')
    op.drop_index(op.f('ix_release_item_company_id_release_id'), table_name='release_item')
    op.drop_index(op.f('ix_release_item_company_id_definition_id'), table_name='release_item')
    op.drop_table('release_item')
    op.drop_index('uq_record_index_text', table_name='record_index', postgresql_where=sa.text('"unique" = 1 AND text_value IS NOT NULL'))
    op.drop_index('uq_record_index_hash', table_name='record_index', postgresql_where=sa.text('"unique" = 1 AND hash_value IS NOT NULL'))
    op.drop_index('ix_record_index_text', table_name='record_index')
    op.drop_index('ix_record_index_number', table_name='record_index')
    op.drop_index('ix_record_index_hash', table_name='record_index')
    op.drop_index('ix_record_index_date', table_name='record_index')
    op.drop_index(op.f('ix_record_index_company_id_record_id'), table_name='record_index')
    op.drop_table('record_index')
    op.drop_index(op.f('ix_draft_company_id_base_definition_id'), table_name='draft')
    op.drop_table('draft')
    op.drop_index(op.f('ix_document_company_id_subject_kind_subject_id'), table_name='document')
    op.drop_index(op.f('ix_document_company_id_pdf_blob_id'), table_name='document')
    op.drop_index(op.f('ix_document_company_id_docx_blob_id'), table_name='document')
    op.drop_table('document')
    op.drop_table('day_chunk')
    op.drop_index(op.f('ix_application_company_id_unit_id'), table_name='application')
    op.drop_index(op.f('ix_application_company_id_state_id'), table_name='application')
    op.drop_index(op.f('ix_application_company_id_release_id'), table_name='application')
    op.drop_index(op.f('ix_application_company_id_customer_id'), table_name='application')
    op.drop_table('application')
    op.drop_index(op.f('ix_saved_view_company_id_user_id_page'), table_name='saved_view')
    op.drop_table('saved_view')
    op.drop_index('uq_release_live', table_name='release', postgresql_where=sa.text("state = 'live'"))
    op.drop_index(op.f('ix_release_company_id_base_release_id'), table_name='release')
    op.drop_table('release')
    op.drop_index(op.f('ix_record_company_id_entity_id'), table_name='record')
    op.drop_table('record')
    op.drop_index('uq_product_stop_open', table_name='product_stop', postgresql_where=sa.text('lifted_at IS NULL'))
    op.drop_table('product_stop')
    op.drop_index(op.f('ix_outbox_company_id_due_at'), table_name='outbox', postgresql_where=sa.text("state = 'due'"))
    op.drop_table('outbox')
    op.drop_table('number_sequence')
    op.drop_index(op.f('ix_message_company_id_user_id_id'), table_name='message')
    op.drop_table('message')
    op.drop_table('membership')
    op.drop_index(op.f('ix_job_run_company_id_due_at'), table_name='job_run', postgresql_where=sa.text("state IN ('due', 'running')"))
    op.drop_table('job_run')
    op.drop_table('import_run')
    op.drop_table('idempotency')
    op.drop_table('definition')
    op.drop_table('day_run')
    op.drop_index(op.f('ix_customer_company_id_phone_hash'), table_name='customer')
    op.drop_index(op.f('ix_customer_company_id_name_pinyin'), table_name='customer')
    op.drop_index(op.f('ix_customer_company_id_manager_user_id'), table_name='customer')
    op.drop_table('customer')
    op.drop_index(op.f('ix_blob_company_id_sha256'), table_name='blob')
    op.drop_table('blob')
    op.drop_index(op.f('ix_audit_log_company_id_subject_kind_subject_id_id'), table_name='audit_log')
    op.drop_index(op.f('ix_audit_log_company_id_id'), table_name='audit_log')
    op.drop_table('audit_log')
    op.drop_table('user_profile')
    op.drop_table('sign_in_guard')
    op.drop_table('company')
