"""Which reports and lists show what a change of definitions touches."""

from __future__ import annotations

from loanloom.metadata.diff import diff
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.services.context import Context
from loanloom.services.definitions.releases.impact import reports_of
from loanloom.services.definitions.releases.known import kinds

REPORT = """apiVersion: loanloom/v1
kind: report
key: own
title: {en: Own, zh: 自用}
spec:
  data_set: applications
  columns:
    - {key: number, title: {en: Application, zh: 申请}, value: application.number}
    - {key: shown, title: {en: Shown, zh: 显示}, value: customer.likes}
"""
ENTITY = """apiVersion: loanloom/v1
kind: entity
key: likes
title: {en: Likes, zh: 喜好}
spec:
  extends: customer
  fields:
    - {key: likes, title: {en: Likes, zh: 喜好}, type: text}
    - {key: shuns, title: {en: Shuns, zh: 忌讳}, type: text}
"""


def made(registry: Registry, *texts: str) -> Registry:
    known = {one.identity: one for one in registry.own}
    for text in texts:
        found = read_document(text).document
        assert found is not None
        known[found.identity] = found
    built = build(known.values(), kinds())
    assert not [one for one in built.problems if one.severity == "error"], built.problems
    return built.registry


def test_lists_that_show_a_changed_field_are_named_and_others_are_not(model_company: Context) -> None:
    old = made(model_company.registry, ENTITY, REPORT)
    assert reports_of(diff(old, old), old, old) == ()
    shown = made(old, ENTITY.replace("type: text}\n    - {key: shuns", "type: text, max_length: 9}\n    - {key: shuns"))
    assert reports_of(diff(old, shown), old, shown) == (("report", "own"),)
    other = made(old, ENTITY.replace("Shuns, zh: 忌讳}, type: text", "Shuns, zh: 忌讳}, type: text, max_length: 9"))
    assert len(diff(old, other)) == 1 and reports_of(diff(old, other), old, other) == ()


def test_a_report_that_changes_itself_is_not_counted_twice(model_company: Context) -> None:
    old = made(model_company.registry, ENTITY, REPORT)
    both = ENTITY.replace("en: Likes, zh: 喜好}, type", "en: Loves, zh: 喜好}, type"), REPORT.replace("Own", "Mine")
    new = made(old, *both)
    assert reports_of(diff(old, new), old, new) == ()
