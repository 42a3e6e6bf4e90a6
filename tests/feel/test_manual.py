"""The manual's examples are run: `expression // => value`, over the facts that the page states."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loanloom import feel
from loanloom.feel import DATE, LENDING, NUMBER, STRING, context, enumeration, list_of, optional
from loanloom.feel.library.manual import functions_page
from loanloom.feel.running.values import same

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [(DOCS / name).read_text("utf-8") for name in ("reference/expressions.md", "feel/language.md")]
EXAMPLES = [
    tuple(part.strip() for part in line.split("// =>"))
    for page in PAGES
    for block in re.findall(r"```feel\n(.*?)```", page, re.S)
    for line in block.strip().split("\n")
]
SCOPE = context(
    {
        "customer": context(
            {"kind": enumeration(["farmer", "person"]), "age": optional(NUMBER), "since_on": optional(DATE)}
        ),
        "月收入": NUMBER,
        "月供": NUMBER,
        "其他收入": optional(NUMBER),
        "guarantors": list_of(context({"name": STRING, "amount": NUMBER})),
        "as_of": DATE,
    }
)
FACTS: dict[str, Any] = {
    "customer": {"kind": "farmer", "age": Decimal(34), "since_on": dt.date(2020, 2, 29)},
    "月收入": Decimal(8000),
    "月供": Decimal("3210.50"),
    "其他收入": None,
    "guarantors": [{"name": "Wang", "amount": Decimal(30000)}, {"name": "Zhao", "amount": Decimal(12000)}],
    "as_of": dt.date(2026, 3, 2),
}


@pytest.mark.parametrize(("source", "expected"), EXAMPLES)
def test_an_example_of_the_manual_is_true(source: str, expected: str) -> None:
    checked = feel.check(source, SCOPE)
    wanted = feel.check(expected, SCOPE)
    assert checked.program is not None, [one.in_words() for one in checked.problems]
    assert wanted.program is not None
    assert same(checked.program(FACTS), wanted.program({})), checked.program(FACTS)


def test_the_pages_have_examples() -> None:
    assert all(page.count("// =>") > 20 for page in PAGES)


def test_the_manual_names_every_function() -> None:
    missing = [name for name in (*LENDING.names, "today") if f"`{name}`" not in PAGES[0]]
    assert not missing


def test_the_page_of_functions_is_that_of_the_library() -> None:
    assert (DOCS / "reference" / "functions.md").read_text("utf-8") == functions_page(), "run `loanloom dev docs`"
