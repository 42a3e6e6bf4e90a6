"""The shape every table has: names, types, company scope and marks. Holds no table itself.

Every business table is made with `company_table`: its key is (company_id, id), so that every reference between
two rows (`link`) carries the company with it and can never point into another company. `company_id` fills itself
from the transaction's company; row-level security (store/security.py) reads the marks left in `Table.info`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.schema import SchemaItem

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

Key = Text(collation="C")
"""Keys, codes and numbers: compared byte by byte, so that paging by key is stable everywhere."""

CURRENT_COMPANY = "nullif(current_setting('loanloom.company_id', true), '')::integer"
MONEY_LIMIT = "1e16"


def money(name: str, *, nullable: bool = False, default: str | None = None) -> tuple[Column[Any], CheckConstraint]:
    """An amount: exact, with the digits it was written with; the check shuts out NaN, infinity and absurd sizes."""
    column: Column[Any] = Column(name, Numeric, nullable=nullable, server_default=default)
    return column, CheckConstraint(f"{name} > -{MONEY_LIMIT} AND {name} < {MONEY_LIMIT}", name=f"{name}_in_range")


def moment(name: str, *, nullable: bool = True, now: bool = False) -> Column[Any]:
    """An instant (UTC); `now` fills it by the database's clock where the service gave none."""
    return Column(
        name, DateTime(timezone=True), nullable=nullable and not now, server_default=func.now() if now else None
    )


def mapping(name: str, *, default: str | None = "'{}'::jsonb", nullable: bool = False) -> Column[Any]:
    """A JSON value; numbers come back as Decimal or int, never float (store/json.py)."""
    return Column(name, JSONB(none_as_null=True), nullable=nullable, server_default=text(default) if default else None)


def version() -> Column[Any]:
    """Counts changes of a row; a form posted with an older one is refused (store/saving.py)."""
    return Column("version", Integer, nullable=False, server_default="1")


def link(
    parent: str, column: str | None = None, *, nullable: bool = False, index: bool = True
) -> tuple[SchemaItem, ...]:
    """A reference to a row of the same company, with the index that following it backwards needs."""
    name = column or f"{parent}_id"
    items: list[SchemaItem] = [
        Column(name, BigInteger, nullable=nullable),
        ForeignKeyConstraint(["company_id", name], [f"{parent}.company_id", f"{parent}.id"]),
    ]
    if index:
        items.append(Index(None, "company_id", name))
    return tuple(items)


def company_column() -> Column[Any]:
    """The company a row belongs to, filled from the transaction where an insert does not name it."""
    return Column("company_id", Integer, ForeignKey("company.id"), nullable=False, server_default=text(CURRENT_COMPANY))


def company_table(name: str, *items: SchemaItem, append_only: bool = False, set_once: tuple[str, ...] = ()) -> Table:
    """A business table: key (company_id, id), row-level security, and `append_only` where rows never change, but for
    the empty columns that may be filled later, `set_once`."""
    company, identity = company_column(), Column("id", BigInteger, Identity(), nullable=False)
    company.primary_key = identity.primary_key = True
    marks = {"company": True, "append_only": append_only, "set_once": set_once}
    return Table(name, metadata, company, identity, *items, info=marks)
