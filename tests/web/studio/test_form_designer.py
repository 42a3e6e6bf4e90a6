"""The form designer: fields and sections put on, moved, taken off; rules, columns, new fields. All by plain posts."""

from __future__ import annotations

import re

import pytest

from loanloom.metadata.tree import read_tree
from loanloom.services.definitions.releases import drafts

from .test_studio import ADMIN, html, post

FORM = "/studio/definitions/form/consumer-application/"
VIEW = f"{FORM}?view=design"


@pytest.fixture
def admin(person):
    return person(ADMIN, language="en")


def spec(ctx, kind: str = "form", key: str = "consumer-application"):
    return read_tree(drafts.text_of(ctx, kind, key)).value["spec"]


def fields(ctx, section: int = 0) -> list[str]:
    return [one["field"].partition(".")[2] or one["field"] for one in spec(ctx)["sections"][section]["fields"]]


def version(client) -> str:
    return re.search(r'name="version" value="(\d*)"', html(client.get(VIEW)))[1]


def do(client, path: str = "design", **form: str):
    return post(client, f"{FORM}{path}", version=version(client), **form)


def test_the_page_shows_the_form_and_what_it_may_ask_for(admin) -> None:
    page = html(admin.get(f"{VIEW}&at=/sections/0/fields/1"))
    assert "What is asked for" in page and 'id="t-application.purpose"' in page
    assert 'data-what="application.trustor"' in page, "a field that is declared and not on the form"
    chosen = re.findall(r'id="t-([^"]*)" draggable="false" aria-current="true"', page)
    assert chosen == ["application.term_months"]
    found = html(admin.get(f"{VIEW}&q=wtr"))
    drawer = found[found.index('id="palette-fields"') :]
    assert "application.trustor" in drawer and "application.purpose_detail" not in drawer[: drawer.index("</details>")]
    assert "No field is called so" in html(admin.get(f"{VIEW}&q=qqqq"))


def test_fields_are_put_on_moved_and_taken_off(admin, model_company) -> None:
    before = fields(model_company)
    answer = do(admin, act="application.trustor>/sections/0/fields/1")
    assert answer.status_code == 302 and "at=/sections/0/fields/1" in answer.location
    assert fields(model_company) == [before[0], "trustor", *before[1:]]
    do(admin, what="/sections/0/fields/1", where="/sections/0/fields/-")
    assert fields(model_company) == [*before, "trustor"]
    answer = do(admin, what=f"/sections/0/fields/{len(before)}", where="/sections/1/fields/0")
    assert "at=/sections/1/fields/0" in answer.location
    assert fields(model_company) == before and fields(model_company, 1)[0] == "trustor"
    do(admin, act="/sections/1/fields/0>palette")
    assert "trustor" not in fields(model_company, 1)
    source = drafts.text_of(model_company, "form", "consumer-application")
    assert source.startswith("# Asks what the German credit data know"), "comments stay"


def test_a_dragged_button_does_what_was_dragged(admin, model_company) -> None:
    """htmx sends the focused button's own value along."""
    do(admin, act="application.trustor>/sections/2/fields/-", what="application.trustor", where="/sections/0/fields/0")
    assert fields(model_company)[0] == "trustor"


def test_what_is_no_place_or_no_field_is_refused_and_nothing_is_kept(admin, model_company) -> None:
    for what, where in (
        ("application.nonsense", "/sections/0/fields/0"),
        ("customer_secret", "/sections/0/fields/0"),
        ("application.trustor", "/sections/99/fields/0"),
        ("application.trustor", "/access/0/roles/0"),
        ("/sections/0/fields/0", "/checks/0"),
        ("/access/0", "palette"),
        ("", ""),
    ):
        answer = do(admin, what=what, where=where)
        assert answer.status_code == 422 and "no longer there" in html(answer), (what, where)
    assert drafts.find(model_company, "form", "consumer-application") is None


def test_sections_are_made_moved_and_taken_out_when_empty(admin, model_company) -> None:
    assert do(admin, "design/section", title_zh="家庭情况", title_en="").status_code == 302
    made = spec(model_company)["sections"][-1]
    assert made == {
        "key": "jia_ting_qing_kuang",
        "title": {"en": "家庭情况", "zh": "家庭情况"},
        "columns": 2,
        "fields": [],
    }
    assert "Drag a field here" in html(admin.get(VIEW))
    do(admin, act="/sections/3>/sections/0")
    assert spec(model_company)["sections"][0]["key"] == "jia_ting_qing_kuang"
    refused = do(admin, act="/sections/1>palette")
    assert refused.status_code == 422 and "Fields still stand in this section" in html(refused)
    do(admin, act="/sections/0>palette")
    assert [one["key"] for one in spec(model_company)["sections"]] == ["loan", "circumstances", "credit"]
    assert do(admin, "design/section", title_zh=" ", title_en="").status_code == 422


def test_rules_are_answered_plainly_and_what_holds_anyway_is_not_written(admin, model_company) -> None:
    at = "/sections/0/fields/6"
    assert "required" not in spec(model_company)["sections"][0]["fields"][6]
    do(admin, "design/rule", at=at, rule="required:yes")
    assert spec(model_company)["sections"][0]["fields"][6]["required"] is True
    do(admin, "design/rule", at=at, rule="required:no")
    do(admin, "design/rule", at=at, rule="visible:yes")
    assert spec(model_company)["sections"][0]["fields"][6] == {"field": "application.channel"}
    page = html(admin.get(f"{VIEW}&at={at}"))
    assert "condition?pointer=/sections/0/fields/6/visible" in page and "view=design" in page


