"""State of instalments, superseded events, keys of commands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """From the version before."""
    for name in ("carried", "drawn", "capitalised"):
        op.add_column("instalment", sa.Column(name, sa.Numeric(), server_default="0", nullable=False))
        op.create_check_constraint(
            op.f(f"ck_instalment_{name}_in_range"), "instalment", f"{name} > -1e16 AND {name} < 1e16"
        )
    for name in ("counted_from", "tolerated_to"):
        op.add_column("instalment", sa.Column(name, sa.Date(), nullable=True))
    op.add_column("loan_event", sa.Column("superseded_by", sa.Integer(), nullable=True))
    op.add_column("idempotency", sa.Column("subject", sa.Text(collation="C"), server_default="", nullable=False))
    op.drop_constraint("uq_idempotency_company_id_key", "idempotency", type_="unique")
    op.create_unique_constraint(
        "uq_idempotency_company_id_key_command_subject", "idempotency", ["company_id", "key", "command", "subject"]
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_constraint("uq_idempotency_company_id_key_command_subject", "idempotency", type_="unique")
    op.create_unique_constraint("uq_idempotency_company_id_key", "idempotency", ["company_id", "key"])
    op.drop_column("idempotency", "subject")
    op.drop_column("loan_event", "superseded_by")
    for name in ("carried", "counted_from", "drawn", "capitalised", "tolerated_to"):
        op.drop_column("instalment", name)
