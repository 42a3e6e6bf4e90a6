"""What a product's limits say to a request: amount, term, way of repaying. Problems carry the application's field."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from loanloom.core.money import formatted
from loanloom.engines.products.offer import Offer
from loanloom.engines.products.pricing import DAYS_OF
from loanloom.engines.products.ways import AT_THE_END
from loanloom.problems import Problem, Text, text

UNITS = {"month": text("months", "个月"), "week": text("weeks", "周"), "day": text("days", "天")}


def check_request(
    offer: Offer, amount: Decimal | None, months: int | None, method: str | None, days: int | None = None
) -> tuple[Problem, ...]:
    """What the product's limits say to a request. What is not known yet (None) is not judged; a product that counts
    in weeks or days looks at `days`, or at as many as the months have."""
    found: list[Problem] = []
    if amount is not None:
        found.extend(_amount_problems(offer, amount))
    if offer.term_unit != "month":
        if days is not None:
            found.extend(_days_problems(offer, days))
    elif months is not None:
        found.extend(_term_problems(offer, months, method))
    if method is not None and method not in offer.methods:
        message = text("This product does not offer this way of repaying.", "本产品不提供该还款方式。")
        found.append(_limit("method", "product.method_not_offered", message))
    return tuple(found)


def _amount_problems(offer: Offer, amount: Decimal) -> Iterator[Problem]:
    digits = offer.rounding.digits
    least, most = formatted(offer.amount.least, digits), formatted(offer.amount.most, digits)
    if not amount.is_finite() or not offer.amount.least <= amount <= offer.amount.most:
        yield _limit(
            "amount",
            "product.amount_out_of_limits",
            text(
                f"The amount must lie between {least} and {most} {offer.currency}.",
                f"金额须在 {least} 至 {most} {offer.currency} 之间。",
            ),
        )
    elif not offer.amount.on_step(amount) or not offer.rounding.holds(amount):
        step = formatted(offer.amount.step or Decimal(1).scaleb(-digits), digits)
        yield _limit(
            "amount",
            "product.amount_not_on_step",
            text(f"The amount goes in steps of {step} from {least}.", f"金额自 {least} 起，每 {step} 一档。"),
        )


def _term_problems(offer: Offer, term: int, method: str | None) -> Iterator[Problem]:
    if not offer.months.least <= term <= offer.months.most:
        yield _out_of_limits(offer, "term_months")
    elif not offer.months.on_step(Decimal(term)) or _broken(offer, term, method):
        step = offer.months.step or offer.repaying.months or 1
        yield _limit(
            "term_months",
            "product.term_not_on_step",
            text(
                f"The term goes in steps of {step} months from {offer.months.least}.",
                f"期限自 {offer.months.least} 个月起，每 {step} 个月一档。",
            ),
        )


def _broken(offer: Offer, months: int, method: str | None) -> bool:
    """Whether a term leaves a broken period where the way of repaying has none."""
    step = offer.repaying.months
    return step is not None and method not in AT_THE_END and months % step != 0


def _days_problems(offer: Offer, days: int) -> Iterator[Problem]:
    each = DAYS_OF[offer.term_unit]
    if not offer.months.least * each <= days <= offer.months.most * each:
        yield _out_of_limits(offer, "term_days")
    elif days % each or not offer.months.on_step(Decimal(days // each)):
        step = offer.months.step or 1
        unit = UNITS[offer.term_unit]
        yield _limit(
            "term_days",
            "product.term_not_on_step",
            text(
                f"The term goes in steps of {step} {unit['en']} from {offer.months.least}.",
                f"期限自 {offer.months.least} {unit['zh']}起，每 {step} {unit['zh']}一档。",
            ),
        )


def _out_of_limits(offer: Offer, field: str) -> Problem:
    unit, least, most = UNITS[offer.term_unit], offer.months.least, offer.months.most
    return _limit(
        field,
        "product.term_out_of_limits",
        text(
            f"The term must lie between {least} and {most} {unit['en']}.",
            f"期限须在 {least} 至 {most} {unit['zh']}之间。",
        ),
    )


def _limit(field: str, code: str, message: Text) -> Problem:
    return Problem(code=code, message=message, field=f"application.{field}")
