"""The requirements graph: scopes, order, circles, imports and services."""

# ruff: noqa: E501 - texts of models read better in one line
from __future__ import annotations

from decimal import Decimal as D

import pytest
from tests.dmn import dmn_texts as x
from tests.dmn.dmn_texts import decision, input_data, knowledge, literal

from loanloom import dmn

AMOUNT = input_data("amount", "number")


def problems(body: str, *imports: dmn.Read) -> list[str]:
    return [one.in_words() for one in dmn.compile_model(x.read(body)).problems]


def test_a_decision_sees_what_it_requires_and_nothing_else() -> None:
    body = AMOUNT + decision("a", literal("amount")) + decision("b", literal("a"), inputs=("amount",))
    assert problems(body) == ["a: There is no `amount` here.", "b: There is no `a` here."]
    assert x.standard(body, "a", {"amount": D(1)}) is None


def test_a_long_chain_is_computed_once_each_and_without_recursion() -> None:
    body = AMOUNT + decision("d0", literal("amount"), inputs=("amount",))
    body += "".join(
        decision(f"d{n}", literal(f"d{n - 1} + d{max(n - 2, 0)}"), decisions=(f"d{n - 1}", f"d{max(n - 2, 0)}"))
        for n in range(1, 400)
    )
    compiled = x.strict(body)
    result = compiled.evaluate("d20", {"amount": D(1)})
    assert result.value == 17711  # Fibonacci
    assert [step.element for step in result.trace] == [f"d{n}" for n in range(21)]
    assert compiled.evaluate("d399", {"amount": D(1)}).problems == ()


def test_circles_are_refused_with_their_path() -> None:
    body = (
        decision("a", literal("b"), decisions=("b",))
        + decision("b", literal("c"), decisions=("c",))
        + decision("c", literal("a"), decisions=("a",))
    )
    found, *others = dmn.compile_model(x.read(body)).problems
    assert others == []  # that a name was cut off is no second mistake
    assert found.message["en"] == "These need each other: `a` → `b` → `c` → `a`."
    assert found.message["zh"] == "相互依赖：“a” → “b” → “c” → “a”。"
    assert found.element == "a"
    assert found.hint


def test_knowledge_may_be_mutual() -> None:
    body = (
        knowledge("even", "n: number", literal("if n = 0 then true else odd(n - 1)"), needs=("odd",))
        + knowledge("odd", "n: number", literal("if n = 0 then false else even(n - 1)"), needs=("even",))
        + decision("d", literal("even(8)"), knowledge=("even",))
    )
    assert problems(body) == []
    assert x.value(body.replace("odd(n - 1)", "odd(n - 1)"), "d") is True


def test_references_that_lead_nowhere() -> None:
    assert problems(decision("d", literal("1"), inputs=("amuont",)) + AMOUNT) == [
        "d: The reference `#i_amuont` leads nowhere. Did you mean `i_amount`?"
    ]


def test_what_failed_stops_what_needs_it_and_nothing_else() -> None:
    body = (
        AMOUNT
        + decision("share", literal("10 / amount"), inputs=("amount",))
        + decision("twice", literal("share * 2"), decisions=("share",))
        + decision("other", literal("amount + 1"), inputs=("amount",))
    )
    result = x.strict(body).evaluate(None, {"amount": D(0)})
    assert result.values == {"other": 1}
    assert {one.code for one in result.problems} == {"feel.division_by_zero"}
    assert result.problems[0].element == "share"
    quiet = dmn.compile_model(x.read(body), mode="standard").evaluate(None, {"amount": D(0)})
    assert quiet.values == {"share": None, "twice": None, "other": 1}
    assert [one.element for one in quiet.problems] == ["share"]


def test_the_trace_says_what_was_read() -> None:
    body = (
        AMOUNT
        + decision("a", literal("amount * 2"), inputs=("amount",))
        + decision("b", literal("a + 1"), decisions=("a",))
    )
    result = x.strict(body).evaluate("b", {"amount": D(2)})
    assert [(one.element, one.value, dict(one.inputs)) for one in result.trace] == [
        ("a", 4, {"amount": 2}),
        ("b", 5, {"a": 4}),
    ]


SERVICE = (
    AMOUNT
    + input_data("rate", "number")
    + decision("interest", literal("base * rate"), inputs=("rate",), decisions=("base",))
    + decision("base", literal("amount - 1"), inputs=("amount",), type_="number")
    + '<decisionService id="k_cost" name="cost"><variable name="cost"/><outputDecision href="#d_interest"/>'
    '<inputDecision href="#d_base"/><inputData href="#i_rate"/></decisionService>'
)


