"""Loans of a group whose members answer for each other 联保: who may take part, who stands for whom, how many may draw
now, and how everybody stands. Reads; changes nothing. The others' payments are booked as a guarantor's (代偿).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from sqlalchemy import Connection, RowMapping, and_, case, func, select

from loanloom.core.lending.agreed.charges import Guarantee
from loanloom.engines.products import Offer
from loanloom.engines.products.offer import Grouping
from loanloom.problems import Problem, Text, text
from loanloom.services.context import Context
from loanloom.store import tables

GROUP, MEMBER, CUSTOMER, LOAN = tables.borrower_group, tables.group_member, tables.customer, tables.loan


@dataclass(frozen=True, slots=True)
class Position:
    """One loan of a member: what is outstanding, how late, how many instalments were paid on time."""

    customer_id: int
    loan: RowMapping
    paid_on_time: int

    @property
    def paid_by_others(self) -> Decimal:
        """What other members paid for this loan."""
        kept = (self.loan["circumstances"] or {}).get("subrogations", ())
        return sum((Decimal(one["paid"]) for one in kept), Decimal(0))


def of_customer(connection: Connection, customer_id: int) -> list[RowMapping]:
    """The open groups that a customer is in now."""
    query = (
        select(GROUP)
        .join(MEMBER, MEMBER.c.borrower_group_id == GROUP.c.id)
        .where(MEMBER.c.customer_id == customer_id, MEMBER.c.left_on.is_(None), GROUP.c.state == "active")
        .order_by(GROUP.c.id)
    )
    return list(connection.execute(query).mappings())


def members_of(connection: Connection, group_id: int) -> list[RowMapping]:
    """The customers who are in a group now, in the order in which they joined."""
    query = (
        select(CUSTOMER.c.id, CUSTOMER.c.number, CUSTOMER.c.name)
        .join(MEMBER, MEMBER.c.customer_id == CUSTOMER.c.id)
        .where(MEMBER.c.borrower_group_id == group_id, MEMBER.c.left_on.is_(None))
        .order_by(MEMBER.c.id)
    )
    return list(connection.execute(query).mappings())


def problems(connection: Connection, offer: Offer, customer_id: int) -> tuple[Problem, ...]:
    """Why a customer cannot have a group's loan: no group, several of them, too few or too many members."""
    if offer.grouping is None:
        return ()
    found = of_customer(connection, customer_id)
    if not found:
        return (_no_group(),)
    if len(found) > 1:
        return (_several(found),)
    count = len(members_of(connection, found[0]["id"]))
    return tuple(_size_problems(offer.grouping, count))


def _size_problems(grouping: Grouping, count: int) -> list[Problem]:
    if grouping.min_members <= count <= grouping.max_members:
        return []
    least, most = grouping.min_members, grouping.max_members
    return [
        Problem(
            code="group.wrong_size",
            message=text(
                f"The group has {count} members; this product takes groups of {least} to {most}.",
                f"小组现有 {count} 名成员，本产品要求 {least} 至 {most} 名。",
            ),
            hint=text("Take members in, or let some leave, on the group's page.", "请在小组页面调整成员。"),
        )
    ]


def guarantees(connection: Connection, offer: Offer, customer_id: int, amount: Decimal) -> tuple[Guarantee, ...]:
    """What the other members stand for: each for all of it (joint and several), or for an equal share."""
    if offer.grouping is None:
        return ()
    found = of_customer(connection, customer_id)
    others = [one for one in members_of(connection, found[0]["id"]) if one["id"] != customer_id] if found else []
    if not others:
        return ()
    each = amount if offer.grouping.liability == "joint" else offer.rounding.apply(amount / len(others))
    return tuple(Guarantee(key=one["number"], guarantor=one["name"], amount=each) for one in others)


def release(connection: Connection, offer: Offer, customer_id: int) -> tuple[bool, Text]:
    """Whether one more member may draw now, and why: so many of the members may have drawn, as long as those who
    have pay on time; nobody draws while another is late."""
    found = of_customer(connection, customer_id)
    if offer.grouping is None or len(found) != 1:
        return not offer.grouping, (problems(connection, offer, customer_id) or (_no_group(),))[0].message
    group_id = found[0]["id"]
    members = members_of(connection, group_id)
    wrong = _size_problems(offer.grouping, len(members))
    if wrong:
        return False, wrong[0].message
    held = [one for one in positions(connection, group_id) if one.loan["product_key"] == offer.key]
    return _released(offer.grouping, len(members), customer_id, held)


