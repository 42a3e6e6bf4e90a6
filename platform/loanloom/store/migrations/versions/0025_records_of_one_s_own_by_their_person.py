"""Records of one's own by their person."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """From the version before."""
    for person in ("manager_user_id", "created_by"):
        op.create_index(op.f(f"ix_record_company_id_{person}_id"), "record", ["company_id", person, "id"], unique=False)


def downgrade() -> None:
    """Back to the version before."""
    for person in ("created_by", "manager_user_id"):
        op.drop_index(op.f(f"ix_record_company_id_{person}_id"), table_name="record")
