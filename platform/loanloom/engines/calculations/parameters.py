"""The parameters of a calculation: their values read, and each held against its own rule. They know no facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from loanloom import feel
from loanloom.engines import derived
from loanloom.engines import facts as fact_scope
from loanloom.engines.calculations.model import Parameter
from loanloom.engines.currencies import currencies
from loanloom.feel import Type
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, text


def parameter_scope(document: Document, registry: Registry) -> Type:
    """What the check of a parameter sees: the parameters."""
    known = currencies(registry)
    return feel.context({one["key"]: derived.declared(one, known) for one in document.spec.get("parameters", ())})


@kept
def read_parameters(document: Document, registry: Registry) -> tuple[tuple[Parameter, ...], tuple[Problem, ...]]:
    """The parameters of a calculation, and what is wrong with them."""
    problems: list[Problem] = []
    scope = parameter_scope(document, registry)
    listed = document.spec.get("parameters", ())
    known = currencies(registry)
    read = tuple(
        _parameter(document, place, one, derived.declared(one, known), problems) for place, one in enumerate(listed)
    )
    values = {one.key: one.value for one in read}
    for place, one in enumerate(listed):
        if "check" in one:
            problems.extend(_judged(document, place, one, scope, values))
    return read, tuple(problems)


def _parameter(
    document: Document, place: int, spec: Mapping[str, Any], type_: Type, problems: list[Problem]
) -> Parameter:
    value = spec["value"]
    right = {
        "number": isinstance(value, int | Decimal) and not isinstance(value, bool),
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "date": isinstance(value, str),
    }[spec["type"]]
    read = fact_scope.scalar(value, type_) if right else None
    if read is None:
        said = text(f'"{value}" is not a {spec["type"]}.', f"“{value}”不是所声明的类型。")
        problems.append(document.problem("calculation.parameter_type", said, f"/parameters/{place}/value"))
    return Parameter(key=spec["key"], title=spec["title"], type=type_, value=read)


def _judged(
    document: Document, place: int, spec: Mapping[str, Any], scope: Type, values: Mapping[str, Any]
) -> Iterator[Problem]:
    """What is wrong with the rule of a parameter, or with its value by that rule."""
    checked = feel.check(spec["check"], scope, expect=feel.BOOLEAN, functions=feel.LENDING)
    for one in checked.problems:
        yield fact_scope.problem_from_feel(one, document, f"/parameters/{place}/check")
    if checked.program is None or None in values.values() or checked.program.evaluate(values).value is True:
        return
    why = checked.program.explain(values)
    said = text(
        f'"{spec["key"]}" breaks its own rule: {why.in_words("en")}.',
        f"参数“{spec['key']}”不满足校验：{why.in_words('zh')}。",
    )
    yield document.problem("calculation.parameter_check", said, f"/parameters/{place}/value")
