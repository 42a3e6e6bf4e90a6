"""What belongs to a contract package 合同包: the papers that a product names for a guarantee mode, each with its own
number; one for each guarantor or item of collateral where its template says so.

A product that names no package has a guarantee contract for each guarantor and a mortgage contract for each item of
collateral, as far as it has templates for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanloom.engines import documents as engine
from loanloom.metadata.registry import Registry
from loanloom.services.definitions import compiled

KINDS: Mapping[str, str] = {
    "guarantee_contract": "guarantee",
    "mortgage_contract": "mortgage",
    "pledge_contract": "pledge",
    "loan_note": "note",
    "bureau_authorisation": "bureau_authorisation",
    "debit_authorisation": "debit_authorisation",
}
"""Kind of contract by what its template makes."""
SECURITY = ("guarantee", "mortgage", "pledge")
_AUTHORISATIONS = ("bureau_authorisation", "debit_authorisation")
_USUAL = ("guarantee_contract", "mortgage_contract")


@dataclass(frozen=True, slots=True)
class Paper:
    """One entry of a package: a template and the numbering of what it makes."""

    template: str
    numbering: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Part:
    """One contract to be made: with whom, for how much, and the facts it is filled from. `place` counts the rows that
    a template is repeated for."""

    paper: Paper
    place: int
    party: str
    amount: Decimal
    facts: Mapping[str, Any]
    about: Mapping[str, Any]


def papers(registry: Registry, product_key: str, mode: str | None) -> Sequence[Paper]:
    """The papers that go with a loan contract of this product under a guarantee mode."""
    spec = registry.require("product", product_key).spec
    numbering = spec.get("numbering") or {}
    if "package" not in spec:
        templates = spec.get("templates") or {}
        wanted = [(templates[what], numbering.get(what)) for what in _USUAL if templates.get(what)]
        named = wanted if mode != "credit" else []
    else:
        listed = [one for one in spec["package"] if "modes" not in one or mode in one["modes"]]
        named = [(one["template"], one.get("numbering")) for one in listed]
    return [Paper(template, own or numbering.get("contract"), kind_of(registry, template)) for template, own in named]


def kind_of(registry: Registry, template: str) -> str:
    """Which kind of contract a template makes."""
    return KINDS.get(registry.require("template", template).spec["document"], "note")


def parts(registry: Registry, wanted: Sequence[Paper], known: Mapping[str, Any]) -> Sequence[Part]:
    """The contracts that these papers make for a case, in order."""
    found = []
    for paper in wanted:
        template = compiled.template(registry, paper.template)
        for place, filled in enumerate(engine.each_facts(template, known)):
            if not engine.applies(template, filled):
                continue
            about = filled[template.row_name] if template.row_name else {}
            found.append(Part(paper, place, _party(about, known), _amount(paper, about, known), filled, about))
    return found


def _party(about: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    return str(about.get("name") or about.get("owner") or known["customer"]["name"])


def _amount(paper: Paper, about: Mapping[str, Any], known: Mapping[str, Any]) -> Decimal:
    """What is secured or promised; an authorisation is about no amount."""
    if paper.kind in _AUTHORISATIONS:
        return Decimal(0)
    return Decimal(about.get("amount") or about.get("value") or known["sanction"]["amount"])
