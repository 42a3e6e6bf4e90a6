"""Numbers as people type them, and as they are shown: one reading and one writing for every screen."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loanloom.feel.help import figures


@pytest.mark.parametrize(("typed", "wanted"), [
    ("1,234.50", "1234.50"), ("12.5%", "0.125"), ("１２％", "0.12"), ("30万", "300000"), ("1.5 亿", "150000000"),
    ("2万亿", "2000000000000"), ("-3", "-3"), ("1e3", "1E+3"), ("", None), ("万", None), ("abc", None), ("1.2.3", None),
    ("NaN", None), ("Infinity", None), ("1e999999999", None), ("1e-99999999", None), ("1" * 29, None),
])  # fmt: skip
def test_a_number_is_read_as_it_is_typed(typed, wanted) -> None:
    assert figures.read(typed) == (None if wanted is None else Decimal(wanted))


@pytest.mark.parametrize(("value", "plain", "grouped", "percent"), [
    (Decimal("1E+5"), "100000", "100,000", "10000000%"), (Decimal("0.1250"), "0.125", "0.125", "12.5%"),
    (0, "0", "0", "0%"), (-1234567, "-1234567", "-1,234,567", "-123456700%"),
])  # fmt: skip
def test_a_number_is_shown_with_the_digits_that_count(value, plain, grouped, percent) -> None:
    assert (figures.plain(value), figures.grouped(value), figures.percent(value)) == (plain, grouped, percent)
