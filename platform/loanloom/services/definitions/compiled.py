"""Documents of a registry as compiled engines, each compiled once a process and release. Reads no database.

A document that does not compile never got past the check of its release; if one is met all the same (a quarantined
draft, a built-in that changed) the use case is refused with its problems.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from loanloom import feel
from loanloom.engines import calculations, decisions, documents, forms, products, rules, scoring
from loanloom.engines import facts as fact_scope
from loanloom.metadata.document import Document, document_from
from loanloom.metadata.registers import register_of
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, text
from loanloom.services.errors import Refused
from loanloom.services.running.plugged import lending_methods

Made = TypeVar("Made")
_NOT_ASKED = {
    "customer": ("number", "since_on"),
    "application": ("number", "product", "state", "applied_on"),
}


@kept
def form(registry: Registry, key: str) -> forms.Form:
    """The compiled form."""
    compiled = forms.compile_form(_document(registry, "form", key), registry)
    return _sound(compiled.form, compiled.problems)


@kept
def application_form(registry: Registry, product: str) -> forms.Form:
    """The form of applications for a product, with only the choices that the product takes."""
    found = form(registry, registry.require("product", product).spec["forms"]["application"])
    sold = offer(registry, product)
    taken = {"application.guarantee_mode": sold.guarantee_modes, "application.method": sold.methods}
    return forms.narrowed(found, taken)


@kept
def record_form(registry: Registry, record: str) -> forms.Form:
    """The company's form about a record such as customer; without one, a plain form over its declared fields."""
    own = next((one for one in registry.all("form") if one.spec["record"] == record), None)
    return plain_form(registry, record) if own is None else form(registry, own.key)


@kept
def plain_form(registry: Registry, record: str) -> forms.Form:
    """A form over every declared field of a record without any rule but that what it needs must be there."""
    compiled = forms.compile_form(_plain_form(registry, record), registry)
    return _sound(compiled.form, compiled.problems)


@kept
def template(registry: Registry, key: str) -> documents.Template:
    """The compiled template."""
    compiled = documents.compile_template(_document(registry, "template", key), registry)
    return _sound(compiled.template, compiled.problems)


@kept
def ruleset(registry: Registry, key: str) -> rules.Ruleset:
    """The compiled rule set."""
    compiled = rules.compile_ruleset(registry.require("ruleset", key), registry)
    return _sound(compiled.ruleset, compiled.problems)


@kept
def decision_model(registry: Registry, key: str) -> decisions.DecisionModel:
    """The compiled decision model."""
    compiled = decisions.compile_model(registry.require("decision_model", key), registry)
    return _sound(compiled.model, compiled.problems)


@kept
def indicators(registry: Registry, product_key: str) -> scoring.Indicators:
    """The compiled indicators that a product needs."""
    keys = sorted(scoring.needed(registry, registry.require("product", product_key)))
    compiled = scoring.compile_indicators(registry, keys)
    return _sound(compiled.indicators, compiled.problems)


@kept
def scorecard(registry: Registry, key: str) -> scoring.Scorecard:
    """The compiled score card."""
    compiled = scoring.compile_scorecard(registry.require("scorecard", key), registry)
    return _sound(compiled.card, compiled.problems)


@kept
def calculation(registry: Registry, key: str) -> calculations.Calculation:
    """The compiled calculation."""
    compiled = calculations.compile_calculation(registry.require("calculation", key), registry)
    return _sound(compiled.calculation, compiled.problems)


@kept
def condition(registry: Registry, source: str) -> feel.Program | None:
    """A condition over an application's facts, such as those of products and materials; None for one that is wrong."""
    scope = fact_scope.scope(registry, "application")
    return feel.check(source, scope, expect=feel.BOOLEAN, functions=feel.LENDING).program


@kept
def offer(registry: Registry, product_key: str) -> products.Offer:
    """The compiled product of a checked registry."""
    compiled = products.compile_product(registry.require("product", product_key), registry, lending_methods())
    return _sound(compiled.offer, compiled.problems)


def _sound(made: Made | None, problems: Sequence[Problem]) -> Made:
    if made is None:
        raise Refused(problems)
    return made


def _document(registry: Registry, kind: str, key: str) -> Document:
    document = registry.get(kind, key)
    if document is None:
        raise Refused(
            Problem(
                code="metadata.missing",
                message=text(f"There is no {kind} “{key}” in this release.", f"当前发布版本中没有“{key}”。"),
                hint=text("A business administrator must add it.", "请业务管理员补充配置。"),
            )
        )
    return document


def _plain_form(registry: Registry, record: str) -> Document:
    left_out = _NOT_ASKED.get(record, ())
    fields = [{"field": f"{record}.{one.key}"} for one in registry.entity_fields(record) if one.key not in left_out]
    register = register_of(registry, record)
    needed = register.required if register is not None else ("name", "kind")
    for one in fields:
        if one["field"].rpartition(".")[2] in needed:
            one["required"] = True  # type: ignore[assignment]  # a rule is a bool or text
    title = registry.require("entity", record).title
    return document_from(
        {
            "kind": "form",
            "key": record,
            "title": title,
            "spec": {"record": record, "sections": [{"key": record, "title": title, "fields": fields}]},
        }
    )
