"""A compiled model over facts: each decision that is asked for is computed once, after what it requires, with a trace.

An import is a model of its own at each place where it is imported, so its inputs are those of that place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from loanloom import feel
from loanloom.feel import Library, Type
from loanloom.feel.problems import Fault
from loanloom.feel.running.values import Function, kind_of

from .calling import arranged, as_fault, call_named
from .compiling import MOMENT, Compiler, Unit, unknown_target
from .graph import Key
from .model import Decision, DecisionService, Definitions, InputData
from .pieces import Seen
from .problems import DmnProblem
from .results import ModelResult, Step
from .running import Exhausted, Noted, Run, Stopped
from .tabling import BoxedTable

Path = tuple[str, ...]
"""The imports through which an element is reached."""


@dataclass(frozen=True, eq=False)
class CompiledModel:
    """A model ready to evaluate, with what is wrong in it. Safe to share between threads."""

    definitions: Definitions
    problems: tuple[DmnProblem, ...]
    standard: bool
    units: Mapping[Key, Unit]
    services: Mapping[Key, tuple[list[Unit], list[Unit]]]
    tables: tuple[BoxedTable, ...] = ()
    seen: Mapping[str, Seen] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it may run: in strict mode only without mistakes."""
        return self.standard or not self.problems

    def unit(self, name: str) -> Unit | None:
        """An element of the model by its name or id."""
        mine = [one for one in self.units.values() if one.node.model == self.definitions.namespace]
        return next((one for one in mine if one.node.name == name), None) or next(
            (one for one in mine if one.node.element.id == name), None
        )

    def evaluate(self, target: str | Iterable[str] | None, facts: Mapping[str, Any]) -> ModelResult:
        """The value of a decision, service or function (its parameters are the facts); of all decisions for None."""
        assert self.ok, "a model with mistakes cannot run"
        if target is None:
            wanted = [one.name for one in self.definitions.decisions]
        else:
            wanted = [target] if isinstance(target, str) else list(target)
        run = Run(standard=self.standard)
        evaluation = _Evaluation(self, facts, run)
        values: dict[str, Any] = {}
        problems: list[DmnProblem] = []
        for name in wanted:
            unit = self.unit(name)
            if unit is None:
                problems.append(unknown_target(name, (one.node.name for one in self.units.values())))
                continue
            problem = evaluation.ask(unit, values)
            if problem is not None:
                problems.append(problem)
        noted = [one for step in evaluation.trace for one in step.problems if one not in problems]
        return ModelResult(values, (*problems, *noted), tuple(evaluation.trace))


