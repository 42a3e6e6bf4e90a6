"""Contracts, the documents made from templates, and files handed in. A blob is kept once per content."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, LargeBinary, Numeric, Text, UniqueConstraint

from .base import Key, company_table, link, mapping, moment, money, version

contract = company_table(
    "contract",
    Column("number", Key, nullable=False),
    Column("kind", Key, nullable=False),  # loan, line; of the package: guarantee, mortgage, pledge, note, authorisation
    *link("contract", "main_contract_id", nullable=True),
    *link("sanction"),
    *link("application"),
    *link("customer"),
    *link("release"),
    Column("product_key", Key, nullable=False),
    *money("amount"),
    Column("currency", Key, nullable=False, server_default="CNY"),
    Column("annual_rate", Numeric),
    Column("term_months", Integer),
    Column("method", Key),
    Column("party_name", Text),
    Column("state", Key, nullable=False, server_default="prepared"),  # prepared, signed, cancelled, ended
    Column("prepared_on", Date),
    Column("signed_on", Date),
    Column("unit", Key),
    Column("created_by", Integer),
    Column("signed_by", Integer),
    Column("approval", Key),  # empty: none is asked for; pending, approved, refused
    Column("printed", Integer, nullable=False, server_default="0"),
    Column("sealed_on", Date),
    Column("archived_on", Date),
    Column("archive_place", Text),
    Column("lent_to", Text),
    Column("lent_until", Date),
    mapping("terms"),
    mapping("extra"),
    moment("created_at", now=True),
    version(),
    UniqueConstraint("company_id", "number"),
)

contract_record = company_table(
    "contract_record",
    *link("contract"),
    Column("kind", Key, nullable=False),  # approved, refused, printed, sealed, sent, signed, archived, lent, returned
    Column("number", Key),  # of the seal register
    Column("copies", Integer),
    Column("what", Key),  # the seal, the format
    Column("words", Text),  # why, where, to whom
    Column("happened_on", Date, nullable=False),
    Column("by_id", Integer),
    Column("by_name", Text),
    mapping("data"),
    moment("at", now=True),
    Index(None, "company_id", "kind", "id"),
    append_only=True,
)

contract_change = company_table(
    "contract_change",
    *link("contract"),
    Column("number", Key, nullable=False),
    Column("state", Key, nullable=False),  # requested, approved, refused, withdrawn, in_force
    mapping("changes"),  # field: value
    mapping("before"),
    Column("reason", Text, nullable=False),
    Column("contract_version", Integer, nullable=False),
    Column("unit", Key),
    Column("requested_by", Integer),
    moment("requested_at", now=True),
    Column("decided_by", Integer),
    moment("decided_at"),
    Column("decision_reason", Text),
    Column("signed_on", Date),
    Column("signed_by", Integer),
    version(),
    UniqueConstraint("company_id", "number"),
    Index(None, "company_id", "state", "id"),
)

blob = company_table(
    "blob",
    Column("sha256", Key, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Key, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created_by", Integer),
    moment("created_at", now=True),
    Index(None, "company_id", "sha256"),
    append_only=True,
)

document = company_table(
    "document",
    Column("subject_kind", Key, nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("template_key", Key, nullable=False),
    Column("template_digest", Key),
    Column("number", Key),
    mapping("title"),
    Column("language", Key),
    mapping("content"),
    *link("blob", "pdf_blob_id", nullable=True),
    *link("blob", "docx_blob_id", nullable=True),
    Column("created_by", Integer),
    moment("created_at", now=True),
    Index(None, "company_id", "subject_kind", "subject_id"),
)

upload = company_table(
    "upload",
    Column("subject_kind", Key, nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("field", Key),
    Column("material", Key),
    Column("row", Integer),
    *link("blob"),
    Column("name", Text, nullable=False),
    Column("media_type", Key, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", Key, nullable=False, server_default="kept"),  # kept, removed
    Column("created_by", Integer),
    moment("created_at", now=True),
    version(),
    Index(None, "company_id", "subject_kind", "subject_id"),
)
