"""Lateness of instalments and circumstances of loans as one value each; liquidated damages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

PRODUCTS = """
UPDATE instalment AS i SET late = jsonb_build_object(
    'counted_to', i.counted_to,
    'principal_days', i.principal_days::text,
    'penalty_weight', (i.principal_days * i.annual_rate * (1 + (l.terms #>> '{penalty,uplift}')::numeric))::text,
    'compound_weight', CASE WHEN (l.terms #>> '{penalty,compound}')::boolean
        THEN (i.interest_days * i.annual_rate * (1 + (l.terms #>> '{penalty,uplift}')::numeric))::text ELSE '0' END)
FROM loan AS l WHERE l.company_id = i.company_id AND l.id = i.loan_id AND i.counted_to IS NOT NULL
"""


def _money(name: str, table: str) -> None:
    op.add_column(table, sa.Column(name, sa.Numeric(), server_default="0", nullable=False))
    op.create_check_constraint(f"ck_{table}_{name}_in_range", table, f"{name} > -1e16 AND {name} < 1e16")


def upgrade() -> None:
    """From the version before."""
    _money("damages_paid", "instalment")
    _money("damages", "repayment")
    op.add_column("instalment", sa.Column("late", postgresql.JSONB(none_as_null=True), nullable=True))
    op.add_column("loan", sa.Column("circumstances", postgresql.JSONB(none_as_null=True), nullable=True))
    op.execute(PRODUCTS)
    for name in ("principal_days", "interest_days", "counted_to"):
        op.drop_column("instalment", name)


def downgrade() -> None:
    """Back to the version before: what was counted of a running lateness starts again at the due date."""
    for name in ("principal_days", "interest_days"):
        op.add_column("instalment", sa.Column(name, sa.Numeric(), server_default="0", nullable=False))
    op.add_column("instalment", sa.Column("counted_to", sa.Date(), nullable=True))
    op.drop_column("loan", "circumstances")
    op.drop_column("instalment", "late")
    op.drop_column("repayment", "damages")
    op.drop_column("instalment", "damages_paid")
