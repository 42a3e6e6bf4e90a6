"""What the scale analysis proves and refuses: bounds that hold, quotients that round alike, reasons in words."""

from __future__ import annotations

import datetime as dt
import decimal
import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from tests.feel.targets import generators as g

from loanloom import feel
from loanloom.feel import Digits, context, list_of, number, optional
from loanloom.feel.running.interpreter import Interpreter, Located
from loanloom.feel.running.values import CONTEXT
from loanloom.feel.targets.bounds import LIMIT, Bound, Ratio, offset, reciprocal
from loanloom.feel.targets.exactness import Exactness

D = Decimal
MONEY = optional(number(digits=Digits(16, 2)))
SCOPE = context(
    {
        "a": MONEY,
        "b": MONEY,
        "rate": optional(number(digits=Digits(4, 6))),
        "age": number(digits=Digits(3, 0), least=D(0), most=D(120)),
        "free": optional(feel.NUMBER),
        "day": feel.DATE,
        "list": list_of(MONEY),
        "收入": MONEY,
    }
)


def analysed(text: str) -> tuple[Exactness, feel.Checked]:
    checked = feel.check(text, SCOPE)
    assert checked.program is not None, [one.in_words() for one in checked.problems]
    return Exactness(checked.program.tree, text), checked


BOUNDED = [
    ("a", Digits(16, 2)),
    ("a + b", Digits(17, 2)),
    ("age + 1", Digits(3, 0)),
    ("age * 2", Digits(3, 0)),
    ("a * 0.035", Digits(15, 5)),
    ("a / 100", Digits(14, 4)),
    ("a / 8", Digits(16, 5)),
    ("a / -0.5", Digits(17, 2)),
    ("round half up(a / b, 2)", Digits(18, 2)),
    ("round half up(a / b * 100, 2)", Digits(20, 2)),
    ("round down(a, -3)", Digits(17, 0)),
    ("floor(a / 7)", Digits(17, 0)),
    ("sum(list)", Digits(21, 2)),
    ("modulo(a, 12)", Digits(2, 2)),
    ("if age > 60 then a else 0.001", Digits(16, 3)),
    ("(day - day).days", Digits(7, 0)),
    ("count(list)", Digits(6, 0)),
    ("{x: a / b, y: round up(x, 1)}.y", Digits(18, 1)),
    ("round half up(if b > 0 then a / b else 0, 4)", Digits(18, 4)),
]


@pytest.mark.parametrize(("text", "digits"), BOUNDED)
def test_results_have_proven_digits(text, digits):
    exactness, checked = analysed(text)
    assert exactness.problems == ()
    assert exactness.of(checked.program.tree) == digits


REFUSED = [
    ("1 + a / b", "feel.target.quotient", 1),
    ("a / b * rate", "feel.target.quotient", 1),
    ("[a / b]", "feel.target.quotient", 2),
    ("free + 1", "feel.target.unbounded", 1),
    ("sum([free, a])", "feel.target.unbounded", 1),
    ("a * b", "feel.target.too_many_digits", 1),
    ("sqrt(a)", "feel.target.irrational", 1),
    ("a ** age", "feel.target.power", 1),
    ("round half up(a, age)", "feel.target.scale", 1),
    ("round half up(a / b, 30)", "feel.target.quotient_digits", 15),
    ("a / b < rate * rate * rate", "feel.target.quotient_digits", 1),
    ('duration("P1D") * rate > duration("P1D")', "feel.target.duration", 1),
]


@pytest.mark.parametrize(("text", "code", "column"), REFUSED)
def test_what_cannot_agree_is_refused_with_its_place_in_both_languages(text, code, column):
    problem = analysed(text)[0].problems[0]
    assert (problem.code, problem.column) == (code, column)
    assert problem.message["en"] != problem.message["zh"]
    assert any("一" <= letter <= "鿿" for letter in problem.in_words("zh"))


def test_the_hint_shows_how_to_round_what_was_written():
    problem = analysed("if age > 20 then a / 收入 else 0")[0].problems[0]
    assert "round half up(if age > 20 then a / 收入 else 0, 2)" in problem.hint["en"]
    assert "round half up(" in problem.hint["zh"]


ALLOWED = [
    "free < 5",
    "free = a",
    "a / b <= 0.5",
    "1 - a / b >= 0.3",
    "max(free, a)",
    "a / b in [0..0.5]",
    "sum(list) / count(list) > 3",
]


@pytest.mark.parametrize("text", ALLOWED)
def test_comparing_selecting_and_testing_need_no_digits(text):
    assert analysed(text)[0].problems == ()


@settings(max_examples=150, deadline=None)
@given(draw=g.draws(), depth=st.integers(1, 4))
def test_every_value_lies_in_its_bound(draw, depth):
    """At every numeric node, for every row, the exact value is within the interval and has no more decimals."""
    text = g.expression(draw, "number", depth)
    checked = feel.check(text, g.SCOPE)
    assume(checked.ok)
    exactness = Exactness(checked.program.tree, text)
    assume(not exactness.problems)
    bound = exactness.bound(checked.program.tree)
    assert bound is not None
    for row in g.rows(random.Random(5), 12):
        try:
            value = Interpreter(row).run(checked.program.tree)
        except Located:
            continue
        if value is not None:
            scaled = Fraction(value) * 10**bound.scale
            assert scaled.denominator == 1
            assert bound.low <= scaled <= bound.high


