"""Changes of running loans: asked for, approved by another person, booked, undone. What they did stands in the loan's
events; these rows say who wanted what, why, and what was shown to whoever agreed.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY

from .base import Key, company_table, link, mapping, moment, version

loan_change = company_table(
    "loan_change",
    *link("loan"),
    Column("kind", Key, nullable=False),  # the command's name
    mapping("parameters"),  # the command's fields, checked
    Column("effective_on", Date, nullable=False),
    Column("state", Key, nullable=False),  # requested, approved, refused, withdrawn, booked, undone
    Column("reason", Text, nullable=False),
    Column("loan_sequence", Integer, nullable=False),  # how many events the loan had when this was last looked at
    Column("digest", Key, nullable=False),  # of what was shown: the same loan, parameters, outcome
    mapping("shown"),  # figures before and after, as the approver saw them
    *link("loan_change", "undoes_id", nullable=True),
    Column("unit", Key),
    Column("requested_by", Integer),
    moment("requested_at", now=True),
    Column("decided_by", Integer),
    moment("decided_at"),
    Column("decision_reason", Text),
    Column("booked_by", Integer),
    moment("booked_at"),
    Column("booked_on", Date),
    Column("sequences", ARRAY(Integer), nullable=False, server_default="{}"),  # of the loan events it made
    version(),
    Index(None, "company_id", "state", "id"),
)
