"""Numbers people copy from papers: identity cards, credit codes, phones, amounts, dates."""

from __future__ import annotations

from decimal import Decimal
from time import process_time

import pytest

from loanloom.engines.forms import formats
from loanloom.engines.forms.types.texts import is_pattern, matches


@pytest.mark.parametrize(
    ("card", "fault"),
    [
        ("11010519491231002X", None),
        ("11010519491231002x", None),
        ("１１０１０５１９４９１２３１００２Ｘ", None),
        ("110105 19491231 002X", None),
        ("110105194912310021", "check"),
        ("110105194913310021", "birth"),
        ("010105194912310021", "region"),
        ("1101051949123100", "shape"),
        ("", "shape"),
    ],
)
def test_identity_numbers(card: str, fault: str | None) -> None:
    assert formats.id_card_fault(card) == fault


def test_firms_have_a_credit_code_with_its_own_check_character() -> None:
    assert formats.is_credit_code("91350100M000100Y43")
    assert not formats.is_credit_code("91350100M000100Y44")
    assert not formats.is_credit_code("11010519491231002X")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800138000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("010-62345678", "01062345678"),
        ("(0571) 87654321", "057187654321"),
        ("12345", None),
        ("23800138000", None),
        ("1380013800a", None),
    ],
)
def test_phones(written: str, number: str | None) -> None:
    assert formats.phone(written) == number


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1,234.50", Decimal("1234.50")),
        ("20万", Decimal(200_000)),
        ("１．５ 万元", Decimal(15_000)),
        ("0.00005万", Decimal("0.5")),
        ("2万亿", Decimal(2_000_000_000_000)),
        ("万", None),
        ("万20", None),
        ("1" + "亿" * 10_000, None),
        ("¥ 1200", Decimal(1200)),
        ("１２．５元", Decimal("12.5")),
        ("-3", Decimal(-3)),
        ("12,34", None),
        ("1e5", None),
        ("NaN", None),
        ("Infinity", None),
        ("--1", None),
        ("+", None),
        ("9" * 41, None),
    ],
)
def test_numbers(written: str, number: Decimal | None) -> None:
    assert formats.number(written) == number


def test_months() -> None:
    assert formats.month("2026年3月") == "2026-03"
    assert formats.month("2026-00") is None


def test_masks_leave_head_and_tail() -> None:
    assert formats.masked("11010519491231002X") == "110***********002X"
    assert formats.masked("1234") == "***4"


def test_a_hostile_pattern_takes_no_time() -> None:
    began = process_time()
    assert not matches("((a|aa)+)+b", "a" * 255)
    assert process_time() - began < 1
    assert matches("[A-Z][0-9]{2}", "A12") and not matches("[A-Z][0-9]{2}", "A123")
    assert not is_pattern("(")
