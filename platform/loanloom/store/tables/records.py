"""Records of entities that metadata adds. The index table holds their fields declared indexed or unique."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, Numeric, text

from .base import Key, company_table, link, mapping, moment, version

record = company_table(
    "record",
    Column("entity", Key, nullable=False),
    Column("number", Key),
    mapping("data"),
    Column("unit", Key),
    Column("created_by", Integer),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    version(),
    Index(None, "company_id", "entity", "id"),
)

record_index = company_table(
    "record_index",
    *link("record"),
    Column("entity", Key, nullable=False),
    Column("field", Key, nullable=False),
    Column("unique", Integer, nullable=False, server_default="0"),
    Column("text_value", Key),
    Column("number_value", Numeric),
    Column("date_value", Date),
    Column("hash_value", LargeBinary),
    Index("ix_record_index_text", "company_id", "entity", "field", "text_value"),
    Index("ix_record_index_number", "company_id", "entity", "field", "number_value"),
    Index("ix_record_index_date", "company_id", "entity", "field", "date_value"),
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
