"""What stands around a loan of a special form: the group that answers for it, the trustor whose money it is, the
line that it is drawn from.

Every step can be repeated: what was done already is found and left alone.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from loanloom.demo.applying import application_of, record
from loanloom.demo.cast import Cast, Customer, Draw
from loanloom.demo.house import House
from loanloom.services.money import disbursements
from loanloom.services.money.cashier import entrusting, orders
from loanloom.services.money.cashier.order_kinds import KINDS
from loanloom.services.money.lines import credit_draws
from loanloom.services.money.lines.draw_rules import Wanted
from loanloom.services.parties import groups, partners
from loanloom.store.tables import credit_line, credit_line_draw


def form_group(house: House, players: Cast, customer: Customer) -> None:
    """The group that this customer applies in, with all who belong to it; the first of them leads it."""
    if customer.group is None:
        return
    ctx = house.at("finance")
    details = groups.Details(name=customer.group, agreement_number="LB-2026-01（演示）", agreed_on=customer.applies_on)
    group_id = groups.create(ctx, details, idempotency_key=f"demo:group:{customer.group}")
    inside = {member["customer_id"] for member in groups.read(ctx, group_id).present}
    for place, one in enumerate(each for each in players.customers if each.group == customer.group):
        customer_id = record(house, one)
        if customer_id not in inside:
            groups.add_member(ctx, group_id, customer_id, "member" if place else "leader")


def bring_trustors_money(house: House, customer: Customer, contract_id: int) -> None:
    """The trustor is known by name, brings what is to be lent, and the contract says whose money it is."""
    ctx, said, key = house.at("finance"), customer.application, f"demo:{customer.slug}"
    source, purpose = str(said["fund_source"]), str(said["fund_use"])
    details = partners.Details(kind="trustor", name=str(said["trustor"]), agreement_number="WT-2026-01（演示）")
    trustor = partners.create(ctx, details, idempotency_key=f"{key}:trustor")
    kind = KINDS["deposit_receive"]
    money = kind.parameters(
        kind="entrusted", amount=said["amount"], currency=ctx.company.currency, party_id=trustor,
        source=source, purpose=purpose,
    )  # fmt: skip
    orders.enter(ctx, kind, money, idempotency_key=f"{key}:trustors-money")
    entrusting.name(ctx, contract_id, trustor, source=source, purpose=purpose)


def draw(house: House, customer: Customer, today: date) -> None:
    """What the customer draws from the line today: asked by the manager, agreed by the head, paid by the cashier."""
    for number, wanted in enumerate(customer.draws, 1):
        if wanted.day == today:
            _draw(house, customer, wanted, f"demo:{customer.slug}:draw:{number}")


def _draw(house: House, customer: Customer, wanted: Draw, key: str) -> None:
    asked = Wanted(
        amount=wanted.amount, term_months=wanted.term_months, method=str(customer.application["method"]),
        purpose=wanted.purpose,
    )  # fmt: skip
    draw_id = credit_draws.ask(house.at(customer.manager), _line_of(house, customer), asked, idempotency_key=key)
    if wanted.waits:
        return
    with house.system().transaction() as connection:
        row = connection.execute(select(credit_line_draw).where(credit_line_draw.c.id == draw_id)).one()
    contract_id = row.contract_id
    if row.state == "asked":
        contract_id = credit_draws.approve(house.at(customer.head), draw_id, version=row.version)
    disbursements.disburse(house.at("finance"), contract_id, idempotency_key=f"{key}:disburse")


def _line_of(house: House, customer: Customer) -> int:
    application = application_of(house, customer)
    assert application is not None, f"{customer.slug} has not applied"
    with house.system().transaction() as connection:
        query = select(credit_line.c.id).where(credit_line.c.customer_id == application.customer_id)
        return int(connection.execute(query).scalar_one())
