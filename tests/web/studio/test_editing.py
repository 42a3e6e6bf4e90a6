"""Definitions changed part by part in the browser: added, moved, copied, taken out, undone, by two people at once."""

from __future__ import annotations

import re

import pytest

from loanloom.metadata.tree import read_tree
from loanloom.services.definitions.releases import drafts

from .test_studio import ADMIN, html, post

RULES = "/studio/definitions/ruleset/"


@pytest.fixture
def ruleset(model_company) -> str:
    return next(one.key for one in model_company.registry.all("ruleset") if one.at("/rules") and not one.builtin)


def rules(ctx, key: str) -> list[str]:
    return [rule["key"] for rule in read_tree(drafts.text_of(ctx, "ruleset", key)).value["spec"]["rules"]]


def version(page: str) -> str:
    return re.search(r'name="version" value="(\d*)"', page)[1]


def test_rules_are_added_moved_copied_and_taken_out_and_it_can_be_undone(person, model_company, ruleset) -> None:
    admin = person(ADMIN, language="en")
    here = f"{RULES}{ruleset}/"
    before = rules(model_company, ruleset)
    page = html(admin.get(here))
    assert "Add: rule" in page and "Move down: " in page and "Undo change" not in page

    def act(what: str) -> str:
        answer = post(admin, f"{here}arrange", act=what, version=version(html(admin.get(here))))
        assert answer.status_code == 302, html(answer)[-2000:]
        return html(admin.get(here))

    act("down::/rules/0")
    assert rules(model_company, ruleset)[:2] == [before[1], before[0]]
    act("add::/rules")
    act("copy::/rules/0")
    made = rules(model_company, ruleset)
    assert len(set(made)) == len(before) + 2
    page = act("remove::/rules/0")
    assert rules(model_company, ruleset) == made[1:]
    post(admin, f"{here}undo", version=version(page))
    assert rules(model_company, ruleset) == made
    page = html(admin.get(here))
    assert "Undo change" in page and "Redo change" in page
    post(admin, f"{here}redo", version=version(page))
    assert rules(model_company, ruleset) == made[1:]


def test_what_would_not_be_a_definition_any_more_is_refused_with_the_reason(person, model_company, ruleset) -> None:
    admin = person(ADMIN, language="en")
    answer = post(admin, f"{RULES}{ruleset}/arrange", act="remove::/subject", version="")
    assert answer.status_code == 422 and "is missing here" in html(answer)
    gone = post(admin, f"{RULES}{ruleset}/arrange", act="up::/rules/99", version="")
    assert gone.status_code == 422 and "This part is no longer there" in html(gone)
    assert drafts.find(model_company, "ruleset", ruleset) is None


def test_two_people_at_different_places_both_keep_their_change(person, model_company, ruleset) -> None:
    first, second = person(ADMIN, language="en"), person(ADMIN, language="en")
    here = f"{RULES}{ruleset}/"
    post(first, f"{here}cell", pointer="/title/en", value="Their name", version="")
    told = html(first.get(f"{here}meanwhile?version=1"))
    assert "has changed" not in told
    assert "has changed this draft" in html(second.get(f"{here}meanwhile?version=0"))
    answer = post(second, f"{here}arrange", act="add::/rules", version="")
    assert answer.status_code == 302
    assert "changed other places meanwhile" in html(second.get(here))
    source = drafts.text_of(model_company, "ruleset", ruleset)
    assert "Their name" in source and "new" in rules(model_company, ruleset)


def test_form_and_text_stand_side_by_side(person, model_company, ruleset) -> None:
    admin = person(ADMIN, language="zh")
    page = html(admin.get(f"{RULES}{ruleset}/?view=whole"))
    assert "添加规则" in page and "data-editor" in page and "上移" in page
    typed = drafts.text_of(model_company, "ruleset", ruleset).replace("spec:", "spec:  # ours", 1)
    saved = post(admin, f"{RULES}{ruleset}/text", source=typed, version="", view="whole")
    assert saved.headers["Location"].endswith("view=whole")
    assert "# ours" in html(admin.get(f"{RULES}{ruleset}/?view=whole"))


def test_who_may_only_look_is_offered_nothing(person, ruleset) -> None:
    reader = person("risk-officer", language="en")
    page = html(reader.get(f"{RULES}{ruleset}/"))
    assert "Add: rule" not in page and 'name="act"' not in page
    assert post(reader, f"{RULES}{ruleset}/arrange", act="add::/rules", version="").status_code == 403


