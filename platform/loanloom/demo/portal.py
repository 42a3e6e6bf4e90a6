"""What borrowers do by themselves: begin an application in the portal, type, add papers, hand in.

Done already, it is left alone: each is begun under a key of its own.
"""

from __future__ import annotations

from datetime import date

from loanloom.demo import log_ins
from loanloom.demo.applying import hand_in_papers
from loanloom.demo.cast import Alone, Cast
from loanloom.demo.house import House
from loanloom.services.origination import applications, submissions
from loanloom.services.parties import customers
from loanloom.services.reading.portal_products import CHANNEL


def apply(house: House, cast: Cast, today: date) -> None:
    """Everything that borrowers apply for by themselves on a day."""
    for one in cast.alone:
        if one.day == today:
            if one.customer:
                _take_on(house, cast, one)
            _apply(house, one)


def _take_on(house: House, cast: Cast, one: Alone) -> None:
    """The record and the log-in of somebody who appears nowhere else."""
    raw = {f"customer.{name}": value for name, value in one.customer.items()}
    key = f"demo:{one.borrower}:customer"
    made = customers.create(house.at(one.manager), raw, idempotency_key=key, although_similar=True)
    log_ins.give(house, cast, one.borrower, str(one.customer["name"]), made)


def _apply(house: House, one: Alone) -> None:
    ctx, key = house.at(one.borrower), f"demo:{one.borrower}:{one.product}"
    me = ctx.require_customer()
    made = applications.begin(ctx, one.product, me, channel=CHANNEL, idempotency_key=f"{key}:begin")
    with ctx.transaction() as connection:
        row = applications.read(ctx, connection, made)
    if row.state != "draft":
        return
    typed = {f"application.{name}": value for name, value in one.application.items()}
    if not one.hands_in:
        applications.save_draft(ctx, made, typed, editor=key, seen="")
        return
    hand_in_papers(ctx, row, {"application": one.application})
    submissions.submit(ctx, made, typed, version=row.version, idempotency_key=f"{key}:submit")
