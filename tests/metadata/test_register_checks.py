"""What is said of how an entity keeps its records: columns that a list cannot show, accounts that borrowers pay to."""

from __future__ import annotations

import pytest

from loanloom.metadata.reader import read_document
from loanloom.metadata.register_checks import check_registers
from loanloom.problems import Problem

ENTITY = """
apiVersion: loanloom/v1
kind: entity
key: account
title: {en: Accounts, zh: 账户}
spec:
  register: {name: name, REST}
  fields:
    - {key: name, title: {en: Name, zh: 名称}, type: text}
    - {key: number, title: {en: Number, zh: 账号}, type: text}
    - {key: phone, title: {en: Telephone, zh: 电话}, type: phone}
    - {key: photo, title: {en: Photo, zh: 照片}, type: image}
    - {key: office, title: {en: Office, zh: 办公地址}, type: address, code_list: area}
    - {key: told, title: {en: Told, zh: 展示}, type: yes_no}
"""


def found(rest: str) -> list[Problem]:
    document = read_document(ENTITY.replace("REST", rest), "account.yaml").document
    assert document is not None
    return list(check_registers([document]))


@pytest.mark.parametrize("field", ["phone", "photo", "office"])
def test_a_column_that_the_list_cannot_show_is_pointed_out(field: str) -> None:
    (problem,) = found(f"columns: [number, {field}]")
    assert (problem.code, problem.severity) == ("register.no_column", "warning")
    assert problem.pointer == "/spec/register/columns/1"
    assert field in problem.message["en"]


def test_columns_that_it_can_show_are_not() -> None:
    assert found("columns: [number, told]") == []


@pytest.mark.parametrize(
    ("said", "code", "pointer"),
    [
        ("{shown: told, fields: [number]}", None, None),
        ("{shown: number, fields: [number]}", "register.bad_paid_to", "/spec/register/paid_to/shown"),
        ("{shown: told, fields: [number, phone]}", "register.bad_paid_to", "/spec/register/paid_to/fields/1"),
        ("{shown: nothing, fields: [number]}", "register.unknown_field", "/spec/register/paid_to/shown"),
        ("{shown: told, fields: [nothing]}", "register.unknown_field", "/spec/register/paid_to/fields/0"),
    ],
)
def test_borrowers_are_told_open_texts_of_accounts_that_say_yes(said: str, code: str | None, pointer: str) -> None:
    problems = found(f"paid_to: {said}")
    assert [(one.code, one.pointer) for one in problems] == ([] if code is None else [(code, pointer)])
