"""Trying a product (试一笔): what one loan on it would look like, from a draft as well as live. Books nothing.

Schedule, disclosure sheet and price caps are those of the offer: the same functions, asked with what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from loanloom.core.dates import written_day
from loanloom.core.lending.pricing.disclosure import Disclosure
from loanloom.core.lending.pricing.price_caps import CapTest, Later, failing_later, test_price
from loanloom.core.money import is_writable
from loanloom.engines import products
from loanloom.engines.products import Line, Offer, Particulars, Preview
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, errors, text
from loanloom.services.context import Context
from loanloom.services.running.plugged import lending_methods

TRIED = ("amount", "term", "method", "grade", "start_on", "rate", "due_day", "matures_on", "plan")
"""What may be asked; what is left empty is usual or the product's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The request that was tried, the choices there are, and what came of it."""

    offer: Offer
    amount: Decimal
    term: int
    method: str
    grade: str | None
    start_on: date
    rate: Decimal | None
    due_day: int | None
    matures_on: date | None
    plan: str
    titles: Mapping[str, Text]
    grades: tuple[str, ...]
    preview: Preview
    disclosure: Disclosure | None
    lines: tuple[Line, ...]
    caps: tuple[CapTest, ...]
    later: tuple[Later, ...]
    problems: tuple[Problem, ...]

    @property
    def needs_plan(self) -> bool:
        """Whether the plan is typed in row by row."""
        return self.method == "own"

    @property
    def needs_date(self) -> bool:
        """Whether the product takes the day it falls due from the application."""
        return self.offer.matures_on is not None

    @property
    def digits(self) -> int:
        """Decimals of the currency."""
        return self.offer.rounding.digits


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
    compiled = products.compile_product(document, registry, lending_methods())
    if compiled.offer is None:
        return Broken(errors(compiled.problems))
    return _Trying(ctx, compiled.offer, document, registry, asked, []).tried()


@dataclass(frozen=True, slots=True)
class _Trying:
    ctx: Context
    offer: Offer
    document: Document
    registry: Registry
    asked: Mapping[str, str]
    problems: list[Problem]

    def tried(self) -> Trial:
        """Read what was typed, ask the product, hold the answer against the caps."""
        offer, titles = self.offer, self._titles()
        method = self.asked.get("method") or ""
        method = method if method in offer.methods else offer.methods[0]
        grades = tuple(offer.rates)
        grade = self.asked.get("grade") if self.asked.get("grade") in grades else next(iter(grades), None)
        typed_term = "term" if "term" in self.asked else "months"
        amount = self.number("amount", usual_amount(offer)) or usual_amount(offer)
        term = int(self.number(typed_term, usual_term(offer), whole=True) or usual_term(offer))
        start_on = self.day("start_on") or self.ctx.business_date
        rate, due_day = self.number("rate", None), self.number("due_day", None, whole=True)
        matures_on = self.day("matures_on") if offer.matures_on is not None else None
        plan = self.asked.get("plan", "")[:20_000]
        seen = self.preview(amount, term, method, grade, start_on, rate, due_day, matures_on, plan)
        sheet = seen.disclosure
        caps, later = self.caps(seen, start_on)
        return Trial(
            offer=offer, amount=amount, term=term, method=method, grade=grade, start_on=start_on, rate=rate,
            due_day=None if due_day is None else int(due_day), matures_on=matures_on, plan=plan, titles=titles,
            grades=grades, preview=seen, disclosure=sheet, lines=products.lines(sheet, offer) if sheet else (),
            caps=caps, later=later, problems=(*self.problems, *seen.problems),
        )  # fmt: skip

    def preview(
        self, amount: Decimal, term: int, method: str, grade: str | None, start_on: date, rate: Decimal | None,
        due_day: Decimal | None, matures_on: date | None, plan: str,
    ) -> Preview:  # fmt: skip
        """What the product makes of it."""
        offer = self.offer
        rows, unreadable = products.plan_rows(plan) if method == "own" else ((), ())
        self.problems.extend(unreadable)
        each = {"week": 7, "day": 1}.get(offer.term_unit)
        particulars = Particulars(
            days=None if each is None else term * each, due_day=None if due_day is None else int(due_day),
            matures_on=matures_on, rows=rows,
        )  # fmt: skip
        return products.preview(
            offer, amount=amount, months=term, method=method, start_on=start_on, grade=grade,
            annual_rate=None if rate is None else rate / 100, particulars=particulars,
            calendar=products.calendar_of(self.registry, offer.calendar),
        )  # fmt: skip

    def caps(self, seen: Preview, on: date) -> tuple[tuple[CapTest, ...], tuple[Later, ...]]:
        """The caps on the day, and the announced ones at which this very loan would fail."""
        price = seen.price
        if price is None:
            return (), ()
        caps, lent = products.caps_of(self.registry), products.lent_by(self.registry, self.offer.product_class)
        return test_price(caps, price, lent, on), failing_later(caps, {self.offer.key: (price, lent)}, on)

    def _titles(self) -> dict[str, Text]:
        """The names of the ways of repaying; the product's own ways bring theirs along."""
        found: dict[str, Text] = {
            str(way["key"]): way["title"] for way in self.document.spec["schedule"].get("ways", ())
        }
        for method in self.offer.methods:
            said = {name: self.registry.code_title("repayment_method", method, name) for name in ("en", "zh")}
            found.setdefault(method, said)
        return found

    def number(self, field: str, usual: Decimal | None, *, whole: bool = False) -> Decimal | None:
        """A number that was typed; the usual one where nothing was, or where it is none."""
        typed = self.asked.get(field) or ""
        bare = typed.replace(",", "").replace("，", "").replace(" ", "").removesuffix("%")
        if not bare:
            return usual
        try:
            value = Decimal(bare)
        except InvalidOperation:
            value = Decimal("NaN")
        if not is_writable(value) or not 0 <= value < 10**13 or (whole and value != value.to_integral_value()):
            self._unfit(field, typed)
            return usual
        return value

    def day(self, field: str) -> date | None:
        """A date that was typed."""
        typed = (self.asked.get(field) or "").strip()
        if not typed:
            return None
        found = written_day(typed)
        if found is None:
            self._unfit(field, typed)
        return found

    def _unfit(self, field: str, typed: str) -> None:
        message: Text = text(f'"{typed[:40]}" does not fit here.', f"“{typed[:40]}”不是有效内容。")
        self.problems.append(Problem(code="trial.does_not_fit", message=message, field=field))


def usual_amount(offer: Offer) -> Decimal:
    """Half of the largest amount, on a step."""
    step = offer.amount.step or Decimal(1).scaleb(-offer.rounding.digits)
    middle = max(offer.amount.least, offer.amount.most / 2)
    return offer.amount.least + (middle - offer.amount.least) // step * step


def usual_term(offer: Offer) -> Decimal:
    """A year where the product allows it, else its shortest term."""
    year = Decimal({"month": 12, "week": 52, "day": 365}[offer.term_unit])
    return year if offer.months.holds(year) else offer.months.least
