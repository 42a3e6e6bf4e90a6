"""The ledger: balanced entries and their lines, never changed; a mistake is reversed by another entry."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Index, Integer, UniqueConstraint

from .base import Key, company_table, link, mapping, moment, money

journal_entry = company_table(
    "journal_entry",
    Column("number", Key),
    Column("business_date", Date, nullable=False),
    Column("event", Key, nullable=False),
    Column("source_kind", Key),
    Column("source_id", BigInteger),
    *link("loan", nullable=True),
    *link("journal_entry", "reverses_id", nullable=True),
    Column("currency", Key, nullable=False, server_default="CNY"),
    mapping("memo"),
    Column("release_id", BigInteger),
    Column("created_by", Integer),
    moment("created_at", now=True),
    Index(None, "company_id", "business_date", "id"),
    Index(None, "company_id", "source_kind", "source_id"),
    append_only=True,
)

journal_line = company_table(
    "journal_line",
    *link("journal_entry", index=False),
    Column("line_number", Integer, nullable=False),
    Column("account_code", Key, nullable=False),
    *money("debit", default="0"),
    *money("credit", default="0"),
    Column("loan_id", BigInteger),
    Column("unit", Key),
    mapping("memo", default=None, nullable=True),
    UniqueConstraint("company_id", "journal_entry_id", "line_number"),
    CheckConstraint("debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)", name="one_side"),
    Index(None, "company_id", "account_code"),
    append_only=True,
)

accrual = company_table(
    "accrual",
    Column("business_date", Date, nullable=False),
    Column("kind", Key, nullable=False),  # interest, penalty, compound
    Column("product_key", Key, nullable=False),
    *money("amount"),
    *link("journal_entry", nullable=True),
    UniqueConstraint("company_id", "business_date", "kind", "product_key"),
    append_only=True,
)
