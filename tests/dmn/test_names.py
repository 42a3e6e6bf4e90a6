"""Names as modellers write them: with spaces, hyphens, apostrophes, slashes, in other scripts; alone and qualified."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from tests.dmn import dmn_texts as x
from tests.dmn.dmn_texts import decision, input_data, knowledge, literal

NAMES = [
    "Pre-bureau risk category",
    "Applicant's income",
    "income/cost",
    "a + b",
    "月收入 合计",
    "date of birth",
    "v1.2",
    "number of items in stock",
    "Ünïcode naïve",
]


@pytest.mark.parametrize("name", NAMES)
def test_an_input_of_any_name(name: str) -> None:
    body = input_data(name, "number") + decision("d", literal(f"{name} * 2 + 1"), inputs=(name,))
    assert x.value(body, "d", {name: D(3)}) == 7


@pytest.mark.parametrize("name", NAMES)
def test_a_function_and_its_parameter_of_any_name(name: str) -> None:
    body = knowledge(name, f"{name} x: number, q: number", literal(f"{name} x - q")) + decision(
        "d", literal(f"{name}(5, 1) + {name}(q: 1, {name} x: 9)"), knowledge=(name,)
    )
    assert x.value(body, "d") == 12


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_of_any_name(name: str) -> None:
    logic = f'<context><contextEntry><variable name="{name}"/>{literal("4")}</contextEntry></context>'
    body = decision("c", logic) + decision("d", literal(f"c.{name} / 2"), decisions=("c",))
    assert x.value(body, "d") == 2


def test_names_that_begin_alike() -> None:
    body = (
        input_data("rate", "number")
        + input_data("rate of tax", "number")
        + decision("d", literal("rate of tax - rate"), inputs=("rate", "rate of tax"))
    )
    assert x.value(body, "d", {"rate": D(1), "rate of tax": D(3)}) == 2


def test_a_variable_may_be_called_like_a_function_of_the_library() -> None:
    body = input_data("count", "number") + decision("d", literal("count + count([1, 2])"), inputs=("count",))
    assert x.value(body, "d", {"count": D(5)}) == 7
