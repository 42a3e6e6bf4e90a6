"""Loans, their schedules and the money in and out. Events are the truth; the other rows are what they amount to."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    UniqueConstraint,
    and_,
    text,
)

from .base import Key, company_table, link, mapping, moment, money, version

loan = company_table(
    "loan",
    Column("number", Key, nullable=False),
    *link("contract", index=False),
    *link("application"),
    *link("customer"),
    *link("release"),
    Column("product_key", Key, nullable=False),
    Column("currency", Key, nullable=False, server_default="CNY"),
    *money("principal"),
    Column("annual_rate", Numeric, nullable=False),
    Column("method", Key, nullable=False),
    Column("term_months", Integer, nullable=False),
    mapping("terms"),  # the core's terms, as agreed
    Column("status", Key, nullable=False, server_default="active"),  # active, settled, cancelled: never paid out
    Column("disbursed_on", Date, nullable=False),
    Column("matures_on", Date, nullable=False),
    Column("settled_on", Date),
    Column("last_event_on", Date, nullable=False),
    Column("event_count", Integer, nullable=False, server_default="0"),
    *money("principal_outstanding"),
    *money("surplus", default="0"),  # money kept for the borrower
    mapping("circumstances", default=None, nullable=True),  # what few loans have (core: Circumstances); null: ordinary
    mapping("more", default=None, nullable=True),  # state without a column of its own (services/money/loan_fields.py)
    # What the ledger holds as receivable of this loan, paid amounts taken off: the day books the difference to what it
    # owes. Interest needs no such column: it follows from the instalments, but for what `interest_beyond` adds.
    *money("penalty_booked", default="0"),
    *money("compound_booked", default="0"),
    *money("damages_booked", default="0"),
    *money("fee_booked", default="0"),
    *money("interest_beyond", default="0"),
    Column("accounting", Key, nullable=False, server_default="performing"),  # suspended, charged_off, written_off
    # As of the start of the business date, for lists and the day's selection.
    *money("penalty_outstanding", default="0"),
    *money("overdue_amount", default="0"),
    Column("days_past_due", Integer, nullable=False, server_default="0"),
    Column("overdue_since", Date),
    Column("asset_class", Key, nullable=False, server_default="normal"),
    Column("next_due_on", Date),
    Column("unit", Key),
    Column("manager_user_id", Integer),
    Column("created_by", Integer),
    mapping("extra"),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
    Column("credit_line_id", BigInteger),  # the line that it is drawn on
    Index("ix_loan_credit_line", "company_id", "credit_line_id", postgresql_where=text("credit_line_id IS NOT NULL")),
    Index(None, "company_id", "status", "days_past_due"),
    # One loan a contract: never paid out twice, but again after its disbursement was undone.
    Index(
        "uq_loan_of_contract", "company_id", "contract_id", unique=True, postgresql_where=text("status <> 'cancelled'")
    ),
)


def is_loan_of(contract_id: ColumnElement[int] | int) -> ColumnElement[bool]:
    """Joins the loan that a contract was paid out as; one whose disbursement was undone is none."""
    return and_(loan.c.contract_id == contract_id, loan.c.status != "cancelled")


instalment = company_table(
    "instalment",
    *link("loan", index=False),
    Column("number", Integer, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    *money("opening"),
    *money("principal"),
    *money("interest"),
    *money("base"),  # what bears interest in the period, at this rate by actual days over the basis
    Column("annual_rate", Numeric, nullable=False),
    Column("daily_basis", Integer, nullable=False),
    # Where the base changed inside the period: what earlier bases bore, unrounded, up to the day the base counts from.
    *money("carried", default="0"),
    Column("counted_from", Date),
    *money("drawn", default="0"),  # paid out within the period
    *money("capitalised", default="0"),  # the part of the interest that becomes principal
    Column("tolerated_to", Date),  # until then not late: holidays
    *money("fee", default="0"),
    *money("principal_paid", default="0"),
    *money("interest_paid", default="0"),
    *money("penalty_paid", default="0"),
    *money("compound_paid", default="0"),
    *money("damages_paid", default="0"),
    *money("fee_paid", default="0"),
    mapping("late", default=None, nullable=True),  # what lateness has cost so far (core: Lateness); null: never late
    mapping("more", default=None, nullable=True),  # state without a column of its own
    Column("status", Key, nullable=False, server_default="due"),  # due, paid, cancelled
    Column("paid_on", Date),
    UniqueConstraint("company_id", "loan_id", "number"),
    Index(None, "company_id", "due_on"),
    Index("ix_instalment_running", "company_id", "starts_on", postgresql_where=text("status = 'due'")),
    Index(
        "ix_instalment_counted",
        "company_id",
        "counted_from",
        postgresql_where=text("counted_from IS NOT NULL AND status = 'due'"),
    ),
    Index("ix_instalment_paid", "company_id", "due_on", postgresql_where=text("status = 'paid'")),
    Index("ix_instalment_capitalising", "company_id", "due_on", postgresql_where=text("capitalised <> 0")),
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
    # Undone or decided anew by what was booked from this sequence on; such an event stays readable and counts no more.
    Column("superseded_by", Integer),
    UniqueConstraint("company_id", "loan_id", "sequence"),
    append_only=True,
    set_once=("superseded_by",),
)

loan_class = company_table(
    "loan_class",
    *link("loan"),
    Column("classed_on", Date, nullable=False),
    Column("before", Key, nullable=False),
    Column("asset_class", Key, nullable=False),
    Column("days_past_due", Integer, nullable=False),
    Column("ruleset_key", Key),
    mapping("trace", default=None, nullable=True),  # why: the rule that hit, in words
    moment("created_at", now=True),
    append_only=True,
)

disbursement = company_table(
    "disbursement",
    Column("number", Key, nullable=False),
    *link("loan"),
    *link("contract", index=False),
    *money("amount"),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("disbursed_on", Date, nullable=False),
    Column("payee_name", Text),
    Column("payee_account_masked", Text),
    Column("channel", Key, nullable=False, server_default="bank"),
    mapping("checks", default="'[]'::jsonb"),  # the review before the money went out
    Column("sequence", Integer, nullable=False, server_default="1"),  # of the loan's event: a tranche has its own
    Column("created_by", Integer),
    moment("created_at", now=True),
    UniqueConstraint("company_id", "number"),
    UniqueConstraint("company_id", "loan_id", "sequence", name="uq_disbursement_loan_sequence"),
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
    Column("purpose", Key, nullable=False, server_default="repayment"),  # repayment, suspense, deposit, item
    Column("payer_name", Text),  # where somebody else than the borrower paid
    Column("payer_account_cipher", LargeBinary),
    Column("payer_account_hash", LargeBinary),
    Column("payer_account_masked", Text),
    Column("reference", Text),
    Column("note", Text),
    Column("created_by", Integer),
    moment("created_at", now=True),
    UniqueConstraint("company_id", "number"),
    Index(None, "company_id", "received_on"),
    Index(None, "company_id", "payer_account_hash"),
    append_only=True,
)

repayment = company_table(
    "repayment",
    *link("receipt", nullable=True),  # none: money kept from an earlier receipt
    *link("loan"),
    Column("repaid_on", Date, nullable=False),
    Column("kind", Key, nullable=False, server_default="repayment"),  # repayment, settlement, surplus
    *money("amount"),
    *money("principal", default="0"),
    *money("interest", default="0"),
    *money("penalty", default="0"),
    *money("compound", default="0"),
    *money("damages", default="0"),
    *money("fee", default="0"),
    *money("unapplied", default="0"),
    mapping("allocation", default="'[]'::jsonb"),
    Column("sequence", Integer, nullable=False),  # of the loan event
    Column("created_by", Integer),
    moment("created_at", now=True),
    Index(None, "company_id", "repaid_on"),
    append_only=True,
)
