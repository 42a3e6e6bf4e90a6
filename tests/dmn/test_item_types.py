"""Item definitions: what conforms, what is converted, what is refused."""

# ruff: noqa: E501 - texts of models read better in one line
from __future__ import annotations

import datetime as dt
from decimal import Decimal as D
from typing import Any

import pytest
from tests.dmn import dmn_texts as x
from tests.dmn.dmn_texts import decision, input_data, literal

from loanloom import dmn

TYPES = """
<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"A", "B", "C"</text></allowedValues></itemDefinition>
<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[18..65]</text></allowedValues></itemDefinition>
<itemDefinition name="tAges" isCollection="true"><typeRef>number</typeRef><allowedValues><text>[18..65]</text></allowedValues>
  <typeConstraint><text>count(?) &lt;= 2</text></typeConstraint></itemDefinition>
<itemDefinition name="tPerson">
  <itemComponent name="name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="age"><typeRef>tAge</typeRef></itemComponent>
  <itemComponent name="children" isCollection="true"><typeRef>tPerson</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef></itemDefinition>
<itemDefinition name="tWorker"><typeRef>tAge</typeRef><typeConstraint><text>&lt; 60</text></typeConstraint></itemDefinition>
<itemDefinition name="tMoment"><typeRef>date and time</typeRef></itemDefinition>
"""
ANN: Any = {"name": "Ann", "age": D(34), "children": []}


@pytest.mark.parametrize(
    ("type_", "given", "found"),
    [
        ("tGrade", "A", "A"),
        ("tGrade", "D", None),
        ("tGrade", None, None),
        ("tAge", D(18), D(18)),
        ("tAge", D(17), None),
        ("tAge", [D(30)], D(30)),
        ("tAge", [D(17)], None),
        ("tAge", "30", None),
        ("tAges", [D(20), D(30)], [D(20), D(30)]),
        ("tAges", [D(20), D(17)], None),
        ("tAges", [D(20), D(30), D(40)], None),
        ("tAges", D(20), [D(20)]),
        ("tWorker", D(59), D(59)),
        ("tWorker", D(60), None),
        ("tWorker", D(17), None),
        ("tPerson", ANN, ANN),
        ("tPerson", {**ANN, "more": 1}, {**ANN, "more": 1}),
        ("tPerson", {"name": "Ann"}, None),
        ("tPerson", {**ANN, "age": None}, {**ANN, "age": None}),
        ("tPerson", {**ANN, "age": D(3)}, None),
        ("tPerson", {**ANN, "children": [ANN]}, {**ANN, "children": [ANN]}),
        ("tPerson", {**ANN, "children": [{"name": "Bob"}]}, None),
        ("tPeople", ANN, [ANN]),
        ("tPeople", [ANN, None], [ANN, None]),
        ("tMoment", dt.date(2026, 3, 2), dt.datetime(2026, 3, 2, tzinfo=dt.UTC)),
        ("list<number>", [D(1)], [D(1)]),
        ("list<number>", ["1"], None),
    ],
)
def test_a_value_is_made_one_of_its_type_or_null(type_: str, given: Any, found: Any) -> None:
    body = TYPES + input_data("given", type_.replace("<", "&lt;")) + decision("d", literal("given"), inputs=("given",))
    assert x.standard(body, "d", {"given": given}) == found
    strict = x.strict(body).evaluate("d", {"given": given})
    if found is None and given is not None:
        assert [one.code for one in strict.problems] == ["dmn.wrong_type"]
        assert strict.problems[0].in_words("zh") != strict.problems[0].in_words("en")
    else:
        assert strict.value == found


def test_enumerations_are_checked_where_they_are_compared() -> None:
    body = TYPES + input_data("grade", "tGrade") + decision("d", literal('grade = "D"'), inputs=("grade",))
    (found,) = dmn.compile_model(x.read(body)).problems
    assert found.code == "feel.not_in_enumeration"


def test_entries_of_a_record_are_checked() -> None:
    body = TYPES + input_data("p", "tPerson") + decision("d", literal("p.nmae"), inputs=("p",))
    (found,) = dmn.compile_model(x.read(body)).problems
    assert found.in_words() == "d: `p` has no `nmae`. Did you mean `name`?"


def test_a_result_that_can_never_be_of_its_type_is_refused() -> None:
    (found,) = dmn.compile_model(x.read(decision("d", literal("1 + 1"), type_="string"))).problems
    assert found.in_words() == "d: The result should be a string, but is a number."
    assert x.standard(decision("d", literal("1 + 1"), type_="string"), "d") is None


def test_types_that_are_not_there() -> None:
    (found,) = dmn.compile_model(x.read(TYPES + input_data("p", "tPersn"))).problems
    assert found.in_words() == "p: There is no type `tPersn`. Did you mean `tPerson`?"


def test_expressions_may_name_the_types_of_the_model() -> None:
    body = TYPES + input_data("p", "tPerson") + decision("d", literal("p instance of tPerson"), inputs=("p",))
    assert x.value(body, "d", {"p": ANN}) is True


def test_a_function_item_types_the_result() -> None:
    body = (
        '<itemDefinition name="tF"><functionItem outputTypeRef="string"><parameters name="n" typeRef="number"/></functionItem></itemDefinition>'
        '<businessKnowledgeModel id="k_f" name="f"><variable name="f" typeRef="tF"/><encapsulatedLogic>'
        f'<formalParameter name="n" typeRef="number"/>{literal("if n > 1 then n else null")}</encapsulatedLogic></businessKnowledgeModel>'
        + decision("d", literal("f(2)"), knowledge=("f",))
    )
    assert x.standard(body, "d") is None
    assert [one.code for one in dmn.compile_model(x.read(body)).problems] == ["dmn.wrong_type"]


def test_types_that_multiply_or_go_on_too_long_are_refused_at_once() -> None:
    bomb = "".join(
        f'<itemDefinition name="t{n}">'
        + "".join(f'<itemComponent name="{c}"><typeRef>t{n + 1}</typeRef></itemComponent>' for c in "abcdefgh")
        + "</itemDefinition>"
        for n in range(30)
    )
    chain = "".join(f'<itemDefinition name="t{n}"><typeRef>t{n + 1}</typeRef></itemDefinition>' for n in range(1500))
    for items, last in ((bomb, 30), (chain, 1500)):
        text = f'{items}<itemDefinition name="t{last}"><typeRef>number</typeRef></itemDefinition>'
        text += '<inputData name="x" id="x"><variable name="x" typeRef="t0"/></inputData>'
        read = dmn.read_xml(x.text_of(text))
        assert read.definitions is not None
        problems = dmn.compile_model(read.definitions).problems
        assert {one.code for one in problems} == {"dmn.type_too_large"} and problems[0].in_words("zh")
