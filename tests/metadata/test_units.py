"""Numbers with their units as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loanloom.metadata.units import as_percent, with_unit

TIMES = {"en": "times", "zh": "次"}


@pytest.mark.parametrize(
    ("value", "unit", "language", "written"),
    [
        (1, TIMES, "en", "1 time"),
        (Decimal("1.00"), TIMES, "en", "1.00 time"),
        ("1", {"en": "months", "zh": "个月"}, "en", "1 month"),
        (3, TIMES, "en", "3 times"),
        (0, TIMES, "en", "0 times"),
        (Decimal("1.5"), {"en": "years", "zh": "年"}, "en", "1.5 years"),
        (1, TIMES, "zh", "1 次"),
        (1, {"en": "companies", "zh": "家"}, "en", "1 company"),
        (1, {"en": "boxes", "zh": "箱"}, "en", "1 box"),
        (1, {"en": "m²", "zh": "平方米"}, "en", "1 m²"),
        (1, "gross", "en", "1 gross"),
        (1, None, "en", "1"),
    ],
)
def test_one_of_something_is_written_in_the_singular(value, unit, language, written) -> None:
    assert with_unit(str(value), unit, value, language) == written


def test_what_is_unknown_has_no_unit() -> None:
    assert with_unit("–", TIMES, None, "en") == "–"


@pytest.mark.parametrize(
    ("share", "written"), [("0.45", "45%"), ("0.4531", "45.31%"), ("9", "900%"), ("0", "0%"), ("-0.1250", "-12.5%")]
)
def test_a_share_is_written_with_the_places_it_has(share: str, written: str) -> None:
    assert as_percent(Decimal(share)) == written
