"""Decision models against the facts: what each takes, what each gives, and which of them a product needs. Pure.

Stands beside `derived`: `facts` asks here for the types of `models.*`; `decisions` checks and runs what is made here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loanloom import dmn, feel
from loanloom.dmn.pieces import Seen
from loanloom.dmn.plain_names import OWN
from loanloom.dmn.problems import Place
from loanloom.dmn.scoping import may_become
from loanloom.feel import LENDING, Program, Type, context, optional
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept
from loanloom.metadata.uses import expressions_of

_MENTION = re.compile(r"\bmodels\s*\.\s*([a-z][a-z0-9_]*)")
_FOUND = {"score": 1, "eligibility": 1, "limit": 2}
"""What the engines find and when: a model that reads it comes after it."""


@dataclass(frozen=True, eq=False)
class Decided:
    """A model as a document states it: its inputs as programs over the facts, and the model where it is sound."""

    key: str
    inputs: tuple[tuple[str, Program], ...]
    model: dmn.CompiledModel | None
    problems: tuple[dmn.DmnProblem, ...]
    after: int
    seen: Mapping[str, Seen] = field(default_factory=dict)

    @property
    def results(self) -> Mapping[str, Type]:
        """The type of each decision."""
        if self.model is None:
            return {}
        decisions = self.model.definitions.decisions
        return {one.name: unit.type for one in decisions if (unit := self.model.unit(one.name)) is not None}


def namespace_of(key: str) -> str:
    """The namespace of a model that was written here."""
    return f"urn:loanloom:model:{key}"


def definitions_of(document: Document) -> dmn.model.Definitions | dmn.DmnProblem:
    """The model that a document states; a problem where what is kept for other tools has been spoilt."""
    try:
        return dmn.from_data(document.spec, name=document.key, namespace=namespace_of(document.key))
    except (KeyError, TypeError, AttributeError, ValueError, StopIteration) as error:
        return dmn.problems.problem(
            "decision_model.kept",
            f"What is kept for other tools cannot be read ({error}).",
            f"为其他工具保留的内容无法读取（{error}）。",
            place=Place(pointer=""),
        )


@kept
def decided(document: Document, registry: Registry, facts: Type) -> Decided:
    """A model compiled against the facts that its inputs may see."""
    definitions = definitions_of(document)
    if isinstance(definitions, dmn.DmnProblem):
        return Decided(document.key, (), None, (definitions,), 0)
    problems: list[dmn.DmnProblem] = []
    programs: dict[str, Program] = {}
    types: dict[str, Type] = {}
    after = 0
    for place, one in enumerate(definitions.inputs):
        source = dict(one.foreign).get(f"{{{OWN}}}value", "")
        checked = feel.check(source, facts, functions=LENDING)
        where = Place(pointer=f"/inputs/{place}/value")
        problems += [dmn.problems.of_expression(found, "", where) for found in checked.problems]
        types[one.name] = optional(checked.type)
        if checked.program is not None:
            programs[one.name] = checked.program
            after = max(after, *(_FOUND.get(path.partition(".")[0], 0) for path in checked.inputs), 0)
    model = dmn.compile_model(definitions, library=LENDING, inputs=types)
    problems += [*model.problems, *_mismatches(definitions, model, types, programs)]
    sound = None if problems else model
    return Decided(document.key, tuple(programs.items()), sound, tuple(problems), after, model.seen)


def _mismatches(
    definitions: dmn.model.Definitions, model: dmn.CompiledModel, types: Mapping[str, Type], programs: Mapping[str, Any]
) -> list[dmn.DmnProblem]:
    """Inputs whose fact can never be of the type that the model wants."""
    found = []
    for place, one in enumerate(definitions.inputs):
        unit = model.unit(one.name)
        if unit is None or one.name not in programs or may_become(types[one.name], unit.type):
            continue
        (wanted, wanted_zh), (given, given_zh) = feel.types.named(unit.type), feel.types.named(types[one.name])
        found.append(
            dmn.problems.problem(
                "decision_model.input_type",
                f"The input should be {wanted}, but the fact is {given}.",
                f"该输入应为{wanted_zh}，而事实为{given_zh}。",
                element=one.name,
                place=Place(pointer=f"/inputs/{place}/value"),
            )
        )
    return found


def result_types(registry: Registry, subject: str, facts: Type) -> Type:
    """What the models about a subject give, by their keys; `facts` is what their inputs see."""
    return context(
        {
            one.key: optional(context({name: optional(type_) for name, type_ in found.results.items()}))
            for one in registry.all("decision_model")
            if one.spec["subject"] == subject and (found := decided(one, registry, facts)).model is not None
        }
    )


def mentioned(source: str) -> frozenset[str]:
    """The models that an expression reads."""
    return frozenset(_MENTION.findall(source))


@kept
def models_of(registry: Registry, product: Document) -> tuple[str, ...]:
    """The models that a product's rule sets, calculation, flows and templates read, and those it names itself."""
    spec = product.spec
    found = set(spec.get("models") or ())
    flows = [registry.get("flow", str(key)) for key in (spec.get("flows") or {}).values()]
    read = [
        product,
        registry.get("ruleset", str(spec.get("eligibility"))),
        registry.get("ruleset", str(spec.get("decision"))),
        registry.get("calculation", str(spec.get("limit"))),
        *flows,
        *(registry.get("ruleset", str(node.get("ruleset"))) for flow in flows if flow for node in flow.spec["nodes"]),
        *(registry.get("template", str(key)) for key in (spec.get("templates") or {}).values()),
    ]
    for document in read:
        if document is not None:
            for _, source in expressions_of(document, registry.kinds.require(document.kind)):
                found |= mentioned(source)
            if document.kind == "template":
                found |= mentioned(str(document.spec))
    return tuple(sorted(key for key in found if registry.get("decision_model", key) is not None))
