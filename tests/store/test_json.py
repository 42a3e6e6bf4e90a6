"""JSON in the database keeps numbers exact and tells whole numbers from amounts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from loanloom.store import json as exact
from loanloom.store.tables import record


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None))
def test_a_decimal_comes_back_as_the_same_decimal(value):
    back = exact.loads(exact.dumps({"amount": value}))["amount"]
    assert isinstance(back, Decimal)
    assert back == value


@given(st.integers())
def test_a_whole_number_stays_one(value):
    assert exact.loads(exact.dumps([value])) == [value]


def test_what_is_no_plain_json_is_written_plainly():
    value = MappingProxyType({"on": date(2026, 1, 5), "at": datetime(2026, 1, 5, 8, tzinfo=UTC), "keys": {"b", "a"}})
    assert exact.loads(exact.dumps(value)) == {
        "on": "2026-01-05",
        "at": "2026-01-05T08:00:00+00:00",
        "keys": ["a", "b"],
    }


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), float("nan"), object()])
def test_what_has_no_form_is_refused(value):
    with pytest.raises((ValueError, TypeError)):
        exact.dumps({"x": value})


def test_text_cannot_pass_for_a_number():
    forged = '1.5","x":"'
    assert exact.loads(exact.dumps({"a": Decimal("2.50"), "b": forged})) == {"a": Decimal("2.50"), "b": forged}


def test_the_database_gives_decimals_with_their_digits(database, company):
    data = {
        "amount": Decimal("50000.00"),
        "rate": Decimal("0.0435"),
        "count": 3,
        "big": Decimal("12345678901234567890.12"),
    }
    with database.transaction(company.id) as connection:
        connection.execute(insert(record).values(entity="vehicle", number="V1", name="", data=data))
        back = connection.execute(select(record.c.data)).scalar_one()
    assert {key: (type(value), str(value)) for key, value in back.items()} == {
        key: (type(value), str(value)) for key, value in data.items()
    }
