"""Differences in words: titles instead of pointers, items matched by key, both languages."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from loanloom.metadata import canonical
from loanloom.metadata.diff import diff, document_diff
from loanloom.metadata.document import Document, document_from
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import build
from loanloom.metadata.wording import value_in_words

KINDS = load_kinds()


def registry(*documents: tuple[str, str, dict[str, Any]]):
    titles = {"fast-loan": {"en": "Fast loan", "zh": "快贷"}, "first": {"en": "Penalty first", "zh": "先罚后本"}}
    made = [
        document_from({"kind": kind, "key": key, "title": titles.get(key, {"en": key, "zh": key}), "spec": spec})
        for kind, key, spec in documents
    ]
    return build(made, KINDS).registry


def code(key: str, words: str) -> dict[str, Any]:
    return {"key": key, "title": {"en": words, "zh": words}}


def words(before: dict[str, Any], after: dict[str, Any], kind: str = "product") -> list[tuple[str, str]]:
    extra = [("allocation_order", "first", {"order": ["penalty", "principal"], "by": "instalment"}),
             ("allocation_order", "other", {"order": ["principal"], "by": "component"})]  # fmt: skip
    old, new = (registry((kind, "fast-loan", spec), *extra) for spec in (before, after))
    return [(change.words["en"], change.words["zh"]) for change in diff(old, new)]


PRODUCT: dict[str, Any] = {
    "class": "personal", "currency": "CNY", "amount": {"min": 1000, "max": 50000}, "allocation": "first",
    "term": {"unit": "month", "min": 3, "max": 12}, "rate": {"fixed": Decimal("0.12")}, "draw": "once",
    "schedule": {"methods": ["equal_instalment"], "every": 1, "unit": "month", "due_day": "same"},
    "day_count": "30/360", "rounding": {"digits": 2, "mode": "half_up", "residual": "last"},
    "penalty": {"uplift": Decimal("0.5"), "year_days": 360, "grace_days": 0, "compound": False},
    "forms": {"application": "none"}, "flows": {"application": "none"},
}  # fmt: skip


def changed(**parts: Any) -> dict[str, Any]:
    return {**PRODUCT, **parts}


def test_figures_choices_and_references_in_the_words_of_the_trade() -> None:
    assert words(PRODUCT, changed(rate={"fixed": Decimal("0.135")})) == [(
        'Product "Fast loan": Yearly rate › Fixed rate changed from 12% to 13.5%.',
        "产品「快贷」：年利率 › 固定利率 由 12% 改为 13.5%。")]  # fmt: skip
    assert words(PRODUCT, changed(amount={"min": 1000, "max": 80000, "step": 500})) == [
        ('Product "Fast loan": Amount › Largest amount changed from 50,000.00 to 80,000.00.',
         "产品「快贷」：贷款金额 › 最高金额 由 50,000.00 改为 80,000.00。"),
        ('Product "Fast loan": Amount › Steps of added: 500.00.', "产品「快贷」：贷款金额 › 金额步长 新增为 500.00。"),
    ]  # fmt: skip
    both = changed(schedule={**PRODUCT["schedule"], "methods": ["equal_instalment", "equal_principal"]})
    assert words(PRODUCT, both)[0][1].endswith("还款方式 由 等额本息 改为 等额本息、等额本金。")
    assert words(PRODUCT, changed(allocation="other"))[0][0].endswith("changed from Penalty first to other.")
    assert words(PRODUCT, changed(penalty={**PRODUCT["penalty"], "compound": True}))[0][1].endswith("由 否 改为 是。")


def test_items_are_matched_by_key_not_by_place() -> None:
    before = {"items": [code("a", "Alpha"), code("b", "Beta"), code("c", "Gamma")]}
    after = {"items": [code("c", "Gamma"), code("a", "Alfa"), code("d", "Delta")]}
    assert [english for english, _ in words(before, after, "code_list")] == [
        'Code list "Fast loan": Codes › Alfa › Name changed from Alpha to Alfa.',
        'Code list "Fast loan": Codes › Beta removed (was Beta).',
        'Code list "Fast loan": Codes › Delta added: Delta.',
        'Code list "Fast loan": Codes put into another order.',
    ]


def test_a_wording_changed_in_the_other_language_says_so() -> None:
    before = {"items": [{"key": "a", "title": {"en": "Red", "zh": "红"}}]}
    after = {"items": [{"key": "a", "title": {"en": "Red", "zh": "赤"}}]}
    ((english, chinese),) = words(before, after, "code_list")
    assert english.endswith("changed from zh: 红 to zh: 赤.")
    assert chinese.endswith("由 红 改为 赤。")


def test_words_in_two_languages_are_read_in_one_where_words_of_one_would_do_too() -> None:
    piece = {"anyOf": [{"type": "string"}, {"type": "object"}]}
    assert value_in_words({"en": "days", "zh": "天"}, piece, "en", None) == "days"
    assert value_in_words({"en": "days", "zh": "天"}, piece, "zh", None) == "天"
    assert "amount" in value_in_words({"amount": 5}, piece, "zh", None)


def field(key: str, english: str, chinese: str, kind: str = "text") -> dict[str, Any]:
    return {"key": key, "title": {"en": english, "zh": chinese}, "type": kind}


def shown(before: tuple[str, str, dict[str, Any]], after: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    kind, key, spec = before
    found = diff(registry((kind, key, spec), APPRAISER), registry((kind, key, after), APPRAISER))
    return [(one.path["en"], one.old["en"], one.new["en"], one.new["zh"]) for one in found]


APPRAISER: tuple[str, str, dict[str, Any]] = ("entity", "first", {"fields": [field("name", "Name", "名称")]})


def test_what_was_added_or_removed_is_told_with_all_that_it_holds_and_without_yaml() -> None:
    bare: dict[str, Any] = {"functions": [], "data_scope": "own"}
    one, two = {"entity": "first", "may": "write"}, {"entity": "unknown", "may": "read"}
    own = "Records of one's own making"
    english, chinese = "Records: Penalty first; May: See and change", "档案：先罚后本；权限：查看和修改"
    assert shown(("role", "clerk", bare), {**bare, "records": [one]}) == [(own, "", english, chinese)]
    assert shown(("role", "clerk", {**bare, "records": [one, two]}), {**bare, "records": [two]}) == [
        (f"{own} › Penalty first", english, "", "")
    ]
    assert shown(("role", "clerk", bare), {**bare, "records": [one, two]})[0][2] == (
        f"({english}); (Records: unknown; May: See)"
    )


def test_amounts_that_people_may_decide_read_as_money() -> None:
    bare: dict[str, Any] = {"functions": [], "data_scope": "own"}
    rule = {"function": "money.receive", "above": 100000}
    ((_, _, english, _),) = shown(("role", "clerk", bare), {**bare, "second_person": [rule]})
    assert english.endswith("Above the amount: 100,000.00")
    limits: list[dict[str, Any]] = [
        {"measure": "application.amount", "rows": [{"role": "clerk", "limit": most}]} for most in (100000, 110000)
    ]
    ((_, old, new, _),) = shown(("authority", "approval", limits[0]), limits[1])
    assert (old, new) == ("100,000.00", "110,000.00")


def test_fields_of_a_record_are_told_by_title() -> None:
    fields = [field("bank", "Bank", "开户行"), field("open", "Shown to borrowers", "对客户展示", "yes_no")]
    bare = {"fields": fields, "register": {"name": "bank"}}
    paid = {"fields": fields, "register": {"name": "bank", "paid_to": {"shown": "open", "fields": ["bank", "open"]}}}
    ((_, _, english, chinese),) = shown(("entity", "account", bare), paid)
    assert english.endswith(": Shown to borrowers; What they are told: Bank, Shown to borrowers")
    assert chinese.endswith("：对客户展示；向客户展示的字段：开户行、对客户展示")


def test_what_stood_elsewhere_is_said_with_the_words_of_its_own_place() -> None:
    """An item that moved up is looked for in the old document where it stood there."""
    seen: list[tuple[str, str]] = []

    def say_at(document, _registry, pointer):
        seen.append((str(document.at(pointer)), pointer))

    old = registry(("code_list", "x", {"items": [code("a", "A"), code("c", "C"), {**code("b", "B"), "parent": "a"}]}))
    new = registry(("code_list", "x", {"items": [code("c", "C"), {**code("b", "B"), "parent": "c"}]}))
    diff(old, new, say_at)
    assert ("a", "/items/2/parent") in seen and ("c", "/items/1/parent") in seen


def test_what_a_place_names_is_known_by_the_place_alone() -> None:
    flow = KINDS.require("flow")
    assert flow.target("/nodes/7/ruleset") == flow.target("/nodes/12345/ruleset") == "ruleset"
    assert flow.target("/starters") == flow.target("/starters/0") == "role"
    assert flow.target("/nodes") is flow.target("/nodes/0/key") is flow.target("") is None


def test_hundreds_of_steps_under_other_names_are_told_soon() -> None:
    def flow(letter: str) -> Document:
        names = [f"{letter}{number}" for number in range(200)]
        steps = [{"key": name, "type": "form", "assign": {"role": "clerk"}} for name in names]
        said = {"subject": "application", "nodes": [{"key": "begin", "type": "start"}, *steps]}
        return document_from({"kind": "flow", "key": "x", "title": {"en": "x", "zh": "x"}, "spec": said})

    began, known = time.process_time(), registry()
    assert len(document_diff(flow("a"), flow("b"), known, known)) == 400
    assert time.process_time() - began < 10


def test_added_and_retired_documents() -> None:
    some = ("code_list", "colour", {"items": [code("a", "Alpha")]})
    assert [change.words["en"] for change in diff(None, registry(some))] == ['Code list "colour" added.']
    assert [change.words["zh"] for change in diff(registry(some), registry())] == ["停用代码表「colour」。"]


_ITEMS = st.lists(
    st.builds(code, st.sampled_from("abcdef"), st.sampled_from(["One", "Two"])), max_size=5,
    unique_by=lambda item: item["key"], min_size=1,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(_ITEMS, _ITEMS)
def test_there_are_changes_exactly_when_something_changed(before: list[Any], after: list[Any]) -> None:
    old, new = registry(("code_list", "x", {"items": before})), registry(("code_list", "x", {"items": after}))
    assert bool(diff(old, new)) == (canonical.to_json(before) != canonical.to_json(after))
    assert all(change.words["en"].endswith(".") and change.words["zh"].endswith("。") for change in diff(old, new))
