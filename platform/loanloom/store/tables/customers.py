"""Customers, and what they have agreed to. Identity numbers, telephones and e-mail addresses are kept encrypted, with
a keyed hash to find them by and a masked form to show."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY

from .base import Key, company_table, link, mapping, moment, version

customer = company_table(
    "customer",
    Column("number", Key, nullable=False),
    Column("kind", Key, nullable=False),  # person, business, farmer
    Column("name", Text, nullable=False),
    Column("name_pinyin", Key, nullable=False, server_default=""),
    Column("name_grams", ARRAY(Text), nullable=False, server_default="{}"),
    Column("id_number_cipher", LargeBinary),
    Column("id_number_hash", LargeBinary),
    Column("id_number_masked", Text),
    Column("phone_cipher", LargeBinary),
    Column("phone_hash", LargeBinary),
    Column("phone_masked", Text),
    Column("email_cipher", LargeBinary),
    Column("email_hash", LargeBinary),
    Column("email_masked", Text),
    Column("address", Text),
    Column("province", Key),
    Column("industry", Key),
    Column("since_on", Date, nullable=False),
    Column("state", Key, nullable=False, server_default="active"),
    Column("demo", Boolean, nullable=False, server_default="false"),
    Column("unit", Key),
    Column("manager_user_id", Integer),
    Column("imported_key", Key),
    mapping("extra"),
    Column("created_by", Integer),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
    UniqueConstraint("company_id", "imported_key"),
    UniqueConstraint("company_id", "id_number_hash"),
    Index(None, "company_id", "phone_hash"),
    Index(None, "company_id", "email_hash"),
    Index(None, "company_id", "name_pinyin"),
    Index(None, "company_id", "manager_user_id"),
)

agreement_acceptance = company_table(  # that a customer accepted one version of an agreement: once, and never changed
    "agreement_acceptance",
    *link("customer", index=False),
    Column("agreement_key", Key, nullable=False),
    Column("text_digest", Key, nullable=False),  # of its words: whoever accepted them is not asked again
    Column("definition_digest", Key, nullable=False),  # leads to the words as they were published
    mapping("title"),
    Column("effective_from", Date),
    Column("way", Key, nullable=False),  # portal: by the customer's own log-in; office: staff noted it from a paper
    Column("accepted_by", Integer, nullable=False),
    Column("ip", Text),
    Column("note", Text),
    moment("accepted_at", now=True),
    UniqueConstraint("company_id", "customer_id", "agreement_key", "text_digest", name="uq_agreement_acceptance"),
    append_only=True,
)
