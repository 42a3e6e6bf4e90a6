"""From a customer at the door to a decision: customer, application, papers, submission, and what each approver says.

Every step can be repeated: what was done already is found and left alone, so an interrupted story goes on
where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, func, select

from loanloom.demo.cast import Customer, Step
from loanloom.demo.house import House
from loanloom.demo.papers import paper
from loanloom.services.approval import approvals
from loanloom.services.context import Context
from loanloom.services.flows import cases
from loanloom.services.flows.case import ids_of
from loanloom.services.origination import applications, materials, submissions, uploads
from loanloom.services.parties import customers
from loanloom.store.tables import application as TABLE
from loanloom.store.tables import work_item


def apply(house: House, customer: Customer) -> int:
    """The customer applies; the id of the application, handed in."""
    ctx = house.at(customer.manager)
    known = f"demo:{customer.slug}"
    customer_id = record(house, customer)
    application_id = applications.begin(
        ctx,
        customer.product,
        customer_id,
        channel=str(customer.application["channel"]),
        idempotency_key=f"{known}:begin",
    )
    row = _row(ctx, application_id)
    if row.state == "draft":
        hand_in_papers(ctx, row, {"application": customer.application, "customer": customer.customer})
        _submit(ctx, row, customer)
    return application_id


def record(house: House, customer: Customer) -> int:
    """The customer's record, made once; its id."""
    raw = {f"customer.{name}": value for name, value in customer.customer.items()}
    key = f"demo:{customer.slug}:customer"
    return customers.create(house.at(customer.manager), raw, idempotency_key=key, although_similar=True)


def decide(house: House, customer: Customer, application_id: int) -> None:
    """Everybody who has a say takes their turn, from where the case stands."""
    for step in customer.steps[_taken(house, application_id) :]:
        ctx = house.at(step.by)
        if step.decision == "resubmit":
            _submit(ctx, _row(ctx, application_id), customer)
        elif step.decision == "fill_in":
            _fill_in(ctx, application_id, step)
        else:
            _say(ctx, application_id, step)


def application_of(house: House, customer: Customer) -> Row[Any] | None:
    """The customer's application, if it has been begun: the first of the customer with this identity number."""
    ctx = house.system()
    vault = ctx.database.vault
    closed = vault.search_hash(ctx.company.id, "customer.id_number", str(customer.customer["id_number"]))
    holder = select(customers.TABLE.c.id).where(customers.TABLE.c.id_number_hash == closed).scalar_subquery()
    with ctx.transaction() as connection:
        return connection.execute(select(TABLE).where(TABLE.c.customer_id == holder).order_by(TABLE.c.id)).first()


def _open_item(ctx: Context, application_id: int) -> Row[Any]:
    asked = select(work_item).where(
        work_item.c.case_id.in_(ids_of("application", application_id)), work_item.c.status == "open"
    )
    with ctx.transaction() as connection:
        return connection.execute(asked).one()


def _fill_in(ctx: Context, application_id: int, step: Step) -> None:
    item = _open_item(ctx, application_id)
    filled = {"data": {f"application.{name}": value for name, value in step.filled_in.items()}}
    key = f"demo:item:{item.id}"
    cases.act(ctx, item.id, "resubmit", filled, expected_version=item.version, idempotency_key=key)


def _say(ctx: Context, application_id: int, step: Step) -> None:
    item = _open_item(ctx, application_id)
    approvals.decide(
        ctx,
        item.id,
        step.decision,
        expected_version=item.version,
        idempotency_key=f"demo:item:{item.id}",
        reason=step.reason,
        opinion=step.opinion,
    )


def _taken(house: House, application_id: int) -> int:
    """How many turns have been taken."""
    asked = select(func.count()).where(
        work_item.c.case_id.in_(ids_of("application", application_id)), work_item.c.status == "done"
    )
    with house.system().transaction() as connection:
        return int(connection.execute(asked).scalar_one())


def _submit(ctx: Context, row: Row[Any], customer: Customer) -> None:
    key = f"demo:{customer.slug}:submit:{row.version}"
    submissions.submit(ctx, row.id, customer.filled_in(), version=row.version, idempotency_key=key)


def hand_in_papers(ctx: Context, row: Row[Any], known: Mapping[str, Any]) -> None:
    """A one-page paper for every required item of the product's list."""
    with ctx.transaction() as connection:
        for item in materials.listing(connection, ctx.registry, row, known):
            if item.required and not item.files and "pdf" in item.accept:
                name = f"{item.title.get('zh', item.key)}.pdf"
                content = paper(item.title.get("en", item.key), row.number)
                uploads.keep(ctx, connection, ("application", row.id), name, content, material=item.key)


def _row(ctx: Context, application_id: int) -> Row[Any]:
    with ctx.transaction() as connection:
        return applications.read(ctx, connection, application_id)
