"""The demo's company: founding it, hiring the staff, and a Context for whoever is at the desk."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select

from loanloom.demo.cast import Cast
from loanloom.services import company as companies
from loanloom.services.access import users
from loanloom.services.context import Context, system_actor
from loanloom.services.running import founding
from loanloom.services.running.surroundings import acting, context_of
from loanloom.store.database import Database
from loanloom.store.tables import membership

KEY = "qinghe"
NAME = "青禾小额贷款有限公司（演示）"
BEGINS_ON = date(2026, 3, 2)
DOMAIN = "demo.invalid"
PROFILE = {
    "registration_number": "91330000MA2DEM000X",
    "legal_representative": "康宁（演示）",
    "address": "浙江省青禾县人民中路1号（演示）",
    "phone": "0570-0000000",
}


class House:
    """One company with its staff; `at` gives the surroundings of one of them as they are now."""

    def __init__(self, database: Database, key: str = KEY) -> None:
        self.database = database
        self.key = key
        self._ids: dict[str, int] = {}

    def system(self) -> Context:
        """The house itself acts: founding and counting, nothing that a person would do."""
        return context_of(self.database, self.key, system_actor("demo"))

    def at(self, username: str) -> Context:
        """This person acts."""
        return acting(context_of(self.database, self.key), username)

    @property
    def business_date(self) -> date:
        """The company's business date now."""
        with self.database.transaction() as connection:
            return companies.business_date(connection, companies.read(connection, self.key).id)


def found(database: Database, project: Path, cast: Cast, key: str = KEY) -> House:
    """The company with its first release and its staff; what is there already is left as it is."""
    house = House(database, key)
    with database.transaction() as connection:
        known = {company.key: company for company in companies.every(connection)}
    if key not in known:
        wanted = founding.Founding(key=key, name=NAME, business_date=BEGINS_ON, profile=PROFILE)
        founding.found(database, wanted, now=datetime.now(UTC))
    if key not in known or known[key].release_id is None:
        founding.apply_first_release(database, key, project)
    _hire(house, cast)
    return house


def _hire(house: House, cast: Cast) -> None:
    ctx = house.system()
    with ctx.transaction() as connection:
        staff = (membership.c.company_id == ctx.company.id, membership.c.customer_id.is_(None))
        members = connection.execute(select(membership.c.id).where(*staff)).all()
    if len(members) >= len(cast.people):
        return
    for person in cast.people:
        users.create(
            ctx,
            username=person.username,
            name=person.name,
            email=f"{person.username}@{DOMAIN}",
            password=cast.password,
            roles=person.roles,
            unit=person.unit,
            position=person.position,
            exists_ok=True,
        )
