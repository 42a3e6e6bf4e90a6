"""What a change of class rules would do to the running loans is counted before anybody approves it."""

from __future__ import annotations

from types import MappingProxyType

import pytest
from sqlalchemy import update
from tests.services.reading.portfolio import add_loans

from loanloom.metadata.diff import diff
from loanloom.metadata.document import Document
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry
from loanloom.problems import say
from loanloom.services.definitions.releases.impact import impact_of
from loanloom.store.tables import loan

RULES = """
apiVersion: loanloom/v1
kind: ruleset
key: five-classes
title: {en: Five asset classes, zh: 五级分类规则}
spec:
  subject: loan
  hit_policy: %s
  outputs:
    - {key: asset_class, type: string, values: [loss, doubtful, substandard, special_mention, normal]}
  rules:
    - {key: late, title: {en: Late, zh: 逾期}, when: loan.days_past_due > 5, then: {asset_class: substandard}}
    - key: large
      title: {en: Large, zh: 大额}
      when: loan.principal_outstanding >= 50000 and today() >= loan.disbursed_on
      then: {asset_class: special_mention}
  otherwise: {asset_class: normal}
"""


def changed(registry: Registry, policy: str = "first") -> Registry:
    document = read_document(RULES % policy, "metadata/rulesets/five-classes.yaml").document
    assert isinstance(document, Document)
    return Registry(MappingProxyType({**registry.documents, document.identity: document}), registry.kinds)


@pytest.fixture
def impact(model_company):
    add_loans(model_company)  # six farmers' loans; 10 and 40 days late; the last one settled
    old = model_company.registry
    with model_company.transaction() as connection:
        connection.execute(update(loan).where(loan.c.number == "JJ2").values(asset_class="substandard"))

    def of(new: Registry):
        with model_company.transaction() as connection:
            found = impact_of(connection, diff(old, new), old, new)
        return next(one for one in found if one.product == "farmer-loan")

    return of


def test_the_plan_says_how_many_loans_move_between_which_classes(impact, model_company):
    found = impact(changed(model_company.registry))
    assert found.reclassed == 2  # 40 days late: one class down; 50,000: special mention; the settled one stays
    assert found.as_values()["reclassed"] == 2
    assert "normal → special_mention: 1" in say(found.words, "en")
    assert "special_mention → substandard: 1" in say(found.words, "zh")


def test_rules_that_stay_the_same_are_not_counted(impact, model_company):
    found = impact(changed(model_company.registry))
    title = model_company.registry.require("product", "farmer-loan")
    assert found.title == title.title
    with model_company.transaction() as connection:
        new = changed(model_company.registry)
        (same,) = [one for one in impact_of(connection, diff(model_company.registry, new), new, new)
                   if one.product == "farmer-loan"]  # fmt: skip
    assert same.reclassed == 0 and "class" not in say(same.words, "en").split(".")[-2]


def test_rules_that_only_a_run_can_tell_are_left_uncounted(impact, model_company):
    found = impact(changed(model_company.registry, "collect"))
    assert found.reclassed == 0
    assert "otherwise" not in say(found.words, "en")
