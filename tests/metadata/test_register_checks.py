"""What is said of how an entity keeps its records: columns that a list cannot show, accounts that borrowers pay to."""

from __future__ import annotations

import pytest

from loanloom.metadata.reader import read_document
from loanloom.metadata.register_checks import check_registers, check_sight
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


ROLE = "kind: role\nkey: clerk\ntitle: {en: Clerk, zh: 文员}\nspec: {functions: [], data_scope: all, records: [RIGHTS]}"
MENU = "kind: menu\nkey: desk\ntitle: {en: Desk, zh: 工作台}\nspec: {door: workspace, items: [{key: one, ITEM}]}"


def sight(rest: str = "", *, rights: str = "", item: str = "url: /loans/") -> dict[str, Problem]:
    texts = (ENTITY.replace("REST", rest), ROLE.replace("RIGHTS", rights), MENU.replace("ITEM", item))
    made = [read_document(f"apiVersion: loanloom/v1\n{one.strip()}", "a.yaml").document for one in texts[1:]]
    entity = read_document(texts[0], "account.yaml").document
    assert entity is not None and made[0] is not None and made[1] is not None
    return {one.code: one for one in check_sight([entity], [made[0]], [made[1]])}


def test_records_that_nobody_sees_and_no_menu_leads_to_are_told_to_their_author() -> None:
    problems = sight()
    assert set(problems) == {"register.nobody_sees", "register.not_in_menu"}
    for one in problems.values():
        assert (one.severity, one.file, one.pointer) == ("warning", "account.yaml", "/spec/register")
        assert (
            one.line == 7
            and one.hint is not None
            and {"en", "zh"} <= set(one.hint)
            and {"en", "zh"} <= set(one.message)
        )


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"rights": "{entity: account, may: read}"}, {"register.not_in_menu"}),
        ({"rights": "{entity: other, may: write}"}, {"register.nobody_sees", "register.not_in_menu"}),
        ({"item": "entity: account"}, {"register.nobody_sees"}),
        ({"item": "items: [{key: two, entity: account}]"}, {"register.nobody_sees"}),
        ({"item": "url: /records/account/"}, {"register.nobody_sees"}),
        ({"item": "url: /records/accounts/"}, {"register.nobody_sees", "register.not_in_menu"}),
        ({"rest": "about: customer"}, {"register.nobody_sees"}),
        ({"rights": "{entity: account, may: write}", "item": "entity: account"}, set()),
    ],
)
def test_a_role_a_menu_or_the_page_of_whom_they_belong_to_lead_there(said: dict[str, str], left: set[str]) -> None:
    assert set(sight(**said)) == left


def test_a_bundle_without_roles_and_menus_leaves_it_to_whoever_takes_it_on() -> None:
    document = read_document(ENTITY.replace("REST", ""), "account.yaml").document
    assert document is not None and not list(check_sight([document], [], []))
