"""Who can sign in to the demonstration: the staff, and the customers who were given a log-in of their own.

A borrower's log-in is bound to their customer record, so it is made as soon as that exists; done already, it is left
alone, also in a home that was played before the log-in was thought of.
"""

from __future__ import annotations

from sqlalchemy import select

from loanloom.demo.applying import application_of
from loanloom.demo.cast import Cast
from loanloom.demo.house import DOMAIN, KEY, House
from loanloom.services.access import users
from loanloom.services.running.demonstration import LogIn
from loanloom.store.database import Database
from loanloom.store.tables import membership

BORROWER = "borrower"


def let_in(house: House, cast: Cast) -> None:
    """Log-ins for those borrowers who are customers by now and have none yet."""
    ctx = house.system()
    with ctx.transaction() as connection:
        mine = membership.c.company_id == ctx.company.id
        bound = select(membership.c.customer_id).where(mine, membership.c.customer_id.is_not(None))
        known = set(connection.execute(bound).scalars())
    customers = {one.slug: one for one in cast.customers}
    for borrower in cast.borrowers:
        application = application_of(house, customers[borrower.customer])
        if application is None or application.customer_id in known:
            continue
        name = str(customers[borrower.customer].customer["name"])
        give(house, cast, borrower.username, name, application.customer_id)


def give(house: House, cast: Cast, username: str, name: str, customer_id: int) -> None:
    """One customer's log-in; there already, it is left alone."""
    users.create(
        house.system(),
        username=username,
        name=name,
        email=f"{username}@{DOMAIN}",
        password=cast.password,
        roles=(BORROWER,),
        customer_id=customer_id,
        exists_ok=True,
    )


def of(database: Database, cast: Cast, key: str = KEY) -> list[LogIn]:
    """Everybody's log-in: the staff, then the borrowers."""
    ctx = House(database, key).system()
    names = {one.slug: str(one.customer["name"]) for one in cast.customers}
    who = [(one.username, one.name, one.roles[0], one.words) for one in cast.people]
    who += [(one.username, names[one.customer], BORROWER, one.words) for one in cast.borrowers]
    who += [(one.borrower, str(one.customer["name"]), BORROWER, one.words) for one in cast.alone if one.customer]
    return [
        LogIn(
            username=username,
            password=cast.password,
            name=name,
            role=dict(ctx.registry.require("role", role).title),
            words=words,
        )
        for username, name, role, words in who
    ]
