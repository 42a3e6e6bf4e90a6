"""Trying a product (试一笔): what one loan on it would look like, from a draft as well as live. Books nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from loanloom.core.money import is_writable
from loanloom.engines import products
from loanloom.engines.products import Offer, Preview
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, errors, text
from loanloom.services.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The request that was tried, the choices there are, and what came of it."""

    amount: Decimal
    months: int
    method: str
    grade: str | None
    methods: tuple[str, ...]
    grades: tuple[str, ...]
    currency: str
    preview: Preview
    problems: tuple[Problem, ...]

    @property
    def interest(self) -> Decimal:
        """All interest of the schedule."""
        rows = self.preview.schedule.instalments if self.preview.schedule else ()
        return sum((row.interest for row in rows), Decimal(0))


@dataclass(frozen=True, slots=True)
class Broken:
    """A product that cannot be tried yet, and why."""

    problems: tuple[Problem, ...]


def try_product(ctx: Context, document: Document, registry: Registry, asked: Mapping[str, str]) -> Trial | Broken:
    """Try a product with what was asked for, or with a usual request where nothing was."""
    faults = registry.kinds.require("product").compiled.faults(document.spec)
    if faults:
        return Broken(
            tuple(document.problem(fault.code, fault.message, fault.pointer, hint=fault.hint) for fault in faults)
        )
    compiled = products.compile_product(document, registry)
    if compiled.offer is None:
        return Broken(errors(compiled.problems))
    return _tried(ctx, compiled.offer, registry, asked)


def _tried(ctx: Context, offer: Offer, registry: Registry, asked: Mapping[str, str]) -> Trial:
    problems: list[Problem] = []
    amount = _number(asked.get("amount"), _usual_amount(offer), "amount", problems)
    months = int(_number(asked.get("months"), _usual_months(offer), "months", problems))
    method = asked.get("method") if asked.get("method") in offer.methods else offer.methods[0]
    grades = tuple(offer.rates)
    grade = asked.get("grade") if asked.get("grade") in grades else next(iter(grades), None)
    seen = products.preview(
        offer, amount=amount, months=months, method=str(method), start_on=ctx.business_date, grade=grade,
        calendar=products.calendar_of(registry, offer.calendar),
    )  # fmt: skip
    return Trial(
        amount=amount, months=months, method=str(method), grade=grade, methods=offer.methods, grades=grades,
        currency=offer.currency, preview=seen, problems=(*problems, *seen.problems),
    )  # fmt: skip


def _usual_amount(offer: Offer) -> Decimal:
    """Half of the largest amount, on a step."""
    step = offer.amount.step or Decimal(1).scaleb(-offer.rounding.digits)
    middle = max(offer.amount.least, offer.amount.most / 2)
    return offer.amount.least + (middle - offer.amount.least) // step * step


def _usual_months(offer: Offer) -> Decimal:
    """A year where the product allows it, else its shortest term."""
    return Decimal(12) if offer.months.holds(Decimal(12)) else offer.months.least


def _number(typed: str | None, usual: Decimal, field: str, problems: list[Problem]) -> Decimal:
    if not typed or not typed.strip():
        return usual
    bare = typed.replace(",", "").replace(" ", "")
    try:
        value = Decimal(bare)
    except InvalidOperation:
        value = Decimal("NaN")
    if not is_writable(value) or not 0 < value < 10**13 or (field == "months" and value != value.to_integral_value()):
        message: Text = text(f'"{typed[:40]}" is not a number that fits here.', f"“{typed[:40]}”不是有效数值。")
        problems.append(Problem(code="trial.not_a_number", message=message, field=field))
        return usual
    return value
