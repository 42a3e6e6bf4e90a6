"""Credit lines 授信额度: the limit of a signed contract, what is asked for and drawn on it, every move of its figures.

`used`, `drawn` and `frozen` are what the loans and requests of a line amount to; every change of them is a move.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, Text, UniqueConstraint

from .base import Key, company_table, link, moment, money, version

credit_line = company_table(
    "credit_line",
    Column("number", Key, nullable=False),
    *link("contract", index=False),
    *link("customer"),
    *link("borrower_group", nullable=True),
    *link("release"),
    Column("product_key", Key, nullable=False),
    Column("currency", Key, nullable=False),
    *money("limit_amount"),
    Column("revolving", Boolean, nullable=False),
    Column("sharing", Key, nullable=False),  # own, shared, group
    Column("valid_until", Date, nullable=False),
    Column("state", Key, nullable=False, server_default="open"),  # open, frozen, closed
    *money("used", default="0"),  # principal outstanding on its loans
    *money("drawn", default="0"),  # all principal ever drawn
    *money("frozen", default="0"),  # reserved by draws under way
    Column("unit", Key),
    Column("manager_user_id", Integer),
    Column("created_by", Integer),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
    UniqueConstraint("company_id", "contract_id"),
)

credit_line_part = company_table(
    "credit_line_part",
    *link("credit_line"),
    *link("customer"),
    *money("limit_amount"),
    Column("created_by", Integer),
    moment("created_at", now=True),
    UniqueConstraint("company_id", "credit_line_id", "customer_id"),
)

credit_line_draw = company_table(
    "credit_line_draw",
    *link("credit_line"),
    *link("customer"),
    *money("amount"),
    Column("term_months", Integer, nullable=False),
    Column("method", Key, nullable=False),
    Column("product_key", Key),  # of a shared line; empty: the line's own
    Column("purpose", Text, nullable=False),
    Column("state", Key, nullable=False, server_default="asked"),  # asked, approved, refused, cancelled, expired, paid
    Column("expires_on", Date, nullable=False),
    *link("contract", nullable=True),
    *link("loan", nullable=True),
    Column("asked_by", Integer),
    Column("asked_on", Date, nullable=False),
    Column("decided_by", Integer),
    Column("decided_on", Date),
    Column("decision_reason", Text),
    Column("unit", Key),
    moment("created_at", now=True),
    version(),
    Index(None, "company_id", "state", "expires_on"),
)

credit_line_change = company_table(
    "credit_line_change",
    *link("credit_line"),
    Column("kind", Key, nullable=False),  # limit, freeze, unfreeze, close
    *money("limit_amount", nullable=True),
    Column("reason", Text, nullable=False),
    Column("state", Key, nullable=False, server_default="asked"),  # asked, approved, refused
    Column("asked_by", Integer),
    Column("asked_on", Date, nullable=False),
    Column("decided_by", Integer),
    Column("decided_on", Date),
    moment("created_at", now=True),
    version(),
)

credit_line_move = company_table(
    "credit_line_move",
    *link("credit_line"),
    Column("kind", Key, nullable=False),  # opened, frozen, released, used, moved, limit, state
    *money("amount"),
    Column("moved_on", Date, nullable=False),
    *link("credit_line_draw", nullable=True),
    *link("loan", nullable=True),
    Column("note", Text),
    Column("created_by", Integer),
    moment("created_at", now=True),
    append_only=True,
)
