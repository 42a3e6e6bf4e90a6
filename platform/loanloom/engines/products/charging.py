"""Charges and taxes of a product as terms of its loans: from the price list's documents to values. No arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loanloom.core.lending.agreed.charges import ChargeCalendar, ChargeStep, ChargeTerms, Subsidy
from loanloom.core.lending.agreed.tax_terms import TaxExemption, TaxRate, TaxTerms
from loanloom.engines.products.reading import day, maybe, number
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text

LENDER = text("the lender", "本公司")


def charges_of(product: Document, registry: Registry) -> tuple[ChargeTerms, ...]:
    """The charges of a product, in the order it names them; what is missing is a problem told elsewhere."""
    return tuple(charge_terms(document, product, registry) for document in documents_of(product, registry))


def interest_shares_of(product: Document) -> tuple[Subsidy, ...]:
    """The parts of the interest that others bear, in the order in which they are taken."""
    return tuple(_share(share) for share in product.spec.get("subsidies", ()))


def documents_of(product: Document, registry: Registry) -> Iterator[Document]:
    """The charge documents that a product names."""
    for key in product.spec.get("charges", ()):
        document = registry.get("charge", str(key))
        if document is not None:
            yield document


def charge_days_of(product: Document, registry: Registry) -> Mapping[str, int]:
    """How many days after the disbursement charges with a day of their own fall due."""
    named = documents_of(product, registry)
    return {document.key: document.spec["after_days"] for document in named if "after_days" in document.spec}


def collectors_of(product: Document, registry: Registry) -> Mapping[str, Text]:
    """The names of those who collect."""
    found: dict[str, Text] = {"lender": LENDER}
    for document in documents_of(product, registry):
        key = document.spec.get("collector")
        if key is not None:
            found[str(key)] = document.spec.get("collector_title") or text(str(key), str(key))
    return found


def charge_terms(document: Document, product: Document, registry: Registry) -> ChargeTerms:
    """One charge."""
    spec = document.spec
    calendar = spec.get("calendar")
    tax = spec.get("tax") or product.spec.get("tax", {}).get("fees")
    return ChargeTerms(
        key=document.key,
        event=spec["event"],
        title=dict(document.title),
        amount=number(spec.get("amount", 0)),
        rate=number(spec.get("percent", 0)),
        base=spec.get("base", "principal"),
        least=maybe(spec, "min"),
        most=maybe(spec, "max"),
        steps=tuple(_step(step) for step in spec.get("steps", ())),
        of_event=spec.get("of_event"),
        instalments=tuple(spec.get("instalments", ())),
        calendar=ChargeCalendar(**calendar) if calendar else ChargeCalendar(),
        component=spec.get("component", "fee"),
        payer=spec.get("payer", "borrower"),
        shares=tuple(_share(share) for share in spec.get("shares", ())),
        collector=spec.get("collector", "lender"),
        settled=spec.get("settled", "added"),
        in_cost=spec.get("in_cost", True),
        tax=tax_terms(tax, product, registry),
    )


def _step(spec: Mapping[str, Any]) -> ChargeStep:
    return ChargeStep(
        from_months=spec.get("from_months", 0), from_days=spec.get("from_days", 0),
        rate=number(spec.get("percent", 0)), amount=number(spec.get("amount", 0)),
    )  # fmt: skip


def _share(spec: Mapping[str, Any]) -> Subsidy:
    return Subsidy(
        payer=spec["payer"],
        share=number(spec.get("share", 0)),
        points=number(spec.get("points", 0)),
        until=day(spec["until"]) if "until" in spec else None,
        instalments=spec.get("instalments"),
        most=maybe(spec, "most"),
        stops_after_days=spec.get("stops_after_days"),
        for_good=spec.get("stops_for_good", False),
        claim_every=spec.get("claim_every", 1),
        party=spec.get("party", ""),
        refunded=spec.get("settled", "not_billed") == "refunded",
    )


def tax_terms(key: str | None, product: Document, registry: Registry) -> TaxTerms | None:
    """A tax as it holds for loans of a product: its dated rates and the exemptions of its class."""
    document = registry.get("tax_rule", key) if key else None
    if document is None:
        return None
    spec = document.spec
    exempt = tuple(
        TaxExemption(
            key=item["key"],
            from_on=day(item["from"]) if "from" in item else None,
            until=day(item["until"]) if "until" in item else None,
            principal_up_to=maybe(item, "principal_up_to"),
        )
        for item in spec.get("exemptions", ())
        if product.spec["class"] in item.get("classes", (product.spec["class"],))
    )
    rates = sorted(spec["series"], key=lambda row: str(row["from"]))
    return TaxTerms(
        key=document.key,
        rates=tuple(TaxRate(from_on=day(row["from"]), rate=number(row["rate"])) for row in rates),
        included=spec.get("included", True),
        exemptions=exempt,
        category=spec.get("category", ""),
        invoiced=spec.get("invoiced", True),
    )
