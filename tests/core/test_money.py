"""Money in words and digits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanloom.core.money import LARGEST_AMOUNT, Rounding, capitals, formatted


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("10000", "壹万元整"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("10001", "壹万零壹元整"),
        ("100010000", "壹亿零壹万元整"),
        ("1000000001.10", "壹拾亿零壹元壹角整"),
        ("200000", "贰拾万元整"),
        ("-15.20", "负壹拾伍元贰角整"),
    ],
)
def test_capitals_as_contracts_write_them(amount: str, words: str) -> None:
    assert capitals(Decimal(amount)) == words


@given(st.integers(0, 10**15))
def test_capitals_never_double_or_end_a_zero(cents: int) -> None:
    words = capitals(Decimal(cents) / 100)
    assert "零零" not in words
    assert words == "零元整" or "零元" not in words
    assert words.endswith(("整", "分"))


def test_rounding_by_name() -> None:
    half = Decimal("2.345")
    assert Rounding(2, "half_up").apply(half) == Decimal("2.35")
    assert Rounding(2, "half_even").apply(half) == Decimal("2.34")
    assert Rounding(0, "ceiling").apply(half) == Decimal(3)
    assert not Rounding(2).holds(half)
    assert not Rounding(2).holds(Decimal("NaN"))
    assert not Rounding(2).holds(LARGEST_AMOUNT * 10)


def test_thousands() -> None:
    assert formatted(Decimal("1234567.5")) == "1,234,567.50"
    assert formatted(Decimal("1234.5"), 0) == "1,235"
