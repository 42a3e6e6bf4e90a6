"""Numbers from outside that would take a gigabyte to write down are no numbers here."""

from __future__ import annotations

from decimal import Decimal

import pytest

from loanloom.core.money import is_writable


@pytest.mark.parametrize("written", ["0", "-12.50", "999999999999999.99", "1e15", "0.000001"])
def test_what_people_write(written):
    assert is_writable(Decimal(written))


@pytest.mark.parametrize("written", ["NaN", "sNaN", "-Infinity", "1e400", "1e-999999999", "0e999999999", "9" * 50])
def test_what_nobody_writes(written):
    assert not is_writable(Decimal(written))
