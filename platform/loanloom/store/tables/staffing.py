"""Who stands in for whom while they are away, and to whom staff are related: what deciding people must declare."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from .base import Key, company_table, moment, version

delegation = company_table(
    "delegation",
    Column("from_user", Integer, nullable=False),
    Column("to_user", Integer),  # empty: away, and nobody stands in
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("flows", ARRAY(Text), nullable=False, server_default="{}"),  # empty: all
    Column("reason", Text),
    Column("created_by", Integer),
    moment("created_at", now=True),
    Column("ended_by", Integer),
    moment("ended_at"),
    version(),
    CheckConstraint("starts_on <= ends_on", name="in_order"),
    CheckConstraint("from_user <> to_user", name="to_another"),
    Index(None, "company_id", "to_user", "ends_on", postgresql_where=text("ended_at IS NULL")),
    Index(None, "company_id", "from_user", "ends_on", postgresql_where=text("ended_at IS NULL")),
)

staff_relation = company_table(
    "staff_relation",
    Column("user_id", Integer, nullable=False),
    Column("kind", Key, nullable=False),  # relative, related_party
    Column("relation", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("id_number_cipher", LargeBinary, nullable=False),
    Column("id_number_hash", LargeBinary, nullable=False),  # as customers': it is found before and after they are one
    Column("id_number_masked", Text, nullable=False),
    Column("created_by", Integer),
    moment("created_at", now=True),
    Column("ended_by", Integer),
    moment("ended_at"),
    version(),
    Index(None, "company_id", "id_number_hash", postgresql_where=text("ended_at IS NULL")),
    Index(None, "company_id", "user_id"),
    Index(
        "uq_staff_relation_declared_once",
        "company_id", "user_id", "id_number_hash",
        unique=True, postgresql_where=text("ended_at IS NULL"),
    ),
)  # fmt: skip
