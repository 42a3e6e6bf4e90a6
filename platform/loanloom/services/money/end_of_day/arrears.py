"""Arrears of the day: penalties, days past due and asset class, only for loans with something overdue or to undo.

A chunk costs the same statements whatever its size: read loans, read instalments, update loans, add class changes and
their audit. Penalties are booked afterwards as one entry a product (`book`), from the sums the chunks left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select, text

from loanloom.core.money import ZERO
from loanloom.services.context import Context
from loanloom.services.money import lending_rules, loan_rows
from loanloom.services.money.end_of_day import interest
from loanloom.services.money.end_of_day.step import Chunk, Run
from loanloom.services.money.loan_rows import Kept
from loanloom.store import bulk, tables

CHUNK = 500

_SELECTED = text(
    "SELECT l.id FROM loan AS l WHERE l.status = 'active' AND (l.days_past_due > 0 OR l.asset_class <> 'normal' "
    "OR l.penalty_outstanding <> 0 OR l.overdue_amount <> 0 OR EXISTS (SELECT 1 FROM instalment AS i "
    "WHERE i.company_id = l.company_id AND i.loan_id = l.id AND i.status = 'due' AND i.due_on < CAST(:next AS date))) "
    "ORDER BY l.id"
)


def plan(connection: Connection, run: Run) -> list[Chunk]:
    """The loans with something happening, in chunks."""
    ids = list(connection.execute(_SELECTED, {"next": run.next_date}).scalars())
    return [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)] or [[]]


def work(ctx: Context, connection: Connection, run: Run, chunk: Chunk) -> Mapping[str, Any]:
    """Bring the loans of a chunk to the state of the next morning; leaves the penalties to book."""
    if not chunk:
        return {"loans": 0, "overdue": 0, "penalties": []}
    on = run.next_date
    found = loan_rows.load(ctx, connection, chunk, lock=True)
    updates, classed, overdue = [], [], 0
    missing: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for kept in found:
        values = loan_rows.figures(kept.loan, on)
        penalty, compound = loan_rows.penalties_accrued(kept.loan, on)
        key = (kept.row["product_key"], kept.row["currency"])
        before = missing.get(key, (ZERO, ZERO))
        missing[key] = (
            before[0] + penalty - kept.row["penalty_booked"],
            before[1] + compound - kept.row["compound_booked"],
        )
        given = lending_rules.asset_class(ctx, kept.row["product_key"], loan_facts(kept, values), on)
        overdue += values["days_past_due"] > 0
        asset_class = given.asset_class if given else kept.row["asset_class"]
        if given and asset_class != kept.row["asset_class"]:
            classed.append(_class_row(kept, on, given, values["days_past_due"]))
        updates.append(
            {"id": kept.id, "penalty_booked": penalty, "compound_booked": compound, "asset_class": asset_class} | values
        )
    bulk.update(connection, tables.loan, updates, added=["version = kept.version + 1"])
    bulk.insert(connection, tables.loan_class, classed)
    bulk.insert(connection, tables.audit_log, [_audit_row(ctx, row) for row in classed])
    sums = [
        {"product_key": product, "currency": currency, "penalty": str(amounts[0]), "compound": str(amounts[1])}
        for (product, currency), amounts in sorted(missing.items())
    ]
    return {"loans": len(found), "overdue": overdue, "classed": len(classed), "penalties": sums}


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
    """One penalty entry a product, from what the chunks of the day found."""
    table = tables.day_chunk
    query = select(table.c.figures).where(table.c.day_run_id == run.id, table.c.step == "arrears")
    sums: dict[tuple[str, str], dict[str, Decimal]] = {}
    for figures in connection.execute(query).scalars():
        for each in figures["penalties"]:
            into = sums.setdefault((each["product_key"], each["currency"]), {"penalty": ZERO, "compound": ZERO})
            into["penalty"] += Decimal(each["penalty"])
            into["compound"] += Decimal(each["compound"])
    rows = [{"product_key": key[0], "currency": key[1], **amounts} for key, amounts in sorted(sums.items())]
    return {"penalty": str(interest.book_accruals(ctx, connection, run, "penalty_accrued", rows))}
