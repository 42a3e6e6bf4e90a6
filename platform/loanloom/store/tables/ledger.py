"""The ledger: balanced entries and their lines, never changed; a mistake is reversed by another entry.

What the database itself sees to (store/ledger_guard.py): an entry whose lines do not balance cannot be committed, none
reaches a closed period, none is reversed twice. Balances of days and months are kept beside the lines, so that no
question has to add up all history.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Index, Integer, Text, UniqueConstraint, text

from .base import Key, company_table, link, mapping, moment, money, version

journal_entry = company_table(
    "journal_entry",
    Column("number", Key),
    Column("business_date", Date, nullable=False),
    Column("event", Key, nullable=False),
    Column("source_kind", Key),
    Column("source_id", BigInteger),
    *link("loan", nullable=True),
    Column("sequence", Integer),  # of the loan's event that it books; none for what accrues
    *link("journal_entry", "reverses_id", nullable=True, index=False),
    Column("currency", Key, nullable=False, server_default="CNY"),
    mapping("memo"),
    Column("release_id", BigInteger),
    Column("created_by", Integer),
    moment("created_at", now=True),
    Index(None, "company_id", "business_date", "id"),
    Index(None, "company_id", "source_kind", "source_id"),
    Index("uq_journal_entry_reverses", "company_id", "reverses_id", unique=True,
          postgresql_where=text("reverses_id IS NOT NULL")),
    append_only=True,
)  # fmt: skip

journal_line = company_table(
    "journal_line",
    *link("journal_entry", index=False),
    Column("line_number", Integer, nullable=False),
    Column("business_date", Date, nullable=False),  # its entry's
    Column("account_code", Key, nullable=False),
    *money("debit", default="0"),
    *money("credit", default="0"),
    Column("currency", Key, nullable=False, server_default="CNY"),  # its entry's
    Column("loan_id", BigInteger),
    Column("unit", Key),
    mapping("memo", default=None, nullable=True),
    UniqueConstraint("company_id", "journal_entry_id", "line_number"),
    CheckConstraint("debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)", name="one_side"),
    Index(None, "company_id", "account_code", "business_date", "id"),
    append_only=True,
)

ledger_day = company_table(
    "ledger_day",  # a day whose lines are added up; the latest says how far balances are kept
    Column("business_date", Date, nullable=False),
    Column("next_date", Date, nullable=False),
    Column("entries", Integer, nullable=False),
    *money("debits"),
    *money("credits"),
    moment("made_at", now=True),
    UniqueConstraint("company_id", "business_date"),
)

account_day = company_table(
    "account_day",  # what moved on an account in one day; `unit` is empty where lines name none
    Column("business_date", Date, nullable=False),
    Column("account_code", Key, nullable=False),
    Column("unit", Key, nullable=False, server_default=""),
    Column("currency", Key, nullable=False),
    *money("debits"),
    *money("credits"),
    UniqueConstraint("company_id", "business_date", "account_code", "unit", "currency", name="uq_account_day"),
    Index(None, "company_id", "account_code", "business_date"),
)

account_month = company_table(
    "account_month",  # what an account held (debit side) as a month began
    Column("month_on", Date, nullable=False),
    Column("account_code", Key, nullable=False),
    Column("unit", Key, nullable=False, server_default=""),
    Column("currency", Key, nullable=False),
    *money("opening"),
    UniqueConstraint("company_id", "month_on", "account_code", "unit", "currency", name="uq_account_month"),
)

ledger_period = company_table(
    "ledger_period",  # a month that somebody closed; a month without a row is open
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("state", Key, nullable=False),  # soft, hard, open (reopened)
    Column("soft_by", Integer),
    moment("soft_at"),
    Column("hard_by", Integer),
    moment("hard_at"),
    Column("reason", Text),  # why it was reopened
    version(),
    UniqueConstraint("company_id", "first_on"),
    CheckConstraint("state IN ('open', 'soft', 'hard')", name="known_state"),
)

accrual = company_table(
    "accrual",
    Column("business_date", Date, nullable=False),
    Column("kind", Key, nullable=False),  # interest, penalty, compound, damages, fee
    Column("product_key", Key, nullable=False),
    Column("unit", Key, nullable=False, server_default=""),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("accounting", Key, nullable=False, server_default="performing"),
    *money("amount"),
    *link("journal_entry", nullable=True),
    UniqueConstraint(
        "company_id", "business_date", "kind", "product_key", "unit", "currency", "accounting", name="uq_accrual_day"
    ),
    append_only=True,
)

loan_month = company_table(
    "loan_month",  # how a loan stood at the end of a month's last day
    *link("loan", index=False),
    Column("month_on", Date, nullable=False),  # the month's last day
    Column("product_key", Key, nullable=False),
    Column("unit", Key),
    Column("currency", Key, nullable=False),
    Column("status", Key, nullable=False),
    Column("accounting", Key, nullable=False),
    Column("asset_class", Key, nullable=False),
    Column("days_past_due", Integer, nullable=False),
    *money("principal"),
    *money("interest"),
    *money("penalty"),
    *money("compound"),
    *money("damages"),
    *money("fee"),
    *money("overdue"),
    *money("surplus"),
    UniqueConstraint("company_id", "loan_id", "month_on"),
    Index(None, "company_id", "month_on"),
    append_only=True,
)