MODES = (
    decimal.ROUND_HALF_UP,
    decimal.ROUND_HALF_EVEN,
    decimal.ROUND_HALF_DOWN,
    decimal.ROUND_UP,
    decimal.ROUND_DOWN,
    decimal.ROUND_FLOOR,
    decimal.ROUND_CEILING,
)
_WIDE = decimal.Context(prec=300)


def rounded(value: Fraction, places: int, mode: str) -> Fraction:
    """The exact rational rounded, by one long division."""
    digits = _WIDE.divide(D(value.numerator), D(value.denominator))
    return Fraction(digits.quantize(D(1).scaleb(-places), rounding=mode, context=_WIDE))


@settings(max_examples=400, deadline=None)
@given(
    digits=st.tuples(st.integers(1, 24), st.integers(1, 24)),
    scales=st.tuples(st.integers(0, 6), st.integers(0, 6)),
    places=st.integers(-4, 12),
    step=st.integers(-3, 3),
    seed=st.integers(0, 2**32),
    more=st.sampled_from((None, 1, D("0.5"), D("-12.25"))),
)
@example(digits=(24, 9), scales=(0, 0), places=0, step=0, seed=1, more=None)
def test_quotients_that_pass_the_separation_round_like_the_exact_ones(digits, scales, places, step, seed, more):
    """Numerators are drawn within a few units of a tie: where rounding twice would go wrong first."""
    draw = random.Random(seed)
    bottom = draw.randint(1, 10 ** digits[1] - 1)
    tie = Fraction(draw.randint(-(10**6), 10**6), 2) / Fraction(10) ** places
    top = int(tie * Fraction(bottom, 10 ** scales[1]) * 10 ** scales[0]) + step
    assume(abs(top) < 10 ** digits[0])
    ratio = _ratio(digits, scales, more)
    assume(ratio.agrees(places))
    computed = CONTEXT.divide(D(top).scaleb(-scales[0], _WIDE), D(bottom).scaleb(-scales[1], _WIDE))
    exact = Fraction(top, 10 ** scales[0]) / Fraction(bottom, 10 ** scales[1])
    if more is not None:
        computed, exact = CONTEXT.add(computed, D(more)), exact + Fraction(more)
    for mode in MODES:
        assert rounded(Fraction(computed), places, mode) == rounded(exact, places, mode), (top, bottom, mode)
    point = Fraction(round(exact * 10**places)) / Fraction(10) ** places
    assert (Fraction(computed) > point, Fraction(computed) == point) == (exact > point, exact == point)


def _ratio(digits, scales, more) -> Ratio:
    scale = scales[0] - scales[1]
    most = (10 ** digits[0] - 1) * 10 ** max(-scale, 0)
    ratio = Ratio(most, max(scale, 0), 10 ** digits[1] - 1, most)
    if more is None:
        return ratio
    exponent = -D(more).as_tuple().exponent
    number_ = int(D(more).scaleb(exponent))
    return offset(ratio, Bound(number_, number_, exponent))


def test_what_the_separation_refuses_can_really_go_wrong():
    """0.5 and a 36th digit: rounding the 34-digit quotient gives 0 where the exact one gives 1."""
    top, bottom = 5 * 10**35 + 1, 10**36
    once = CONTEXT.divide(D(top), D(bottom))
    assert once.quantize(D(1), rounding=decimal.ROUND_HALF_EVEN, context=_WIDE) == 0
    assert rounded(Fraction(top, bottom), 0, decimal.ROUND_HALF_EVEN) == 1
    assert not Ratio(top, 0, bottom, top).agrees(0)


@given(st.integers(1, 10**9), st.integers(0, 9))
def test_reciprocals_are_exact_or_none(number_, scale):
    found = reciprocal(Bound(number_, number_, scale))
    exact = Fraction(10**scale, number_)
    rest = exact.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    assert (found is None) == (rest != 1)
    if found is not None:
        assert Fraction(found.low, 10**found.scale) == exact
        assert found.low < LIMIT


def test_dates_and_durations_are_bounded_too():
    exactness, checked = analysed('(day - date("2020-01-01")).hours + round half up((day - day) / duration("P7D"), 1)')
    assert exactness.problems == ()
    assert exactness.of(checked.program.tree).scale == 1
    assert dt.date.max.toordinal() - dt.date.min.toordinal() == 3_652_058


def test_the_hint_of_a_quotient_can_be_taken_over_as_it_stands() -> None:
    (problem,) = analysed("a / (a - 100)")[0].problems
    assert problem.hint is not None
    proposed = problem.hint["en"].split("`")[1]
    assert proposed == "round half up(a / (a - 100), 2)"
    assert analysed(proposed)[0].problems == ()
