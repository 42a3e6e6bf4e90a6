"""Boxed expressions: what each form comes to, in strict mode and where it has no value."""

# ruff: noqa: E501 - texts of models read better in one line
from __future__ import annotations

from decimal import Decimal as D

import pytest
from tests.dmn import dmn_texts as x
from tests.dmn.dmn_texts import decision, entry, input_data, knowledge, literal

from loanloom import dmn

AMOUNT = input_data("amount", "number")
NAMES = '<itemDefinition name="tNames" isCollection="true"><typeRef>string</typeRef></itemDefinition>'
PEOPLE = (
    '<itemDefinition name="tPerson"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent>'
    '<itemComponent name="age"><typeRef>number</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>'
    + input_data("people", "tPeople")
)
TWO = {"people": [{"full name": "Wang", "age": D(34)}, {"full name": "Zhao", "age": D(17)}]}


def test_a_context_sees_its_earlier_entries_and_gives_its_result() -> None:
    logic = f"<context>{entry('a', literal('amount * 2'))}{entry('b c', literal('a + 1'))}{entry(None, literal('b c * 10'))}</context>"
    assert x.value(AMOUNT + decision("d", logic, inputs=("amount",)), "d", {"amount": D(3)}) == 70


def test_a_context_without_result_is_its_entries() -> None:
    logic = f"<context>{entry('a', literal('amount'))}{entry('b', literal('a > 2'))}</context>"
    assert x.value(AMOUNT + decision("d", logic, inputs=("amount",)), "d", {"amount": D(3)}) == {"a": 3, "b": True}


def test_entries_with_spaces_are_reached_from_another_decision() -> None:
    logic = f"<context>{entry('monthly payment', literal('amount / 4'))}</context>"
    body = (
        AMOUNT
        + decision("p", logic, inputs=("amount",))
        + decision("d", literal("p.monthly payment + 1"), decisions=("p",))
    )
    assert x.value(body, "d", {"amount": D(8)}) == 3


def test_an_invocation_binds_by_name() -> None:
    logic = (
        "<invocation><literalExpression><text>less</text></literalExpression>"
        f'<binding><parameter name="b"/>{literal("1")}</binding><binding><parameter name="a"/>{literal("10")}</binding></invocation>'
    )
    body = knowledge("less", "a: number, b: number", literal("a - b")) + decision("d", logic, knowledge=("less",))
    assert x.value(body, "d") == 9


def test_an_invocation_of_a_library_function() -> None:
    logic = (
        "<invocation><literalExpression><text>substring</text></literalExpression>"
        f'<binding><parameter name="start position"/>{literal("2")}</binding>'
        f'<binding><parameter name="string"/>{literal(chr(34) + "abc" + chr(34))}</binding></invocation>'
    )
    assert x.standard(decision("d", logic), "d") == "bc"


def test_an_unknown_binding_is_a_fault_and_null_in_standard_mode() -> None:
    logic = (
        "<invocation><literalExpression><text>f</text></literalExpression>"
        f'<binding><parameter name="z"/>{literal("1")}</binding></invocation>'
    )
    body = knowledge("f", "a: number", literal("a")) + decision("d", logic, knowledge=("f",))
    assert x.standard(body, "d") is None
    result = x.strict(body).evaluate("d", {})
    assert [one.code for one in result.problems] == ["feel.arguments"]
    assert result.values == {}


def test_a_relation_is_a_list_of_records() -> None:
    logic = (
        '<relation><column name="lender"/><column name="rate" typeRef="number"/>'
        f"<row>{literal(chr(34) + 'A' + chr(34))}{literal('0.03')}</row><row>{literal(chr(34) + 'B' + chr(34))}{literal('0.02')}</row></relation>"
    )
    body = decision("rates", logic) + decision(
        "best", literal("sort(rates, function(a, b) a.rate < b.rate)[1].lender"), decisions=("rates",)
    )
    assert x.value(body, "best") == "B"


def test_a_list() -> None:
    body = AMOUNT + decision("d", f"<list>{literal('amount')}{literal('amount + 1')}</list>", inputs=("amount",))
    assert x.value(body, "d", {"amount": D(1)}) == [1, 2]


@pytest.mark.parametrize(("given", "found"), [(D(5), "big"), (D(1), "small"), (None, "small")])
def test_a_conditional(given: object, found: str) -> None:
    logic = (
        f"<conditional><if>{literal('amount > 2')}</if><then>{literal(chr(34) + 'big' + chr(34))}</then>"
        f"<else>{literal(chr(34) + 'small' + chr(34))}</else></conditional>"
    )
    assert x.value(AMOUNT + decision("d", logic, inputs=("amount",)), "d", {"amount": given}) == found


def test_a_conditional_on_what_is_no_condition() -> None:
    logic = (
        f"<conditional><if>{literal('amount')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>"
    )
    body = AMOUNT + decision("d", logic, inputs=("amount",))
    found = dmn.compile_model(x.read(body))
    assert [one.code for one in found.problems] == ["feel.not_a_condition"]
    assert x.standard(body, "d", {"amount": D(1)}) == 2


