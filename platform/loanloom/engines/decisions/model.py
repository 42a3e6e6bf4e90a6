"""A decision model ready to run over the facts of a case, and what it found: values, problems and a trace to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loanloom import dmn, feel
from loanloom.dmn.plain_names import OWN
from loanloom.engines import decided
from loanloom.engines import facts as fact_scope
from loanloom.feel import EvaluationError, Program, value_in_words
from loanloom.feel.running.values import kind_of
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import LANGUAGES, Problem, Text, say, text


@dataclass(frozen=True, eq=False)
class DecisionModel:
    """A sound model. `after`: 0 may be computed at once, 1 after the score, 2 after the limit."""

    key: str
    title: Text
    digest: str
    inputs: tuple[tuple[str, Program], ...]
    model: dmn.CompiledModel
    after: int

    def compute(self, facts: Mapping[str, Any]) -> ModelFound:
        """Every decision over one case's facts. What has no value says why; the others have theirs."""
        given: dict[str, Any] = {"as_of": facts.get("as_of")}
        problems: list[Problem] = []
        for name, program in self.inputs:
            try:
                given[name] = program(facts)
            except EvaluationError as error:
                problems.append(fact_scope.run_problem(error.problem, f"models.{self.key}", self.title))
        if problems:
            return ModelFound(self, {}, tuple(problems), ())
        result = self.model.evaluate(None, {name: value for name, value in given.items() if value is not None})
        values = {name: value for name, value in result.values.items() if kind_of(value) != "function"}
        return ModelFound(self, values, tuple(self._problem(one) for one in result.problems), result.trace)

    def _problem(self, found: dmn.DmnProblem) -> Problem:
        en, zh = f"{say(self.title, 'en')}: {found.in_words('en')}", f"{say(self.title, 'zh')}：{found.in_words('zh')}"
        return Problem(code=found.code, message=text(en, zh), field=f"models.{self.key}")

    def titled(self, name: str) -> Text:
        """What people call a decision or an input."""
        element = next((one for one in self.model.definitions.elements if one.name == name), None)
        label = element.label if element is not None and element.label else name
        return {"en": label, "zh": label, **self._said(name, "title-{}")}

    def answer(self, name: str, value: Any) -> Text | None:
        """What people call a value of a decision, where the model says so."""
        said = self._said(name, f"answer-{{}}-{value}") if isinstance(value, str) else {}
        return {tag: said.get(tag, value) for tag in LANGUAGES} if said else None

    def _said(self, name: str, pattern: str) -> Text:
        """What an element says for this platform, by language."""
        element = next((one for one in self.model.definitions.elements if one.name == name), None)
        foreign = dict(element.foreign) if element is not None else {}
        names = {tag: f"{{{OWN}}}{pattern.format(tag)}" for tag in LANGUAGES}
        return {tag: foreign[found] for tag, found in names.items() if found in foreign}

    def value_words(self, name: str, value: Any, language: str) -> str:
        """A value of an input or a decision as a line shows it."""
        called = self.answer(name, value)
        return say(called, language) if called else value_in_words(value, language)


@dataclass(frozen=True, eq=False)
class ModelFound:
    """What a model found about one case."""

    model: DecisionModel
    values: Mapping[str, Any]
    problems: tuple[Problem, ...]
    trace: tuple[dmn.Step, ...]

    def facts(self) -> dict[str, Any]:
        """What expressions see as `models.<key>`."""
        return dict(self.values)

    def as_json(self) -> dict[str, Any]:
        """Every decision with what it read and the rules that applied, to be kept with the case."""
        return {
            "key": self.model.key,
            "title": dict(self.model.title),
            "digest": self.model.digest,
            "decisions": [self._kept(step) for step in self.trace],
        }

    def _kept(self, step: dmn.Step) -> dict[str, Any]:
        rules = [
            {"row": row + 1, "annotations": [note for note in hit.result.table.rows[row].annotations if note]}
            for hit in step.tables
            for row in hit.result.hits
        ]
        return {
            "name": step.element,
            "title": dict(self.model.titled(step.element)),
            "value": _plain(step.value),
            "value_words": self.model.answer(step.element, step.value),
            "inputs": {name: _plain(value) for name, value in step.inputs.items()},
            "words": {tag: self._read(step, rules, tag) for tag in LANGUAGES},
            "rules": rules,
            "problems": [{tag: one.in_words(tag) for tag in LANGUAGES} for one in step.problems],
        }

    def _read(self, step: dmn.Step, rules: Sequence[Mapping[str, Any]], language: str) -> str:
        """What a decision read and which rules applied, as one line."""
        said = [
            f"{say(self.model.titled(name), language)} {self.model.value_words(name, value, language)}"
            for name, value in step.inputs.items()
        ]
        for rule in rules:
            row = say(text(f"row {rule['row']}", f"第 {rule['row']} 行"), language)
            said.append(" ".join((row, *(f"({note})" for note in rule["annotations"]))))
        return say(text("; ", "；"), language).join(said)

    def in_words(self, language: str = "en") -> tuple[str, ...]:
        """One line for each decision."""
        colon = say(text(": ", "："), language)
        return tuple(
            f"{say(self.model.titled(step.element), language)}{colon}{feel.to_text(_plain(step.value))}"
            for step in self.trace
        )


def _plain(value: Any) -> Any:
    return None if kind_of(value) == "function" else feel.plain(value)


@dataclass(frozen=True, slots=True)
class CompiledDecisionModel:
    """A model ready to run, or None with what is wrong."""

    model: DecisionModel | None
    problems: tuple[Problem, ...]


def compile_model(document: Document, registry: Registry) -> CompiledDecisionModel:
    """Read and check one decision model."""
    found = decided.decided(document, registry, fact_scope.model_scope(registry, str(document.spec["subject"])))
    problems = tuple(_placed(one, document) for one in found.problems)
    if found.model is None:
        return CompiledDecisionModel(None, problems)
    made = DecisionModel(document.key, document.title, document.digest, found.inputs, found.model, found.after)
    return CompiledDecisionModel(made, problems)


def _placed(found: dmn.DmnProblem, document: Document) -> Problem:
    """A mistake of the model at its place in the document."""
    pointer = found.place.pointer or ""
    message = {"en": found.message["en"], "zh": found.message["zh"]}
    if found.element and not pointer.startswith("/inputs"):
        message = {"en": f"{found.element}: {message['en']}", "zh": f"{found.element}：{message['zh']}"}
    hint = dict(found.hint) if found.hint else None
    return document.problem(found.code, message, pointer, hint=hint, inside=(found.line, found.column))
