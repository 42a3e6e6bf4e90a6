"""Registries for tests of engines, from YAML texts: several documents in one text, parted by lines of ---."""

from __future__ import annotations

from functools import lru_cache

from loanloom.metadata.kinds import Kinds, load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build

FIELDS = """
kind: entity
key: more
title: {en: More, zh: 更多}
spec:
  extends: application
  fields:
    - {key: monthly_income, title: {en: Monthly income, zh: 月收入}, type: money}
    - {key: monthly_cost, title: {en: Monthly cost, zh: 月支出}, type: money}
    - {key: housing, title: {en: Housing, zh: 住房}, type: choice, code_list: housing}
    - {key: insured, title: {en: Insured, zh: 已投保}, type: yes_no}
    - {key: crops, title: {en: Crops, zh: 作物}, type: multi_choice, code_list: housing}
---
kind: code_list
key: housing
title: {en: Housing, zh: 住房}
spec: {items: [{key: owned, title: {en: Own home, zh: 自有}}, {key: rented, title: {en: Rented, zh: 租住}}]}
"""


@lru_cache(maxsize=1)
def _kinds() -> Kinds:
    return load_kinds()


def registry_of(*texts: str) -> Registry:
    """The registry of these documents; they must be sound as documents, whatever the engines say of them."""
    documents = []
    for place, text in enumerate(one for whole in (FIELDS, *texts) for one in whole.split("\n---\n")):
        read = read_document("apiVersion: loanloom/v1\n" + text.strip() + "\n", f"{place}.yaml")
        assert read.document is not None, [one.in_words() for one in read.problems]
        documents.append(read.document)
    built = build(documents, _kinds())
    assert not built.problems, [(one.file, one.line, one.in_words()) for one in built.problems]
    return built.registry
