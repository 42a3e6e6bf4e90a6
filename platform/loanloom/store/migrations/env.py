"""Run by Alembic: migrates on the connection that store/migrate.py hands over, for our tables and FAB's together."""

from __future__ import annotations

from alembic import context

from loanloom.store.migrate import every_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=every_metadata(),
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
