"""Figures of several periods on the approval sheet: a table whose rows begin with a day has its days side by side."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.engines.forms.types.conftest import CODES, ROLE, registry_of

from loanloom.metadata.registry import Registry
from loanloom.web.workspace import sheet_parts

ENTITY = """
apiVersion: loanloom/v1
kind: entity
key: application
title: {en: Application, zh: 申请}
spec:
  fields:
    - key: figures
      title: {en: Figures of three years, zh: 三期财务数据}
      type: table
      fields:
        - {key: as_of, title: {en: Statement of, zh: 报表日期}, type: date}
        - {key: revenue, title: {en: Revenue, zh: 营业收入}, type: money}
        - {key: profit, title: {en: Profit, zh: 净利润}, type: money}
        - {key: stock, title: {en: Stock, zh: 存货}, type: money}
    - key: debts
      title: {en: Debts, zh: 借款}
      type: table
      fields:
        - {key: lender, title: {en: Lender, zh: 贷款机构}, type: text}
        - {key: since, title: {en: Since, zh: 借款日期}, type: date}
"""
FIGURES: list[dict[str, Any]] = [
    {"as_of": date(2025, 12, 31), "revenue": Decimal(6800000), "profit": Decimal(-390000), "stock": None},
    {"as_of": date(2023, 12, 31), "revenue": Decimal(5400000), "profit": None, "stock": None},
    {"as_of": date(2024, 12, 31), "revenue": Decimal(6200000), "profit": Decimal(350000), "stock": None},
]
DEBTS = [{"lender": "青禾农商行", "since": date(2025, 1, 1)}]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return registry_of(ENTITY, CODES, ROLE)


def test_the_oldest_day_comes_first_and_what_nobody_filled_in_is_left_out(registry: Registry) -> None:
    (table,) = sheet_parts.compared(registry, "application", {"figures": FIGURES, "debts": DEBTS}, "zh")
    assert table.title == "三期财务数据"
    assert table.heads == [("2023-12-31", "num"), ("2024-12-31", "num"), ("2025-12-31", "num")]
    assert table.lines == [
        ("营业收入", ["5,400,000.00", "6,200,000.00", "6,800,000.00"]),
        ("净利润", ["–", "350,000.00", "-390,000.00"]),
    ]


def test_such_a_table_is_not_told_twice_and_others_stay_one_line(registry: Registry) -> None:
    pairs = sheet_parts.record(registry, "application", {"figures": FIGURES, "debts": DEBTS}, "en")
    assert [label for label, _words in pairs] == ["Debts"]


@pytest.mark.parametrize("value", [None, [], "•••"])
def test_nothing_filled_in_or_not_to_be_seen_is_no_table(registry: Registry, value: Any) -> None:
    assert sheet_parts.compared(registry, "application", {"figures": value}, "en") == []
