"""What must hold for any text of the expression language over any facts; raises where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from loanloom import feel
from loanloom.feel import BOOLEAN, DATE, NUMBER, STRING, Type, context, enumeration, list_of, number, optional
from loanloom.feel.help.hover import hover
from loanloom.feel.limits import MAX_STEPS
from loanloom.feel.running.interpreter import Interpreter, Located
from loanloom.feel.running.values import Function, is_a, same

SCOPE: Final = context(
    {
        "a": NUMBER,
        "b": optional(NUMBER),
        "cny": optional(number(unit="CNY", digits=feel.Digits(16, 2))),
        "p": BOOLEAN,
        "q": optional(BOOLEAN),
        "s": STRING,
        "t": optional(STRING),
        "k": optional(enumeration(["x", "y"])),
        "d": DATE,
        "e": optional(DATE),
        "l": list_of(optional(NUMBER)),
        "rows": list_of(context({"n": optional(NUMBER), "w": STRING})),
        "one": optional(context({"n": NUMBER, "at": context({"w": optional(STRING)})})),
        "monthly income": optional(NUMBER),
        "月收入": NUMBER,
        "as_of": DATE,
    }
)
_COSTLY: Final = frozenset({"feel.too_many_steps", "feel.list_too_long", "feel.text_too_long", "feel.too_deep"})
_LENIENT: Final = _COSTLY | {"feel.wrong_fact"}
"""Generated code spends less, and does not look whether facts are of their declared types."""


def judge(text: str, facts: Mapping[str, Any], offset: int) -> None:
    """Everything at once."""
    strict = feel.check(text, SCOPE, functions=feel.LENDING)
    _said(strict, text)
    if strict.program is not None:
        _run(strict, strict.program, facts)
        _written(strict)
        feel.to_sql(strict, {path: f"t.c{place}" for place, path in enumerate(sorted(strict.inputs))})
        feel.to_polars(strict)
    standard = feel.check(text, SCOPE, functions=feel.LENDING, mode="standard")
    if standard.program is not None:
        standard.program.evaluate(facts)
        standard.program.explain(facts).in_words("zh")
    cell = feel.check_unary(text, NUMBER, SCOPE, functions=feel.LENDING)
    _said(cell, text)
    if cell.program is not None:
        tested = facts.get("a")
        _run(cell, cell.program, facts, tested if isinstance(tested, Decimal) else Decimal(1))
    feel.complete(text, offset, SCOPE, feel.LENDING)
    hover(text, offset, SCOPE, feel.LENDING)


def _said(checked: feel.Checked, text: str) -> None:
    """Problems or a program; every problem in words, at a place in the text."""
    assert (checked.program is not None) != bool(checked.problems), "neither problems nor a program"
    for one in checked.problems:
        assert one.in_words("en") and one.in_words("zh") and one.code.startswith("feel."), one
        assert 1 <= one.line <= text.count("\n") + 1 and one.column >= 1, one


def _run(checked: feel.Checked, program: feel.Program, facts: Mapping[str, Any], *tested: Any) -> None:
    """Generated code, interpreter, explanation and declared type agree."""
    found = program.evaluate(facts, *tested)
    if found.problem is None and is_a(facts, SCOPE):
        assert found.value is not None or checked.type.nullable, f"null, but of type {checked.type}"
        assert is_a(found.value, checked.type), f"no {checked.type}"
    try:
        slots = {program.tested: tested[0]} if program.tested else {}
        expected = Interpreter(facts, steps=MAX_STEPS).run(program.tree, slots)
    except Located as located:
        code, got = located.fault.code, "a value" if found.problem is None else found.problem.code
        assert got == code or {got, code} & _LENIENT, f"{got}, where the interpreter says {code}"
    else:
        if found.problem is not None:
            assert found.problem.code in _COSTLY, f"{found.problem.code}, where the interpreter has a value"
        elif not isinstance(expected, Function):
            assert same(found.value, expected) and _text(found.value) == _text(expected), "another value"
    explanation = program.explain(facts, *tested)
    for language in ("en", "zh"):
        assert len(explanation.in_words(language)) <= 2_000
    if explanation.seen and found.problem is None and not isinstance(found.value, Function):
        assert _text(explanation.value) == _text(found.value), "another value explained"


def _text(value: Any) -> str:
    try:
        return feel.to_text(value)
    except Exception as error:  # noqa: BLE001 - a text too long, on both sides alike
        return str(error)


def _written(checked: feel.Checked) -> None:
    """The canonical text and the text on several lines mean the same."""
    for text in (checked.canonical, checked.formatted(60)):
        again = _again(text)
        if len(text) <= 8_000:
            assert again.syntax == checked.syntax, f"another meaning: {text!r} {again.problems[:1]}"
            assert again.canonical == checked.canonical, "not canonical"


def _again(text: str) -> feel.Checked:
    scope: Type = SCOPE
    return feel.check(text, scope, functions=feel.LENDING)
