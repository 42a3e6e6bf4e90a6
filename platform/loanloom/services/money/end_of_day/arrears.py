"""Arrears of the day: what lateness cost, days past due, asset class, interest put in suspense or taken back from it;
only for loans with something overdue, falling due or to undo.

A chunk costs the same statements whatever its size: read loans, read instalments, update loans, add class changes and
their audit, entries of loans that changed their place in the books. What accrued is booked afterwards as one entry a
product and branch (`book`), from the sums the chunks left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select, text

from loanloom.core.lending.owing.receivable import receivable
from loanloom.core.money import ZERO
from loanloom.services.context import Context
from loanloom.services.money import lending_rules, loan_rows
from loanloom.services.money.books import booking, postings
from loanloom.services.money.end_of_day import interest, suspense
from loanloom.services.money.end_of_day.step import Chunk, Run
from loanloom.services.money.loan_rows import Kept
from loanloom.store import bulk, tables

CHUNK = 500

_SELECTED = text(
    "SELECT l.id FROM loan AS l WHERE l.status = 'active' AND (l.days_past_due > 0 OR l.asset_class <> 'normal' "
    "OR l.penalty_outstanding <> 0 OR l.overdue_amount <> 0 OR l.interest_beyond <> 0 OR l.accounting = 'suspended' "
    "OR l.circumstances IS NOT NULL OR EXISTS (SELECT 1 FROM instalment AS i WHERE i.company_id = l.company_id "
    "AND i.loan_id = l.id AND i.status = 'due' AND i.due_on < CAST(:next AS date)) OR EXISTS (SELECT 1 "
    "FROM instalment AS i WHERE i.company_id = l.company_id AND i.loan_id = l.id AND i.status <> 'cancelled' "
    "AND i.due_on = CAST(:next AS date) AND (i.fee <> 0 OR i.more IS NOT NULL))) ORDER BY l.id"
)


def plan(connection: Connection, run: Run) -> list[Chunk]:
    """The loans with something happening, in chunks."""
    ids = list(connection.execute(_SELECTED, {"next": run.next_date}).scalars())
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)] or [[]]


def work(ctx: Context, connection: Connection, run: Run, chunk: Chunk) -> Mapping[str, Any]:
    """Bring the loans of a chunk to the state of the next morning; leaves what accrued to book."""
    if not chunk:
        return {"loans": 0, "overdue": 0, "accrued": []}
    on = run.next_date
    found = loan_rows.load(ctx, connection, chunk, lock=True)
    updates, classed, moved, overdue = [], [], [], 0
    grown: dict[tuple[str, str, str, str], dict[str, Decimal]] = {}
    for kept in found:
        values = loan_rows.figures(kept.loan, on)
        claims = receivable(kept.loan, on)
        _add_up(grown, kept, claims, on)
        accounting, entry = suspense.turned(ctx, kept, claims, values["days_past_due"], run.business_date)
        moved += [entry] if entry else []
        given = lending_rules.asset_class(ctx, kept.row["product_key"], loan_facts(kept, values), on)
        overdue += values["days_past_due"] > 0
        asset_class = given.asset_class if given else kept.row["asset_class"]
        if given and asset_class != kept.row["asset_class"]:
            classed.append(_class_row(kept, on, given, values["days_past_due"]))
        columns = postings.columns(kept.loan, on, accounting, claims)
        updates.append({"id": kept.id, "asset_class": asset_class, **columns, **values})
    bulk.update(connection, tables.loan, updates, added=["version = kept.version + 1"])
    bulk.insert(connection, tables.loan_class, classed)
    bulk.insert(connection, tables.audit_log, [_audit_row(ctx, row) for row in classed])
    booking.post(ctx, connection, moved)
    return {"loans": len(found), "overdue": overdue, "classed": len(classed), "accrued": _kept(grown)}


def _add_up(
    grown: dict[tuple[str, str, str, str], dict[str, Decimal]], kept: Kept, claims: Mapping[str, Decimal], on: date
) -> None:
    """What a loan's claims grew by beyond the line that the step before accrued."""
    row = kept.row
    into = grown.setdefault((row["product_key"], row["currency"], row["unit"] or "", row["accounting"]), {})
    before = postings.held(kept, on)
    for component, amount in claims.items():
        if component != "principal":
            into[component] = into.get(component, ZERO) + amount - before[component]


def _kept(grown: Mapping[tuple[str, str, str, str], Mapping[str, Decimal]]) -> list[dict[str, Any]]:
    return [
        {
            "product_key": product, "currency": currency, "unit": unit, "accounting": accounting,
            "parts": {component: str(amount) for component, amount in parts.items() if amount},
        }
        for (product, currency, unit, accounting), parts in sorted(grown.items())
    ]  # fmt: skip


def loan_facts(kept: Kept, values: Mapping[str, Any]) -> dict[str, Any]:
    """What rules about a loan may see of it on a day."""
    row = kept.row
    return {
        "number": row["number"],
        "principal": row["principal"],
        "annual_rate": row["annual_rate"],
        "term_months": Decimal(row["term_months"]),
        "method": row["method"],
        "disbursed_on": row["disbursed_on"],
        "matures_on": kept.loan.matures_on,
        "days_past_due": Decimal(values["days_past_due"]),
        "asset_class": row["asset_class"],
        "principal_outstanding": values["principal_outstanding"],
        "interest_due": values["overdue_amount"] - values["penalty_outstanding"],
        "penalty_due": values["penalty_outstanding"],
        "state": row["status"],
    }


def _class_row(kept: Kept, on: date, given: lending_rules.Classed, days: int) -> dict[str, Any]:
    return {
        "loan_id": kept.id,
        "classed_on": on,
        "before": kept.row["asset_class"],
        "asset_class": given.asset_class,
        "days_past_due": days,
        "ruleset_key": given.ruleset,
        "trace": given.trace,
    }


def _audit_row(ctx: Context, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "at": ctx.now.isoformat(),
        "actor_id": ctx.actor.user_id,
        "actor": ctx.actor.username,
        "correlation_id": ctx.actor.correlation_id,
        "action": "loan.classed",
        "subject_kind": "loan",
        "subject_id": str(row["loan_id"]),
        "before": {"asset_class": row["before"]},
        "after": {"asset_class": row["asset_class"], "days_past_due": row["days_past_due"]},
        "release_id": ctx.company.release_id,
    }


def book(ctx: Context, connection: Connection, run: Run, _chunk: Chunk) -> Mapping[str, Any]:
    """One entry a product and branch for what accrued, from what the chunks of the day found."""
    table = tables.day_chunk
    query = select(table.c.figures).where(table.c.day_run_id == run.id, table.c.step == "arrears")
    found = [each for figures in connection.execute(query).scalars() for each in figures["accrued"]]
    today = run.business_date
    booked = interest.book_accruals(ctx, connection, run, today, _sums(found), since=today, step="arrears")
    return {"penalty": str(booked)}


def _sums(found: Sequence[Mapping[str, Any]]) -> list[interest.Sum]:
    """The sums of all chunks, put together; interest that the line did not say is booked apart from it."""
    sums: dict[tuple[str, str, str, str], dict[str, Decimal]] = {}
    for each in found:
        key = (each["product_key"], each["currency"], each["unit"], each["accounting"])
        into = sums.setdefault(key, {})
        for component, amount in each["parts"].items():
            into[component] = into.get(component, ZERO) + Decimal(amount)
    return [interest.Sum(*key, parts) for key, parts in sorted(sums.items())]