def test_a_condition_is_written_line_by_line_and_read_back_as_a_sentence(person, model_company, ruleset) -> None:
    admin = person(ADMIN, language="en")
    here, pointer = f"{RULES}{ruleset}/condition", "/rules/0/when"
    lines = {"0.path": "application.amount", "0.comparison": ">", "0.value": "50,000", "join": "or",
             "1.path": "application.term_months", "1.comparison": "in", "1.value": "12, 24"}  # fmt: skip
    read = html(post(admin, here, pointer=pointer, version="", do="update", **lines))
    assert "is more than 50,000" in read and " or " in read and "is one of 12, 24" in read
    assert drafts.find(model_company, "ruleset", ruleset) is None
    less = html(post(admin, here, pointer=pointer, version="", do="remove-0", **lines))
    assert "is more than" not in less.partition("condition-said")[2]
    assert post(admin, here, pointer=pointer, version="", do="save", **lines).status_code == 302
    source = drafts.text_of(model_company, "ruleset", ruleset)
    assert "application.amount > 50000 or application.term_months in (12, 24)" in source
    sheet = html(admin.get(f"{RULES}{ruleset}/"))
    assert "is more than 50,000" in sheet and "Line by line" in sheet
    again = html(admin.get(f"{here}?pointer={pointer}"))
    assert 'value="12, 24"' in again


def test_lines_stand_in_brackets_and_a_span_has_two_ends(person, model_company, ruleset) -> None:
    admin = person(ADMIN, language="zh")
    here, pointer = f"{RULES}{ruleset}/condition", "/rules/0/when"
    lines = {"0.path": "application.amount", "0.comparison": "between", "0.value": ["5万", "10万"], "join": "and",
             "1.join": "or", "1.0.path": "application.term_months", "1.0.comparison": "<", "1.0.value": "6",
             "1.1.path": "application.term_months", "1.1.comparison": ">", "1.1.value": "24"}  # fmt: skip
    page = html(post(admin, here, pointer=pointer, version="", do="bracket-", view="grid", **lines))
    assert "介于50,000与100,000之间" in page and "，且（" in page
    assert 'name="2.join"' in page and 'name="2.0.path"' in page and 'name="1.2.path"' in page
    assert page.count('value="bracket-1."') == 1 and "bracket-1.0." not in page, "brackets go two deep"
    fewer = html(post(admin, here, pointer=pointer, version="", do="remove-1.0", **lines))
    assert 'name="1.1.path"' in fewer and "小于6" not in fewer.partition("condition-said")[2]
    saved = post(admin, here, pointer=pointer, version="", do="save", view="grid", **lines)
    assert saved.status_code == 302 and "view=grid" in saved.headers["Location"]
    written = ("application.amount between 50000 and 100000 and (application.term_months < 6 or "
               "application.term_months > 24)")  # fmt: skip
    assert written in " ".join(drafts.text_of(model_company, "ruleset", ruleset).split())
    again = html(admin.get(f"{here}?pointer={pointer}"))
    assert 'name="1.1.value" value="24"' in again and again.count('name="0.value"') == 2
    open_above = {**lines, "0.comparison": "[)"}
    page = html(post(admin, here, pointer=pointer, version="", do="update", **open_above))
    assert page.count('name="0.value"') == 2 and "介于（不含上限）" in page
    assert "不低于50,000且小于100,000" in page
    assert "application.amount in [50000..100000)" in page


def test_what_a_condition_compares_is_called_by_names_and_found_by_pinyin(person, model_company) -> None:
    here = "/studio/definitions/product/farmer-loan/condition?pointer=/guarantee/required"
    shown = html(person(ADMIN, language="zh").get(here))
    offered = re.findall(r'<option value="([a-z_.]+)" data-sought="([^"]*)" [^>]*>([^<]*)<', shown)
    assert {"product.amount_max", "indicators.farm_surplus", "customer.name"} <= {path for path, *_ in offered}
    assert [words for path, _, words in offered if path in words] == [], "no fact is called by its path"
    sought = {path: words for path, words, _ in offered}
    assert "shenqingjine" in sought["application.amount"] and "sqje" in sought["application.amount"]


def test_a_condition_that_cannot_be_is_not_saved(person, model_company, ruleset) -> None:
    admin = person(ADMIN, language="en")
    here = f"{RULES}{ruleset}/condition"
    wrong = {"0.path": "application.amount", "0.comparison": ">", "0.value": "a lot"}
    answer = post(admin, here, pointer="/rules/0/when", version="", do="save", **wrong)
    assert answer.status_code == 422 and 'value="a lot"' in html(answer)
    assert post(admin, here, pointer="/rules/0/when", version="", do="save").status_code == 422
    assert drafts.find(model_company, "ruleset", ruleset) is None
    assert admin.get(f"{here}?pointer=/rules/0/title").status_code == 404
    assert admin.get(f"{here}?pointer=/rules/99/when").status_code == 404
