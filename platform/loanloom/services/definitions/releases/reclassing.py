"""How many running loans the changed class rules of a product would class otherwise: one statement over the whole book.

Counts only; the classes themselves move at the next end of day, loan by loan and with their trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, cast, func, select
from sqlalchemy import Text as SqlText

from loanloom.engines import rules
from loanloom.metadata.registry import Registry
from loanloom.services.reading.data_sets.computed import element
from loanloom.store.tables import company, loan

OUTPUT = "asset_class"
Moves = Mapping[tuple[str, str], int]
"""How many loans by the class they have and the class they would have."""
_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    **{
        f"loan.{name}": loan.c[name]
        for name in (
            *("number", "principal", "annual_rate", "term_months", "method", "disbursed_on", "matures_on"),
            *("days_past_due", "asset_class", "principal_outstanding"),
        )
    },
    "loan.interest_due": loan.c.overdue_amount - loan.c.penalty_outstanding,
    "loan.penalty_due": loan.c.penalty_outstanding,
    "loan.state": loan.c.status,
    "as_of": select(company.c.business_date).where(company.c.id == loan.c.company_id).correlate(loan).scalar_subquery(),
}
"""The facts that class rules see at the end of the day, where they are stored."""


def reclassed(
    connection: Connection, product: str, old: Registry, new: Registry
) -> Mapping[tuple[str, str], int] | None:
    """Loans by (class now, class by the new rules) where the two differ; None where nothing changes about the rules, or
    where only a run for each loan could tell.
    """
    before, after = (_rules_of(registry, product) for registry in (old, new))
    if old.get("product", product) is None or after is None or (before is not None and before.digest == after.digest):
        return None
    compiled = rules.compile_ruleset(after, new).ruleset
    if compiled is None or all(one.key != OUTPUT for one in compiled.outputs):
        return None
    made = rules.in_sql(compiled, OUTPUT, {path: f'("fact.{path}")' for path in _COLUMNS})
    if made.value is None:
        return None
    given = element(made.value, "string", lambda name: _COLUMNS[name.removeprefix("fact.")])
    lines = (
        select(cast(loan.c.asset_class, SqlText).label("now"), given.label("given"))
        .where(loan.c.product_key == product, loan.c.status == "active")
        .subquery("lines")
    )
    statement = (
        select(lines.c.now, lines.c.given, func.count())
        .where(lines.c.given.is_not(None), lines.c.given != lines.c.now)
        .group_by(lines.c.now, lines.c.given)
        .order_by(lines.c.now, lines.c.given)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(statement)}


def _rules_of(registry: Registry, product: str) -> Any:
    document = registry.get("product", product)
    key = document.spec.get(OUTPUT) if document is not None else None
    return registry.get("ruleset", str(key)) if key else None
