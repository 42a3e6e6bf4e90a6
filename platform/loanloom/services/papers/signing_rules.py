"""Whether the signing of a package of contracts may be noted: by whom, for which day."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from loanloom.problems import Problem, text
from loanloom.services.approval import sanctions
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, Refused

MAIN = ("loan", "line")
"""Kinds of contract that a package is about: one loan, or a credit line on which loans are drawn."""


def check(ctx: Context, connection: Connection, row: Row[Any], signed_on: date, version: int) -> None:
    """Refuse what is no package waiting for its signature, a day that cannot be, and who prepared it."""
    if row.kind not in MAIN:
        raise Refused(_part_of_package())
    if row.state != "prepared" or row.version != version:
        raise Conflict()
    if row.approval in ("pending", "refused"):
        raise Refused(_not_approved())
    if ctx.actor.user_id is not None and row.created_by == ctx.actor.user_id:
        raise Forbidden(_same_person())
    sanction = sanctions.find(connection, row.sanction_id)
    if signed_on > ctx.business_date or (row.prepared_on is not None and signed_on < row.prepared_on):
        raise Refused(_wrong_day(row.prepared_on, ctx.business_date))
    if signed_on > sanction.expires_on:
        raise Refused(_too_late(sanction.expires_on))


def _part_of_package() -> Problem:
    return Problem(
        code="contract.part_of_package",
        message=text("This contract is signed together with its loan contract.", "该合同随主合同一并签订。"),
    )


def _not_approved() -> Problem:
    return Problem(
        code="contract.not_approved",
        message=text("The contract has not been approved.", "合同尚未审批通过。"),
        hint=text("Only an approved contract is signed.", "审批通过后方可签订。"),
    )


def _same_person() -> Problem:
    return Problem(
        code="contract.same_person",
        message=text("Who prepared a contract does not note its signing.", "合同制作人不得登记签订。"),
        hint=text("Ask a colleague to do it.", "请由其他同事办理。"),
    )


def _wrong_day(first: date | None, last: date) -> Problem:
    return Problem(
        code="contract.wrong_day",
        message=text(f"The day of signing lies between {first} and {last}.", f"签订日期须在{first}至{last}之间。"),
        field="signed_on",
    )


def _too_late(expires_on: date) -> Problem:
    return Problem(
        code="contract.sanction_expired",
        message=text(
            f"The sanction expired on {expires_on}, before this day.", f"批复已于{expires_on}到期，早于签订日期。"
        ),
        hint=text("A new application is needed.", "须重新申请。"),
        field="signed_on",
    )
