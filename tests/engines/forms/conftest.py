"""A small registry with a form over everything the engine knows: made from YAML, as an author writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from loanloom.engines import forms
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build

ENTITY = """
apiVersion: loanloom/v1
kind: entity
key: application
title: {en: Application, zh: 申请}
spec:
  fields:
    - {key: married, title: {en: Married, zh: 已婚}, type: yes_no}
    - {key: own_income, title: {en: Own income, zh: 本人收入}, type: money, min: 0, max: 1000000}
    - {key: spouse_income, title: {en: Income of the spouse, zh: 配偶收入}, type: money, min: 0, max: 1000000}
    - {key: household_income, title: {en: Household income, zh: 家庭收入}, type: money}
    - {key: share, title: {en: Share, zh: 占比}, type: percent, max: 1}
    - {key: shop, title: {en: Shop, zh: 店铺}, type: text, max_length: 20, pattern: "[A-Z].*"}
    - {key: opened_on, title: {en: Opened on, zh: 开业日期}, type: date, min: "2000-01-01"}
    - {key: season, title: {en: Season, zh: 季节}, type: choice, code_list: season}
    - {key: seasons, title: {en: Seasons, zh: 淡旺季}, type: multi_choice, code_list: season}
    - {key: sales_month, title: {en: Best month, zh: 旺月}, type: month}
    - {key: licence, title: {en: Licence, zh: 执照}, type: file}
    - key: machines
      title: {en: Machines, zh: 设备}
      type: table
      fields:
        - {key: name, title: {en: Name, zh: 名称}, type: text}
        - {key: count, title: {en: Count, zh: 数量}, type: integer, min: 1}
        - {key: price, title: {en: Price, zh: 单价}, type: money}
        - {key: worth, title: {en: Worth, zh: 合计}, type: money}
"""
CODES = """
apiVersion: loanloom/v1
kind: code_list
key: season
title: {en: Seasons, zh: 季节}
spec:
  items:
    - {key: spring, title: {en: Spring, zh: 春}}
    - {key: autumn, title: {en: Autumn, zh: 秋}}
    - {key: monsoon, title: {en: Monsoon, zh: 雨季}, retired: true}
"""
FORM = """
apiVersion: loanloom/v1
kind: form
key: trial
title: {en: Trial form, zh: 试用表单}
spec:
  record: application
  sections:
    - key: asked
      title: {en: Asked for, zh: 借款需求}
      fields:
        - {field: application.amount, required: true}
        - {field: application.term_months, required: true, default: "12"}
        - {field: application.guarantee_mode, required: true}
    - key: money
      title: {en: Money, zh: 收支}
      columns: 3
      fields:
        - {field: application.married}
        - {field: application.own_income, required: application.amount > 10000}
        - {field: application.spouse_income, visible: application.married = true}
        - field: application.household_income
          computed: >-
            application.own_income + (if application.spouse_income = null then 0 else application.spouse_income)
        - field: application.share
          check: {rule: application.share <= 0.5, message: {en: At most half., zh: 不超过一半。}}
        - {field: application.shop, when_hidden: keep, visible: application.own_income > 0}
        - {field: application.opened_on}
        - {field: application.season}
        - {field: application.seasons}
        - {field: application.sales_month}
        - {field: application.licence}
        - field: application.machines
          max_rows: 3
          fields:
            - {field: name, required: true}
            - {field: count, required: true}
            - {field: price, visible: count > 0}
            - {field: worth, computed: count * price}
    - key: security
      title: {en: Security, zh: 担保}
      visible: application.guarantee_mode = "guarantee"
      fields:
        - field: guarantors
          min_rows: 1
          max_rows: 2
          fields:
            - {field: name, required: true}
            - {field: id_number, required: true}
            - field: amount
              required: true
              check: {rule: amount >= application.amount / 10, message: {en: Too little., zh: 金额过低。}}
    - key: internal
      title: {en: Internal, zh: 内部}
      fields:
        - {field: application.purpose}
  checks:
    - rule: application.household_income * 10 >= application.amount
      message: {en: Income does not carry the amount., zh: 收入不足以支撑该金额。}
      field: application.amount
  access:
    - {roles: [reader], mode: read}
    - {roles: [outsider], sections: [internal], mode: hidden}
    - {roles: [clerk], fields: [application.shop], mode: masked}
    - {roles: [clerk], node: review, fields: [application.amount], mode: read}
"""
ROLE = """
apiVersion: loanloom/v1
kind: role
key: {key}
title: {{en: {key}, zh: {key}}}
spec: {{functions: [application.read], data_scope: own}}
"""

Compile = Callable[[str], forms.Compiled]


def registry_of(*texts: str) -> Registry:
    """The registry of these documents; whatever is wrong with them fails the test."""
    documents = []
    for number, text in enumerate(texts):
        read = read_document(text, f"document-{number}.yaml")
        assert read.document is not None, read.problems
        documents.append(read.document)
    return build(documents, load_kinds()).registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The entity, the code list and the roles."""
    roles = [ROLE.format(key=key) for key in ("reader", "outsider", "clerk")]
    return registry_of(ENTITY, CODES, *roles)


@pytest.fixture(scope="session")
def compile_text(registry: Registry) -> Compile:
    """Compile the text of a form."""

    def run(text: str) -> forms.Compiled:
        read = read_document(text, "forms/trial.yaml")
        assert read.document is not None, read.problems
        return forms.compile_form(read.document, registry)

    return run


@pytest.fixture(scope="session")
def form(compile_text: Compile) -> forms.Form:
    """The trial form."""
    compiled = compile_text(FORM)
    assert compiled.form is not None, [problem.in_words() for problem in compiled.problems]
    return compiled.form


@pytest.fixture
def known(registry: Registry) -> Mapping[str, Any]:
    """Facts with nothing filled in."""
    return {
        record: {one.key: None for one in registry.entity_fields(record)} for record in ("application", "customer")
    } | {"guarantors": [], "collateral": []}
