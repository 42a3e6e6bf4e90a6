"""The examples of the page on types are checked as they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loanloom import feel
from loanloom.feel import DATE, NUMBER, Type, context, enumeration, list_of, number, optional

PAGE = (Path(__file__).parents[2] / "docs" / "feel" / "types.md").read_text("utf-8")
EXAMPLES = [
    tuple(part.strip() for part in line.split(" // "))
    for block in re.findall(r"```feel\n(.*?)```", PAGE, re.S)
    for line in block.strip().split("\n")
]
CNY = number(unit="CNY")
KIND = enumeration(["farmer", "company", "person"])
SCOPE = context(
    {
        "amount": CNY,
        "income": CNY,
        "cost": optional(CNY),
        "price": number(unit="USD"),
        "rate": NUMBER,
        "share": optional(NUMBER),
        "kind": KIND,
        "purpose": enumeration(["stock", "seeds"]),
        "since": optional(DATE),
        "rows": list_of(context({"value": optional(CNY), "kind": KIND})),
    }
)


def _said(type_: Type) -> str:
    inner = f"list<{_said(type_.item)}>" if type_.kind == "list" and type_.item else type_.kind
    return inner + (f" {type_.unit}" if type_.unit else "") + ("?" if type_.nullable else "")


@pytest.mark.parametrize(("source", "expected"), EXAMPLES)
def test_an_example_of_the_page_is_true(source: str, expected: str) -> None:
    checked = feel.check(source, SCOPE)
    refused = re.fullmatch(r"refused at `(.*)`: (feel\.\w+)", expected)
    if refused is None:
        assert not checked.problems, checked.problems
        assert _said(checked.type) == expected
        return
    (problem,) = checked.problems
    assert (problem.code, problem.start) == (refused[2], source.rindex(refused[1]))
    assert problem.end == source.rindex(refused[1]) + len(refused[1])
