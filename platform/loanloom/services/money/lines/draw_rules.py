"""What a draw on a credit line may be: which product of the line, how much, how long, repaid how, until when. Reads;
writes nothing.

A draw of the line's own product is priced as the line was agreed. A shared line also serves the products that its own
names: such a draw is a loan of that product, at its price and within its limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, func, select

from loanloom.core.money import formatted
from loanloom.engines.products import Offer, Preview
from loanloom.metadata.registry import Registry
from loanloom.problems import LANGUAGES, Problem, Text, errors, text
from loanloom.services.context import Context
from loanloom.services.definitions import compiled, releases
from loanloom.services.money.lines.credit_lines import part_left
from loanloom.services.money.lines.line_usage import DRAW, TABLE
from loanloom.services.origination import quotes
from loanloom.store import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for. `product_key`: another product that shares the line; its own where there is none."""

    amount: Decimal
    term_months: int
    method: str
    purpose: str = ""
    customer_id: int | None = None
    product_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What whoever draws may choose: products, ways of repaying, and the months where they are agreed already."""

    products: Mapping[str, Text]
    methods: Mapping[str, Text]
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The line with the agreement behind it, its own product and the one that is drawn."""

    line: RowMapping
    contract: RowMapping
    registry: Registry
    own: Offer
    offer: Offer

    @property
    def is_own(self) -> bool:
        """Whether the line's own product is drawn."""
        return self.offer.key == self.own.key


def served(offer: Offer) -> tuple[str, ...]:
    """The products that may be drawn on a line of this product, its own first."""
    others = offer.line.products if offer.line is not None and offer.line.sharing == "shared" else ()
    return (offer.key, *(key for key in others if key != offer.key))


def around(ctx: Context, connection: Connection, line: RowMapping, product_key: str | None) -> Surroundings | Problem:
    """What a draw of a product is held against; the problem where the line does not serve it."""
    contract = tables.contract
    agreed = connection.execute(select(contract).where(contract.c.id == line["contract_id"])).mappings().one()
    registry = releases.pinned(ctx, connection, line["release_id"])
    own = compiled.offer(registry, line["product_key"])
    key = product_key or own.key
    if key not in served(own):
        return _problem("product", "This line does not serve that product.", "该额度不可用于此产品。", "product_key")
    offer = compiled.offer(registry, key)
    if offer.currency != line["currency"]:
        words = ("The product lends another currency than the line.", "产品币种与额度币种不一致。")
        return _problem("product", *words, "product_key")
    return Surroundings(line, agreed, registry, own, offer)


def choices(ctx: Context, line_id: int) -> Choices:
    """What may be chosen for a draw on a line."""
    with ctx.transaction() as connection:
        line = connection.execute(select(TABLE).where(TABLE.c.id == line_id)).mappings().one()
        found = around(ctx, connection, line, None)
    assert isinstance(found, Surroundings)
    keys = served(found.own)
    offers = [compiled.offer(found.registry, key) for key in keys]
    alone, chooses = len(offers) == 1, found.own.drawing.chooses
    ways = {found.contract["method"]} if "method" not in chooses else set(found.own.methods)
    ways |= {method for offer in offers[1:] for method in offer.methods}
    ordered = [method for offer in offers for method in offer.methods if method in ways]
    return Choices(
        products={offer.key: offer.title for offer in offers},
        methods={key: _titled(found.registry, key) for key in dict.fromkeys(ordered)},
        months=found.contract["term_months"] if alone and "term" not in chooses else None,
    )


def _titled(registry: Registry, method: str) -> Text:
    return {name: registry.code_title("repayment_method", method, name) for name in LANGUAGES}


def preview(ctx: Context, connection: Connection, found: Surroundings, wanted: Wanted) -> Preview:
    """What the draw would become; its problems where it cannot be."""
    if not found.is_own:
        sanction = tables.sanction
        of = select(sanction.c.grade).where(sanction.c.id == found.contract["sanction_id"])
        grade = connection.execute(of).scalar_one_or_none()
        return quotes.of_request(
            ctx, found.registry, found.offer.key, amount=wanted.amount, months=wanted.term_months,
            method=wanted.method, grade=grade,
        )  # fmt: skip
    agreed = {"amount": wanted.amount, "term_months": wanted.term_months, "method": wanted.method, "terms": {}}
    return quotes.of_agreed(ctx, found.registry, dict(found.contract) | agreed)


