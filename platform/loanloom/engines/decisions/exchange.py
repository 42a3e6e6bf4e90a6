"""Definitions as DMN files and back: decision models as they are, the tables of rule sets as decision tables.

What comes from another tool has no facts yet: an input takes the fact of its name, where it is clear which that is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from loanloom import dmn, feel
from loanloom.dmn import boxed as b
from loanloom.dmn import model as m
from loanloom.dmn.handing_over import handed_over
from loanloom.dmn.plain_names import OWN
from loanloom.engines import decided
from loanloom.engines import facts as fact_scope
from loanloom.engines.derived import SCALARS
from loanloom.feel.types import dotted_names
from loanloom.metadata.document import API_VERSION, Document
from loanloom.metadata.registry import Registry
from loanloom.problems import LANGUAGES, say

_POLICIES = {
    "unique": "UNIQUE",
    "any": "ANY",
    "first": "FIRST",
    "priority": "PRIORITY",
    "collect": "COLLECT",
    "rule_order": "RULE ORDER",
    "output_order": "OUTPUT ORDER",
}
_ROOT = re.compile(r"(?<![\w.])([a-z_]\w*)(?=\s*\.)")


@dataclass(frozen=True, slots=True)
class Imported:
    """A document's content, and the names of inputs that no fact could be found for."""

    mapping: dict[str, Any]
    unbound: tuple[str, ...]


def exported(document: Document, language: str = "en") -> dmn.model.Definitions | None:
    """The model of a decision model or of a rule set's table; None for a rule set that is a list of rules."""
    if document.kind == "ruleset":
        made = _of_ruleset(document, language) if "table" in document.spec else None
    else:
        found = decided.definitions_of(document)
        made = found if isinstance(found, m.Definitions) else None
    if made is None:
        return None
    titles = tuple((f"{{{OWN}}}title-{tag}", words) for tag, words in sorted(document.title.items()))
    return handed_over(replace(made, foreign=(*made.foreign, *titles)))


def imported(definitions: m.Definitions, key: str, registry: Registry | None, subject: str = "application") -> Imported:
    """A decision model document of a model that came from a file."""
    data = dmn.as_data(definitions)
    facts = _facts(registry, subject)
    unbound = []
    for one in data.get("inputs", ()):
        if "value" in one:
            continue
        one["value"] = _likely(facts.get(_plain(one["name"]), ()), subject) or "null"
        if one["value"] == "null":
            unbound.append(one["name"])
    kept = data["model"].get("attributes", {})
    title = {tag: kept.pop(f"{{{OWN}}}title-{tag}", definitions.name or key) for tag in LANGUAGES}
    mapping = {
        "apiVersion": API_VERSION,
        "kind": "decision_model",
        "key": key,
        "title": title,
        "spec": {"subject": subject, **_in_order(data)},
    }
    return Imported(mapping, tuple(unbound))


def _in_order(data: Mapping[str, Any]) -> dict[str, Any]:
    first = ("types", "inputs", "functions", "decisions", "services", "sources")
    return {key: data[key] for key in (*first, *data) if key in data}


def _facts(registry: Registry | None, subject: str) -> dict[str, list[str]]:
    """Paths of facts by the last part of their names."""
    found: dict[str, list[str]] = {}
    if registry is not None:
        for path in dotted_names(fact_scope.model_scope(registry, subject)):
            if "." in path:
                found.setdefault(_plain(path.rpartition(".")[2]), []).append(path)
    return found


def _likely(paths: Sequence[str], subject: str) -> str | None:
    """The fact that a name means: the subject's own, else the customer's, else the only one."""
    for record in (subject, "customer"):
        found = [one for one in paths if one.rpartition(".")[0] == record]
        if len(found) == 1:
            return found[0]
    return paths[0] if len(paths) == 1 else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


def _of_ruleset(document: Document, language: str) -> m.Definitions:
    """One decision with the table; the facts that it reads are its inputs."""
    spec = document.spec
    texts = [str(one["value"]) for one in spec["table"]["inputs"]]
    texts += [str(cell) for row in spec["table"]["rows"] for cell in (*row["when"], *row["then"].values())]
    known = ("customer", "application", "guarantors", "collateral", "product", "indicators", "score", "limit", "loan")
    read = {root for one in texts for root in _ROOT.findall(one)}
    roots = [name for name in (*known, "eligibility", "company", "models") if name in read]
    inputs = tuple(m.InputData(name=name, variable=m.InformationItem(name=name)) for name in roots)
    name = document.key.replace("-", "_")  # a minus in a name would be read as one
    decision = m.Decision(
        name=name,
        label=say(document.title, language),
        variable=m.InformationItem(name=name),
        information=tuple(m.InformationRequirement(input=f"#{name}") for name in roots),
        expression=_table(spec, language),
    )
    namespace = f"urn:loanloom:ruleset:{document.key}"
    return m.Definitions(name=document.key, namespace=namespace, elements=(*inputs, decision))


def _table(spec: Mapping[str, Any], language: str) -> b.DecisionTable:
    outputs = spec["outputs"]
    aggregation = next((one["aggregation"].upper() for one in outputs if one.get("aggregation")), None)
    otherwise = spec.get("otherwise", {})
    return b.DecisionTable(
        hit_policy=_POLICIES[spec["hit_policy"]],
        aggregation=aggregation,
        inputs=tuple(
            b.InputClause(
                label=say(one["title"], language),
                expression=b.LiteralExpression(text=str(one["value"])),
                values=m.UnaryTests(text=one["allowed"]) if one.get("allowed") else None,
            )
            for one in spec["table"]["inputs"]
        ),
        outputs=tuple(_output(one, otherwise, language) for one in outputs),
        annotations=(b.AnnotationClause(name="reason"),),
        rules=tuple(_rule(row, [one["key"] for one in outputs], language) for row in spec["table"]["rows"]),
    )


def _output(one: Mapping[str, Any], otherwise: Mapping[str, Any], language: str) -> b.OutputClause:
    default = otherwise.get(one["key"], one.get("default"))
    values = ", ".join(_literal(value) for value in one.get("values", ()))
    return b.OutputClause(
        name=one["key"],
        label=say(one.get("title"), language) or None,
        type_ref=SCALARS[one["type"]].kind,
        values=m.UnaryTests(text=values) if values else None,
        default=None if default is None else b.LiteralExpression(text=_literal(default)),
    )


def _rule(row: Mapping[str, Any], outputs: Sequence[str], language: str) -> b.Rule:
    return b.Rule(
        description=say(row.get("title"), language) or row.get("key"),
        inputs=tuple(m.UnaryTests(text=str(cell)) for cell in row["when"]),
        outputs=tuple(b.LiteralExpression(text=_literal(row["then"].get(key))) for key in outputs),
        annotations=(b.Annotation(text=say(row.get("reason"), language)),),
    )


def _literal(value: Any) -> str:
    """A result as FEEL: an expression after its mark, a plain value quoted where it is a text."""
    if isinstance(value, str) and value.startswith("="):
        return value[1:].strip()
    return feel.to_text(value, quoted=True)
