"""A form over every field type that is more than one box, and one type that a plugin brings."""

from __future__ import annotations

from typing import Any

import pytest

from loanloom.engines import forms
from loanloom.engines.forms.types import Fault, FieldType, Shape, text_of, write_plain
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.problems import text

ENTITY = """
apiVersion: loanloom/v1
kind: entity
key: application
title: {en: Application, zh: 申请}
spec:
  fields:
    - {key: licence, title: {en: Credit code, zh: 信用代码}, type: credit_code}
    - {key: card, title: {en: Card, zh: 银行卡}, type: bank_card}
    - {key: mail, title: {en: E-mail, zh: 邮箱}, type: email}
    - {key: holder, title: {en: Holder, zh: 持卡人证件}, type: id_card}
    - {key: impression, title: {en: Impression, zh: 走访评分}, type: rating, max: 5}
    - {key: lease, title: {en: Lease, zh: 租期}, type: period, min: "2000-01-01"}
    - {key: area, title: {en: Area, zh: 地区}, type: cascade, code_list: area}
    - {key: region, title: {en: Region, zh: 大区}, type: cascade, code_list: area, any_level: true}
    - {key: home, title: {en: Home, zh: 住址}, type: address, code_list: area}
    - {key: hidden_home, title: {en: Second home, zh: 另一住址}, type: address, code_list: area, encrypted: true}
    - {key: photos, title: {en: Photos, zh: 照片}, type: images, most: 2}
    - {key: manager, title: {en: Manager, zh: 客户经理}, type: lookup, target: user}
    - {key: chassis, title: {en: Chassis number, zh: 车架号}, type: vin}
    - {key: place, title: {en: Place of business, zh: 经营地点}, type: location}
    - {key: story, title: {en: What they do, zh: 经营情况}, type: rich_text, max_length: 200}
    - key: spouse
      title: {en: Spouse, zh: 配偶}
      type: group
      fields:
        - {key: name, title: {en: Name, zh: 姓名}, type: text}
        - {key: papers, title: {en: Identity card, zh: 身份证}, type: id_card}
        - {key: income, title: {en: Income, zh: 收入}, type: money}
        - {key: yearly, title: {en: Yearly income, zh: 年收入}, type: money}
        - {key: home, title: {en: Home, zh: 住址}, type: address, code_list: area}
    - key: machines
      title: {en: Machines, zh: 设备}
      type: table
      fields:
        - {key: name, title: {en: Name, zh: 名称}, type: text}
        - {key: price, title: {en: Price, zh: 单价}, type: money}
        - {key: rented, title: {en: Rented, zh: 租期}, type: period}
        - {key: photos, title: {en: Photos, zh: 照片}, type: files}
"""
CODES = """
apiVersion: loanloom/v1
kind: code_list
key: area
title: {en: Areas, zh: 行政区划}
spec:
  items:
    - {key: "33", title: {en: Zhejiang, zh: 浙江省}}
    - {key: "3301", title: {en: Hangzhou, zh: 杭州市}, parent: "33"}
    - {key: "330106", title: {en: Xihu, zh: 西湖区}, parent: "3301"}
    - {key: "330103", title: {en: Xiacheng, zh: 下城区}, parent: "3301", retired: true}
    - {key: "3302", title: {en: Ningbo, zh: 宁波市}, parent: "33"}
    - {key: "71", title: {en: Taiwan, zh: 台湾省}}
"""
FORM = """
apiVersion: loanloom/v1
kind: form
key: trial
title: {en: Trial form, zh: 试用表单}
spec:
  record: application
  layout: tabs
  sections:
    - key: all
      title: {en: All, zh: 全部}
      fields:
        - {field: application.licence}
        - {field: application.card}
        - {field: application.mail}
        - {field: application.holder}
        - {field: application.impression, required: true}
        - field: application.lease
          check: {rule: application.lease.end > date("2026-01-01"), message: {en: Over already., zh: 已到期。}}
        - {field: application.area, required: true}
        - {field: application.region}
        - {field: application.home, visible: application.area = "330106"}
        - {field: application.hidden_home}
        - {field: application.photos}
        - {field: application.manager}
        - {field: application.chassis}
        - {field: application.place}
        - {field: application.story}
        - field: application.spouse
          fields:
            - {field: name, required: true}
            - {field: papers}
            - {field: income}
            - {field: yearly, computed: income * 12}
            - {field: home, visible: income > 0}
        - field: application.machines
          totals: [price]
          fields: [{field: name}, {field: price}, {field: rented}, {field: photos}]
  access:
    - {roles: [reader], mode: read}
"""
ROLE = """
apiVersion: loanloom/v1
kind: role
key: reader
title: {en: Reader, zh: 查看}
spec: {functions: [application.read], data_scope: own}
"""


def _read_vin(raw: Any, spec: Any) -> str | None:
    value = text_of(raw).strip().upper()
    if value and len(value) != 17:
        raise Fault("vin", "A chassis number has 17 characters.", "车架号应为17位。")
    return value or None


VIN = FieldType(
    shape=Shape(closed=True), read=_read_vin, write=write_plain, widget="text", title=text("Chassis number", "车架号")
)


def registry_of(*texts: str) -> Registry:
    """The registry of these documents with the plugin's type; whatever is wrong with them fails the test."""
    documents = []
    for number, written in enumerate(texts):
        read = read_document(written, f"document-{number}.yaml")
        assert read.document is not None, read.problems
        documents.append(read.document)
    built = build(documents, load_kinds((), {"vin": VIN}))
    assert not built.problems, [one.in_words() for one in built.problems]
    return built.registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The entity, the code list, the role and the form."""
    return registry_of(ENTITY, CODES, ROLE, FORM)


@pytest.fixture(scope="session")
def form(registry: Registry) -> forms.Form:
    """The trial form."""
    compiled = forms.compile_form(registry.require("form", "trial"), registry)
    assert compiled.form is not None, [problem.in_words() for problem in compiled.problems]
    return compiled.form


@pytest.fixture
def known(registry: Registry) -> dict[str, Any]:
    """Facts with nothing filled in."""
    return {
        record: {one.key: None for one in registry.entity_fields(record)} for record in ("application", "customer")
    } | {"guarantors": [], "collateral": []}
