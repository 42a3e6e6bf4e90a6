"""Small models as XML texts, for the tests beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loanloom import dmn
from loanloom.dmn.model import Definitions
from loanloom.dmn.namespaces import MODEL


def text_of(body: str, *, name: str = "m", namespace: str | None = None, dmn_namespace: str = MODEL) -> str:
    """A whole model around its elements."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{dmn_namespace}" name="{name}" id="_{name}" '
        f'namespace="{namespace or "urn:" + name}">\n{body}\n</definitions>'
    )


def read(body: str, *, name: str = "m") -> Definitions:
    """The model of a text that must be readable."""
    found = dmn.read_xml(text_of(body, name=name))
    assert found.definitions is not None, found.problems
    assert not found.problems, [one.in_words() for one in found.problems]
    return found.definitions


def strict(body: str, *imports: Definitions) -> dmn.CompiledModel:
    """The model compiled, without a mistake."""
    compiled = dmn.compile_model(read(body), imports)
    assert not compiled.problems, [one.in_words() for one in compiled.problems]
    return compiled


def value(body: str, target: str, facts: Mapping[str, Any] | None = None, *imports: Definitions) -> Any:
    """What a strict model comes to."""
    result = strict(body, *imports).evaluate(target, facts or {})
    assert not result.problems, [one.in_words() for one in result.problems]
    return result.values[target]


def standard(body: str, target: str, facts: Mapping[str, Any] | None = None, *imports: Definitions) -> Any:
    """What a model comes to where errors are nulls."""
    return dmn.compile_model(read(body), imports, mode="standard").evaluate(target, facts or {}).value


def input_data(name: str, type_: str | None = None) -> str:
    """An input."""
    typed = f' typeRef="{type_}"' if type_ else ""
    return f'<inputData id="i_{name}" name="{name}"><variable name="{name}"{typed}/></inputData>'


def literal(text: str, type_: str | None = None) -> str:
    """A literal expression."""
    typed = f' typeRef="{type_}"' if type_ else ""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<literalExpression{typed}><text>{escaped}</text></literalExpression>"


def decision(
    name: str,
    logic: str,
    *,
    inputs: tuple[str, ...] = (),
    decisions: tuple[str, ...] = (),
    knowledge: tuple[str, ...] = (),
    type_: str | None = None,
) -> str:
    """A decision; requirements by name, or by `namespace#id`."""
    typed = f' typeRef="{type_}"' if type_ else ""
    needs = "".join(
        f'<informationRequirement><requiredInput href="{_href("i", one)}"/></informationRequirement>' for one in inputs
    )
    needs += "".join(
        f'<informationRequirement><requiredDecision href="{_href("d", one)}"/></informationRequirement>'
        for one in decisions
    )
    needs += "".join(
        f'<knowledgeRequirement><requiredKnowledge href="{_href("k", one)}"/></knowledgeRequirement>'
        for one in knowledge
    )
    return f'<decision id="d_{name}" name="{name}"><variable name="{name}"{typed}/>{needs}{logic}</decision>'


def knowledge(name: str, parameters: str, logic: str, *, needs: tuple[str, ...] = (), type_: str | None = None) -> str:
    """A business knowledge model; parameters as `a: number, b`."""
    formal = ""
    for one in filter(None, (part.strip() for part in parameters.split(","))):
        label, _, ref = one.partition(":")
        formal += f'<formalParameter name="{label.strip()}"' + (f' typeRef="{ref.strip()}"/>' if ref else "/>")
    typed = f' typeRef="{type_}"' if type_ else ""
    required = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="{_href("k", one)}"/></knowledgeRequirement>' for one in needs
    )
    return (
        f'<businessKnowledgeModel id="k_{name}" name="{name}"><variable name="{name}"{typed}/>'
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>{required}</businessKnowledgeModel>"
    )


def entry(name: str | None, logic: str, type_: str | None = None) -> str:
    """An entry of a boxed context; the result where it has no name."""
    typed = f' typeRef="{type_}"' if type_ else ""
    return f"<contextEntry>{f'<variable name={chr(34)}{name}{chr(34)}{typed}/>' if name else ''}{logic}</contextEntry>"


def _href(kind: str, name: str) -> str:
    return name if "#" in name else f"#{kind}_{name}"