def test_a_condition_comes_back_to_the_designer_and_reads_as_a_sentence(admin, model_company) -> None:
    at = "/sections/0/fields/6"
    answer = post(
        admin, f"{FORM}condition", pointer=f"{at}/visible", view="design", at=at, version="", do="save",
        **{"0.path": "application.amount", "0.comparison": ">", "0.value": "50000"},
    )  # fmt: skip
    assert answer.status_code == 302 and "view=design" in answer.location and f"at={at}" in answer.location
    assert "shown when" in html(admin.get(VIEW))


def test_a_check_has_its_rule_and_its_words_or_neither(admin, model_company) -> None:
    at = "/sections/0/fields/1"
    do(admin, "design/check", at=at, rule="application.term_months > 2", title_zh="期限过短", title_en="Too short")
    check = spec(model_company)["sections"][0]["fields"][1]["check"]
    assert check == {"rule": "application.term_months > 2", "message": {"en": "Too short", "zh": "期限过短"}}
    assert do(admin, "design/check", at=at, rule="", title_zh="只有提示").status_code == 422
    do(admin, "design/check", at=at, rule="", title_zh="", title_en="")
    assert "check" not in spec(model_company)["sections"][0]["fields"][1]


def test_a_new_field_is_declared_and_put_on_the_form_at_once(admin, model_company) -> None:
    wanted = {"record": "application", "title_zh": "宠物数量", "title_en": "Number of pets", "where": "/sections/1"}
    answer = do(admin, "design/field", type="integer", **wanted)
    assert answer.status_code == 302, html(answer)[-1500:]
    assert fields(model_company, 1)[-1] == "number_of_pets"
    declared = spec(model_company, "entity", "application")["fields"][-1]
    assert declared == {"key": "number_of_pets", "title": {"en": "Number of pets", "zh": "宠物数量"}, "type": "integer"}
    page = html(admin.get(VIEW))
    assert "Number of pets" in page and "There is no field" not in page


def test_a_new_field_that_lacks_something_leaves_nothing_behind(admin, model_company) -> None:
    base = {"record": "application", "title_zh": "宠物", "where": "/sections/1", "type": "choice"}
    assert "Choose a code list." in html(do(admin, "design/field", **base))
    assert "Choose a type." in html(do(admin, "design/field", **{**base, "type": "table"}))
    assert "Choose what is looked up." in html(do(admin, "design/field", **{**base, "type": "lookup"}))
    assert "Say what it is called." in html(do(admin, "design/field", **{**base, "title_zh": ""}))
    assert do(admin, "design/field", **{**base, "type": "text", "record": "loan"}).status_code == 422
    assert do(admin, "design/field", **{**base, "type": "text", "where": "/sections/77"}).status_code == 422
    assert drafts.find(model_company, "entity", "application") is None
    assert drafts.find(model_company, "form", "consumer-application") is None


def test_columns_of_a_table_are_shown_moved_and_asked_for(admin, model_company) -> None:
    do(admin, act="application.other_debts>/sections/2/fields/-")
    at = f"/sections/2/fields/{len(fields(model_company, 2)) - 1}"

    def columns() -> list[str]:
        last = spec(model_company)["sections"][2]["fields"][-1]
        return [f"{one['field']}{'*' if one.get('required') else ''}" for one in last.get("fields", ())]

    assert columns() == []
    do(admin, "design/column", at=at, column="hide:runs")
    do(admin, "design/column", at=at, column="require:balance")
    do(admin, "design/column", at=at, column="up:balance")
    assert columns() == ["balance*", "lender", "monthly"]
    do(admin, "design/column", at=at, column="show:runs")
    do(admin, "design/column", at=at, column="free:balance")
    assert columns() == ["balance", "lender", "monthly", "runs"]
    assert do(admin, "design/column", at=at, column="hide:nonsense").status_code == 422


def test_somebody_who_may_only_read_sees_the_form_and_no_button(person, admin) -> None:
    reader = person("auditor", language="en")
    answer = reader.get(VIEW)
    if answer.status_code == 200:
        page = html(answer)
        assert 'id="t-application.purpose"' in page and "data-drag-form" not in page
    assert post(reader, f"{FORM}design", act="application.trustor>/sections/0/fields/0").status_code == 403


def test_two_people_move_different_fields_and_both_moves_stay(admin, person, model_company) -> None:
    second = person(ADMIN, language="en")
    do(admin, "design/rule", at="/sections/0/fields/6", rule="required:yes")
    late = post(second, f"{FORM}design", version="", act="/sections/1/fields/0>/sections/1/fields/2")
    assert late.status_code == 302 and spec(model_company)["sections"][0]["fields"][6]["required"] is True
    assert "changed other places meanwhile" in html(second.get(VIEW))


def test_a_form_goes_up_for_review_together_with_the_field_that_it_needs(admin, model_company) -> None:
    wanted = {"record": "application", "title_zh": "宠物数量", "title_en": "Number of pets", "where": "/sections/1"}
    do(admin, "design/field", type="integer", **wanted)
    page = html(admin.get("/studio/changes/new?definition=form/consumer-application"))
    assert 'name="definition" value="form/consumer-application"' in page
    assert 'name="definition" value="entity/application"' in page
    assert "Mend what the check found first." not in page


def test_marks_in_names_are_words_and_no_page(admin) -> None:
    nasty = "<script>alert(1)</script><b onmouseover=x>"
    wanted = {"record": "application", "title_zh": nasty, "title_en": nasty, "type": "text", "where": "/sections/0"}
    assert do(admin, "design/field", **wanted).status_code == 302
    do(admin, "design/section", title_zh=nasty, title_en=nasty)
    for view in ("design", "design&at=/sections/3", "preview", "access"):
        page = html(admin.get(f"{FORM}?view={view}"))
        assert "<script>alert" not in page and "<b onmouseover" not in page, view
        assert "&lt;script&gt;alert" in page, view
