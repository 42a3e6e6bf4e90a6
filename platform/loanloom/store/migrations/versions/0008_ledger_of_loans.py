"""Limits of what the books hold of a loan; indexes for instalments paid ahead and for interest that becomes principal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

COLUMNS = ("damages_booked", "fee_booked", "interest_beyond")


def upgrade() -> None:
    """From the version before."""
    for name in COLUMNS:
        op.create_check_constraint(op.f(f"ck_loan_{name}_in_range"), "loan", f"{name} > -1e16 AND {name} < 1e16")
    op.create_index(
        "ix_instalment_paid", "instalment", ["company_id", "due_on"], postgresql_where=sa.text("status = 'paid'")
    )
    op.create_index(
        "ix_instalment_capitalising",
        "instalment",
        ["company_id", "due_on"],
        postgresql_where=sa.text("capitalised <> 0"),
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_index("ix_instalment_capitalising", table_name="instalment")
    op.drop_index("ix_instalment_paid", table_name="instalment")
    for name in COLUMNS:
        op.drop_constraint(op.f(f"ck_loan_{name}_in_range"), "loan")
