"""Which currency the amounts of a company are in, and the number types that say so. Pure.

A field, indicator or parameter may name its own currency, or `product` for that of the loan. Otherwise an amount is in
the company's currency: the one its organisation document names, else the one that all its products share. Where the
products differ, an amount of the loan is in "product.currency", a unit of its own that goes with no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from loanloom import feel
from loanloom.feel import Digits, Type
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, text

PRODUCT = "product"
"""What a declaration writes for the currency of the product."""

OF_PRODUCT = "product.currency"
"""The unit of a loan's amounts where products are in several currencies."""

MONEY_WHOLE, MONEY_SCALE, INTEGER_WHOLE = 16, 2, 18
"""Digits of an amount and of a whole number where the declaration does not say less."""


@dataclass(frozen=True, slots=True)
class Currencies:
    """The company's own currency and that of its loans; None where nobody said. `scale`: the loans' decimals."""

    company: str | None
    product: str | None
    scale: int = MONEY_SCALE

    def of(self, declared: str | None) -> str | None:
        """The unit of an amount whose declaration names this currency, or none."""
        return self.company if declared is None else self.product if declared == PRODUCT else declared

    def loan_money(self) -> Type:
        """The type of a loan's amount."""
        return feel.number(unit=self.product, digits=Digits(MONEY_WHOLE, self.scale))


@kept
def currencies(registry: Registry) -> Currencies:
    """The currencies of a company's registry."""
    products = registry.all("product")
    found = {str(one.spec["currency"]) for one in products}
    shared = next(iter(found)) if len(found) == 1 else OF_PRODUCT if found else None
    stated = next((str(one.spec["currency"]) for one in registry.all("organisation") if "currency" in one.spec), None)
    company = stated or (shared if len(found) == 1 else None)
    digits = [int(one.spec["rounding"]["digits"]) for one in products]
    return Currencies(company, shared if found else company, max(MONEY_SCALE, *digits, 0))


def check(registry: Registry) -> Iterator[Problem]:
    """A company whose products are in several currencies must say which is its own."""
    listed = registry.all("product")
    found = dict.fromkeys(str(one.spec["currency"]) for one in listed)
    if len(found) < 2 or currencies(registry).company is not None:
        return
    en, zh = ", ".join(found), "、".join(found)
    for document in listed:
        yield document.problem(
            "product.company_currency",
            text(
                f"Products are in {en}; which is the company's own currency is not said.",
                f"产品币种有 {zh}，但未说明公司本位币。",
            ),
            "/currency",
            hint=text("Add `currency` to the organisation document.", "请在组织机构文档中补充 currency。"),
        )


def number_type(field: Field, known: Currencies | None) -> Type:
    """The type of a declared number: its digits, its limits and, of money, its currency."""
    least, most = _limit(field.min), _limit(field.max)
    scale = field.decimals
    whole = INTEGER_WHOLE
    unit = None
    if field.type in ("integer", "rating"):
        scale = 0
    elif field.type == "money":
        scale = scale if scale is not None else (known.scale if known and field.currency == PRODUCT else MONEY_SCALE)
        whole = MONEY_WHOLE
        unit = known.of(field.currency) if known is not None else None
    if least is not None and most is not None:
        whole = min(whole, len(str(int(max(abs(least), abs(most))))))
    digits = Digits(whole, scale) if scale is not None else None
    return feel.number(unit=unit, digits=digits, least=least, most=most)


def _limit(written: object) -> Decimal | None:
    try:
        found = Decimal(str(written))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
