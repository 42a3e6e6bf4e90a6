"""What the tests of the expression language share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from loanloom import feel
from loanloom.feel import BOOLEAN, DATE, NUMBER, STRING, Type, context, enumeration, list_of, optional
from loanloom.feel.running.interpreter import Interpreter

FACTS: dict[str, Any] = {
    "customer": {"age": Decimal(34), "kind": "business", "name": "Li Mei", "since_on": dt.date(2020, 2, 29)},
    "monthly income": Decimal(8000),
    "月收入": Decimal("9000.50"),
    "instalment": None,
    "guarantors": [{"name": "Wang", "amount": Decimal(30000)}, {"name": "Zhao", "amount": Decimal(12000)}],
    "married": None,
    "as_of": dt.date(2026, 3, 2),
}


@pytest.fixture
def scope() -> Type:
    """The facts that expressions of these tests may see."""
    return context(
        {
            "customer": optional(
                context(
                    {
                        "age": optional(NUMBER),
                        "kind": optional(enumeration(["individual", "business", "farmer"])),
                        "name": optional(STRING),
                        "since_on": optional(DATE),
                    }
                )
            ),
            "monthly income": NUMBER,
            "月收入": NUMBER,
            "instalment": optional(NUMBER),
            "guarantors": list_of(context({"name": optional(STRING), "amount": optional(NUMBER)})),
            "married": optional(BOOLEAN),
            "as_of": DATE,
        }
    )


@pytest.fixture
def value(scope: Type) -> Callable[..., Any]:
    """Run a text that must be sound over FACTS, on both back ends."""

    def run(source: str, **facts: Any) -> Any:
        checked = feel.check(source, scope)
        assert checked.program is not None, [one.in_words() for one in checked.problems]
        found = checked.program.evaluate({**FACTS, **facts})
        assert found.problem is None, found.problem
        assert Interpreter({**FACTS, **facts}).run(checked.program.tree) == found.value
        return found.value

    return run


@pytest.fixture
def problem(scope: Type) -> Callable[..., feel.FeelProblem]:
    """The first problem of a text, found when checked or when run."""

    def find(source: str, **facts: Any) -> feel.FeelProblem:
        checked = feel.check(source, scope)
        if checked.problems:
            return checked.problems[0]
        assert checked.program is not None
        found = checked.program.evaluate({**FACTS, **facts}).problem
        assert found is not None, "the text has no problem"
        return found

    return find
