"""What is known of one case beside its facts: its unit, the day, who decided the original, who is related to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from loanloom.engines.flows.resolving.authority import Authority
from loanloom.engines.flows.resolving.staff import Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a plugin that names people is told: the flow's node, the case's unit, its facts, who works here."""

    node: str
    unit: str | None
    facts: Mapping[str, Any]
    staff: Staff


Resolver = Callable[[Asked], Iterable[str]]
"""A plugin of the slot assignee_resolver: gives user names."""
Rules = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""Runs the rule set of this key over the facts; gives its results."""


class Matter(Protocol):
    """One case, as far as finding its people goes. Whoever implements it may load each thing when it is asked for."""

    @property
    def unit(self) -> str | None:
        """The unit whose case it is."""

    @property
    def on(self) -> date:
        """The business date."""

    @property
    def staff(self) -> Staff:
        """Who works here."""

    @property
    def authorities(self) -> Mapping[str, Authority]:
        """The tables in force."""

    @property
    def resolvers(self) -> Mapping[str, Resolver]:
        """The plugins that name people."""

    def related(self, kind: str, facts: Mapping[str, Any]) -> tuple[int, ...]:
        """Staff with a declared relation to somebody whom the facts name: `relatives` or `related_parties`."""

    def deciders(self, record: str, facts: Mapping[str, Any]) -> tuple[int, ...]:
        """Who said yes to the `contract` or `application` that the facts are about."""

    def turn(self, node: str) -> int:
        """The next number of a node's round; each is given once."""

    def ruled(self, ruleset: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a rule set that hands out work says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A case of which everything is known beforehand: for playing a flow in the studio, and for tests."""

    staff: Staff
    on: date
    unit: str | None = None
    authorities: Mapping[str, Authority] = field(default_factory=dict)
    resolvers: Mapping[str, Resolver] = field(default_factory=dict)
    relations: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    originals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    turns: Mapping[str, int] = field(default_factory=dict)
    rules: Rules | None = None

    def related(self, kind: str, facts: Mapping[str, Any]) -> tuple[int, ...]:
        """Those given."""
        return self.relations.get(kind, ())

    def deciders(self, record: str, facts: Mapping[str, Any]) -> tuple[int, ...]:
        """Those given."""
        return self.originals.get(record, ())

    def turn(self, node: str) -> int:
        """The turn given; it does not go on."""
        return self.turns.get(node, 0)

    def ruled(self, ruleset: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """By the rules given."""
        return self.rules(ruleset, facts) if self.rules is not None else {}
