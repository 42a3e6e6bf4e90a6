"""Reading a company: who it is and which business date it has. Its business date moves in the end of day only."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.problems import text
from loanloom.services.context import Company
from loanloom.services.errors import NotFound
from loanloom.store.tables import company as table


def read(connection: Connection, key_or_id: str | int) -> Company:
    """The company of this key or id."""
    column = table.c.id if isinstance(key_or_id, int) else table.c.key
    row = connection.execute(select(table).where(column == key_or_id)).one_or_none()
    if row is None:
        raise NotFound(text("company", "公司"))
    return _company(row)


def every(connection: Connection) -> tuple[Company, ...]:
    """All companies of the installation, by key."""
    return tuple(_company(row) for row in connection.execute(select(table).order_by(table.c.key)))


def business_date(connection: Connection, company_id: int) -> date:
    """The company's business date."""
    found = connection.execute(select(table.c.business_date).where(table.c.id == company_id)).scalar_one_or_none()
    if found is None:
        raise NotFound(text("company", "公司"))
    day: date = found
    return day


def _company(row: Row[Any]) -> Company:
    return Company(
        id=row.id,
        key=row.key,
        name=row.name,
        currency=row.currency,
        time_zone=row.time_zone,
        release_id=row.live_release_id,
    )
