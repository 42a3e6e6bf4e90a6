"""What was found and asked for before money goes out: conditions precedent of sanctions, site visits of two
investigators.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, Text, UniqueConstraint

from .base import Key, company_table, link, mapping, moment, version

sanction_condition = company_table(
    "sanction_condition",
    *link("sanction", index=False),
    Column("position", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("state", Key, nullable=False, server_default="open"),  # open, met, waived
    Column("evidence", Text),
    *link("upload", nullable=True),
    Column("settled_by", Integer),
    Column("settled_name", Text),
    moment("settled_at"),
    moment("created_at", now=True),
    version(),
    UniqueConstraint("company_id", "sanction_id", "position"),
    CheckConstraint("state = 'open' OR evidence IS NOT NULL", name="settled_with_evidence"),
)

site_visit = company_table(
    "site_visit",
    *link("application"),
    Column("visited_on", Date, nullable=False),
    Column("place", Text, nullable=False),
    Column("investigator_a", Integer, nullable=False),  # leads, writes the report
    Column("investigator_b", Integer, nullable=False),  # was there too, and says so
    Column("findings", Text, nullable=False),
    mapping("extra"),
    Column("state", Key, nullable=False, server_default="open"),  # open, confirmed, withdrawn
    moment("confirmed_a_at"),
    moment("confirmed_b_at"),
    Column("unit", Key),
    Column("created_by", Integer),
    moment("created_at", now=True),
    version(),
    CheckConstraint("investigator_a <> investigator_b", name="two_investigators"),
    Index(None, "company_id", "state", "id"),
)
