"""What a flow sees is called by name: nobody reads a path of a fact on the screens of a flow."""

from __future__ import annotations

import pytest

from loanloom.engines.flows import scope
from loanloom.metadata.document import Document, document_from
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry, build

SUBJECTS = ("loan_change", "contract_change", "order", "release")


def flow_of(subject: str) -> tuple[Document, Registry]:
    document = document_from(
        {
            "apiVersion": "loanloom/v1",
            "kind": "flow",
            "key": "sample",
            "title": {"en": "Sample", "zh": "示例"},
            "spec": {"subject": subject, "nodes": [{"key": "asked", "type": "start"}]},
        }
    )
    return document, build((), load_kinds()).registry


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_fact_that_only_this_subject_tells_has_a_name_in_both_languages(subject):
    document, registry = flow_of(subject)
    seen, labels = scope.of_flow(document, registry).members, scope.labels_of(document, registry)
    common = scope.of_flow(*flow_of("document")).members
    own = [f"{name}.{part}" for name, told in seen.items() if name not in common for part in told.members]
    assert own, "the subject tells something of its own"
    assert [path for path in own if not {"en", "zh"} <= set(labels.get(path, {}))] == []


def test_the_same_name_means_what_the_subject_says():
    of_loan = scope.labels_of(*flow_of("loan_change"))
    of_contract = scope.labels_of(*flow_of("contract_change"))
    assert "change.money_out" in of_loan and "change.money_out" not in of_contract
