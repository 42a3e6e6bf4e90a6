"""Reports and list pages are checked against the fields there are, each mistake with its place and a hint."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from loanloom.engines import reports, targets
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


COMPUTED = """\
    apiVersion: loanloom/v1
    kind: report
    key: test-report
    title: {{en: Test, zh: 测试}}
    spec:
      data_set: loans
      where: {where}
      columns:
        - {{key: number, title: {{en: Loan, zh: 借据}}, value: loan.number, total: count}}
        - key: made
          title: {{en: Made, zh: 计算}}
          value: {value}
          {more}
        - key: share
          title: {{en: Share, zh: 占比}}
          measure: {measure}
      {rest}
"""


def computed(
    value="loan.principal - 1", where="loan.overdue", measure="number + 1", more="total: sum", rest="as_of: true"
):
    registry = registry_of(COMPUTED.format(value=value, where=where, measure=measure, more=more, rest=rest))
    return [*reports.check(registry), *targets.check(registry)]


def test_computed_columns_conditions_and_measures_pass_the_check():
    assert computed() == []
    assert computed(value="loan.number", more="total: count", rest="filters: [loan.unit]") == []
    assert computed(rest="filters: [made]") == []


@pytest.mark.parametrize(
    ("changes", "code", "line", "column", "words"),
    [
        ({"value": "loan.prncipal + 1"}, "feel.unknown_member", 12, 19, "principal"),
        ({"value": "loan.principal + loan.number"}, "feel.wrong_type", 12, 31, "number"),
        ({"where": "loan.principal"}, "feel.result_type", 7, 10, "boolean"),
        ({"where": "loan.principal + 1"}, "feel.result_type", 7, 10, "boolean"),
        ({"where": 'loan.state = "settld"'}, "feel.not_in_enumeration", 7, 23, "settled"),
        ({"measure": "made + numbr"}, "feel.unknown_name", 16, 23, "number"),
        ({"value": "loan.principal / 3"}, "feel.target.quotient", 12, 14, "1/3"),
        ({"value": "upper case(loan.number)", "more": "{}"}, "feel.target.sql", 12, 14, "upper case"),
        ({"value": "string length(customer.phone)"}, "feel.target.sql", 12, 28, "encrypted"),
        ({"measure": "made / number"}, "feel.target.quotient", 16, 16, "Round it"),
    ],
)
def test_an_expression_that_cannot_run_is_refused_at_its_place_with_the_reason(changes, code, line, column, words):
    more = {"more": "total: count"} | {name: one for name, one in changes.items() if one != "{}"}
    found = computed(**more)
    (problem,) = [one for one in found if one.code == code]
    assert (problem.line, problem.column) == (line, column), problem
    assert words in problem.in_words("en")
    assert problem.in_words("zh") != problem.in_words("en")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"value": 'loan.unit + "x"'}, "report.sum_of_text"),
        ({"value": "'[loan.principal]'"}, "report.not_shown"),
        ({"rest": "sort: [{column: share}]"}, "report.measure_misplaced"),
        ({"rest": "group_by: [share]"}, "report.measure_misplaced"),
        ({"measure": "1 + 1\n          value: loan.number"}, "report.value_or_measure"),
        ({"measure": "1 + 1\n          total: sum"}, "report.sum_of_measure"),
    ],
)
def test_columns_that_make_no_sense_are_refused(changes, code):
    assert code in {problem.code for problem in computed(**changes)}


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


def test_the_report_in_the_manual_passes_the_check():
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "write-a-report.md").read_text("utf-8")
    (source,) = re.findall(r"```yaml\n(.*?)```", page, re.S)
    registry = registry_of(source)
    assert [*reports.check(registry), *targets.check(registry)] == []
