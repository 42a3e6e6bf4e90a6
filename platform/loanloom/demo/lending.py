"""From a sanction to money in the borrower's hands: contract, signature, disbursement, each by another person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from loanloom.demo import arranging
from loanloom.demo.applying import application_of
from loanloom.demo.cast import Customer
from loanloom.demo.house import House
from loanloom.services.approval import sanctions
from loanloom.services.money import disbursements
from loanloom.services.papers import contracts
from loanloom.store.tables import loan


def lend(house: House, customer: Customer) -> None:
    """Contract, sign and pay out what was sanctioned; what is done already stays."""
    contract, key = prepare(house, customer), f"demo:{customer.slug}"
    if customer.draws:
        return  # the signature has opened the line; money goes out draw by draw
    if "trustor" in customer.application:
        arranging.bring_trustors_money(house, customer, contract.id)
    disbursements.disburse(house.at("finance"), contract.id, idempotency_key=f"{key}:disburse")


def prepare(house: House, customer: Customer) -> Row[Any]:
    """The signed contract of what was sanctioned."""
    application = application_of(house, customer)
    assert application is not None, f"{customer.slug} has not applied"
    with house.system().transaction() as connection:
        sanction = sanctions.of_application(connection, application.id)
        contract = contracts.of_application(connection, application.id)
    assert sanction is not None, f"{customer.slug} has no sanction"
    key = f"demo:{customer.slug}"
    if contract is None:
        contracts.prepare(house.at(customer.manager), sanction.id, idempotency_key=f"{key}:contract")
        with house.system().transaction() as connection:
            contract = contracts.of_application(connection, application.id)
        assert contract is not None
    if contract.state != "signed":
        head = house.at(customer.head)
        contracts.sign(head, contract.id, head.business_date, version=contract.version, idempotency_key=f"{key}:sign")
    return contract


def loan_of(house: House, customer: Customer) -> int | None:
    """The id of the customer's loan, if the money went out."""
    application = application_of(house, customer)
    if application is None:
        return None
    with house.system().transaction() as connection:
        return connection.execute(select(loan.c.id).where(loan.c.application_id == application.id)).scalar()
