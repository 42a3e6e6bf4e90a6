"""Records of entities that metadata adds. The index holds their fields declared searchable or unique, a row a field."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY

from .base import Key, company_table, link, mapping, moment, version

record = company_table(
    "record",
    Column("entity", Key, nullable=False),
    Column("number", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_pinyin", Key, nullable=False, server_default=""),
    Column("name_grams", ARRAY(Text), nullable=False, server_default="{}"),
    *link("customer", nullable=True),  # whose it is, where its entity says that records belong to customers
    *link("party", nullable=True),
    Column("state", Key, nullable=False, server_default="active"),  # active, archived
    mapping("data"),
    Column("unit", Key),
    Column("manager_user_id", Integer),
    Column("created_by", Integer),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    UniqueConstraint("company_id", "entity", "number"),
    Index(None, "company_id", "entity", "state", "id"),
    Index(None, "company_id", "manager_user_id", "id"),  # one's own among a million
    Index(None, "company_id", "created_by", "id"),
)

record_index = company_table(
    "record_index",
    *link("record", index=False),
    Column("entity", Key, nullable=False),
    Column("field", Key, nullable=False),
    Column("unique", Integer, nullable=False, server_default="0"),
    Column("text_value", Key),
    Column("number_value", Numeric),
    Column("date_value", Date),
    Column("hash_value", LargeBinary),
    UniqueConstraint("company_id", "record_id", "field"),
    Index("ix_record_index_text", "company_id", "entity", "field", "text_value", "record_id"),
    Index("ix_record_index_number", "company_id", "entity", "field", "number_value", "record_id"),
    Index("ix_record_index_date", "company_id", "entity", "field", "date_value", "record_id"),
    Index("ix_record_index_hash", "company_id", "entity", "field", "hash_value"),
    Index(
        "uq_record_index_text",
        "company_id",
        "entity",
        "field",
        "text_value",
        unique=True,
        postgresql_where=text('"unique" = 1 AND text_value IS NOT NULL'),
    ),
    Index(
        "uq_record_index_hash",
        "company_id",
        "entity",
        "field",
        "hash_value",
        unique=True,
        postgresql_where=text('"unique" = 1 AND hash_value IS NOT NULL'),
    ),
)
