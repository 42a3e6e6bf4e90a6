"""People and firms are found by characters, pinyin and initials."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import pytest
from sqlalchemy import insert, select

from loanloom.store import names, tables

PEOPLE = ["王小明（演示）", "李桂香", "欧阳春雨", "青河县 绿源农资店", "Anna Müller", "单小单"]


@pytest.fixture
def found_by(database, company):
    rows = [
        {
            "number": f"C{index}",
            "kind": "person",
            "name": name,
            "since_on": date(2026, 1, 5),
            **names.name_columns(name),
        }
        for index, name in enumerate(PEOPLE)
    ]
    with database.transaction(company.id) as connection:
        connection.execute(insert(tables.customer), rows)

    def search(query: str) -> list[str]:
        statement = select(tables.customer.c.name).where(names.like_name(tables.customer, query))
        with database.transaction(company.id) as connection:
            return list(connection.execute(statement.order_by(tables.customer.c.id)).scalars())

    return search


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("王", ["王小明（演示）"]),
        ("小明", ["王小明（演示）"]),
        ("wangxiaoming", ["王小明（演示）"]),
        ("wang xiao", ["王小明（演示）"]),
        ("wxm", ["王小明（演示）"]),
        ("LGX", ["李桂香"]),
        ("绿源农资", ["青河县 绿源农资店"]),
        ("河县绿", ["青河县 绿源农资店"]),
        ("müller", ["Anna Müller"]),
        ("ａｎｎａ", ["Anna Müller"]),
        ("100%", []),
        ("_", []),
        ("nobody", []),
        ("z" * 500, []),
    ],
)
def test_search(found_by, query, expected):
    assert found_by(query) == expected


def test_an_empty_query_finds_everybody(found_by):
    assert found_by("  ") == PEOPLE


def test_twenty_thousand_customers_are_searched_quickly(database, company):
    with database.transaction(company.id) as connection:
        connection.exec_driver_sql(
            "INSERT INTO customer (number, kind, name, name_pinyin, name_grams, since_on)"
            " SELECT 'N' || n, 'person', '演示客户' || n, 'yanshikehu' || n || ' yskh' || n,"
            " ARRAY['演','示','客','户','演示','示客','客户','ya','an','ns','sh','hi'], '2026-01-05'"
            " FROM generate_series(1, 20000) n"
        )
        rows = {"number": "X", "kind": "person", "name": "王小明", "since_on": date(2026, 1, 5)}
        connection.execute(insert(tables.customer).values(rows | names.name_columns("王小明")))
    with database.transaction(company.id) as connection:
        began = perf_counter()
        found = connection.execute(select(tables.customer.c.name).where(names.like_name(tables.customer, "wxm"))).all()
        seconds = perf_counter() - began
    assert [row.name for row in found] == ["王小明"]
    assert seconds < 1, f"{seconds:.3f} s"
