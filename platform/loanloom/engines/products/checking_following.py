"""Whether each way of repaying of a product can follow what is really outstanding, where interest is to: what the core
would refuse when the money goes out is told to whoever writes the product."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from loanloom.core.lending.planning.following import following_problems
from loanloom.engines.products.agreeing import Particulars, terms
from loanloom.engines.products.checking_plan import ANY_DAY
from loanloom.engines.products.offer import Offer
from loanloom.engines.products.pricing import DAYS_OF
from loanloom.metadata.document import Document
from loanloom.problems import Problem, Text, text

_ANY_RATE = Decimal("0.1")
_AS_SAID = text("Leave out the recalculation, or this.", "请取消按实际还款重算，或取消此项约定。")
_AS_DRAWN = text(
    "A loan that is drawn on again follows what is outstanding; on a credit line every draw is a loan of its own.",
    "可循环提款的贷款按实际余额计息；如设置授信额度，则每次提款为一笔独立贷款。",
)


def problems(document: Document, offer: Offer) -> Iterator[Problem]:
    """What stands in the way, once each."""
    if offer.recalculation is None:
        return
    said = "recalculation" in document.spec
    told: list[Text] = []
    for message in _found(offer):
        if message not in told:
            told.append(message)
            pointer, hint = ("/recalculation", _AS_SAID) if said else ("/draw", _AS_DRAWN)
            yield document.problem("product.cannot_follow", message, pointer, hint=hint)


def _found(offer: Offer) -> Iterator[Text]:
    """What the core would say of the shortest and the longest loan repaid in each way."""
    for method in offer.methods:
        for term in (int(offer.months.least), int(offer.months.most)):
            agreed = terms(
                offer, amount=offer.amount.least, months=term, method=method, start_on=ANY_DAY,
                annual_rate=_ANY_RATE, within_limits=False,
                particulars=Particulars(days=term * DAYS_OF.get(offer.term_unit, 30)),
            )  # fmt: skip
            if agreed.terms is not None:
                yield from (problem.message for problem in following_problems(agreed.terms))
