"""What the screens remember: a user's language, first password and sessions that ended, failed log-ins, saved list
views."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text

from .base import Key, company_table, mapping, metadata, moment

user_profile = Table(
    "user_profile",
    metadata,
    Column("user_id", Integer, primary_key=True, autoincrement=False),  # ab_user.id of Flask-AppBuilder
    Column("language", Text),
    Column("must_change_password", Boolean, nullable=False, server_default="false"),
    moment("password_changed_at"),
    Column("sessions_since", Text),  # a mark: sessions and tokens made under another one are over
    mapping("ended_sessions"),  # session -> when it was signed out, as long as its cookie could be shown again
)

sign_in_guard = Table(
    "sign_in_guard",
    metadata,
    Column("subject", Key, primary_key=True),  # user:<name> or ip:<address>
    Column("failures", Integer, nullable=False, server_default="0"),
    moment("first_failed_at"),
    moment("locked_until"),
)

saved_view = company_table(
    "saved_view",
    Column("user_id", Integer, nullable=False),
    Column("page", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    moment("created_at", now=True),
    Index(None, "company_id", "user_id", "page"),
)
