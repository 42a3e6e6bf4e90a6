"""Indicators: what is known about a customer, an application or a loan, each computed once, in the order they need
one another.

Pure. A value that is unknown follows the indicator's own policy: a problem, null, or a stated value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Literal

from loanloom import feel
from loanloom.engines import decided, derived
from loanloom.engines import facts as fact_scope
from loanloom.engines.currencies import currencies
from loanloom.feel import EvaluationError, Program
from loanloom.metadata.document import Document
from loanloom.metadata.entries import Entries
from loanloom.metadata.registry import Registry, kept, kept_narrowly
from loanloom.metadata.units import as_percent, with_unit
from loanloom.metadata.uses import expressions_of
from loanloom.problems import Problem, Text, say, text

Policy = Literal["error", "null", "value"]
_WIDE = Context(prec=34, traps=[InvalidOperation])
_MENTION = re.compile(r"\bindicators\s*\.\s*([a-z][a-z0-9_]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One compiled indicator. `codes` are the values it can have, `titles` what people call them, where known;
    with `percent` its value is a share that people read as a percentage.
    """

    key: str
    title: Text
    type: str
    unit: Text | None
    percent: bool
    step: Decimal | None
    program: Program
    policy: Policy
    default: Any
    reads: frozenset[str]
    codes: tuple[str, ...] | None
    titles: Mapping[str, Text]

    def value_words(self, value: Any) -> Text:
        """A value as people read it: codes by their title, numbers with separators."""
        title = self.titles.get(value) if isinstance(value, str) else None
        if self.percent and isinstance(value, Decimal):
            share = as_percent(value)
            return text(share, share)
        return title or text(value_in_words(value, "en"), value_in_words(value, "zh"))


@dataclass(frozen=True, slots=True)
class Indicated:
    """The indicators of one case. `defaulted` took their stated value, `problems` say what is missing."""

    values: Mapping[str, Any]
    defaulted: frozenset[str]
    problems: tuple[Problem, ...]
    indicators: Indicators

    def facts(self) -> dict[str, Any]:
        """What expressions see as `indicators`."""
        return dict(self.values)

    def as_json(self) -> list[dict[str, Any]]:
        """The values with their names, to be kept with a decision."""
        return [
            {
                "key": one.key,
                "title": dict(one.title),
                "value": feel.plain(self.values[one.key]),
                "value_words": dict(one.value_words(self.values[one.key])),
                "unit": dict(one.unit) if one.unit else None,
                "defaulted": one.key in self.defaulted,
            }
            for one in self.indicators.ordered
            if one.key in self.values
        ]

    def in_words(self, language: str = "en") -> tuple[str, ...]:
        """One line for each indicator."""
        lines = []
        for one in self.indicators.ordered:
            if one.key in self.values:
                value = self.values[one.key]
                words = with_unit(say(one.value_words(value), language), one.unit, value, language)
                assumed = say(text(" (assumed)", "（缺省值）"), language) if one.key in self.defaulted else ""
                lines.append(f"{say(one.title, language)}{say(text(': ', '：'), language)}{words}{assumed}")
        return tuple(lines)


@dataclass(frozen=True, eq=False)
class Indicators:
    """Compiled indicators in an order in which each comes after those it reads."""

    ordered: tuple[Indicator, ...]

    def by_key(self, key: str) -> Indicator | None:
        """The indicator of that key."""
        return next((one for one in self.ordered if one.key == key), None)

    def only(self, keys: Iterable[str]) -> Indicators:
        """These indicators and what they need."""
        wanted = set(keys)
        for one in reversed(self.ordered):
            if one.key in wanted:
                wanted |= one.reads
        return Indicators(tuple(one for one in self.ordered if one.key in wanted))

    def compute(self, facts: Mapping[str, Any], keys: Iterable[str] | None = None) -> Indicated:
        """The values over one case's facts; of all indicators, or of `keys` and what they need."""
        chosen = self if keys is None else self.only(keys)
        values: dict[str, Any] = {}
        seen = {**facts, "indicators": values}
        defaulted: list[str] = []
        problems: list[Problem] = []
        for key, run, step, one in chosen._plan:
            try:
                value = run(seen)
                if step is not None and value is not None:
                    value = value.quantize(step, ROUND_HALF_UP, _WIDE)
            except Exception:  # noqa: BLE001 - the plain way says what went wrong
                value = _carefully(one, seen, problems)
                if problems and problems[-1].field == f"indicators.{key}":
                    values[key] = None
                    continue
            if value is None and one.policy != "null":
                if one.policy == "value":
                    value = one.default
                    defaulted.append(key)
                else:
                    problems.append(_missing(one, seen))
            values[key] = value
        return Indicated(values, frozenset(defaulted), tuple(problems), chosen)

    @cached_property
    def _plan(self) -> tuple[tuple[str, Callable[..., Any], Decimal | None, Indicator], ...]:
        return tuple((one.key, one.program.function, one.step, one) for one in self.ordered)


