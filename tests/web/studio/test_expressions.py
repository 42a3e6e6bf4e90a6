"""The expression language over HTTP: help, checks, runs for those who may read definitions; nothing hostile works."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from loanloom.services.definitions.releases import drafts

ADMIN = "business-administrator"


def ask(browser: Any, address: str, **sent: Any) -> Any:
    return browser.post(
        f"/studio/expressions/{address}",
        data=json.dumps(sent),
        content_type="application/json",
        headers={"X-CSRFToken": browser.csrf(), "Accept": "application/json"},
    )


def answer(browser: Any, address: str, **sent: Any) -> Any:
    found = ask(browser, address, **sent)
    assert found.status_code == 200, found.get_data(as_text=True)
    return found.get_json()


def test_the_example_of_the_page_is_true(person: Any) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/feel/tools.md").read_text("utf-8")
    sent, wanted = (json.loads(one) for one in re.findall(r"```json\n(.*?)```", page, re.S))
    found = answer(person(ADMIN), sent.pop("address"), **sent)
    assert {name: found[name] for name in wanted} == wanted


@pytest.fixture
def admin(person: Any) -> Any:
    return person(ADMIN)


def test_a_check_tells_type_inputs_and_problems_with_their_range(admin: Any) -> None:
    right = answer(admin, "check", expression="application.amount * 2 > 5000")
    assert right["ok"] and right["type"]["feel"] == "boolean" and right["type"]["zh"].startswith("是/否")
    assert [one["path"] for one in right["inputs"]] == ["application.amount"]
    assert right["inputs"][0]["title"]["zh"]
    wrong = answer(admin, "check", expression="𠮷 = 1 or application.amuont > 5")
    one = next(each for each in wrong["problems"] if each["code"] == "feel.unknown_member")
    assert not wrong["ok"] and (one["from"], one["to"]) == (22, 28)  # the first sign counts two units in a browser
    assert "amount" in one["hint"]["en"] and "amount" in one["hint"]["zh"]


def test_a_list_of_records_is_given_as_a_whole(admin: Any) -> None:
    rows = "sum(guarantors[amount > 5].amount)"
    (one,) = answer(admin, "check", expression=rows)["inputs"]
    assert one["path"] == "guarantors" and one["type"]["feel"].startswith("list") and one["title"]["zh"] == "保证人"
    assert [list(each) for each in one["example"]] == [["amount"]]
    given = [{"amount": 3}, *one["example"]]
    assert answer(admin, "run", expression=rows, facts={"guarantors": given})["value"] == str(
        one["example"][0]["amount"]
    )


def test_completion_finds_facts_by_chinese_title_and_by_sound(admin: Any) -> None:
    by_title = answer(admin, "complete", expression="金额", offset=2)
    paths = [one["label"] for one in by_title["options"]]
    assert any(path.startswith("application.") for path in paths), paths
    path = by_title["options"][0]
    assert (by_title["from"], by_title["to"]) == (0, 2) and path["title"]["zh"] and path["type"]["en"]
    sounds = answer(admin, "complete", expression="1 + shenqing", offset=12)
    assert [one for one in sounds["options"] if "申请" in (one["title"] or {}).get("zh", "")]


def test_completion_and_hover_at_a_place_of_a_definition(admin: Any, model_company: Any) -> None:
    document = model_company.registry.all("calculation")[0]
    step = document.spec["steps"][0]["key"]
    place = {"kind": "calculation", "key": document.key, "pointer": "/steps/1/value"}
    found = answer(admin, "complete", **place, expression=step[:3], offset=3)
    assert step in [one["label"] for one in found["options"]]
    said = answer(admin, "hover", **place, expression=f"round half up({step}, 2)", offset=15)
    assert said["hover"]["path"] == step and said["hover"]["title"] == dict(document.spec["steps"][0]["title"])
    assert said["signature"]["name"] == "round half up" and said["signature"]["argument"] == 0


def test_a_text_that_is_being_changed_is_looked_at_as_it_stands(admin: Any, model_company: Any) -> None:
    document = model_company.registry.all("calculation")[0]
    source = drafts.text_of(model_company, "calculation", document.key)
    renamed = source.replace(f"key: {document.spec['steps'][0]['key']}", "key: quite_new")
    place = {"kind": "calculation", "key": document.key, "pointer": "/steps/1/value", "source": renamed}
    found = answer(admin, "complete", **place, expression="quite", offset=5)
    assert [one["label"] for one in found["options"]] == ["quite_new"]


def test_a_run_gives_value_words_and_targets(admin: Any) -> None:
    sent = {"customer": {"since_on": "2020-02-29"}, "application": {"amount": 8000.10}}
    found = answer(
        admin, "run", expression="application.amount >= 2 * 3210.5", facts=sent, scope="application", targets=True
    )
    assert found["ok"] and found["value"] is True and found["facts"] == {"application.amount": "8000.1"}
    assert "8,000.1" in found["words"]["en"] and "成立" in found["words"]["zh"]
    assert found["tree"]["parts"] and found["targets"]["python"]["available"]
    assert set(found["targets"]) == {"python", "sql", "polars"}
    failed = answer(admin, "run", expression="1 / (application.amount - 8000.10)", facts=sent)
    assert not failed["ok"] and failed["problem"]["code"] == "feel.division_by_zero" and failed["value"] is None
    wrong = answer(admin, "run", expression="application.amount > 5", facts={"application": {"amount": "much"}})
    assert wrong["unreadable"][0]["field"] == "application.amount" and wrong["value"] is None
    anything = answer(admin, "run", expression="a + b.c", scope="none", facts={"a": 0.1, "b": {"c": 0.2}})
    assert anything["text"] == "0.3"


def test_a_cell_is_run_with_its_value(admin: Any) -> None:
    cell = {"cell_of": "application.amount", "expression": "[1000..5000], > 100000"}
    assert answer(admin, "run", **cell, value=3000)["value"] is True
    assert answer(admin, "run", **cell, value=6000)["value"] is False


def test_format_and_residual(admin: Any) -> None:
    long = "application.amount>1//why\nand application.term_months<12"
    assert answer(admin, "format", expression=long, width=40)["text"].splitlines() == [
        "//why",
        "application.amount > 1",
        "and application.term_months < 12",
    ]
    left = answer(admin, "residual", expression=long, known={"application": {"amount": 5}})
    assert left["text"] == "application.term_months < 12"
    assert [one["path"] for one in left["inputs"]] == ["application.term_months"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"expression": 5.5}, "expression"),
        ({"expression": "1", "scope": "moon"}, "scope"),
        ({"expression": "1", "facts": [1]}, "facts"),
        ({"expression": "1", "kind": "ruleset", "key": "no-such", "pointer": "/x"}, None),
        ({"expression": "x" * 20_000}, "expression"),
        ({"expression": "1", "offset": "here"}, "offset"),
        ({"expression": "1", "application": "A-0000"}, None),
    ],
)
def test_what_cannot_be_understood_is_said_so(admin: Any, sent: dict[str, Any], field: str | None) -> None:
    address = "complete" if "offset" in sent else "run"
    found = ask(admin, address, **sent)
    assert found.status_code in (404, 422)
    problem = found.get_json()["problems"][0]
    assert problem["field"] == field and problem["message"]["zh"] and problem["message"]["en"]


BODIES = [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"expression": NaN}', b"[" * 5000]


@pytest.mark.parametrize("body", [*BODIES, b'{"facts":' * 200 + b"1" + b"}" * 200])
def test_no_body_is_ever_a_defect(admin: Any, body: bytes) -> None:
    for address in ("check", "complete", "hover", "run", "format", "residual"):
        found = admin.post(
            f"/studio/expressions/{address}",
            data=body,
            content_type="application/json",
            headers={"X-CSRFToken": admin.csrf(), "Accept": "application/json"},
        )
        assert found.status_code in (400, 422), (address, body[:20])


HOSTILE = [
    "(" * 4000,
    "1" * 7999,
    "a" + " + a" * 1900,
    "sum(for i in 1..100000 return i)",
    "9**9**9**9",
    '"\\uD800"',
    "{a:" * 60,
    'matches("' + "a" * 3000 + '", "(a+)+b")',
    "__import__('os')",
    "[1][1][1]" * 500,
    "\u202e1",
    "\x00",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_expressions_are_answered(admin: Any, hostile: str) -> None:
    for address in ("check", "complete", "hover", "run", "format", "residual"):
        found = ask(admin, address, expression=hostile, offset=len(hostile), scope="none", facts={}, known={})
        assert found.status_code in (200, 400, 422), (address, hostile[:20])


def test_who_may_not_read_definitions_is_refused(person: Any) -> None:
    stranger = person("finance")
    for address in ("check", "complete", "hover", "run", "format", "residual"):
        assert ask(stranger, address, expression="1").status_code == 403
