"""The ledger's balances, periods and month ends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

# Days closed before balances were kept: added up once.
KEPT = (
    "INSERT INTO account_day (company_id, business_date, account_code, unit, currency, debits, credits) "
    "SELECT l.company_id, l.business_date, l.account_code, coalesce(l.unit, ''), l.currency, sum(l.debit), sum(l.credit) "
    "FROM journal_line AS l JOIN company AS c ON c.id = l.company_id AND l.business_date < c.business_date "
    "GROUP BY 1, 2, 3, 4, 5",
    "INSERT INTO account_month (company_id, month_on, account_code, unit, currency, opening) "
    "SELECT d.company_id, m.month_on, d.account_code, d.unit, d.currency, sum(d.debits - d.credits) FROM account_day AS d "
    "JOIN company AS c ON c.id = d.company_id CROSS JOIN LATERAL (SELECT g::date AS month_on FROM generate_series("
    "date_trunc('month', d.business_date + interval '1 month'), date_trunc('month', c.business_date), "
    "interval '1 month') AS g) AS m GROUP BY 1, 2, 3, 4, 5",
    "INSERT INTO ledger_day (company_id, business_date, next_date, entries, debits, credits) "
    "SELECT r.company_id, r.business_date, r.next_date, (SELECT count(*) FROM journal_entry AS e "
    "WHERE e.company_id = r.company_id AND e.business_date = r.business_date), coalesce(sum(d.debits), 0), "
    "coalesce(sum(d.credits), 0) FROM day_run AS r LEFT JOIN account_day AS d ON d.company_id = r.company_id "
    "AND d.business_date = r.business_date WHERE r.state = 'done' GROUP BY r.company_id, r.business_date, r.next_date",
)


def upgrade() -> None:
    """From the version before."""
    op.create_table('account_day',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('business_date', sa.Date(), nullable=False),
    sa.Column('account_code', sa.Text(collation='C'), nullable=False),
    sa.Column('unit', sa.Text(collation='C'), server_default='', nullable=False),
    sa.Column('currency', sa.Text(collation='C'), nullable=False),
    sa.Column('debits', sa.Numeric(), nullable=False),
    sa.Column('credits', sa.Numeric(), nullable=False),
    sa.CheckConstraint('credits > -1e16 AND credits < 1e16', name=op.f('ck_account_day_credits_in_range')),
    sa.CheckConstraint('debits > -1e16 AND debits < 1e16', name=op.f('ck_account_day_debits_in_range')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_account_day_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_account_day')),
    sa.UniqueConstraint('company_id', 'business_date', 'account_code', 'unit', 'currency', name=op.f('uq_account_day')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_index(op.f('ix_account_day_company_id_account_code_business_date'), 'account_day', ['company_id', 'account_code', 'business_date'], unique=False)
    op.create_table('account_month',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('account_code', sa.Text(collation='C'), nullable=False),
    sa.Column('unit', sa.Text(collation='C'), server_default='', nullable=False),
    sa.Column('currency', sa.Text(collation='C'), nullable=False),
    sa.Column('opening', sa.Numeric(), nullable=False),
    sa.CheckConstraint('opening > -1e16 AND opening < 1e16', name=op.f('ck_account_month_opening_in_range')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_account_month_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_account_month')),
    sa.UniqueConstraint('company_id', 'month_on', 'account_code', 'unit', 'currency', name=op.f('uq_account_month')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_table('ledger_day',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('business_date', sa.Date(), nullable=False),
    sa.Column('next_date', sa.Date(), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('debits', sa.Numeric(), nullable=False),
    sa.Column('credits', sa.Numeric(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('credits > -1e16 AND credits < 1e16', name=op.f('ck_ledger_day_credits_in_range')),
    sa.CheckConstraint('debits > -1e16 AND debits < 1e16', name=op.f('ck_ledger_day_debits_in_range')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_ledger_day_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_ledger_day')),
    sa.UniqueConstraint('company_id', 'business_date', name=op.f('uq_ledger_day_company_id_business_date')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_table('ledger_period',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(collation='C'), nullable=False),
    sa.Column('soft_by', sa.Integer(), nullable=True),
    sa.Column('soft_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hard_by', sa.Integer(), nullable=True),
    sa.Column('hard_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("state IN ('open', 'soft', 'hard')", name=op.f('ck_ledger_period_known_state')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_ledger_period_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_ledger_period')),
    sa.UniqueConstraint('company_id', 'first_on', name=op.f('uq_ledger_period_company_id_first_on')),
    info={'company': True, 'append_only': False, 'set_once': ()}
    )
    op.create_table('loan_month',
    sa.Column('company_id', sa.Integer(), server_default=sa.text("nullif(current_setting('loanloom.company_id', true), '')::integer"), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('loan_id', sa.BigInteger(), nullable=False),
    sa.Column('month_on', sa.Date(), nullable=False),
    sa.Column('product_key', sa.Text(collation='C'), nullable=False),
    sa.Column('unit', sa.Text(collation='C'), nullable=True),
    sa.Column('currency', sa.Text(collation='C'), nullable=False),
    sa.Column('status', sa.Text(collation='C'), nullable=False),
    sa.Column('accounting', sa.Text(collation='C'), nullable=False),
    sa.Column('asset_class', sa.Text(collation='C'), nullable=False),
    sa.Column('days_past_due', sa.Integer(), nullable=False),
    sa.Column('principal', sa.Numeric(), nullable=False),
    sa.Column('interest', sa.Numeric(), nullable=False),
    sa.Column('penalty', sa.Numeric(), nullable=False),
    sa.Column('compound', sa.Numeric(), nullable=False),
    sa.Column('damages', sa.Numeric(), nullable=False),
    sa.Column('fee', sa.Numeric(), nullable=False),
    sa.Column('overdue', sa.Numeric(), nullable=False),
    sa.Column('surplus', sa.Numeric(), nullable=False),
    sa.CheckConstraint('compound > -1e16 AND compound < 1e16', name=op.f('ck_loan_month_compound_in_range')),
    sa.CheckConstraint('damages > -1e16 AND damages < 1e16', name=op.f('ck_loan_month_damages_in_range')),
    sa.CheckConstraint('fee > -1e16 AND fee < 1e16', name=op.f('ck_loan_month_fee_in_range')),
    sa.CheckConstraint('interest > -1e16 AND interest < 1e16', name=op.f('ck_loan_month_interest_in_range')),
    sa.CheckConstraint('overdue > -1e16 AND overdue < 1e16', name=op.f('ck_loan_month_overdue_in_range')),
    sa.CheckConstraint('penalty > -1e16 AND penalty < 1e16', name=op.f('ck_loan_month_penalty_in_range')),
    sa.CheckConstraint('principal > -1e16 AND principal < 1e16', name=op.f('ck_loan_month_principal_in_range')),
    sa.CheckConstraint('surplus > -1e16 AND surplus < 1e16', name=op.f('ck_loan_month_surplus_in_range')),
    sa.ForeignKeyConstraint(['company_id', 'loan_id'], ['loan.company_id', 'loan.id'], name=op.f('fk_loan_month_company_id_loan_id')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_loan_month_company_id')),
    sa.PrimaryKeyConstraint('company_id', 'id', name=op.f('pk_loan_month')),
    sa.UniqueConstraint('company_id', 'loan_id', 'month_on', name=op.f('uq_loan_month_company_id_loan_id_month_on')),
    info={'company': True, 'append_only': True, 'set_once': ()}
    )
    op.create_index(op.f('ix_loan_month_company_id_month_on'), 'loan_month', ['company_id', 'month_on'], unique=False)
    op.add_column('accrual', sa.Column('unit', sa.Text(collation='C'), server_default='', nullable=False))
    op.add_column('accrual', sa.Column('currency', sa.Text(collation='C'), server_default='CNY', nullable=False))
    op.add_column('accrual', sa.Column('accounting', sa.Text(collation='C'), server_default='performing', nullable=False))
    op.drop_constraint(op.f('uq_accrual_company_id_business_date_kind_product_key'), 'accrual', type_='unique')
    op.create_unique_constraint(op.f('uq_accrual_day'), 'accrual', ['company_id', 'business_date', 'kind', 'product_key', 'unit', 'currency', 'accounting'])
    op.add_column('journal_entry', sa.Column('sequence', sa.Integer(), nullable=True))
    op.drop_index(op.f('ix_journal_entry_company_id_reverses_id'), table_name='journal_entry')
    op.create_index('uq_journal_entry_reverses', 'journal_entry', ['company_id', 'reverses_id'], unique=True, postgresql_where=sa.text('reverses_id IS NOT NULL'))
    op.add_column('journal_line', sa.Column('business_date', sa.Date(), nullable=True))
    op.add_column('journal_line', sa.Column('currency', sa.Text(collation='C'), server_default='CNY', nullable=False))
    # the only change that lines ever see: the day and currency of their entry are written beside them
    op.execute('ALTER TABLE journal_line DISABLE TRIGGER USER')
    op.execute(
        'UPDATE journal_line AS l SET business_date = e.business_date, currency = e.currency FROM journal_entry AS e '
        'WHERE e.company_id = l.company_id AND e.id = l.journal_entry_id'
    )
    op.execute('ALTER TABLE journal_line ENABLE TRIGGER USER')
    op.alter_column('journal_line', 'business_date', nullable=False)
    op.drop_index(op.f('ix_journal_line_company_id_account_code'), table_name='journal_line')
    op.create_index(op.f('ix_journal_line_company_id_account_code_business_date_id'), 'journal_line', ['company_id', 'account_code', 'business_date', 'id'], unique=False)
    op.add_column('loan', sa.Column('damages_booked', sa.Numeric(), server_default='0', nullable=False))
    op.add_column('loan', sa.Column('fee_booked', sa.Numeric(), server_default='0', nullable=False))
    op.add_column('loan', sa.Column('interest_beyond', sa.Numeric(), server_default='0', nullable=False))
    op.add_column('loan', sa.Column('accounting', sa.Text(collation='C'), server_default='performing', nullable=False))
    # booked penalties: from all that ever accrued to what is still receivable
    op.execute(
        'UPDATE loan AS l SET penalty_booked = penalty_booked - p.penalty, compound_booked = compound_booked - p.compound '
        'FROM (SELECT company_id, loan_id, sum(penalty_paid) AS penalty, sum(compound_paid) AS compound '
        'FROM instalment GROUP BY company_id, loan_id) AS p WHERE p.company_id = l.company_id AND p.loan_id = l.id'
    )
    for statement in KEPT:
        op.execute(statement)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_column('loan', 'accounting')
    op.drop_column('loan', 'interest_beyond')
    op.drop_column('loan', 'fee_booked')
    op.drop_column('loan', 'damages_booked')
    op.drop_index(op.f('ix_journal_line_company_id_account_code_business_date_id'), table_name='journal_line')
    op.create_index(op.f('ix_journal_line_company_id_account_code'), 'journal_line', ['company_id', 'account_code'], unique=False)
    op.drop_column('journal_line', 'currency')
    op.drop_column('journal_line', 'business_date')
    op.drop_index('uq_journal_entry_reverses', table_name='journal_entry', postgresql_where=sa.text('reverses_id IS NOT NULL'))
    op.create_index(op.f('ix_journal_entry_company_id_reverses_id'), 'journal_entry', ['company_id', 'reverses_id'], unique=False)
    op.drop_column('journal_entry', 'sequence')
    op.drop_constraint(op.f('uq_accrual_day'), 'accrual', type_='unique')
    op.create_unique_constraint(op.f('uq_accrual_company_id_business_date_kind_product_key'), 'accrual', ['company_id', 'business_date', 'kind', 'product_key'], postgresql_nulls_not_distinct=False)
    op.drop_column('accrual', 'accounting')
    op.drop_column('accrual', 'currency')
    op.drop_column('accrual', 'unit')
    op.drop_index(op.f('ix_loan_month_company_id_month_on'), table_name='loan_month')
    op.drop_table('loan_month')
    op.drop_table('ledger_period')
    op.drop_table('ledger_day')
    op.drop_table('account_month')
    op.drop_index(op.f('ix_account_day_company_id_account_code_business_date'), table_name='account_day')
    op.drop_table('account_day')
