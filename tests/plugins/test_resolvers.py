"""The bench for plugins that name people: what a resolver says goes through the engine as it does in the house."""

from __future__ import annotations

import pytest

from loanloom.plugins.slots import SLOTS
from loanloom.testing.resolvers import named, question


def by_turnover(asked):
    """As in docs/how-to/write-a-plugin.md."""
    if (asked.facts.get("customer") or {}).get("turnover", 0) < 10_000_000:
        return []
    there = [one for one in asked.staff if one.position == "risk-reviewer" and not one.away]
    return [min(there, key=lambda one: one.load).username] if there else []


LARGE = {"customer": {"turnover": 20_000_000}}


def test_the_example_of_the_manual_names_the_least_loaded_examiner():
    assert named(by_turnover, question(facts=LARGE)) == ["ron"]
    assert named(by_turnover, question(facts={"customer": {"turnover": 1}})) == []


def test_a_resolver_fits_its_slot():
    assert isinstance(by_turnover, SLOTS["assignee_resolver"].type)


def test_whoever_made_the_case_or_has_left_is_left_out():
    assert named(lambda asked: ["ann", "former", "rita", "stranger"], question()) == ["rita"]
    assert named(lambda asked: ["ann"], question(maker="rita")) == ["ann"]


def test_a_resolver_that_breaks_fails_the_test_with_its_words():
    with pytest.raises(AssertionError, match="could not name"):
        named(lambda asked: asked.facts["customer"], question())
