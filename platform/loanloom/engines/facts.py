"""What every expression may see: the facts' types from a registry, their labels, and raw stored values made into FEEL
values.

Pure. The names are those of the whole house (customer.*, application.*, indicators.*, score.*, limit.* ...); a fact
that a case does not have yet is null. Services load the values; this room only says what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from loanloom import feel
from loanloom.engines import decided, derived
from loanloom.engines.currencies import currencies, number_type
from loanloom.engines.derived import SCALARS
from loanloom.engines.labels import HIDDEN, RECORDS, ROWS, labels
from loanloom.engines.raw_facts import Converted, at, read, read_value, scalar
from loanloom.feel import BOOLEAN, DATE, NUMBER, STRING, Digits, Type, context, enumeration, list_of, optional
from loanloom.metadata.document import Document
from loanloom.metadata.fields import Field
from loanloom.metadata.registers import Register, register_of
from loanloom.metadata.registry import Registry, kept, kept_narrowly
from loanloom.problems import Problem, Text, text

PLAIN: Mapping[str, Type] = {"string": STRING, "number": NUMBER, "date": DATE, "boolean": BOOLEAN}
"""The plain types of values to FEEL types."""

_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "customer": ("customer", "company"),
    "application": ("customer", "application", "company", "sanction", "contract"),
    "loan": RECORDS,
    "document": RECORDS,
}
_INDICATOR_SUBJECTS = {"customer": ("customer",), "application": ("customer", "application")}


def field_type(field: Field, registry: Registry | None = None) -> Type:
    """The FEEL type of a declared field; with a registry, a choice knows its codes and an amount its currency."""
    shape = field.shape
    if shape.rows:
        inner = fields_type(field.fields, registry)
        return list_of(inner) if shape.several else inner
    if shape.parts:
        parts = {name: _coded(field, registry, part.coded) or PLAIN[part.type] for name, part in shape.parts.items()}
        return context({name: optional(type_) for name, type_ in parts.items()})
    plain = _coded(field, registry, shape.coded) or _plain_type(field, registry)
    return list_of(plain) if shape.several else plain


def _coded(field: Field, registry: Registry | None, coded: bool) -> Type | None:
    """The codes of a field's list, where its values are codes and the list is known."""
    codes = _codes(registry, field.code_list) if coded and registry is not None and field.code_list else ()
    return enumeration(codes) if codes else None


def _plain_type(field: Field, registry: Registry | None) -> Type:
    """The type of one plain value of a field."""
    type_ = PLAIN[field.shape.type]
    if type_.kind == "number":
        return number_type(field, currencies(registry) if registry is not None else None)
    return type_


def _codes(registry: Registry, key: str) -> tuple[str, ...]:
    document = registry.get("code_list", key)
    return tuple(str(item["key"]) for item in document.spec["items"]) if document else ()


def fields_type(fields: Iterable[Field], registry: Registry | None) -> Type:
    """The FEEL type of a record with these fields; any of them may be empty."""
    return context({one.key: optional(field_type(one, registry)) for one in fields})


@kept
def record_type(registry: Registry, record: str) -> Type:
    """The FEEL type of a record as it is declared."""
    return fields_type(registry.entity_fields(record), registry)


@kept
def scope(registry: Registry, subject: str = "application") -> Type:
    """The facts that an expression about `subject` may see: application, customer, loan, or document (all of them); or
    the records of an entity that keeps its own."""
    register = register_of(registry, subject)
    if register is not None:
        return _of_register(registry, register)
    shown = dict(_computed(registry, subject).members)
    about = {one.spec["subject"] for one in registry.all("decision_model")}
    found = {one: decided.result_types(registry, one, model_scope(registry, one)).members for one in sorted(about)}
    if subject == "customer":
        found.pop("application", None)
    shown["models"] = optional(context({key: type_ for models in found.values() for key, type_ in models.items()}))
    return context(shown)


def _of_register(registry: Registry, register: Register) -> Type:
    """The record's own fields, whose it is, and the company."""
    records = (register.key, "company", *(("customer",) if register.about == "customer" else ()))
    shown: dict[str, Type] = {one: optional(record_type(registry, one)) for one in records}
    return context({**shown, "as_of": DATE})


@kept
def model_scope(registry: Registry, subject: str) -> Type:
    """What the inputs of decision models see: all but decisions, their own and the flow's."""
    return context({name: type_ for name, type_ in _computed(registry, subject).fields if name != "decision"})


