"""Reports and list pages are checked against the fields there are, each mistake with its place and a hint."""

from __future__ import annotations

import textwrap

import pytest

from loanloom.engines import reports
from loanloom.engines.reports.fields import DATA_SETS, OF_RECORD, RECORDS, fields_of
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build
from loanloom.problems import say


def registry_of(*sources):
    documents = []
    for index, source in enumerate(sources):
        read = read_document(textwrap.dedent(source), f"metadata/reports/r{index}.yaml")
        assert read.document is not None, read.problems
        documents.append(read.document)
    built = build(documents, load_kinds())
    assert not built.problems, built.problems
    return built.registry


REPORT = """\
    apiVersion: loanloom/v1
    kind: report
    key: test-report
    title: {{en: Test, zh: 测试}}
    spec:
      data_set: loans
      columns:
        - {{key: number, title: {{en: Loan, zh: 借据}}, value: {path}{total}}}
        - {{key: class, title: {{en: Class, zh: 分类}}, value: loan.asset_class}}
      {more}
"""


def problems_of(path="loan.number", total="", more="filters: []"):
    return reports.check(registry_of(REPORT.format(path=path, total=total, more=more)))


def test_a_right_report_has_no_problems():
    assert problems_of() == []


def test_an_unknown_field_is_named_with_the_nearest_one_and_its_place():
    (problem,) = problems_of(path="loan.numbr")
    assert problem.code == "report.unknown_field"
    assert (problem.file, problem.line) == ("metadata/reports/r0.yaml", 8)
    assert "loan.numbr" in say(problem.message, "en")
    assert "loan.number" in say(problem.hint, "en")
    assert "loan.number" in say(problem.hint, "zh")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"more": "filters: [loan.secret]"}, "report.unknown_field"),
        ({"more": "sort: [{column: nothing}]"}, "report.unknown_column"),
        ({"more": "group_by: [nothing]"}, "report.unknown_column"),
        ({"total": ", total: sum"}, "report.sum_of_text"),
        ({"more": "group_by: [class]"}, "report.loose_column"),
    ],
)
def test_each_mistake_has_its_code(changes, code):
    assert code in {problem.code for problem in problems_of(**changes)}


def test_a_page_of_an_unknown_record_or_field():
    page = """\
        apiVersion: loanloom/v1
        kind: page
        key: p
        title: {{en: P, zh: 页}}
        spec: {{record: {record}, columns: [{{field: {field}}}]}}
    """
    (problem,) = reports.check(registry_of(page.format(record="lone", field="loan.number")))
    assert problem.code == "page.unknown_record"
    assert "loan" in say(problem.hint, "en")
    (problem,) = reports.check(registry_of(page.format(record="loan", field="loan.amount")))
    assert problem.code == "report.unknown_field"


def test_fields_a_company_adds_can_be_shown_but_encrypted_ones_cannot():
    entity = """\
        apiVersion: loanloom/v1
        kind: entity
        key: application
        title: {en: Application, zh: 申请}
        spec:
          extends: application
          fields:
            - {key: shop_area, title: {en: Area, zh: 面积}, type: number}
            - {key: secret_code, title: {en: Secret, zh: 暗号}, type: text, encrypted: true}
            - {key: photos, title: {en: Photos, zh: 照片}, type: file}
    """
    fields = fields_of(registry_of(entity), "applications")
    assert fields["application.shop_area"].is_numeric
    assert "application.secret_code" not in fields
    assert "application.photos" not in fields


def test_every_data_set_is_made_of_known_records():
    assert {record for records in DATA_SETS.values() for record in records} <= set(RECORDS)
    assert set(OF_RECORD.values()) <= set(DATA_SETS)
