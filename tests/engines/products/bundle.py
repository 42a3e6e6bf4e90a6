"""A product for tests, changed line by line; and the model company's own products."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from loanloom.engines import products
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build

ROOT = Path(__file__).parents[3]
HEAD = """apiVersion: loanloom/v1
kind: {kind}
key: {key}
title: {{en: {key}, zh: 名称}}
effective_from: 2026-01-01
spec:
"""
ORDER = (
    HEAD.format(kind="allocation_order", key="usual")
    + """
  order: [fee, penalty, compound, damages, interest, principal]
  by: instalment
"""
)
LPR = (
    HEAD.format(kind="rate_table", key="lpr")
    + """
  index: LPR
  series:
    - {from: 2025-01-01, value: 0.031}
    - {from: 2026-01-20, value: 0.03, tiers: [{above_months: 60, value: 0.035}]}
"""
)
PRODUCT: dict[str, str] = {
    "class": "business",
    "currency": "CNY",
    "amount": "{min: 1000, max: 1000000}",
    "term": "{unit: month, min: 1, max: 120}",
    "rate": "{fixed: 0.12}",
    "draw": "once",
    "schedule": "{methods: [equal_instalment], every: 1, unit: month, due_day: same}",
    "day_count": "30/360",
    "rounding": "{digits: 2, mode: half_up, residual: last}",
    "penalty": "{uplift: 0.5, year_days: 360, grace_days: 0, compound: false}",
    "allocation": "usual",
    "forms": "{application: form}",
    "flows": "{application: flow}",
}


def document(kind: str, key: str, spec: str) -> str:
    """A document of a kind from the lines of its spec."""
    return HEAD.format(kind=kind, key=key) + "".join(f"  {line}\n" for line in spec.splitlines())


def product(**changed: str | None) -> str:
    """The product with some of its lines changed, added, or (None) left out."""
    spec = {name: value for name, value in {**PRODUCT, **changed}.items() if value is not None}
    return document("product", "p", "\n".join(f"{name}: {value}" for name, value in spec.items()))


def registry(source: str, *more: str) -> Registry:
    """A registry of a product, its allocation order, an index and more."""
    read = [read_document(each, "x.yaml") for each in (source, ORDER, LPR, *more)]
    assert not [problem for one in read for problem in one.problems], [one.problems for one in read]
    return build([one.document for one in read if one.document is not None], load_kinds()).registry


def offered(*more: str, **changed: str | None) -> products.Offer:
    """The offer of the changed product; it must be sound."""
    known = registry(product(**changed), *more)
    return products.offer(known.require("product", "p"), known)


def found(*more: str, **changed: str | None) -> dict[str, str]:
    """The problems of the changed product and its neighbours: pointer by code."""
    known = registry(product(**changed), *more)
    return {
        problem.code: str(problem.pointer).removeprefix("/spec")
        for problem in products.check(known)
        if problem.severity == "error"
    }


@lru_cache(maxsize=1)
def model_company() -> Registry:
    """The documents of the model company."""
    return build(read_bundle(ROOT, load_kinds()).documents, load_kinds()).registry