def _carefully(one: Indicator, seen: Mapping[str, Any], problems: list[Problem]) -> Any:
    """The value of an indicator whose fast way failed, or its problem."""
    try:
        value = one.program(seen)
        return value if one.step is None or value is None else Decimal(value).quantize(one.step, ROUND_HALF_UP, _WIDE)
    except EvaluationError as error:
        problems.append(fact_scope.run_problem(error.problem, f"indicators.{one.key}", one.title))
    except InvalidOperation:
        problems.append(_out_of_range(one))
    return None


def _missing(one: Indicator, seen: Mapping[str, Any]) -> Problem:
    empty = sorted(path for path in one.program.inputs if fact_scope.at(seen, path) is None)
    hint = text(f"Not filled in: {', '.join(empty)}.", f"未填写：{'、'.join(empty)}。") if empty else None
    return Problem(
        code="indicator.missing",
        field=f"indicators.{one.key}",
        hint=hint,
        message=text(f"{say(one.title, 'en')} is not known.", f"{say(one.title, 'zh')}缺失。"),
    )


def _out_of_range(one: Indicator) -> Problem:
    return Problem(
        code="indicator.out_of_range",
        field=f"indicators.{one.key}",
        message=text(f"{say(one.title, 'en')} is out of range.", f"{say(one.title, 'zh')}超出范围。"),
    )


@dataclass(frozen=True, slots=True)
class CompiledIndicators:
    """The indicators that are sound, and what is wrong with the others. `indicators` is None where any asked for is
    not.
    """

    indicators: Indicators | None
    problems: tuple[Problem, ...]


def compile_indicators(
    registry: Registry, keys: Iterable[str] | None = None, subject: str | None = "application"
) -> CompiledIndicators:
    """All indicators about a subject (None: about any), or the named ones with what they need."""
    problems = _sound(registry)[1]
    chosen = sound_indicators(registry, subject)
    if keys is not None:
        asked = tuple(keys)
        chosen = chosen.only(asked)
        have = {one.key for one in chosen.ordered}
        lost = [key for key in asked if key not in have]
        if lost:
            return CompiledIndicators(None, tuple(problems) or tuple(_unknown(key) for key in lost))
        return CompiledIndicators(chosen, ())
    return CompiledIndicators(None if problems else chosen, problems)


def sound_indicators(registry: Registry, subject: str | None) -> Indicators:
    """The indicators about a subject that have no mistakes."""
    visible = fact_scope.scope(registry, subject or "document").members["indicators"].members
    return Indicators(tuple(one for one in _sound(registry)[0] if one.key in visible))


def sound_indicator(registry: Registry, key: str, subject: str | None) -> Indicator | None:
    """One of these; whoever asks reads no other."""
    found = _by_key(registry).get(key)
    if found is None or subject is None:
        return found
    return found if key in fact_scope.scope(registry, subject).members["indicators"].members else None


@kept
def _by_key(registry: Registry) -> Mapping[str, Indicator]:
    return Entries({one.key: one for one in _sound(registry)[0]})


def _unknown(key: str) -> Problem:
    return Problem(code="indicator.unknown", message=text(f'There is no indicator "{key}".', f"没有指标“{key}”。"))


@kept
def _sound(registry: Registry) -> tuple[tuple[Indicator, ...], tuple[Problem, ...]]:
    found = [_compiled(document, registry) for document in registry.all("indicator")]
    problems = [problem for _, told in found for problem in told]
    sound = {one.key: one for one, _ in found if one is not None}
    ordered, circles = _arranged(sound)
    for circle in circles:
        document = registry.require("indicator", circle[0])
        path = " -> ".join((*circle, circle[0]))
        problems.append(
            document.problem(
                "indicator.cycle",
                text(f"These indicators need one another in a circle: {path}.", f"指标循环引用：{path}。"),
                "/value",
                hint=text("Compute one of them from fields.", "请让其中一个直接由字段计算。"),
            )
        )
    return ordered, tuple(problems)


@kept_narrowly
def _compiled(document: Document, registry: Registry) -> tuple[Indicator | None, tuple[Problem, ...]]:
    problems: list[Problem] = []
    return _compile(document, registry, problems), tuple(problems)


