"""Everything the spine needs, and Flask-AppBuilder's users, roles and permissions."""

from __future__ import annotations

from alembic import op

from loanloom.store.migrate import every_metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table (still moving; `loanloom dev migration --first` writes the steps out)."""
    for metadata in reversed(every_metadata()):
        metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Back to an empty database."""
    for metadata in every_metadata():
        metadata.drop_all(op.get_bind())
