"""Whom the lender deals with besides its customers: merchants, suppliers, partners, trustors, guarantors; and groups.

Account numbers are kept encrypted, with a keyed hash to find them by and a masked form to show.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY

from .base import Key, company_table, link, mapping, moment, money, version

party = company_table(
    "party",
    Column("number", Key, nullable=False),
    Column("kind", Key, nullable=False),  # merchant, supplier, partner, trustor, guarantor, subsidiser
    Column("name", Text, nullable=False),
    Column("name_pinyin", Key, nullable=False, server_default=""),
    Column("name_grams", ARRAY(Text), nullable=False, server_default="{}"),
    *link("customer", nullable=True),  # a guarantor who is our customer too
    Column("id_number_cipher", LargeBinary),
    Column("id_number_hash", LargeBinary),
    Column("id_number_masked", Text),
    Column("phone_cipher", LargeBinary),
    Column("phone_hash", LargeBinary),
    Column("phone_masked", Text),
    Column("bank_name", Text),
    Column("account_cipher", LargeBinary),
    Column("account_hash", LargeBinary),
    Column("account_masked", Text),
    Column("agreement_number", Text),
    Column("agreed_on", Date),
    Column("agreement_ends_on", Date),
    Column("fee_rate", Numeric, nullable=False, server_default="0"),  # of what is paid to it, kept back by us
    Column("state", Key, nullable=False, server_default="active"),  # active, stopped
    Column("note", Text),
    Column("unit", Key),
    Column("manager_user_id", Integer),
    Column("created_by", Integer),
    mapping("extra"),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
    UniqueConstraint("company_id", "kind", "id_number_hash"),
    Index(None, "company_id", "account_hash"),
    Index(None, "company_id", "name_pinyin"),
)

borrower_group = company_table(
    "borrower_group",
    Column("number", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_pinyin", Key, nullable=False, server_default=""),
    Column("name_grams", ARRAY(Text), nullable=False, server_default="{}"),
    Column("liability", Key, nullable=False, server_default="joint"),  # joint, several
    Column("agreement_number", Text),
    Column("agreed_on", Date),
    *money("limit_amount", nullable=True),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("state", Key, nullable=False, server_default="active"),  # active, closed
    Column("note", Text),
    Column("unit", Key),
    Column("manager_user_id", Integer),
    Column("created_by", Integer),
    mapping("extra"),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
)

group_member = company_table(
    "group_member",
    *link("borrower_group"),
    *link("customer"),
    Column("role", Key, nullable=False, server_default="member"),  # leader, member
    Column("joined_on", Date, nullable=False),
    Column("left_on", Date),
    Column("created_by", Integer),
    moment("created_at", now=True),
    UniqueConstraint("company_id", "borrower_group_id", "customer_id"),
)
