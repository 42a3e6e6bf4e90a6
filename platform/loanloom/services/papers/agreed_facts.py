"""What papers say of the loan that was agreed: its schedule as it would be booked, and the disclosure sheet."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from loanloom.core.lending.owing.penalties import overdue_rate
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.engines import products
from loanloom.engines.products import Preview
from loanloom.metadata.registry import Registry
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.errors import Refused
from loanloom.services.origination import quotes

NO_FEES: Mapping[int, Decimal] = {}


def of(ctx: Context, registry: Registry, agreed: Row[Any]) -> dict[str, Any]:
    """The facts `schedule`, `disclosure` and `disclosed` of a sanction or contract, as if paid out today."""
    preview = quotes.of_agreed(ctx, registry, agreed)
    if preview.schedule is None:
        raise Refused(preview.problems)
    return of_preview(registry, agreed.product_key, preview)


def check_price(ctx: Context, registry: Registry, agreed: Row[Any]) -> None:
    """Nothing is signed that costs more than the law allows."""
    preview = quotes.of_agreed(ctx, registry, agreed)
    problems = quotes.price_problems(ctx, registry, agreed.product_key, preview)
    if problems:
        raise Refused(problems)


def of_preview(registry: Registry, product_key: str, preview: Preview) -> dict[str, Any]:
    """The same of a preview."""
    sheet, terms = preview.disclosure, preview.terms
    assert sheet is not None and terms is not None and preview.schedule is not None
    offer = compiled.offer(registry, product_key)
    price, term = products.rate_in_words(terms), products.term_in_words(offer, terms, preview.schedule)
    return {
        "schedule": [schedule_row(row, preview.fees) for row in preview.schedule.instalments],
        "disclosure": {
            "received": sheet.received,
            "principal": sheet.principal,
            "interest": sheet.interest,
            "charges": sheet.charges,
            "paid": sheet.paid,
            "cost_simple": round(sheet.cost.simple, 4),
            "cost_compound": round(sheet.cost.compound, 4),
            "penalty_rate": overdue_rate(terms.annual_rate, terms.penalty),
            "rate": price["zh"],
            "rate_en": price["en"],
            "term": term["zh"],
            "term_en": term["en"],
        },
        "disclosed": [_item(line) for line in products.lines(sheet, offer)],
    }


def _item(line: products.Line) -> Mapping[str, Any]:
    named = {
        "item": line.title, "basis": line.basis, "when": line.when, "payer": line.payer, "collector": line.collector,
    }  # fmt: skip
    words = {name: said["zh"] for name, said in named.items()} | {f"{n}_en": said["en"] for n, said in named.items()}
    return {**words, "amount": line.amount, "borne": line.borne}


def schedule_row(instalment: Instalment, fees: Mapping[int, Decimal] = NO_FEES) -> dict[str, Any]:
    """One instalment as facts, with what falls due in charges beside it."""
    return {
        "number": Decimal(instalment.number),
        "start_on": instalment.start_on,
        "due_on": instalment.due_on,
        "payment": instalment.payment,
        "principal": instalment.principal,
        "interest": instalment.interest,
        "closing": instalment.closing,
        "fee": fees.get(instalment.number, Decimal(0)),
    }
