"""Sanctions 批复: what an approval makes. Amount, term, rate by grade, conditions, expiry; one for each approved case.

Made in the approval's own transaction (subject.py), taken up once by a contract, expired by the end of day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from loanloom.engines import flows
from loanloom.engines.products import Offer, Particulars
from loanloom.problems import Problem, text
from loanloom.services import numbers, scope
from loanloom.services.approval import granting
from loanloom.services.approval.granting import Granted as Terms
from loanloom.services.context import Context
from loanloom.services.definitions import compiled as engines
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.services.flows.case import Case
from loanloom.services.origination import quotes
from loanloom.services.parties import group_loans
from loanloom.store import audit, bulk, tables

SANCTION = text("sanction", "批复")
TABLE = tables.sanction


Granted = tuple[Case, flows.State, Mapping[str, Any]]
"""A case that was just approved, its state and the facts it was decided on."""


def create_many(
    ctx: Context, connection: Connection, approved: Sequence[Granted]
) -> tuple[dict[int, int], list[dict[str, Any]]]:
    """Write the sanctions of cases that were just approved; their ids by application, and what the audit is to hear."""
    rows = [_row(ctx, connection, *one) for one in approved]
    _number(ctx, connection, approved, rows)
    made: dict[int, int] = {}
    if rows:
        ids = bulk.insert(connection, TABLE, rows, returning=["id"])
        made = {row["application_id"]: int(one["id"]) for row, one in zip(rows, ids, strict=True)}
        _write_conditions(connection, [(made[row["application_id"]], row["conditions"]) for row in rows])
    subjects = [("sanction", made[row["application_id"]]) for row in rows]
    told = [
        audit.entry(ctx.actor, "sanction.created", subject, after=row, release_id=row["release_id"], at=ctx.now)
        for subject, row in zip(subjects, rows, strict=True)
    ]
    return made, told


def _write_conditions(connection: Connection, made: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Conditions precedent are ticked off one by one (conditions.py)."""
    rows = [
        {"sanction_id": sanction_id, "position": place, "words": words}
        for sanction_id, listed in made
        for place, words in enumerate(listed, 1)
    ]
    bulk.insert(connection, tables.sanction_condition, rows)


def _row(
    ctx: Context, connection: Connection, case: Case, state: flows.State, facts: Mapping[str, Any]
) -> dict[str, Any]:
    row, offer = case.record, engines.offer(case.registry, case.record.product_key)
    refused = granting.problems(ctx, case.registry, row, facts, state.terms)
    if refused:
        raise Refused(refused)
    terms, facts = granting.granted(row, state.terms), granting.with_terms(facts, state.terms)
    grade = (facts.get("score") or {}).get("grade")
    rate = terms.annual_rate
    if rate is None:
        rate = offer.rate(grade, terms.term_months, ctx.business_date)
    if rate is None:
        raise Refused(_no_rate(grade))
    agreed, problems = quotes.particulars(case.registry, row.product_key, facts)
    if problems:
        raise Refused(problems)
    if offer.pricing.index is not None:
        agreed = replace(agreed, priced_on=ctx.business_date)
    amount = terms.amount if terms.says_amount else granted_amount(row.amount, facts, offer)
    answering = group_loans.guarantees(connection, offer, row.customer_id, amount)
    if answering:
        agreed = replace(agreed, guarantees=answering)
    made = _values(ctx, case, state, terms, amount, rate, grade) | {"extra": _extra(case, state, terms, agreed)}
    _check_price(ctx, case, made)
    return made


def _extra(case: Case, state: flows.State, terms: Terms, agreed: Particulars) -> dict[str, Any]:
    kept = quotes.record_of(agreed)
    said: dict[str, Any] = {"asked": case.record.amount, "approvers": [one.by for one in state.chain if one.by > 0]}
    if terms.changed:
        said["changed"] = {name: {"asked": asked, "granted": now} for name, (asked, now) in terms.changed.items()}
    return {**said, **({"terms": kept} if kept else {})}


def _check_price(ctx: Context, case: Case, made: Mapping[str, Any]) -> None:
    """Nothing is granted that costs more than the law allows, with everything the borrower bears."""
    preview = quotes.of_agreed(ctx, case.registry, made)
    problems = quotes.price_problems(ctx, case.registry, case.record.product_key, preview)
    if problems:
        raise Refused(problems)


def _values(
    ctx: Context, case: Case, state: flows.State, terms: Terms, amount: Decimal, rate: Decimal, grade: str | None
) -> dict[str, Any]:
    row, offer = case.record, engines.offer(case.registry, case.record.product_key)
    return {
        "application_id": row.id,
        "customer_id": row.customer_id,
        "release_id": row.release_id,
        "product_key": row.product_key,
        "amount": amount,
        "currency": offer.currency,
        "term_months": terms.term_months,
        "annual_rate": rate,
        "method": terms.method,
        "guarantee_mode": terms.guarantee_mode,
        "grade": grade,
        "conditions": list(state.conditions),
        "sanctioned_on": ctx.business_date,
        "expires_on": ctx.business_date + timedelta(days=offer.sanction_days),
        "unit": row.unit,
        "created_by": row.manager_user_id or row.created_by,
    }