def _released(grouping: Grouping, members: int, customer_id: int, held: Sequence[Position]) -> tuple[bool, Text]:
    late = [one for one in held if one.loan["days_past_due"] > 0]
    if late:
        return False, text(
            f"{late[0].loan['customer_name']} of the group is late; nobody draws meanwhile.",
            f"小组成员“{late[0].loan['customer_name']}”逾期，期间其他成员不得提款。",
        )
    drawn = {one.customer_id for one in held} - {customer_id}
    paid = min((one.paid_on_time for one in held if one.loan["status"] == "active"), default=None)
    allowed = max(
        (_share(members, share) for share, after in grouping.release if _reached(paid, drawn, after)), default=members
    )
    said = text(
        f"{len(drawn)} of {members} members have drawn, {allowed} may now.",
        f"{members} 名成员中已有 {len(drawn)} 名提款，目前最多 {allowed} 名。",
    )
    return len(drawn) < allowed, said


def _reached(paid: int | None, drawn: set[int], after: int) -> bool:
    """Whether those who drew have paid so many instalments on time; loans repaid in full have."""
    return after == 0 or (bool(drawn) and (paid is None or paid >= after))


def _share(members: int, share: Decimal) -> int:
    return max(int((members * share).to_integral_value(ROUND_FLOOR)), 1)


def positions(connection: Connection, group_id: int) -> list[Position]:
    """Every loan of the members that was ever made and not taken back, the oldest first."""
    row = tables.instalment
    in_time = and_(row.c.paid_on.is_not(None), row.c.paid_on <= func.coalesce(row.c.tolerated_to, row.c.due_on))
    counted = (
        select(row.c.loan_id, func.sum(case((in_time, 1), else_=0)).label("paid")).group_by(row.c.loan_id).subquery()
    )
    query = (
        select(LOAN, CUSTOMER.c.name.label("customer_name"), func.coalesce(counted.c.paid, 0).label("paid"))
        .join(MEMBER, MEMBER.c.customer_id == LOAN.c.customer_id)
        .join(CUSTOMER, CUSTOMER.c.id == LOAN.c.customer_id)
        .outerjoin(counted, counted.c.loan_id == LOAN.c.id)
        .where(MEMBER.c.borrower_group_id == group_id, LOAN.c.status != "cancelled")
        .order_by(LOAN.c.id)
    )
    rows = connection.execute(query).mappings().all()
    return [Position(one["customer_id"], one, int(one["paid"])) for one in rows]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a group stands on a day: what its members owe together, who is late, who stood in for whom."""

    on: date
    positions: tuple[Position, ...]

    @property
    def outstanding(self) -> Decimal:
        """Principal outstanding of all loans."""
        return sum((one.loan["principal_outstanding"] for one in self.positions), Decimal(0))

    @property
    def late(self) -> tuple[Position, ...]:
        """The loans that are late."""
        return tuple(one for one in self.positions if one.loan["days_past_due"] > 0)


def standing(ctx: Context, group_id: int) -> Standing:
    """How a group that the actor may see stands today."""
    ctx.require("loan.read")
    with ctx.transaction() as connection:
        return Standing(ctx.business_date, tuple(positions(connection, group_id)))


def _no_group() -> Problem:
    return Problem(
        code="group.none",
        message=text(
            "This product is for members of a group; the customer is in none.",
            "本产品面向联保小组成员，该客户未加入任何小组。",
        ),
        hint=text("Take the customer into a group first.", "请先将客户加入联保小组。"),
    )  # fmt: skip


def _several(found: Sequence[RowMapping]) -> Problem:
    names = ", ".join(one["name"] for one in found)
    return Problem(
        code="group.several",
        message=text(f"The customer is in several groups: {names}.", f"该客户同时在多个联保小组：{names}。"),
        hint=text("Let the customer leave all but one.", "请先退出，仅保留一个小组。"),
    )
