"""Companies of one installation and who works in them. These two are global: every other table is a company's."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .base import Key, mapping, metadata, moment, version

company = Table(
    "company",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("key", Key, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    mapping("title"),
    Column("time_zone", Text, nullable=False, server_default="Asia/Shanghai"),
    Column("currency", Text, nullable=False, server_default="CNY"),
    Column("language", Text, nullable=False, server_default="zh"),
    Column("business_date", Date, nullable=False),
    Column("live_release_id", BigInteger),
    mapping("settings"),
    moment("created_at", now=True),
    version(),
)

membership = Table(
    "membership",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("user_id", Integer, nullable=False),
    Column("company_id", Integer, ForeignKey("company.id"), nullable=False),
    Column("roles", ARRAY(Text), nullable=False, server_default="{}"),
    Column("unit", Key),
    Column("position", Key),
    Column("customer_id", BigInteger),
    Column("active", Boolean, nullable=False, server_default="true"),
    moment("created_at", now=True),
    version(),
    UniqueConstraint("user_id", "company_id"),
)
