"""How an application stands, told without log-in to whoever knows its number and the end of the applicant's identity
number.

A wrong number and a wrong proof are one and the same answer, counted alike; after a few of them number and address
wait. Nothing is told but the stage, its days and the titles of the steps: no names, amounts or reasons.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Row, select

from loanloom.problems import Text
from loanloom.services import company as companies
from loanloom.services.access import sign_in_guard
from loanloom.services.context import Company, Context
from loanloom.services.flows import case as kept
from loanloom.services.reading import portal
from loanloom.services.reading.portal import Standing
from loanloom.services.running.surroundings import context_of
from loanloom.store import tables
from loanloom.store.database import Database

PROOF = 6
"""So many of the last characters of the identity number or credit code are asked for."""
LONGEST = 64
_FIELD = "customer.id_number"
_NOBODY = "\0" * PROOF


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How an application stands. `now` are the titles of the steps it waits at."""

    number: str
    standing: Standing
    now: tuple[Text, ...]


class Unknown(Exception):
    """No application of this number belongs to whoever asks; whether there is one is not told."""


class TooMany(Exception):
    """Asked wrongly too often: for this number, or from this address."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


def lenders(database: Database) -> tuple[Company, ...]:
    """The companies that may be asked, those with a live release."""
    with database.transaction() as connection:
        return tuple(one for one in companies.every(connection) if one.release_id is not None)


def ask(
    database: Database, company: str | None, number: str, proof: str, *, ip: str | None, now: datetime | None = None
) -> Progress:
    """How the application stands. Raises Unknown or TooMany."""
    moment = now or datetime.now(UTC)
    lender = _lender(database, company)
    written, said = number.strip()[:LONGEST], proof.strip().upper()[:LONGEST]
    guarded = f"progress:{lender.key if lender else ''}:{written.upper()}"  # however it is spelt, it is one number
    address = f"progress:{ip}" if ip else None
    with database.transaction() as connection:
        until = sign_in_guard.locked_until(connection, guarded, address, moment)
    if until is not None:
        raise TooMany(until)
    found = _found(database, lender, written, said, moment) if lender is not None else None
    if found is None:
        with database.transaction() as connection:
            sign_in_guard.failed(connection, guarded, address, moment)
        raise Unknown
    with database.transaction() as connection:
        sign_in_guard.succeeded(connection, guarded)
    return found


def _lender(database: Database, key: str | None) -> Company | None:
    known = lenders(database)
    if key is None and len(known) == 1:
        return known[0]
    return next((one for one in known if one.key == key), None)


def _found(database: Database, lender: Company, number: str, proof: str, now: datetime) -> Progress | None:
    ctx = context_of(database, lender.id, now=now)
    application, customer = tables.application, tables.customer
    query = (
        select(application, customer.c.id_number_cipher)
        .join(customer, customer.c.id == application.c.customer_id)
        .where(application.c.number.in_((number, number.upper())))
        .limit(1)
    )
    with ctx.transaction() as connection:
        row = connection.execute(query).one_or_none()
        closed = row.id_number_cipher if row is not None else None
        proved = _proves(ctx, closed, proof)  # for a number that there is not as well: it takes as long
        if row is None or not proved:
            return None
        (standing,) = portal.standings(ctx, connection, [row])
        return Progress(number=row.number, standing=standing, now=_now(ctx, connection, row))


def _proves(ctx: Context, closed: bytes | None, proof: str) -> bool:
    vault = ctx.database.vault
    known = vault.decrypt(ctx.company.id, _FIELD, closed or vault.encrypt(ctx.company.id, _FIELD, _NOBODY))
    right = known.strip().upper()[-PROOF:]
    return hmac.compare_digest(proof.encode(), right.encode()) and closed is not None and len(right) == PROOF


def _now(ctx: Context, connection: Connection, row: Row[tuple[object, ...]]) -> tuple[Text, ...]:
    """The titles of the steps at which the application's running cases wait."""
    table = kept.TABLE
    query = table.select().where(table.c.id.in_(kept.ids_of("application", row.id)), table.c.status != "ended")
    return tuple(_titles(ctx, connection, connection.execute(query.order_by(table.c.id)).all()))


def _titles(ctx: Context, connection: Connection, rows: Sequence[Row[tuple[object, ...]]]) -> list[Text]:
    found: list[Text] = []
    for row in rows:
        case = kept.of_row(ctx, connection, row)
        for token in case.state.tokens if case.state is not None else ():
            title = case.flow.nodes[token.node].title
            found += [title] if title not in found else []
    return found