def problems(
    ctx: Context, connection: Connection, found: Surroundings, wanted: Wanted, customer_id: int
) -> tuple[Problem, ...]:
    """Why the draw cannot be, the member's part and the product's rules considered."""
    wrong = (*_of_part(connection, found, wanted, customer_id), *_of_request(found, wanted))
    if wrong:
        return wrong
    late = too_late(ctx, found)
    if late is not None:
        return (late,)
    wrong = tuple(_of_number(connection, found))
    if wrong:
        return wrong
    seen = preview(ctx, connection, found, wanted)
    return tuple(errors(seen.problems)) or quotes.price_problems(ctx, found.registry, found.offer.key, seen)


def too_late(ctx: Context, found: Surroundings) -> Problem | None:
    """Why it is too late to draw: the product says within how many days of the signature."""
    days, signed = found.own.drawing.within_days, found.contract["signed_on"]
    if days is None or signed is None:
        return None
    last = signed + timedelta(days=days)
    if ctx.business_date <= last:
        return None
    return _problem("too_late", f"Money could be drawn until {last}.", f"提款期已于 {last} 届满。", None)


def _of_part(connection: Connection, found: Surroundings, wanted: Wanted, customer_id: int) -> Iterator[Problem]:
    """Whether the member has a part, and enough of it left."""
    left = part_left(connection, found.line, customer_id)
    if left is None:
        if customer_id != found.line["customer_id"]:
            yield _problem(
                "no_part", "This customer has no part of the line.", "该客户在此额度项下没有分额度。", "customer_id"
            )
    elif wanted.amount > left:
        free = formatted(left)
        yield _problem(
            "part_not_enough", f"Only {free} of this member's part is free.", f"该成员分额度可用余额仅 {free}。"
        )


def _of_request(found: Surroundings, wanted: Wanted) -> Iterator[Problem]:
    offer, rule = found.offer, found.own.drawing
    if wanted.method not in offer.methods:
        yield _problem(
            "method", "This product does not offer this way of repaying.", "本产品不提供该还款方式。", "method"
        )
    elif found.is_own and "method" not in rule.chooses and wanted.method != found.contract["method"]:
        yield _problem(
            "method", "A draw is repaid as the line was agreed.", "提款须按额度合同约定的还款方式偿还。", "method"
        )
    most = min(offer.months.most, found.contract["term_months"]) if found.is_own else offer.months.most
    if not 0 < wanted.term_months <= most:
        said = (f"The term lies between 1 and {most} months.", f"期限须在 1 至 {most} 个月之间。")
        yield _problem("term", *said, "term_months")
    elif found.is_own and "term" not in rule.chooses and wanted.term_months != found.contract["term_months"]:
        months = found.contract["term_months"]
        said = (f"A draw runs {months} months, as the line was agreed.", f"提款期限须为额度合同约定的 {months} 个月。")
        yield _problem("term", *said, "term_months")
    if not wanted.amount.is_finite() or wanted.amount <= 0 or not offer.rounding.holds(wanted.amount):
        yield _problem("amount", "The amount must be money greater than zero.", "金额必须大于零且位数正确。")
    elif rule.min_amount is not None and wanted.amount < rule.min_amount:
        least = formatted(rule.min_amount)
        yield _problem("too_small", f"A draw is at least {least}.", f"单笔提款不低于 {least}。")


def _of_number(connection: Connection, found: Surroundings) -> Iterator[Problem]:
    most = found.own.drawing.most
    if most is None:
        return
    alive = DRAW.c.state.in_(("asked", "approved", "paid"))
    of = select(func.count()).select_from(DRAW).where(DRAW.c.credit_line_id == found.line["id"], alive)
    if connection.execute(of).scalar_one() >= most:
        yield _problem("too_many", f"The line allows {most} draws.", f"该额度最多提款 {most} 次。", None)


def _problem(code: str, english: str, chinese: str, field: str | None = "amount") -> Problem:
    return Problem(code=f"line.{code}", message=text(english, chinese), field=field)
