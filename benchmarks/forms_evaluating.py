"""A generated form of 40 fields, evaluated (every rule) and drawn again, without a server: what each keystroke costs.

Beside it a floor: the same raw values turned into typed ones by hand-written lines, with no rules, access or problems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure, side_by_side
from benchmarks.forms_spine import ANSWERS, PLAIN, _changed, _fields
from loanloom.engines import forms
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import build

ROOT = Path(__file__).parent.parent
BAR = 2.0
RAW = {**ANSWERS, **{f"application.extra_{at}": "1,234.50" for at in range(PLAIN - 1)}}


def figures() -> Iterator[Figure]:
    """Evaluate and draw."""
    form, known = _form()
    assert len(form.by_path) >= 40, len(form.by_path)
    assert forms.evaluate(form, RAW, known).ok
    works: Mapping[str, Callable[[], Any]] = {
        "evaluated": lambda: forms.evaluate(form, RAW, known),
        "drawn again": lambda: forms.describe(form, known, raw=RAW, telling="entered"),
    }
    for what, work in works.items():
        seconds, _, ratio = side_by_side(work, _by_hand)
        yield Figure(
            name=f"form of 40 fields, {what}",
            value=seconds * 1e3,
            unit="ms",
            ratio=ratio,
            peer="the same values typed by hand-written lines",
            bar=BAR,
        )


def _form() -> tuple[forms.Form, Mapping[str, Any]]:
    kinds = load_kinds()
    documents = (*(_changed(one) for one in read_bundle(ROOT, kinds).documents), _fields())
    registry = build(documents, kinds).registry
    compiled = forms.compile_form(registry.require("form", "consumer-application"), registry)
    assert compiled.form is not None, compiled.problems
    empty = {
        record: {one.key: None for one in registry.entity_fields(record)} for record in ("application", "customer")
    }
    return compiled.form, {**empty, "guarantors": [], "collateral": []}


def _by_hand() -> dict[str, Any]:
    numbers = {name: Decimal(value.replace(",", "")) for name, value in RAW.items() if "extra" in name}
    numbers |= {f"application.{name}": Decimal(RAW[f"application.{name}"]) for name in ("amount", "term_months")}
    return {**{name: value.strip() for name, value in RAW.items()}, **numbers}
