"""Who out of the house is told of cases or answers in one: addresses of other programs, links for outside parties."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY

from .base import Key, company_table, link, moment, version

webhook = company_table(
    "webhook",
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Key), nullable=False),  # case.started, case.moved, case.ended, item.opened, item.closed
    Column("flows", ARRAY(Key), nullable=False, server_default="{}"),  # only of these flows; empty: of all
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("secret_cipher", LargeBinary, nullable=False),  # signs what is sent
    Column("former_cipher", LargeBinary),  # signs as well until then, while the receiver changes over
    moment("former_until"),
    Column("created_by", Integer),
    moment("created_at", now=True),
    moment("removed_at"),
    version(),
)

outside_link = company_table(  # lets a party out of the house answer one work item; its secret is never stored
    "outside_link",
    *link("work_item", "item_id"),
    Column("made_by", Integer),  # empty: with the item
    moment("made_at", now=True),
    moment("expires_at", nullable=False),
    moment("opened_at"),  # when it was first looked at
    moment("revoked_at"),
)
