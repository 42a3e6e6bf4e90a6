"""The schedule an application would become, worked out while it is still being typed: what is shown is what gets
booked.

Reads the release it is handed; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from loanloom.engines import products
from loanloom.metadata.registry import Registry
from loanloom.services.context import Context
from loanloom.services.definitions import compiled as engines
from loanloom.services.origination import quotes


@dataclass(frozen=True, slots=True)
class SchedulePreview:
    """A preview and the rate it was made with; `rates` are the lowest and highest where the grade decides."""

    preview: products.Preview
    rate: Decimal
    rates: tuple[Decimal, Decimal] | None

    @property
    def first_payment(self) -> Decimal | None:
        """What falls due first."""
        schedule = self.preview.schedule
        return schedule.instalments[0].payment if schedule and schedule.instalments else None

    @property
    def total_interest(self) -> Decimal | None:
        """Interest over the whole term."""
        schedule = self.preview.schedule
        return sum((one.interest for one in schedule.instalments), Decimal(0)) if schedule else None


def of_typed(
    ctx: Context, registry: Registry, product_key: str, application: Mapping[str, Any], grade: str | None = None
) -> SchedulePreview | None:
    """The preview of what has been typed; None while amount, term or method is missing."""
    amount, months, method = (application.get(name) for name in ("amount", "term_months", "method"))
    if not isinstance(amount, Decimal) or not isinstance(months, Decimal) or not method:
        return None
    offer = engines.offer(registry, product_key)
    rate = offer.rate(grade, int(months), ctx.business_date)
    known = sorted(offer.rates.values())
    rates = (known[0], known[-1]) if known and rate is None else None
    if rate is None:
        rate = known[-1] if known else Decimal(0)
    known_facts = {"application": application, "as_of": ctx.business_date}
    agreed, problems = quotes.particulars(registry, product_key, known_facts)
    shown = quotes.of_request(
        ctx, registry, product_key, amount=amount, months=int(months), method=str(method), annual_rate=rate,
        particulars=agreed,
    )  # fmt: skip
    over = quotes.price_problems(ctx, registry, product_key, shown)
    return SchedulePreview(replace(shown, problems=(*problems, *shown.problems, *over)), rate, rates)