@kept
def _computed(registry: Registry, subject: str) -> Type:
    """The facts with indicators and limits."""
    shown = dict(_given(registry, subject).members)
    shown["indicators"] = optional(_indicators(registry, subject))
    if subject != "customer":
        shown["limit"] = optional(_limits(registry))
    return context(shown)


@kept
def _given(registry: Registry, subject: str) -> Type:
    """The facts that no formula of the company gives."""
    shown: dict[str, Type] = {}
    for record in _SUBJECTS.get(subject, RECORDS):
        shown[record] = optional(record_type(registry, record))
    if subject != "customer":
        for name, record in ROWS.items():
            shown[name] = optional(list_of(record_type(registry, record)))
        shown["product"] = optional(_optionals(_product(registry)))
        shown["score"] = optional(_optionals({"points": NUMBER, "grade": _grades(registry)}))
        shown["eligibility"] = optional(_outcomes(registry, "eligibility"))
        shown["decision"] = optional(_outcomes(registry, "decision"))
    if subject not in ("customer", "application"):
        shown["schedule"] = optional(list_of(_optionals(_instalment(registry))))
        shown["disclosure"] = optional(_optionals(_disclosure(registry)))
        shown["disclosed"] = optional(list_of(_optionals(_disclosed(registry))))
    shown["as_of"] = DATE
    return context(shown)


def _optionals(fields: Mapping[str, Type]) -> Type:
    return context({name: optional(type_) for name, type_ in fields.items()})


def _product(registry: Registry) -> dict[str, Type]:
    money = currencies(registry).loan_money()
    months = feel.number(digits=Digits(3, 0), least=Decimal(1), most=Decimal(480))
    return {
        "key": STRING,
        "class": enumeration(("personal", "business", "farmer")),
        "currency": STRING,
        "rate": NUMBER,
        "amount_min": money,
        "amount_max": money,
        "term_min": months,
        "term_max": months,
        "penalty_uplift": NUMBER,
    }


def _instalment(registry: Registry) -> dict[str, Type]:
    money = currencies(registry).loan_money()
    return {
        "number": feel.number(digits=Digits(4, 0)),
        "start_on": DATE,
        "due_on": DATE,
        **dict.fromkeys(("payment", "principal", "interest", "closing", "fee"), money),
    }


def _disclosure(registry: Registry) -> dict[str, Type]:
    """The sums of a disclosure sheet, and the price in words."""
    money = currencies(registry).loan_money()
    return {
        **dict.fromkeys(("received", "principal", "interest", "charges", "paid"), money),
        **dict.fromkeys(("cost_simple", "cost_compound", "penalty_rate"), NUMBER),
        **dict.fromkeys(("rate", "rate_en", "term", "term_en"), STRING),
    }


def _disclosed(registry: Registry) -> dict[str, Type]:
    """One item of a disclosure sheet, its words in Chinese and (`_en`) in English."""
    names = ("item", "basis", "when", "payer", "collector")
    money = currencies(registry).loan_money()
    return {**dict.fromkeys((*names, *(f"{name}_en" for name in names)), STRING), "amount": money, "borne": money}


def _indicators(registry: Registry, subject: str) -> Type:
    allowed = _INDICATOR_SUBJECTS.get(subject)
    types = _indicator_types(registry)
    return context(
        {
            one.key: optional(types[one.key])
            for one in registry.all("indicator")
            if allowed is None or one.spec["subject"] in allowed
        }
    )


@kept
def _indicator_types(registry: Registry) -> Mapping[str, Type]:
    listed = registry.all("indicator")
    return derived.indicator_types(listed, lambda about: _given(registry, about).members, currencies(registry))


@kept
def _grades(registry: Registry) -> Type:
    found = [str(grade["key"]) for card in registry.all("scorecard") for grade in card.spec["grades"]]
    return enumeration(dict.fromkeys(found)) if found else STRING


@kept
def _limits(registry: Registry) -> Type:
    """The steps of all calculations; where two share a key, what holds for both. `amount` is what may be lent."""
    found: dict[str, Type] = {}
    for document in registry.all("calculation"):
        for key, type_ in _step_types(document, registry).items():
            found[key] = feel.joined(found[key], type_) if key in found else type_
    return context({**found, "amount": optional(feel.number(unit=currencies(registry).product))})


