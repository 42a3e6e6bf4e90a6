"""Calculation document -> Calculation: parameters checked now, steps put in the order they need, every mistake
gathered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom import feel
from loanloom.engines import derived
from loanloom.engines import facts as fact_scope
from loanloom.engines.calculations.model import Calculation, Check, Rounding, Step
from loanloom.engines.calculations.parameters import parameter_scope, read_parameters
from loanloom.engines.currencies import currencies
from loanloom.feel import Program, Type
from loanloom.metadata.document import Document
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.problems import Problem, Text, text


@dataclass(frozen=True, slots=True)
class CompiledCalculation:
    """A calculation ready to run, or None with what is wrong."""

    calculation: Calculation | None
    problems: tuple[Problem, ...]


def compile_calculation(document: Document, registry: Registry) -> CompiledCalculation:
    """Read and check one calculation document."""
    return _Compiler(document, registry).run()


def step_scope(document: Document, registry: Registry) -> Type:
    """What steps and checks see: the facts, the parameters and the other steps by their bare keys."""
    return _steps(document, registry)[0]


def _steps(document: Document, registry: Registry) -> tuple[Type, Mapping[str, feel.Checked]]:
    """What steps see, and the formulas that were checked to find that out."""
    facts = fact_scope.scope(registry, document.spec["subject"])
    types, checked = derived.checked_steps(document, facts, currencies(registry))
    return feel.context({**facts.members, **types, **parameter_scope(document, registry).members}), checked


def expected(document: Document, key: str, registry: Registry) -> Type:
    """A step is a number; the result of the calculation an amount in the loan's currency."""
    return fact_scope.limit_type(registry) if key == document.spec["result"] else feel.NUMBER


class _Compiler:
    def __init__(self, document: Document, registry: Registry) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self.facts = fact_scope.scope(registry, document.spec["subject"])
        self.labels = fact_scope.labels(registry)
        self.registry = registry
        self.known = currencies(registry)

    def say(self, code: str, message: Text, pointer: str, hint: Text | None = None) -> None:
        self.problems.append(self.document.problem(code, message, pointer, hint=hint))

    def run(self) -> CompiledCalculation:
        spec = self.document.spec
        parameters, problems = read_parameters(self.document, self.registry)
        self.problems.extend(problems)
        self._names(spec)
        scope, known = _steps(self.document, self.registry)
        programs = [
            self._formula(one, scope, known.get(one["key"]), f"/steps/{place}/value")
            for place, one in enumerate(spec["steps"])
        ]
        steps = self._arranged(spec["steps"], programs)
        checks = tuple(self._check(one, scope, f"/checks/{place}") for place, one in enumerate(spec.get("checks", ())))
        keys = [one["key"] for one in spec["steps"]]
        if spec["result"] not in keys:
            self.say(
                "calculation.unknown_result",
                text(f'There is no step "{spec["result"]}".', f"没有步骤“{spec['result']}”。"),
                "/result",
                nearest_hint(spec["result"], keys),
            )
        if self.problems:
            return CompiledCalculation(None, tuple(self.problems))
        return CompiledCalculation(
            Calculation(
                key=self.document.key,
                title=self.document.title,
                digest=self.document.digest,
                parameters=parameters,
                values={one.key: one.value for one in parameters},
                steps=steps,
                checks=tuple(one for one in checks if one),
                result=spec["result"],
                labels={**self.labels, **{p.key: p.title for p in parameters}, **{one.key: one.title for one in steps}},
            ),
            (),
        )

    def _names(self, spec: Mapping[str, Any]) -> None:
        seen: set[str] = set()
        listed = [(f"/parameters/{place}/key", one["key"]) for place, one in enumerate(spec.get("parameters", ()))]
        listed += [(f"/steps/{place}/key", one["key"]) for place, one in enumerate(spec["steps"])]
        for pointer, key in listed:
            if key in seen:
                self.say("calculation.duplicate_name", text(f'"{key}" is there twice.', f"“{key}”重复。"), pointer)
            elif key in self.facts.members:
                self.say(
                    "calculation.name_taken",
                    text(f'"{key}" is the name of a fact already.', f"“{key}”已是事实名称。"),
                    pointer,
                    text("Choose another key.", "请换一个键。"),
                )
            seen.add(key)

    def _formula(
        self, spec: Mapping[str, Any], scope: Type, known: feel.Checked | None, pointer: str
    ) -> Program | None:
        """The program of a step; one that is to give a number and no more was checked as such for its type."""
        expect = expected(self.document, spec["key"], self.registry)
        if known is not None and known.ok and known.source == spec["value"] and expect == feel.NUMBER:
            return self._told(known, pointer)
        return self._program(spec["value"], scope, expect, pointer)

    def _program(self, source: str, scope: Type, expect: Type, pointer: str) -> Program | None:
        return self._told(feel.check(source, scope, expect=expect, functions=feel.LENDING), pointer)

    def _told(self, checked: feel.Checked, pointer: str) -> Program | None:
        self.problems.extend(fact_scope.problem_from_feel(one, self.document, pointer) for one in checked.problems)
        return checked.program

    def _check(self, spec: Mapping[str, Any], scope: Type, pointer: str) -> Check | None:
        program = self._program(spec["rule"], scope, feel.BOOLEAN, f"{pointer}/rule")
        return Check(program, spec["message"]) if program is not None else None

    def _arranged(self, listed: Sequence[Mapping[str, Any]], programs: Sequence[Program | None]) -> tuple[Step, ...]:
        """The steps in an order in which each comes after those it reads; circles are problems."""
        steps: dict[str, Step] = {}
        for one, program in zip(listed, programs, strict=True):
            if program is not None:
                steps[one["key"]] = Step(
                    key=one["key"], title=one["title"], program=program, rounding=_rounding(one.get("round"))
                )
        reads = {key: one.program.inputs & steps.keys() for key, one in steps.items()}
        ordered: list[Step] = []
        done: set[str] = set()
        while ready := [key for key in steps if key not in done and reads[key] <= done]:
            ordered += [steps[key] for key in ready]
            done.update(ready)
        for circle in fact_scope.circles({key: found - done for key, found in reads.items() if key not in done}):
            path = " -> ".join((*circle, circle[0]))
            place = next(place for place, one in enumerate(listed) if one["key"] == circle[0])
            self.say(
                "calculation.cycle",
                text(f"These steps need one another in a circle: {path}.", f"步骤循环引用：{path}。"),
                f"/steps/{place}/value",
                text("Let one of them be computed without the others.", "请让其中一步不依赖其他步骤。"),
            )
        return tuple(ordered)


def _rounding(spec: Mapping[str, Any] | None) -> Rounding | None:
    return None if spec is None else Rounding(int(spec["digits"]), spec.get("mode", "half_up"))


def check(registry: Registry) -> list[Problem]:
    """What is wrong with the calculations of a registry."""
    return [one for document in registry.all("calculation") for one in _of_calculation(document, registry)]


@kept_narrowly
def _of_calculation(document: Document, registry: Registry) -> tuple[Problem, ...]:
    return tuple(compile_calculation(document, registry).problems)