class _Evaluation:
    """Values made so far, by path and element. `given` are those a service was called with."""

    def __init__(
        self,
        model: CompiledModel,
        facts: Mapping[str, Any],
        run: Run,
        given: Mapping[tuple[Path, Key], Any] | None = None,
    ) -> None:
        self.model, self.facts, self.run = model, facts, run
        self.known: dict[tuple[Path, Key], Any] = dict(given or {})
        self.failed: dict[tuple[Path, Key], DmnProblem] = {}
        self.trace: list[Step] = []

    def ask(self, unit: Unit, values: dict[str, Any]) -> DmnProblem | None:
        """Put the values of a decision, service or function under their names; the problem where there is none."""
        try:
            if isinstance(unit.node.element, DecisionService):
                values.update(self._service_values(unit))
            elif unit.node.is_function:
                values[unit.node.name] = self._called(unit)
            else:
                values[unit.node.name] = self.value(unit, ())
        except Stopped as stopped:
            return stopped.problem
        return None

    def value(self, unit: Unit, path: Path) -> Any:
        """The value of an element, after all that it requires. Walks without recursion; raises Stopped."""
        todo = [(unit, path)]
        while todo:
            one, where = todo[-1]
            key = (where, one.node.key)
            if key in self.known or key in self.failed:
                todo.pop()
                continue
            missing = [
                (needed, inner)
                for via, needed in one.needs
                if not needed.node.is_function
                and not self._seen(needed, inner := (*where, via) if via is not None else where)
            ]
            if missing and isinstance(one.node.element, Decision):
                todo.extend(missing)
                continue
            self._make(one, where)
            todo.pop()
        if (path, unit.node.key) in self.failed:
            raise Stopped(self.failed[path, unit.node.key])
        return self.known[path, unit.node.key]

    def _seen(self, unit: Unit, path: Path) -> bool:
        return (path, unit.node.key) in self.known or (path, unit.node.key) in self.failed

    def _make(self, unit: Unit, path: Path) -> None:
        """Compute one element whose requirements are there, and enter it in the trace."""
        key, outer = (path, unit.node.key), self.run.noted
        self.run.noted = noted = Noted()
        names: dict[str, Any] = {}
        failed = False
        try:
            if isinstance(unit.node.element, InputData):
                self.known[key] = self._input(unit, path)
            else:
                names = self.names(unit, path)
                value = unit.code.run(names, self.run)
                self.run.measure(value, unit.node.name)
                self.known[key] = value
        except Stopped as stopped:
            failed = True
            self.failed[key] = stopped.problem
            noted.add(stopped.problem)
        finally:
            self.run.noted = outer
        if isinstance(unit.node.element, InputData) and not noted.problems:
            return
        read = {name: value for name, value in names.items() if kind_of(value) != "function" and name not in MOMENT}
        label = ".".join((*path, unit.node.name))
        self.trace.append(
            Step(
                label,
                unit.node.element.id,
                self.known.get(key),
                read,
                tuple(noted.problems),
                tuple(noted.tables),
                failed,
            )
        )

    def _input(self, unit: Unit, path: Path) -> Any:
        try:
            return unit.item.coerced(self._fact(path, unit.name))
        except Fault as fault:
            self.run.fault(fault, unit.node.name, unit.node.element.place)
            return None

    def _fact(self, path: Path, name: str) -> Any:
        """A fact of an import stands under the import's name, by a dotted name, or (for want of these) bare."""
        found: Any = self.facts
        for one in path:
            if one:
                found = found.get(one) if isinstance(found, Mapping) else None
        if isinstance(found, Mapping) and name in found:
            return found[name]
        dotted = ".".join((*(one for one in path if one), name))
        return self.facts.get(dotted, self.facts.get(name))

    def names(self, unit: Unit, path: Path) -> dict[str, Any]:
        """What the unit's expressions see. Raises Stopped where something that it requires has failed."""
        names = {name: self.facts[name] for name in MOMENT if name in self.facts}
        self._fill(names, unit, path)
        return names

    def _fill(self, names: dict[str, Any], unit: Unit, path: Path) -> None:
        for via, needed in unit.needs:
            inner = (*path, via) if via is not None else path
            value = self.function(needed, inner) if needed.node.is_function else self.value(needed, inner)
            if via:
                names.setdefault(via, {})[needed.name] = value
            else:
                names[needed.name] = value

    def function(self, unit: Unit, path: Path) -> Any:
        """A function of the model as a value. It is known before its own requirements, so it may call itself."""
        key = (path, unit.node.key)
        if key in self.known:
            return self.known[key]
        if isinstance(unit.node.element, DecisionService):
            self.known[key] = self._service(unit, path)
            return self.known[key]
        names = {name: self.facts[name] for name in MOMENT if name in self.facts}
        self.known[key] = names[unit.name] = unit.code.run(names, self.run)
        self._fill(names, unit, path)
        return self.known[key]

    def _called(self, unit: Unit) -> Any:
        """A function asked for directly: its arguments are facts."""
        arguments = [self.facts.get(name) for name, _ in unit.parameters]
        try:
            return call_named(self.function(unit, ()), arguments, [name for name, _ in unit.parameters], self.run)
        except Fault as fault:
            self.run.fault(fault, unit.node.name, unit.node.element.place)
            return None
        finally:
            if self.run.noted.problems:
                self.trace.append(Step(unit.node.name, unit.node.element.id, None, {}, tuple(self.run.noted.problems)))

    def _service(self, unit: Unit, path: Path) -> Function:
        outputs, given_units = self.model.services[unit.node.key]

        def call(*given: Any) -> Any:
            arguments = arranged(unit.parameters, given)
            known = {(path, one.node.key): arguments[one.name] for one in given_units}
            self.run.enter()
            try:
                facts = {name: self.facts[name] for name in MOMENT if name in self.facts}
                inner = _Evaluation(self.model, facts, self.run, known)
                values = {one.name: inner.value(one, path) for one in outputs}
                for found in (found for step in inner.trace for found in step.problems):
                    self.run.noted.add(found)
            except Exhausted:
                raise
            except Stopped as stopped:
                raise as_fault(stopped) from None
            finally:
                self.run.leave()
            return unit.item.coerced(next(iter(values.values())) if len(values) == 1 else values)

        return Function(tuple(name for name, _ in unit.parameters), call, type=unit.type)

    def _service_values(self, unit: Unit) -> dict[str, Any]:
        """The outputs of a service asked for directly: what it is not given is null, what is wrong too."""
        outputs, given_units = self.model.services[unit.node.key]
        here: Path = ()
        known = {(here, one.node.key): self._input(one, here) for one in given_units}
        inner = _Evaluation(self.model, self.facts, self.run, known)
        values = {one.node.name: inner.value(one, ()) for one in outputs}
        self.trace.extend(inner.trace)
        try:
            whole = unit.item.coerced(next(iter(values.values())) if len(values) == 1 else values)
        except Fault as fault:
            self.run.fault(fault, unit.node.name, unit.node.element.place)
            whole = None
        if len(values) == 1:
            return {next(iter(values)): whole}
        return values if whole is not None else dict.fromkeys(values)


def compile_model(
    definitions: Definitions,
    imports: Iterable[Definitions] = (),
    *,
    library: Library = feel.STANDARD,
    mode: str = "strict",
    inputs: Mapping[str, Type] | None = None,
) -> CompiledModel:
    """Check a model and make it ready to evaluate. `imports` are the models it may import, found by namespace; `inputs`
    the types of those inputs that the model itself gives none.
    """
    compiler = Compiler(definitions, imports, library, mode, inputs)
    units = compiler.units
    services = {
        key: (
            [units[one.key] for one in compiler.graph.service(unit.node)[0]],
            [units[one.key] for part in (3, 2) for one in compiler.graph.service(unit.node)[part]],
        )
        for key, unit in units.items()
        if isinstance(unit.node.element, DecisionService)
    }
    tables = tuple(compiler.tables)
    return CompiledModel(
        definitions, tuple(compiler.problems), mode == "standard", units, services, tables, compiler.seen
    )


__all__ = ["CompiledModel", "ModelResult", "Step", "compile_model"]