@kept
def _before_limits(registry: Registry) -> Type:
    """What the steps of calculations see, whatever they are about."""
    indicators = optional(_indicators(registry, "document"))
    return context({**_given(registry, "document").members, "indicators": indicators})


@kept_narrowly
def _step_types(document: Document, registry: Registry) -> Mapping[str, Type]:
    return derived.step_types(document, _before_limits(registry), currencies(registry))


def limit_type(registry: Registry) -> Type:
    """What the result of a calculation should be: an amount that may be lent."""
    return feel.number(unit=currencies(registry).product)


@kept
def _outcomes(registry: Registry, role: str) -> Type:
    """The outputs of the rule sets that products name for this role, else of all."""
    products = registry.all("product")
    named = [found for one in products if (found := registry.get("ruleset", str(one.spec.get(role)))) is not None]
    outputs: dict[str, Type] = {}
    for document in named or registry.all("ruleset"):
        for output in document.spec["outputs"]:
            type_ = outcome_type(document.spec["hit_policy"], output)
            known = outputs.get(output["key"])
            outputs[output["key"]] = type_ if known is None else feel.joined(known, type_)
    if "outcome" not in outputs:
        outputs["outcome"] = STRING
    return _optionals(outputs)


def outcome_type(policy: str, output: Mapping[str, Any]) -> Type:
    """What a rule set gives as one output: the rules' values as a list where its hit policy lists them."""
    if policy == "collect" and output.get("aggregation") == "count":
        return NUMBER
    listed = policy in ("rule_order", "output_order") or (
        policy == "collect" and not output.get("aggregation") and not output.get("values")
    )
    return list_of(optional(output_type(output))) if listed else output_type(output)


def output_type(output: Mapping[str, Any]) -> Type:
    """The type of what one rule says as a rule set's output; with its values where they are listed."""
    if output["type"] == "string" and output.get("values"):
        return enumeration(str(one) for one in output["values"])
    return SCALARS[output["type"]]


def problem_from_feel(problem: feel.FeelProblem, document: Document, pointer: str) -> Problem:
    """A mistake in an expression at its place in the document. The pointer counts from the spec or from the whole."""
    inside = (problem.line, problem.column)
    hint = dict(problem.hint) if problem.hint else None
    length = problem.end - problem.start if problem.start is not None and problem.end is not None else None
    return document.problem(
        problem.code, dict(problem.message), _from_spec(pointer), hint=hint, inside=inside, length=length
    )


def place(problem: Problem, document: Document) -> Problem:
    """A problem with the file, line and column of its pointer."""
    whole = f"/spec{_from_spec(problem.pointer or '')}"
    line, column = document.place(whole)
    return problem.at(file=document.file, line=line, column=column, pointer=whole)


def _from_spec(pointer: str) -> str:
    return pointer[5:] if pointer == "/spec" or pointer.startswith("/spec/") else pointer


def circles(reads: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """One circle through each group of names that need one another."""
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for start in sorted(reads):
        path: list[str] = []
        here: str | None = start
        while here is not None and here not in path and here not in seen:
            path.append(here)
            here = next(iter(sorted(reads.get(here, ()))), None)
        if here is not None and here in path:
            found.append(tuple(path[path.index(here) :]))
        seen.update(path)
    return found


def run_problem(problem: feel.FeelProblem, what: str, title: Text) -> Problem:
    """A mistake met while running, said with what it happened in."""
    en, zh = title.get("en") or what, title.get("zh") or title.get("en") or what
    return Problem(
        code=problem.code,
        message=text(f"{en}: {problem.message['en']}", f"{zh}：{problem.message['zh']}"),
        hint=dict(problem.hint) if problem.hint else None,
        field=what,
    )


def convert(registry: Registry, subject: str, raw: Mapping[str, Any]) -> Converted:
    """Facts as JSON, YAML or the database gives them, made into FEEL values by their declared types."""
    return read(scope(registry, subject), raw)


__all__ = [
    "HIDDEN",
    "PLAIN",
    "SCALARS",
    "Converted",
    "at",
    "circles",
    "convert",
    "field_type",
    "labels",
    "limit_type",
    "model_scope",
    "outcome_type",
    "output_type",
    "place",
    "problem_from_feel",
    "read",
    "read_value",
    "run_problem",
    "scalar",
    "scope",
]
