"""Loans, their schedules and the money in and out. Events are the truth; columns are what lists and the day need."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Numeric, Text, UniqueConstraint, text

from .base import Key, company_table, link, mapping, moment, money, version

loan = company_table(
    "loan",
    Column("number", Key, nullable=False),
    *link("contract"),
    *link("application"),
    *link("customer"),
    *link("release"),
    Column("product_key", Key, nullable=False),
    Column("currency", Key, nullable=False, server_default="CNY"),
    *money("principal"),
    Column("annual_rate", Numeric, nullable=False),
    Column("method", Key, nullable=False),
    Column("term_months", Integer, nullable=False),
    mapping("terms"),
    mapping("state"),  # the core's loan as of the last event
    Column("status", Key, nullable=False, server_default="active"),  # active, settled, written_off
    Column("disbursed_on", Date, nullable=False),
    Column("matures_on", Date, nullable=False),
    Column("settled_on", Date),
    *money("principal_outstanding"),
    *money("interest_outstanding", default="0"),
    *money("penalty_outstanding", default="0"),
    *money("overdue_amount", default="0"),
    Column("days_past_due", Integer, nullable=False, server_default="0"),
    Column("overdue_since", Date),
    Column("asset_class", Key, nullable=False, server_default="normal"),
    Column("next_due_on", Date),
    Column("accrued_to", Date),
    Column("next_event_on", Date),  # the day's selection: nothing happens to the loan before it
    Column("unit", Key),
    Column("manager_user_id", Integer),
    mapping("extra"),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
    Index(None, "company_id", "next_event_on", postgresql_where=text("status = 'active'")),
    Index(None, "company_id", "status", "days_past_due"),
)

instalment = company_table(
    "instalment",
    *link("loan", index=False),
    Column("number", Integer, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    *money("principal"),
    *money("interest"),
    *money("fee", default="0"),
    *money("principal_paid", default="0"),
    *money("interest_paid", default="0"),
    *money("fee_paid", default="0"),
    *money("penalty", default="0"),
    *money("penalty_paid", default="0"),
    *money("principal_balance", default="0"),
    Column("status", Key, nullable=False, server_default="due"),  # due, paid, overdue, cancelled
    Column("paid_on", Date),
    UniqueConstraint("company_id", "loan_id", "number"),
    Index(None, "company_id", "due_on"),
)

loan_event = company_table(
    "loan_event",
    *link("loan", index=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", Key, nullable=False),
    Column("occurred_on", Date, nullable=False),
    mapping("data"),
    Column("actor_id", Integer),
    Column("correlation_id", Text),
    moment("recorded_at", now=True),
    UniqueConstraint("company_id", "loan_id", "sequence"),
    append_only=True,
)

disbursement = company_table(
    "disbursement",
    Column("number", Key, nullable=False),
    *link("loan"),
    *link("contract"),
    *money("amount"),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("disbursed_on", Date, nullable=False),
    Column("payee_name", Text),
    Column("payee_account_masked", Text),
    Column("channel", Key, nullable=False, server_default="bank"),
    Column("created_by", Integer),
    moment("created_at", now=True),
    UniqueConstraint("company_id", "number"),
    append_only=True,
)

receipt = company_table(
    "receipt",
    Column("number", Key, nullable=False),
    *link("loan", nullable=True),
    *link("customer", nullable=True),
    *money("amount"),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("received_on", Date, nullable=False),
    Column("channel", Key, nullable=False, server_default="bank"),
    Column("reference", Text),
    Column("note", Text),
    Column("created_by", Integer),
    moment("created_at", now=True),
    UniqueConstraint("company_id", "number"),
    append_only=True,
)

repayment = company_table(
    "repayment",
    *link("receipt"),
    *link("loan"),
    Column("repaid_on", Date, nullable=False),
    Column("kind", Key, nullable=False, server_default="repayment"),  # repayment, prepayment, payoff
    *money("amount"),
    *money("principal", default="0"),
    *money("interest", default="0"),
    *money("penalty", default="0"),
    *money("compound", default="0"),
    *money("fee", default="0"),
    *money("unapplied", default="0"),
    mapping("allocation", default="'[]'::jsonb"),
    Column("loan_event_id", BigInteger),
    Column("created_by", Integer),
    moment("created_at", now=True),
    append_only=True,
)
