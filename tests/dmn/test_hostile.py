"""Any model that can be written: compiled and evaluated in both modes without ever raising, and within its bounds."""

# ruff: noqa: E501 - texts of models read better in one line
from __future__ import annotations

import time
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from tests.dmn import dmn_texts as x
from tests.dmn.dmn_texts import decision, entry, input_data, knowledge, literal
from tests.dmn.random_models import MODELS

from loanloom import dmn
from loanloom.dmn.model import Definitions


@given(MODELS)
@settings(max_examples=60, deadline=None)
def test_no_model_breaks_the_compiler_or_the_run(definitions: Definitions) -> None:
    strict = dmn.compile_model(definitions)
    for one in strict.problems:
        assert one.in_words("en") and one.in_words("zh")
    standard = dmn.compile_model(definitions, mode="standard")
    result = standard.evaluate(None, {one.name: D(1) for one in definitions.inputs})
    assert set(result.values) <= {one.name for one in definitions.decisions}
    if strict.ok:
        strict.evaluate(None, {})


DOUBLING = "".join(
    decision(f"d{n}", literal(f"append(d{n - 1}, d{n - 1})"), decisions=(f"d{n - 1}",)) for n in range(1, 40)
)
COSTLY = {
    "functions that call each other without end": knowledge("a", "n", literal("b(n)"), needs=("b",))
    + knowledge("b", "n", literal("a(n)"), needs=("a",))
    + decision("d", literal("a(1)"), knowledge=("a",)),
    "two calls in each call": knowledge("f", "n: number", literal("f(n + 1) + f(n + 2)"))
    + decision("d", literal("f(1)"), knowledge=("f",)),
    "lists of lists of lists": decision("d0", literal("[1, 2]")) + DOUBLING + decision("d", literal("d39"), decisions=("d39",)),
    "loops in loops": knowledge("f", "n: number", literal("count(for i in 1..5000 return i * n)"))
    + decision("d", literal("for i in 1..5000, j in 1..5000 return f(i + j)"), knowledge=("f",)),
    "boxed loops in boxed loops": decision(
        "d",
        '<for iteratorVariable="i"><in>' + literal("[1..9000]") + '</in><return><for iteratorVariable="j"><in>'
        + literal("[1..9000]") + "</in><return>" + literal("i * j") + "</return></for></return></for>",
    ),
    "a table that calls itself": knowledge(
        "t",
        "n: number",
        "<decisionTable><input><inputExpression><text>n</text></inputExpression></input><output/><rule><inputEntry><text>-"
        "</text></inputEntry><outputEntry><text>t(n + 1) + t(n + 2)</text></outputEntry></rule></decisionTable>",
    )
    + decision("d", literal("t(1)"), knowledge=("t",)),
    "a context that calls itself": decision(
        "d",
        f"<context>{entry('f', '<functionDefinition>' + literal('f()') + '</functionDefinition>')}"
        f"{entry(None, literal('f()'))}</context>",
    ),
    "a service that calls itself": input_data("n", "number")
    + decision("a", literal("if n > 0 then s(n - 1) else 0"), inputs=("n",), knowledge=("s",))
    + '<decisionService id="k_s" name="s"><outputDecision href="#d_a"/><inputData href="#i_n"/></decisionService>'
    + decision("d", literal("s(5000)"), knowledge=("s",)),
}  # fmt: skip


@pytest.mark.parametrize("what", COSTLY)
@pytest.mark.parametrize("mode", ["strict", "standard"])
def test_what_costs_too_much_is_stopped_in_words(what: str, mode: str) -> None:
    compiled = dmn.compile_model(x.read(COSTLY[what]), mode=mode)
    begun = time.process_time()
    if compiled.ok:
        result = compiled.evaluate("d", {})
        assert result.values == {} or result.value is None, "no value"
        assert result.problems
    else:
        assert compiled.problems
    assert time.process_time() - begun < 3