def test_a_filter_sees_the_entries_of_an_item_and_the_item() -> None:
    logic = f"<filter><in>{literal('people')}</in><match>{literal('age > 18 and item.full name = full name')}</match></filter>"
    assert x.value(PEOPLE + decision("d", logic, inputs=("people",)), "d", TWO) == [TWO["people"][0]]


def test_a_filter_of_plain_values_and_by_position() -> None:
    logic = f"<filter><in>{literal('[1, 2, 3, 4]')}</in><match>{literal('item > 2')}</match></filter>"
    assert x.value(decision("d", logic), "d") == [3, 4]
    logic = f"<filter><in>{literal('[1, 2, 3, 4]')}</in><match>{literal('-1')}</match></filter>"
    assert x.standard(decision("d", logic), "d") == 4


def test_for_every_and_some() -> None:
    loop = f'<for iteratorVariable="one"><in>{literal("people")}</in><return>{literal("one.age * 2")}</return></for>'
    assert x.value(PEOPLE + decision("d", loop, inputs=("people",)), "d", TWO) == [68, 34]
    running = f'<for iteratorVariable="i"><in>{literal("[1..4]")}</in><return>{literal("if i = 1 then 1 else partial[-1] * i")}</return></for>'
    assert x.standard(decision("d", running), "d") == [1, 2, 6, 24]
    stepped = f'<for iteratorVariable="i"><in>{literal("1..n")}</in><return>{literal("i * 2")}</return></for>'
    body = input_data("n", "number") + decision("d", stepped, inputs=("n",))
    assert x.value(body, "d", {"n": D(3)}) == [2, 4, 6], "a range as it stands in a loop"
    for quantifier, expected in (("every", False), ("some", True)):
        asked = f'<{quantifier} iteratorVariable="p"><in>{literal("people")}</in><satisfies>{literal("p.age >= 18")}</satisfies></{quantifier}>'
        assert x.value(PEOPLE + decision("d", asked, inputs=("people",)), "d", TWO) is expected


def test_some_with_an_answer_that_is_no_truth_value() -> None:
    asked = f'<some iteratorVariable="p"><in>{literal("[1, 2]")}</in><satisfies>{literal("if p = 2 then true else 3")}</satisfies></some>'
    assert x.standard(decision("d", asked), "d") is None


def test_a_boxed_function_may_call_itself() -> None:
    function = f'<functionDefinition><formalParameter name="n" typeRef="number"/>{literal("if n <= 1 then 1 else n * factorial(n - 1)")}</functionDefinition>'
    logic = f"<context>{entry('factorial', function)}{entry(None, literal('factorial(6)'))}</context>"
    assert x.value(decision("d", logic), "d") == 720
    logic = f"<context>{entry('factorial', literal('function(n) if n <= 1 then 1 else n * factorial(n - 1)'))}{entry(None, literal('factorial(5)'))}</context>"
    assert x.standard(decision("d", logic), "d") == 120


def test_knowledge_may_call_itself_but_not_for_ever() -> None:
    body = knowledge("fib", "n: number", literal("if n < 2 then n else fib(n - 1) + fib(n - 2)")) + decision(
        "d", literal("fib(12)"), knowledge=("fib",)
    )
    assert x.value(body, "d") == 144
    endless = knowledge("f", "n: number", literal("f(n + 1)")) + decision("d", literal("f(1)"), knowledge=("f",))
    result = x.strict(endless).evaluate("d", {})
    assert [one.code for one in result.problems] == ["feel.too_deep"]


def test_a_costly_function_is_stopped() -> None:
    body = knowledge("busy", "n: number", literal("count(for i in 1..2000 return i * n)")) + decision(
        "d", literal("sum(for i in 1..2000 return busy(i))"), knowledge=("busy",)
    )
    result = x.strict(body).evaluate("d", {})
    assert [one.code for one in result.problems] == ["feel.too_many_steps"]
    again = dmn.compile_model(x.read(body), mode="standard").evaluate("d", {})
    assert [one.code for one in again.problems] == ["feel.too_many_steps"]


def test_other_languages_are_refused_by_name() -> None:
    java = '<functionDefinition kind="Java"><formalParameter name="n"/><context/></functionDefinition>'
    found = dmn.compile_model(x.read(decision("d", java)))
    assert [one.code for one in found.problems] == ["dmn.foreign_function"]
    assert "Java" in found.problems[0].in_words("en")
    assert "Java" in found.problems[0].in_words("zh")
    script = '<literalExpression expressionLanguage="javascript"><text>1 + 1</text></literalExpression>'
    found = dmn.compile_model(x.read(decision("d", script)))
    assert [one.code for one in found.problems] == ["dmn.expression_language"]
    assert "javascript" in found.problems[0].in_words("en")
    assert x.standard(decision("d", script), "d") is None


def test_mistakes_say_where_they_are() -> None:
    body = AMOUNT + "\n" + decision("d", literal("amont * 2"), inputs=("amount",))
    (found,) = dmn.compile_model(x.read(body)).problems
    assert found.in_words() == "d: There is no `amont` here. Did you mean `amount`?"
    assert found.place.line == 4
    assert (found.line, found.column) == (1, 1)
