"""What drafts said before: every text that was saved, undone or redone, kept as long as the draft is open."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, Text, UniqueConstraint

from .base import Key, company_table, moment

draft_revision = company_table(
    "draft_revision",
    Column("draft_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),  # of the draft; 0 is what stood before it was begun
    Column("step", Key, nullable=False),  # edited, undone, redone
    Column("source", Text, nullable=False),
    Column("made_by", Integer),
    moment("made_at", now=True),
    ForeignKeyConstraint(["company_id", "draft_id"], ["draft.company_id", "draft.id"], ondelete="CASCADE"),
    UniqueConstraint("company_id", "draft_id", "version"),
)