def _compile(document: Document, registry: Registry, problems: list[Problem]) -> Indicator | None:
    spec = document.spec
    scope = fact_scope.scope(registry, spec["subject"])
    checked = feel.check(
        spec["value"], scope, expect=derived.declared(spec, currencies(registry)), functions=feel.LENDING
    )
    found = [fact_scope.problem_from_feel(one, document, "/value") for one in checked.problems]
    policy, default = _policy(document, found)
    decimals = spec.get("decimals")
    if decimals is not None and spec["type"] != "number":
        found.append(
            document.problem(
                "indicator.decimals",
                text("Only a number has decimal places.", "只有数值型指标才有小数位数。"),
                "/decimals",
            )
        )
    if "currency" in spec and spec["type"] != "number":
        words = text("Only a number has a currency.", "只有数值型指标才有币种。")
        found.append(document.problem("indicator.currency", words, "/currency"))
    if spec.get("percent") and (spec["type"] != "number" or "unit" in spec or "currency" in spec):
        words = text("Only a number without a unit is a percentage.", "只有不带单位的数值才能以百分比显示。")
        found.append(document.problem("indicator.percent", words, "/percent"))
    problems.extend(found)
    if found or checked.program is None:
        return None
    return Indicator(
        key=document.key,
        title=document.title,
        type=spec["type"],
        unit=spec.get("unit"),
        percent=bool(spec.get("percent")),
        program=checked.program,
        step=None if decimals is None else Decimal(1).scaleb(-int(decimals)),
        policy=policy,
        default=default,
        reads=frozenset(one.split(".")[1] for one in checked.inputs if one.startswith("indicators.")),
        codes=checked.type.values,
        titles=_titles(checked.inputs, registry),
    )


def _titles(inputs: frozenset[str], registry: Registry) -> Mapping[str, Text]:
    """The labels of the codes, where the indicator is a coded field as it stands."""
    record, _, key = next(iter(inputs), "").partition(".")
    field = registry.field(record, key)
    codes = registry.get("code_list", field.code_list) if field is not None and field.code_list else None
    if codes is None or len(inputs) != 1:
        return {}
    return {item["key"]: item["title"] for item in codes.spec["items"]}


def _policy(document: Document, found: list[Problem]) -> tuple[Policy, Any]:
    missing = document.spec.get("missing")
    if missing == "error":
        return "error", None
    if not isinstance(missing, Mapping):
        return "null", None
    value, wanted = missing["value"], document.spec["type"]
    if wanted == "number" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return "value", Decimal(value)
    if (wanted == "boolean" and isinstance(value, bool)) or (wanted == "string" and isinstance(value, str)):
        return "value", value
    found.append(
        document.problem(
            "indicator.default_type",
            text(f"The value for the unknown should be a {wanted}.", "缺失时的取值类型与指标类型不符。"),
            "/missing/value",
        )
    )
    return "null", None


def _arranged(sound: Mapping[str, Indicator]) -> tuple[tuple[Indicator, ...], list[tuple[str, ...]]]:
    """An order in which each comes after those it reads, and the circles that have none."""
    ordered: list[Indicator] = []
    done: set[str] = set()
    left = dict(sound)
    while left:
        ready = [key for key, one in left.items() if all(read in done or read not in sound for read in one.reads)]
        if not ready:
            break
        for key in ready:
            ordered.append(left.pop(key))
            done.add(key)
    return tuple(ordered), fact_scope.circles({key: one.reads & left.keys() for key, one in left.items()})


def needed(registry: Registry, product: Document) -> frozenset[str]:
    """The indicators that a product's score card, rule sets, calculation and flows speak of, and those it names
    itself.
    """
    spec = product.spec
    found = set(spec.get("indicators") or ())
    card = registry.get("scorecard", str(spec.get("scorecard")))
    if card is not None:
        found |= {one["indicator"] for one in card.spec["characteristics"]}
    named = [
        ("ruleset", spec.get("eligibility")),
        ("ruleset", spec.get("decision")),
        ("calculation", spec.get("limit")),
        *(("flow", key) for key in (spec.get("flows") or {}).values()),
        *_flow_rules(registry, spec),
        *(("decision_model", key) for key in decided.models_of(registry, product)),
    ]
    for kind, key in named:
        document = registry.get(kind, str(key))
        if document is not None:
            for _, source in expressions_of(document, registry.kinds.require(kind)):
                found |= set(_MENTION.findall(source))
    return frozenset(key for key in found if registry.get("indicator", key) is not None)


def _flow_rules(registry: Registry, spec: Mapping[str, Any]) -> list[tuple[str, Any]]:
    flows = [registry.get("flow", str(key)) for key in (spec.get("flows") or {}).values()]
    return [("ruleset", node.get("ruleset")) for flow in flows if flow is not None for node in flow.spec["nodes"]]


def value_in_words(value: Any, language: str) -> str:
    """A value as a line shows it."""
    if value is None:
        return say(text("unknown", "未知"), language)
    if isinstance(value, bool):
        return say(text("yes", "是") if value else text("no", "否"), language)
    if isinstance(value, Decimal):
        return f"{value:,f}"
    return str(feel.plain(value))


def check(registry: Registry) -> Sequence[Problem]:
    """What is wrong with the indicators of a registry."""
    return _sound(registry)[1]
