"""A template over most of what the engine knows, and the facts of one case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loanloom.engines import documents
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build

HEAD = """
apiVersion: loanloom/v1
kind: template
key: trial
title: {en: Trial contract, zh: 试用合同}
spec:
  document: contract
  title: {en: Trial contract, zh: 试用借款合同}
  language: zh
"""
BLOCKS = """
  blocks:
    - paragraph: "甲方：{{ company.name }}；乙方：{{ customer.name }}"
    - facts:
        - {label: 金额, value: sanction.amount, format: money}
        - {label: 大写, value: sanction.amount, format: capitals}
        - {label: 利率, value: sanction.annual_rate, format: percent}
        - {label: 还款方式, value: sanction.method}
        - {label: 住址, value: customer.address}
    - clause: {title: 期限, text: "自{{ as_of | date }}起{{ sanction.term_months }}个月。"}
    - clause: {title: 第九条 自编号, text: 自带编号的条款保持原样。}
    - clause: {title: 担保, text: "{{ if count(guarantors) > 0 then \\"有保证\\" else \\"信用\\" }}"}
    - table:
        rows: schedule
        columns:
          - {title: 期次, value: number}
          - {title: 应还, value: payment, format: money}
          - {title: 序, value: row_number}
    - signatures:
        - {party: 借款人, name: "{{ customer.name }}"}
"""

Compile = Callable[[str], documents.CompiledTemplate]


@pytest.fixture
def head() -> str:
    """The beginning of a template."""
    return HEAD


@pytest.fixture
def trial() -> str:
    """A whole template."""
    return HEAD + BLOCKS


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The built-in records alone."""
    return build([], load_kinds()).registry


@pytest.fixture(scope="session")
def compile_text(registry: Registry) -> Compile:
    """Compile the text of a template."""

    def run(text: str) -> documents.CompiledTemplate:
        read = read_document(text, "metadata/templates/trial.yaml")
        assert read.document is not None, read.problems
        return documents.compile_template(read.document, registry)

    return run


@pytest.fixture
def facts() -> dict[str, Any]:
    """One case."""
    return {
        "company": {"name": "演示小贷"},
        "customer": {"name": "#eval(1) *甲* <b>", "address": None},
        "sanction": {
            "amount": Decimal("120000.00"),
            "annual_rate": Decimal("0.1080"),
            "term_months": Decimal(12),
            "method": "equal_instalment",
        },
        "guarantors": [{"name": "保证人甲"}, {"name": "保证人乙"}],
        "collateral": [],
        "schedule": [{"number": Decimal(1), "payment": Decimal("10675.01")}],
        "as_of": date(2026, 3, 2),
    }
