"""Alembic's place: numbered steps from an empty database to the tables of store/tables and FAB's own."""
