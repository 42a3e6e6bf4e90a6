"""Cases of flows: start data, what people and clocks do in model time, and what must have come of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loanloom.engines import calculations, facts, flows, rules
from loanloom.engines.flows import resolving, scope
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, text
from loanloom.services.definitions import compiled as engines
from loanloom.testing.flow_play import Play, Surroundings, moment

EXPECTED: Mapping[str, Text] = {
    "path": text("way", "流转路径"), "open": text("open work", "待办"), "status": text("status", "状态"),
    "outcome": text("outcome", "结果"), "code": text("state code", "状态码"), "told": text("messages", "通知"),
    "calls": text("calls", "服务调用"), "documents": text("documents", "文书"), "subflows": text("sub-flows", "子流程"),
    "conditions": text("conditions", "附加条件"), "terms": text("changed terms", "变更条款"),
    "values": text("values found", "所得值"), "ends_at": text("time", "时点"),
    "refused": text("code of the refusal", "拒绝代码"),
}  # fmt: skip


def found(case: Document, registry: Registry, problems: list[Problem]) -> dict[str, Any]:
    """What came of the case, by the names of `expect`. A step that is refused although its case does not say so is a
    problem, and so is one that should have been."""
    document = registry.get("flow", str(case.spec["flow"]))
    compiled = flows.compile_flow(document, registry) if document is not None else None
    if document is None or compiled is None or compiled.flow is None:
        problems += compiled.problems if compiled is not None else ()
        return {}
    converted = facts.read(scope.of_flow(document, registry), _raw(case))
    problems += converted.problems
    people = {name: number for number, name in enumerate(case.spec["people"], 1)}
    around = _surroundings(case, registry, compiled.flow, people, converted.facts)
    play = Play(around, _begins(case))
    first = play.start(str(case.spec.get("starter", next(iter(people)))))
    refused = first[0].code if first else None
    if first and "refused" not in case.spec["expect"]:
        problems += first
    for place, step in enumerate(case.spec.get("actions", ())):
        told = play.act(_read(step, document, registry))
        problems += _unlike(case, place, step, told)
        wanted = step.get("opens")
        if wanted is not None and _sorted(play.open()) != _sorted(wanted):
            problems.append(_differs(case, place, text("open work", "待办"), wanted, play.open()))
    return {**_outcome(play), "refused": refused}


def _raw(case: Document) -> dict[str, Any]:
    as_of = str(_begins(case).date())
    said = dict(case.spec.get("facts", {}))
    if "request" in case.spec:
        said["request"] = case.spec["request"]
    return {"as_of": as_of, "guarantors": [], "collateral": [], **said}


def _read(step: Mapping[str, Any], document: Document, registry: Registry) -> dict[str, Any]:
    """A step whose facts and data are values of the language."""
    seen = scope.of_flow(document, registry)
    read = {name: facts.read(seen, step[name]).facts for name in ("facts", "data") if name in step}
    return {**step, **read}


def _begins(case: Document) -> datetime:
    day = case.spec.get("as_of") or case.effective_from or "2026-03-02"
    return moment(case.spec.get("begins") or f"{day} 09:00")


def _surroundings(
    case: Document, registry: Registry, flow: flows.Flow, people: Mapping[str, int], known: Mapping[str, Any]
) -> Surroundings:
    unit = str(case.spec.get("unit", "here"))
    said = dict(case.spec["people"])
    members = [
        resolving.Member(
            id=people[name], username=name, roles=frozenset(one.get("roles", ())), position=one.get("position"),
            unit=one.get("unit", unit), away=bool(one.get("away")), active=not one.get("left", False),
            load=int(one.get("load", 0)),
        )
        for name, one in said.items()
        if "outside" not in one
    ]  # fmt: skip
    related = {
        kind: tuple(people[name] for name, one in said.items() if kind in one.get("related", ()))
        for kind in ("relatives", "related_parties")
    }
    matter = resolving.Known(
        staff=resolving.Staff.of(members, resolving.organisation(registry)),
        on=_begins(case).date(), unit=unit, authorities=resolving.authorities(registry),
        relations=related, rules=lambda key, seen: _ruled(registry, key, seen).values,
        originals={
            record: tuple(people[name] for name, one in said.items() if record in one.get("decided", ()))
            for record in ("contract", "application")
        },
    )  # fmt: skip
    calendar = registry.get("calendar", str(case.spec["calendar"])) if "calendar" in case.spec else None
    product = case.spec.get("product")
    usual = registry.require("product", str(product)).spec.get("decision") if product else None
    return Surroundings(
        flow=flow, matter=matter, people=people, facts=known,
        automatic=lambda key, seen: _ruled(registry, str(key or usual), seen),
        calculate=lambda key, seen: _calculated(registry, key, seen),
        working=flows.working_time(calendar.spec if calendar is not None else None),
        administrators=frozenset(name for name, one in said.items() if one.get("administrator")),
        outside={name: str(one["outside"]) for name, one in said.items() if "outside" in one},
        stand_ins={name: tuple(one.get("stands_in_for", ())) for name, one in said.items()},
    )  # fmt: skip


def _ruled(registry: Registry, key: str, seen: Mapping[str, Any]) -> flows.Ruled:
    result = rules.run(engines.ruleset(registry, key), seen)
    return flows.Ruled(values=result.facts(), ruleset=key, trace=result.as_json(), problems=result.problems)


def _calculated(registry: Registry, key: str, seen: Mapping[str, Any]) -> flows.Ruled:
    result = calculations.run(engines.calculation(registry, key), seen)
    return flows.Ruled(values=result.facts(), ruleset=key, trace=result.as_json(), problems=result.problems)


def _outcome(play: Play) -> dict[str, Any]:
    state, effects = play.state, play.effects
    named = {
        "told": [one.node for one in effects if one.name == "told"],
        "calls": [one.data["action"] for one in effects if one.name == "call_wanted"],
        "documents": [key for one in effects if one.name == "documents_wanted" for key in one.data["documents"]],
        "subflows": [one.data["flow"] for one in effects if one.name == "sub_wanted" for _ in one.data["runs"]],
    }
    return {
        **named, "path": play.path, "open": _sorted(play.open()), "status": state.status, "outcome": state.outcome,
        "code": state.code, "conditions": list(state.conditions), "terms": dict(state.terms),
        "values": {node: dict(values) for node, values in state.values.items()},
        "ends_at": f"{play.now:%Y-%m-%d %H:%M}",
    }  # fmt: skip


def _sorted(waiting: Mapping[str, Any]) -> dict[str, list[str]]:
    return {node: sorted([people] if isinstance(people, str) else people) for node, people in waiting.items()}


def wanted(expect: Mapping[str, Any]) -> dict[str, Any]:
    """What a case expects, in the form in which it is compared: people in any order."""
    return {**expect, "open": _sorted(expect["open"])} if "open" in expect else dict(expect)


def _unlike(case: Document, place: int, step: Mapping[str, Any], told: tuple[Problem, ...]) -> list[Problem]:
    code = told[0].code if told else None
    if code == step.get("refused"):
        return []
    if told and "refused" not in step:
        words = told[0].message
        return [_at(case, place, text(f"is refused: {words['en']}", f"被拒绝：{words.get('zh', '')}"))]
    return [_differs(case, place, text("code of the refusal", "拒绝代码"), step.get("refused"), code)]


def _differs(case: Document, place: int, what: Text, wanted: Any, got: Any) -> Problem:
    return _at(case, place, text(f"{what['en']} is {got}, expected {wanted}", f"{what['zh']}为 {got}，预期 {wanted}"))


def _at(case: Document, place: int, words: Text) -> Problem:
    said = text(
        f'Case "{case.key}", action {place + 1}: {words["en"]}.', f"案例“{case.key}”第 {place + 1} 步：{words['zh']}。"
    )
    return case.problem("case.differs", said, f"/actions/{place}")