def test_a_service_is_asked_directly_or_called() -> None:
    assert x.strict(SERVICE).evaluate("cost", {"base": D(100), "rate": D("0.1")}).values == {"interest": 10}
    body = SERVICE + decision("d", literal("cost(rate: 0.2, base: 50) + cost(0.1, 10)"), knowledge=("cost",))
    assert x.value(body, "d") == 11


def test_a_service_does_not_touch_what_is_outside() -> None:
    body = SERVICE + decision(
        "d", literal("[cost(0.5, 100), base, rate]"), inputs=("rate",), decisions=("base",), knowledge=("cost",)
    )
    assert x.value(body, "d", {"amount": D(8), "rate": D(2)}) == [50, 7, 2]


def test_a_service_must_be_given_what_it_needs() -> None:
    body = SERVICE.replace('<inputData href="#i_rate"/></decisionService>', "</decisionService>")
    assert problems(body) == ["cost: Its decisions need `rate`, which the service is not given."]


def test_a_service_with_several_outputs_is_a_record() -> None:
    body = (
        decision("a", literal("1"))
        + decision("b", literal("2"))
        + '<decisionService id="k_s" name="s"><outputDecision href="#d_a"/><outputDecision href="#d_b"/></decisionService>'
        + decision("d", literal("s().b"), knowledge=("s",))
    )
    assert x.value(body, "d") == 2
    assert x.strict(body).evaluate("s", {}).values == {"a": 1, "b": 2}


LIBRARY = (
    '<itemDefinition name="tLoan"><itemComponent name="amount"><typeRef>number</typeRef></itemComponent></itemDefinition>'
    + input_data("monthly income", "number")
    + knowledge("Monthly rate", "yearly: number", literal("yearly / 12"))
    + decision("capacity", literal("monthly income * 0.5"), inputs=("monthly income",))
)


def imported(name: str) -> str:
    return f'<import name="{name}" namespace="urn:lib" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'


@pytest.mark.parametrize("label", ["lib", "my lib", ""])
def test_an_imported_model_is_qualified_by_the_imports_name(label: str) -> None:
    library = x.read(LIBRARY, name="lib")
    prefix = f"{label}." if label else ""
    body = (
        imported(label)
        + f'<inputData id="i_loan" name="loan"><variable name="loan" typeRef="{prefix}tLoan"/></inputData>'
        + decision(
            "d",
            literal(f"loan.amount * {prefix}Monthly rate(0.12) + {prefix}capacity + {prefix}monthly income"),
            inputs=("loan", "urn:lib#i_monthly income"),
            decisions=("urn:lib#d_capacity",),
            knowledge=("urn:lib#k_Monthly rate",),
        )
    )
    facts = {"loan": {"amount": D(1000)}, "monthly income": D(100)}
    assert x.value(body, "d", facts, library) == 160
    nested = {"loan": {"amount": D(1000)}, label: {"monthly income": D(200)}} if label else facts
    assert x.value(body, "d", nested, library) == (310 if label else 160)


def test_the_same_model_imported_twice_has_two_sets_of_inputs() -> None:
    base = x.read(
        input_data("who", "string") + decision("hello", literal('"Hello " + who'), inputs=("who",)), name="base"
    )
    one, two = (
        x.read(
            '<import name="base" namespace="urn:base" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
            + decision("said", literal(f'base.hello + "{mark}"'), decisions=("urn:base#d_hello",)),
            name=name,
        )
        for name, mark in (("one", "!"), ("two", "?"))
    )
    body = (
        '<import name="A" namespace="urn:one" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
        '<import name="B" namespace="urn:two" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
        + decision("d", literal('A.said + " " + B.said'), decisions=("urn:one#d_said", "urn:two#d_said"))
    )
    facts = {"A": {"base": {"who": "Ann"}}, "B": {"base": {"who": "Bob"}}}
    assert x.value(body, "d", facts, base, one, two) == "Hello Ann! Hello Bob?"
    assert x.value(body, "d", {"A.base.who": "Ann", "B.base.who": "Bob"}, base, one, two) == "Hello Ann! Hello Bob?"


def test_an_import_that_is_missing_is_said() -> None:
    assert problems(imported("lib")) == ["m: The imported model `lib` is not here."]


def test_a_decision_that_is_not_there() -> None:
    result = x.strict(decision("rate", literal("1"))).evaluate("rat", {})
    assert [one.in_words() for one in result.problems] == ["The model has no decision `rat`. Did you mean `rate`?"]


def test_a_decision_without_logic_is_null_where_errors_are() -> None:
    assert x.standard(decision("d", ""), "d") is None
    assert problems(decision("d", "")) == ["d: The decision has no logic."]
