"""What a loan would look like if it were paid out on a day: one function for whoever shows, agrees or pays it out, so
that all of them see the same figures. Also whether it costs more than a price cap allows. Reads; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, RowMapping

from loanloom import feel
from loanloom.core.lending.records import from_record, to_record
from loanloom.engines import facts as fact_scope
from loanloom.engines import products
from loanloom.engines.products import Particulars, Preview
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, Text
from loanloom.services.context import Context
from loanloom.services.definitions import compiled

NOTHING = Particulars()


def of_agreed(
    ctx: Context,
    registry: Registry,
    row: Mapping[str, Any] | RowMapping | Row[Any],
    *,
    start_on: date | None = None,
) -> Preview:
    """A sanction or contract as it would be booked if it were paid out on a day (today unless told): its product by
    the release it is pinned to, working days and index values by the live one."""
    agreed: Mapping[str, Any] = dict(row._mapping if isinstance(row, Row) else row)
    return of_request(
        ctx, registry, agreed["product_key"], amount=agreed["amount"], months=agreed["term_months"],
        method=agreed["method"], annual_rate=agreed["annual_rate"], start_on=start_on,
        particulars=particulars_of(agreed), within_limits=False,
    )  # fmt: skip


def of_request(
    ctx: Context, registry: Registry, product_key: str, *, amount: Decimal, months: int, method: str,
    grade: str | None = None, annual_rate: Decimal | None = None, start_on: date | None = None,
    particulars: Particulars = NOTHING, within_limits: bool = True,
) -> Preview:  # fmt: skip
    """What a request would become."""
    offer = compiled.offer(registry, product_key)
    made = products.terms(
        offer, amount=amount, months=months, method=method, start_on=start_on or ctx.business_date, grade=grade,
        annual_rate=annual_rate, particulars=particulars, within_limits=within_limits,
        index=products.index_of(ctx.registry, offer, months),
    )  # fmt: skip
    if made.terms is None:
        return Preview(problems=made.problems)
    seen = products.preview_terms(made.terms, products.calendar_of(ctx.registry, offer.calendar), offer.rules)
    return replace(seen, problems=(*made.problems, *seen.problems))


def term_in_words(registry: Registry, product_key: str, preview: Preview) -> Text | None:
    """How long the loan runs, as its product counts: months, weeks, days, or up to a date."""
    if preview.terms is None or preview.schedule is None:
        return None
    return products.term_in_words(compiled.offer(registry, product_key), preview.terms, preview.schedule)


def particulars_of(agreed: Mapping[str, Any]) -> Particulars:
    """What a sanction or contract agreed beyond its columns."""
    kept = agreed.get("terms") or (agreed.get("extra") or {}).get("terms") or {}
    return from_record(Particulars, kept)


def record_of(particulars: Particulars) -> dict[str, Any]:
    """Particulars as they are kept; what is not agreed is left out."""
    whole, nothing = to_record(particulars), to_record(NOTHING)
    return {name: value for name, value in whole.items() if value != nothing[name]}


def particulars(
    registry: Registry, product_key: str, known: Mapping[str, Any]
) -> tuple[Particulars, tuple[Problem, ...]]:
    """The particulars that an application's facts give, and what is wrong with them."""
    document = registry.require("product", product_key)
    expression = document.spec["term"].get("matures_on")
    matures_on = None
    if expression is not None:
        program = _program(registry, str(expression))
        found = program(known) if program is not None else None
        matures_on = found if isinstance(found, date) else None
    return products.particulars_from(known.get("application") or {}, matures_on)


@kept
def _program(registry: Registry, source: str) -> feel.Program | None:
    scope = fact_scope.scope(registry, "application")
    return feel.check(source, scope, expect=feel.DATE, functions=feel.LENDING).program


def price_problems(ctx: Context, registry: Registry, product_key: str, preview: Preview) -> tuple[Problem, ...]:
    """Why this loan may not be agreed or paid out today: it would cost more than a price cap in force allows."""
    price = preview.price
    if price is None:
        return ()
    product_class = registry.require("product", product_key).spec["class"]
    return products.price_problems(ctx.registry, product_class, price, ctx.business_date)
