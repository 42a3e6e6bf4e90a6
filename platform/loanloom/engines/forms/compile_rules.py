"""Conditions and formulas of a form, compiled where they stand, with every mistake and all they read gathered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from loanloom import feel
from loanloom.engines import facts as fact_scope
from loanloom.engines.forms.model import Check, Rule
from loanloom.metadata.document import Document
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text


@dataclass(slots=True)
class Reads:
    """What the rules of one thing read: while it settles, and when it is judged."""

    settling: set[str] = field(default_factory=set)
    judging: set[str] = field(default_factory=set)


class Rules:
    """Compiles the rules of a part of a form."""

    def __init__(self, document: Document, registry: Registry) -> None:
        self.document = document
        self.registry = registry
        self.problems: list[Problem] = []
        self.scope = fact_scope.scope(registry, document.spec["record"])

    def rule(self, source: Any, pointer: str, into: set[str], scope: feel.Type | None = None) -> Rule:
        """A condition: plainly yes or no, or an expression; what it reads goes `into` a set."""
        if isinstance(source, bool):
            return source
        return self.program(source, pointer, into, scope, feel.BOOLEAN) or False

    def program(
        self,
        source: Any,
        pointer: str,
        into: set[str],
        scope: feel.Type | None = None,
        expected: feel.Type | None = None,
    ) -> feel.Program | None:
        """An expression, or None where there is none or it is wrong."""
        if source is None:
            return None
        checked = feel.check(str(source), scope or self.scope, expect=expected, functions=feel.LENDING)
        into |= checked.inputs
        self.problems.extend(
            fact_scope.problem_from_feel(one, self.document, f"/spec{pointer}") for one in checked.problems
        )
        return checked.program

    def check(self, spec: Any, pointer: str, into: set[str], scope: feel.Type | None = None) -> Check | None:
        """A rule that must hold; None where it is wrong."""
        rule = self.program(spec["rule"], f"{pointer}/rule", into, scope, feel.BOOLEAN)
        return Check(rule, spec["message"], spec.get("field")) if rule is not None else None

    # -- problems ----------------------------------------------------------------------------------------------------

    def say(self, code: str, en: str, zh: str, pointer: str) -> None:
        """A problem of the form."""
        self.problems.append(self.document.problem(code, text(en, zh), pointer))

    def unknown(self, name: str, known: Iterable[str], pointer: str) -> None:
        """A name that means nothing, with the one that it resembles."""
        said = text(f"There is no field “{name}”.", f"没有字段“{name}”。")
        hint = nearest_hint(name, known)
        self.problems.append(self.document.problem("form.unknown_field", said, pointer, hint=hint))

    def circle(self, names: Sequence[str], pointer: str) -> None:
        """Fields that wait for each other."""
        way = " → ".join(names)
        en, zh = f"These fields wait for each other in a circle: {way}.", f"以下字段相互依赖，形成循环：{way}。"
        self.say("form.cycle", en, zh, pointer)
