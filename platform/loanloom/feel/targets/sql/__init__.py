"""Typed tree to SQL for PostgreSQL, as text with bound values."""
