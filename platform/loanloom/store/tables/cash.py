"""Money in and out around a loan: orders of the desk, payouts, unidentified receipts, money held, other items.

What an order did stands in receipts, payouts and the journal; the order says who entered it, who checked it, and how
it ended.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)

from .base import Key, company_table, link, mapping, moment, money, version

cash_order = company_table(
    "cash_order",
    Column("kind", Key, nullable=False),  # repayment, claim, refund ...: services/money/orders
    Column("state", Key, nullable=False, server_default="entered"),  # entered, booked, refused, undone
    *link("loan", nullable=True),
    *link("customer", nullable=True),
    *money("amount"),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("channel", Key),
    mapping("parameters"),
    mapping("result"),
    Column("reason", Text),
    Column("entered_on", Date, nullable=False),
    Column("booked_on", Date),
    Column("undone_on", Date),
    Column("entered_by", Integer),
    Column("checked_by", Integer),
    Column("undone_by", Integer),
    moment("entered_at", now=True),
    moment("checked_at"),
    moment("undone_at"),
    Column("answer", Text),  # why it was refused or undone
    Column("unit", Key),
    Column("manager_user_id", Integer),
    version(),
    Index("ix_cash_order_waiting", "company_id", "id", postgresql_where=text("state = 'entered'")),
    Index(None, "company_id", "entered_on", "id"),
)

payout = company_table(
    "payout",
    Column("number", Key, nullable=False),
    Column("kind", Key, nullable=False),  # disbursement, refund, surplus, deposit_release, receipt_return, party
    *link("contract", nullable=True),
    *link("loan", nullable=True),  # of a disbursement: none while it is only planned in the contract
    *link("customer", nullable=True),
    *link("party", nullable=True),
    *link("cash_order", nullable=True),
    Column("payee_kind", Key, nullable=False, server_default="borrower"),  # borrower, merchant, supplier, other
    Column("mode", Key, nullable=False, server_default="self_managed"),  # entrusted 受托支付, self_managed 自主支付
    Column("payee_name", Text, nullable=False),
    Column("bank_name", Text),
    Column("account_cipher", LargeBinary),
    Column("account_hash", LargeBinary),
    Column("account_masked", Text),
    *money("amount"),
    *money("fee", default="0"),  # kept back from a merchant; it gets the rest
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("purpose", Text),
    Column("due_on", Date),
    Column("state", Key, nullable=False, server_default="planned"),  # planned, paid, failed, reversed, cancelled
    Column("channel", Key),
    Column("reference", Text),
    Column("paid_on", Date),
    Column("problem", Text),
    Column("unit", Key),
    Column("manager_user_id", Integer),
    Column("created_by", Integer),
    Column("paid_by", Integer),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
    CheckConstraint("amount > 0 AND fee >= 0 AND fee < amount", name="amounts"),
    Index("ix_payout_open", "company_id", "due_on", postgresql_where=text("state IN ('planned', 'failed')")),
    Index(None, "company_id", "paid_on"),
)

receipt_reversal = company_table(
    "receipt_reversal",
    *link("receipt", index=False),
    Column("reversed_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_by", Integer),
    moment("created_at", now=True),
    UniqueConstraint("company_id", "receipt_id"),
    append_only=True,
)

suspense = company_table(
    "suspense",
    *link("receipt", index=False),
    *money("amount"),
    *money("open_amount"),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("received_on", Date, nullable=False),
    Column("channel", Key, nullable=False),
    Column("payer_name", Text),
    Column("payer_account_hash", LargeBinary),
    Column("payer_account_masked", Text),
    Column("reference", Text),
    Column("note", Text),
    Column("state", Key, nullable=False, server_default="open"),  # open, claimed, returned, reversed
    Column("unit", Key),
    Column("created_by", Integer),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "receipt_id"),
    CheckConstraint("open_amount >= 0 AND open_amount <= amount", name="open_within"),
    Index("ix_suspense_open", "company_id", "id", postgresql_where=text("state = 'open'")),
)

claim = company_table(
    "claim",
    *link("suspense"),
    *link("loan"),
    *link("cash_order", nullable=True, index=False),
    *money("amount"),
    Column("claimed_on", Date, nullable=False),
    Column("sequence", Integer, nullable=False),  # of the loan's event
    Column("state", Key, nullable=False, server_default="booked"),  # booked, undone
    Column("undone_on", Date),
    Column("created_by", Integer),
    moment("created_at", now=True),
    version(),
)

deposit = company_table(
    "deposit",
    Column("number", Key, nullable=False),
    Column("kind", Key, nullable=False),  # security 保证金, reserve 备付金, entrusted 委托资金
    *link("customer", nullable=True),
    *link("party", nullable=True),
    *link("loan", nullable=True),
    Column("currency", Key, nullable=False, server_default="CNY"),
    *money("balance", default="0"),
    *money("held", default="0"),
    Column("entries", Integer, nullable=False, server_default="0"),
    Column("opened_on", Date, nullable=False),
    Column("state", Key, nullable=False, server_default="open"),  # open, closed
    Column("note", Text),
    Column("unit", Key),
    Column("manager_user_id", Integer),
    Column("created_by", Integer),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
    CheckConstraint("balance >= 0 AND held >= 0 AND held <= balance", name="covered"),
)

deposit_entry = company_table(
    "deposit_entry",
    *link("deposit", index=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", Key, nullable=False),  # received, held, freed, applied, released, returned; lent, collected, taken
    Column("happened_on", Date, nullable=False),
    *money("amount"),  # what it adds to the balance, negative when money leaves
    *money("held", default="0"),  # what it adds to the part held
    *money("balance"),
    *link("loan", nullable=True),
    *link("receipt", nullable=True, index=False),
    *link("payout", nullable=True, index=False),
    Column("source", Text),  # of a trustor's money: where it comes from, and what it is for
    Column("purpose", Text),
    Column("note", Text),
    Column("created_by", Integer),
    moment("created_at", now=True),
    UniqueConstraint("company_id", "deposit_id", "sequence"),
    append_only=True,
)

entrustment = company_table(
    "entrustment",
    *link("contract", index=False),
    *link("party"),  # the trustor
    Column("source", Text),
    Column("purpose", Text),
    Column("created_by", Integer),
    moment("created_at", now=True),
    version(),
    UniqueConstraint("company_id", "contract_id"),
)

claim_batch = company_table(
    "claim_batch",
    Column("number", Key, nullable=False),
    *link("party"),
    Column("period_from", Date),
    Column("period_to", Date),
    Column("sent_on", Date, nullable=False),
    Column("state", Key, nullable=False, server_default="sent"),  # sent, settled
    *money("amount"),
    Column("created_by", Integer),
    moment("created_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
)

cash_item = company_table(
    "cash_item",
    Column("number", Key, nullable=False),
    Column("direction", Key, nullable=False),  # receivable, payable
    Column("kind", Key, nullable=False),  # services.money.cashier.items.KINDS
    *link("party", nullable=True),
    *link("customer", nullable=True),
    *link("loan", nullable=True),
    *link("claim_batch", nullable=True),
    *money("amount"),
    *money("settled", default="0"),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("due_on", Date, nullable=False),
    Column("state", Key, nullable=False, server_default="open"),  # open, settled, cancelled
    Column("source_key", Key),  # what it came from, so that it is raised once
    Column("note", Text),
    Column("unit", Key),
    Column("manager_user_id", Integer),
    Column("created_by", Integer),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
    UniqueConstraint("company_id", "source_key"),
    CheckConstraint("amount > 0 AND settled >= 0 AND settled <= amount", name="settled_within"),
    Index("ix_cash_item_open", "company_id", "due_on", postgresql_where=text("state = 'open'")),
)

bank_statement = company_table(
    "bank_statement",
    Column("mapping_key", Key, nullable=False),
    Column("account", Key, nullable=False),  # our own account, as the mapping or the uploader names it
    Column("file_name", Text, nullable=False),
    Column("file_digest", Key, nullable=False),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("state", Key, nullable=False, server_default="read"),  # read, booking, booked, discarded
    Column("lines", Integer, nullable=False),
    *money("money_in", default="0"),
    *money("money_out", default="0"),
    mapping("problems", default="'[]'::jsonb"),
    Column("created_by", Integer),
    Column("booked_by", Integer),
    Column("booked_on", Date),
    moment("created_at", now=True),
    version(),
)

bank_line = company_table(
    "bank_line",
    *link("bank_statement"),
    Column("account", Key, nullable=False),
    Column("line", Integer, nullable=False),
    Column("bank_reference", Key, nullable=False),
    Column("happened_on", Date, nullable=False),
    *money("amount"),  # positive in, negative out
    Column("payer_name", Text),
    Column("payer_account_cipher", LargeBinary),
    Column("payer_account_hash", LargeBinary),
    Column("payer_account_masked", Text),
    Column("words", Text),
    Column("state", Key, nullable=False, server_default="unmatched"),
    # matched, unmatched, paid_out, left_out; booked, in_suspense; discarded
    Column("loan_id", BigInteger),
    Column("payout_id", BigInteger),
    Column("receipt_id", BigInteger),
    mapping("why", default="'[]'::jsonb"),
    Index(
        "uq_bank_line_reference",
        "company_id",
        "account",
        "bank_reference",
        unique=True,
        postgresql_where=text("state <> 'discarded'"),
    ),
)