def _number(ctx: Context, connection: Connection, approved: Sequence[Granted], rows: list[dict[str, Any]]) -> None:
    """Number the rows: one take for all that share a numbering and a unit."""
    alike: dict[tuple[str | None, str | None], list[dict[str, Any]]] = {}
    for (case, _, _), row in zip(approved, rows, strict=True):
        offer = engines.offer(case.registry, case.record.product_key)
        alike.setdefault((offer.numbering.get("sanction"), case.record.unit), []).append(row)
    for (key, unit), together in alike.items():
        issued = numbers.issue_many(ctx, connection, key, len(together), unit=unit)
        for row, number in zip(together, issued, strict=True):
            row["number"] = number


def granted_amount(asked: Decimal, facts: Mapping[str, Any], offer: Offer) -> Decimal:
    """What is granted: what was asked, but never above the measured limit, in the product's steps."""
    limit = (facts.get("limit") or {}).get("amount")
    if limit is None or limit >= asked:
        return asked
    least, step = offer.amount.least, offer.amount.step
    if limit < least:
        raise Refused(_limit_too_low(limit, least))
    if step is None:
        return offer.rounding.apply(Decimal(limit))
    return Decimal(least + ((limit - least) / step).to_integral_value(ROUND_FLOOR) * step)


def read(ctx: Context, connection: Connection, sanction_id: int) -> Row[Any]:
    """One sanction the actor may see."""
    ctx.require("sanction.read")
    row = connection.execute(select(TABLE).where(TABLE.c.id == sanction_id)).one_or_none()
    scope.check_visible(ctx, row._mapping if row else None, SANCTION)
    assert row is not None
    return row


def of_application(connection: Connection, application_id: int) -> Row[Any] | None:
    """The sanction of an application, if it was approved."""
    return connection.execute(select(TABLE).where(TABLE.c.application_id == application_id)).one_or_none()


def take_up(ctx: Context, connection: Connection, sanction_id: int) -> Row[Any]:
    """A contract is made on it: lock it, refuse an expired or used one, mark it used."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == sanction_id).with_for_update()).one_or_none()
    scope.check_visible(ctx, row._mapping if row else None, SANCTION)
    assert row is not None
    if row.state == "used":
        raise Conflict(_used())
    if row.state != "in_force" or row.expires_on < ctx.business_date:
        raise Refused(_expired(row))
    _change_state(ctx, connection, row, "used")
    return row


def expire(ctx: Context, connection: Connection) -> int:
    """Close what nobody took up in time; how many. Part of the end of day, so safe to repeat."""
    late = select(TABLE).where(TABLE.c.state == "in_force", TABLE.c.expires_on < ctx.business_date).with_for_update()
    rows = connection.execute(late).all()
    for row in rows:
        _change_state(ctx, connection, row, "expired")
    return len(rows)


def find(connection: Connection, sanction_id: int) -> Row[Any]:
    """One sanction for work inside the house, without looking at who asks."""
    row = connection.execute(select(TABLE).where(TABLE.c.id == sanction_id)).one_or_none()
    if row is None:
        raise NotFound(SANCTION)
    return row


def _change_state(ctx: Context, connection: Connection, row: Row[Any], state: str) -> None:
    bulk.update(connection, TABLE, [{"id": row.id, "state": state}], added=["version = kept.version + 1"])
    audit.write(
        connection, ctx.actor, f"sanction.{state}", ("sanction", row.id), before={"state": row.state},
        after={"state": state}, release_id=row.release_id, at=ctx.now,
    )  # fmt: skip


def _no_rate(grade: str | None) -> Problem:
    return Problem(
        code="sanction.no_rate",
        message=text(f"The product states no rate for grade '{grade}'.", f"产品未规定“{grade}”级客户的利率。"),
        hint=text("Such a case can only be refused.", "该等级的业务只能否决。"),
    )


def _limit_too_low(granted: Decimal, least: Decimal) -> Problem:
    return Problem(
        code="sanction.limit_too_low",
        message=text(
            f"The measured limit allows {granted:,}, less than the product's smallest amount of {least:,}.",
            f"测算额度仅支持 {granted:,}，低于产品最低金额 {least:,}。",
        ),
        hint=text("Refuse the case, or return it for changes.", "请否决，或退回修改。"),
    )


def _used() -> Problem:
    return Problem(
        code="sanction.used",
        message=text("A contract was already made on this sanction.", "该批复已签订合同。"),
    )


def _expired(row: Row[Any]) -> Problem:
    return Problem(
        code="sanction.expired",
        message=text(
            f"Sanction {row.number} expired on {row.expires_on}.", f"批复 {row.number} 已于 {row.expires_on} 到期失效。"
        ),
        hint=text("A new application is needed.", "须重新申请。"),
    )
