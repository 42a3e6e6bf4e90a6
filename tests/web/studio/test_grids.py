"""Definitions changed as grids over HTTP: typed, pasted, moved, tried; what cannot be read comes back at its cell."""

from __future__ import annotations

import re
from html import unescape

import pytest

from loanloom.metadata.tree import read_tree
from loanloom.services.definitions.releases import drafts

from .test_studio import ADMIN, html, post

CLASSES, AREAS, MENU = "ruleset/five-classes", "code_list/area", "menu/workspace"
KINDS = ("ruleset", "decision_model", "code_list", "menu", "authority", "rate_table", "calendar")


def here(of: str) -> str:
    return f"/studio/definitions/{of}/"


def spec(ctx, of: str) -> dict:
    return read_tree(drafts.text_of(ctx, *of.split("/"))).value["spec"]


def version(page: str) -> str:
    return re.search(r'name="version" value="(\d*)"', page)[1]


@pytest.fixture
def admin(person):
    return person(ADMIN, language="zh")


def test_cells_are_kept_as_one_change_with_comments_and_undone_as_one(admin, model_company) -> None:
    before = drafts.text_of(model_company, *CLASSES.split("/"))
    cells = {"c:/table/rows/1/when/0": "1-60", "c:/table/rows/2/when/0": "61-270",
             "c:/table/rows/4/then/asset_class": "可疑", "c:/table/rows/0/reason/en": ""}  # fmt: skip
    answer = post(admin, f"{here(CLASSES)}grid", version="", act="save", **cells)
    assert answer.status_code == 302
    rows = spec(model_company, CLASSES)["table"]["rows"]
    assert [rows[1]["when"], rows[2]["when"]] == [["[1..60]"], ["[61..270]"]]
    assert rows[4]["then"] == {"asset_class": "doubtful"} and rows[0]["reason"] == {"zh": "无逾期。"}
    page = html(admin.get(f"{here(CLASSES)}?view=grid"))
    assert "可疑" in page and "[1..60]" in page
    source = drafts.text_of(model_company, *CLASSES.split("/"))
    assert all(line in source for line in before.splitlines() if line.startswith("#"))
    post(admin, f"{here(CLASSES)}undo", version=version(page))
    assert spec(model_company, CLASSES) == read_tree(before).value["spec"]


def test_what_was_left_as_it_stands_makes_no_draft(admin, model_company) -> None:
    page = html(admin.get(f"{here(CLASSES)}?view=grid"))
    cells = dict(re.findall(r'name="(c:[^"]+)" form="grid-form" value="([^"]*)"', page))
    cells = {name: unescape(shown) for name, shown in cells.items()}
    assert len(cells) > 10
    assert post(admin, f"{here(CLASSES)}grid", version="", **cells).status_code == 302
    assert drafts.find(model_company, *CLASSES.split("/")) is None


def test_what_cannot_be_read_comes_back_at_its_cell_and_the_rest_is_kept(person, model_company) -> None:
    admin = person(ADMIN, language="en")
    cells = {"c:/table/rows/1/then/asset_class": "dubious", "c:/table/rows/1/when/0": "1-89"}
    answer = post(admin, f"{here(CLASSES)}grid", version="", act="line:remove:/table/rows/0", **cells)
    page = html(answer)
    assert answer.status_code == 422 and "is not one of the choices" in page and "dubious" in page
    rows = spec(model_company, CLASSES)["table"]["rows"]
    assert rows[1]["when"] == ["[1..89]"] and rows[1]["then"] == {"asset_class": "special_mention"} and len(rows) == 5
    assert "No row applies" in page


def test_an_overlap_is_told_at_its_line_and_a_case_shows_the_line_that_counts(person) -> None:
    admin = person(ADMIN, language="en")
    post(admin, f"{here(CLASSES)}grid", version="", **{"c:/table/rows/2/when/0": "[80..270]"})
    page = html(admin.get(f"{here(CLASSES)}?view=grid"))
    line = page.partition('id="l-table-rows-2"')[2].partition("<tr id=")[0]
    assert "only one may" in line and "grid-said" in line
    post(admin, f"{here(CLASSES)}grid", version="1", **{"c:/table/rows/2/when/0": "[91..270]"})
    tried = html(admin.get(f"{here(CLASSES)}?view=grid&fact.loan.days_past_due=95"))
    hit = tried.partition('id="l-table-rows-2"')[2].partition(">")[0]
    assert 'class="is-hit' in hit and "Counts: line 3" in tried
    assert "is neither" not in html(admin.get(f"{here(CLASSES)}?view=grid&fact.loan.days_past_due=abc"))


def test_lines_and_columns_come_by_buttons(admin, model_company) -> None:
    def act(what: str) -> None:
        found = drafts.find(model_company, *CLASSES.split("/"))
        answer = post(admin, f"{here(CLASSES)}grid", version=str(found.version) if found else "", act=what)
        assert answer.status_code == 302, html(answer)[-1500:]

    act("column:input:")
    act("line:below:/table/rows/1")
    act("line:up:/table/rows/2")
    act("line:copy:/table/rows/0")
    table = spec(model_company, CLASSES)["table"]
    assert len(table["inputs"]) == 2 and len(table["rows"]) == 7
    assert table["rows"][2]["when"] == ["-", "-"] and table["rows"][0]["when"] == table["rows"][1]["when"]
    act("line:remove:/table/rows/2")
    act("column:out:/table/inputs/1")
    assert len(spec(model_company, CLASSES)["table"]["rows"]) == 6


def test_a_sheet_is_pasted_with_the_names_of_its_columns(admin, model_company) -> None:
    pasted = "代码\t名称（中文）\t上级代码\r\n330201\t海曙区\t3302\r\n330203\t江北区\t3302\r\n"
    answer = post(admin, f"{here(AREAS)}grid", version="", act="paste", paste=pasted, paste_at="")
    assert answer.status_code == 302 and "2" in html(admin.get(answer.headers["Location"]))
    added = spec(model_company, AREAS)["items"][-2:]
    assert added[0] == {"key": "330201", "title": {"zh": "海曙区"}, "parent": "3302"}
    assert "# GB/T 2260 codes" in drafts.text_of(model_company, *AREAS.split("/"))
    bad = post(admin, f"{here(AREAS)}grid", version="1", act="paste", paste="\t没有代码\n", paste_at="")
    assert bad.status_code == 422 and "此处不能为空" in html(bad)


def test_codes_that_are_live_are_neither_renamed_nor_taken_out(admin, model_company) -> None:
    page = html(admin.get(f"{here(AREAS)}?view=grid"))
    assert 'name="c:/items/0/key"' not in page and 'name="c:/items/0/title/zh"' in page
    post(admin, f"{here(AREAS)}grid", version="", **{"c:/items/0/key": "99"})
    assert drafts.find(model_company, *AREAS.split("/")) is None
    assert post(admin, f"{here(AREAS)}grid", version="", act="line:remove:/items/0").status_code == 422
    post(admin, f"{here(AREAS)}grid", version="", **{"c:/items/0/retired": "是"})
    assert spec(model_company, AREAS)["items"][0]["retired"] is True


def test_entries_of_a_menu_are_dropped_into_groups(admin, model_company) -> None:
    items = spec(model_company, MENU)["items"]
    group = next(at for at, one in enumerate(items) if one.get("items"))
    answer = post(admin, f"{here(MENU)}grid", version="", what="/items/0", where=f"in:/items/{group}")
    assert answer.status_code == 302
    after = spec(model_company, MENU)["items"]
    assert after[group - 1]["items"][-1]["key"] == items[0]["key"] and len(after) == len(items) - 1
    new = post(admin, f"{here(MENU)}grid", version="1", **{"new:/title/zh": "帮助", "new:/url": "/help/"})
    assert new.status_code == 302
    assert spec(model_company, MENU)["items"][-1]["title"] == {"zh": "帮助"}
    two = "名称（中文）\t地址\n甲\t/a/\n乙\t/b/\n"
    assert post(admin, f"{here(MENU)}grid", version="2", act="paste", paste=two).status_code == 302
    added = spec(model_company, MENU)["items"][-3:]
    assert [one["url"] for one in added] == ["/help/", "/a/", "/b/"] and len({one["key"] for one in added}) == 3


def test_a_line_is_typed_where_it_is_asked_for_and_is_nothing_before_it_has_a_name(admin, model_company) -> None:
    asked = post(admin, f"{here(AREAS)}grid", version="", act="new:below:/items/1")
    assert asked.status_code == 302 and drafts.find(model_company, *AREAS.split("/")) is None
    page = html(admin.get(asked.headers["Location"]))
    behind = page.partition('id="l-items-1"')[2].partition('id="l-items-2"')[0]
    assert 'name="new:/key"' in behind and page.count('name="new:/key"') == 1 and "<tfoot>" not in page
    assert 'placeholder="代码"' in behind
    nameless = {"new:/key": "98", "new_at": "below:/items/1"}
    refused = post(admin, f"{here(AREAS)}grid", version="", **nameless)
    assert refused.status_code == 422 and "此处不能为空" in html(refused) and 'value="98"' in html(refused)
    assert drafts.find(model_company, *AREAS.split("/")) is None
    kept = post(admin, f"{here(AREAS)}grid", version="", **nameless, **{"new:/title/zh": "某地"})
    items = spec(model_company, AREAS)["items"]
    assert items[2] == {"key": "98", "title": {"zh": "某地"}} and "new_at=below" in kept.headers["Location"]
    inside = {"new:/key": "9801", "new:/title/zh": "某县", "new_at": "child:/items/2"}
    post(admin, f"{here(AREAS)}grid", version="1", **inside)
    assert spec(model_company, AREAS)["items"][3] == {"parent": "98", "key": "9801", "title": {"zh": "某县"}}


def test_a_place_that_is_gone_puts_a_new_line_at_the_end(admin, model_company) -> None:
    for where in ("below:/items/9999", "child:/title", "above:/items/0", "below:", "below:/items/x", "below:/items/²"):
        line = {"new:/title/zh": "帮助", "new:/url": "/help/", "new_at": where}
        found = drafts.find(model_company, *MENU.split("/"))
        answer = post(admin, f"{here(MENU)}grid", version=str(found.version) if found else "", **line)
        assert answer.status_code == 302, where
        assert spec(model_company, MENU)["items"][-1]["title"] == {"zh": "帮助"}
        assert admin.get(answer.headers["Location"]).status_code == 200


def test_two_people_in_different_lines_both_keep_what_they_typed(person, model_company) -> None:
    first, second = person(ADMIN, language="en"), person(ADMIN, language="en")
    post(first, f"{here(AREAS)}grid", version="", act="new:below:/items/0", **{"c:/items/3/title/en": "Jin"})
    answer = post(second, f"{here(AREAS)}grid", version="", **{"new:/key": "90", "new:/title/en": "New land"})
    assert answer.status_code == 302 and "Both changes are kept" in html(second.get(f"{here(AREAS)}?view=grid"))
    titles = [one["title"]["en"] for one in spec(model_company, AREAS)["items"]]
    assert "Jin" in titles and "New land" in titles
    late = post(second, f"{here(AREAS)}grid", version="", **{"c:/items/3/title/en": "Other"})
    assert late.status_code == 409 and "Other" in html(late)


def test_every_kind_that_has_a_grid_shows_it_and_who_may_only_look_types_nothing(person, model_company) -> None:
    reader = person("risk-officer", language="en")
    for kind in KINDS:
        for document in model_company.registry.all(kind)[:2]:
            page = html(reader.get(f"/studio/definitions/{kind}/{document.key}/?view=grid"))
            assert "grid-table" in page and ' form="grid-form"' not in page, document.key
    assert post(reader, f"{here(CLASSES)}grid", version="", **{"c:/table/rows/1/when/0": "1"}).status_code == 403


def test_code_lists_and_menus_open_as_trees_and_can_still_be_read_as_cells(admin) -> None:
    assert "grid-table" in html(admin.get(here(AREAS))) and "grid-table" in html(admin.get(here(MENU)))
    cells = html(admin.get(f"{here(MENU)}?view=sheet"))
    assert "grid-table" not in cells and 'id="c-items"' in cells and f'href="{here(MENU)}?view=sheet"' in cells
    kept = post(admin, f"{here(MENU)}cell", pointer="/title/en", value="Desk", version="", view="sheet")
    assert "view=sheet" in kept.headers["Location"]


@pytest.mark.parametrize("form", [
    {"act": "line:up:/nothing/3"}, {"act": "column:out:/spec"}, {"what": "/items/0", "where": "in:/items/0"},
    {"act": "line:remove:/items/99999999999"}, {"c:/items/0/title/zh": "<script>alert(1)</script>" * 200},
    {"version": "77", "c:/items/0/title/zh": "x"}, {"act": "::::"}, {"act": "paste", "paste": '"' + "\t" * 500},
])  # fmt: skip
def test_bad_posts_are_told_and_change_nothing(admin, model_company, form) -> None:
    answer = post(admin, f"{here(AREAS)}grid", **{"version": "", **form})
    assert answer.status_code in (302, 409, 422)
    assert drafts.find(model_company, *AREAS.split("/")) is None


MODEL, STRESS = "decision_model/resilience", "/decisions/2/logic/table"


def test_a_table_inside_a_decision_model_is_typed_into_widened_and_tried(admin, model_company) -> None:
    page = html(admin.get(f"{here(MODEL)}?view=grid"))
    assert "压力情景下偿债收入比" in page and f'value="{STRESS}"' in page and "充足（偿债后结余过半）" in page
    cells = {f"c:{STRESS}/rules/0/when/0": "不超过 40%", f"c:{STRESS}/rules/1/when/0": "> 0.4 and <= 0.8",
             f"c:{STRESS}/rules/1/then/0": "weak"}  # fmt: skip
    answer = post(admin, f"{here(MODEL)}grid", version="", at=STRESS, act=f"line:copy:{STRESS}/rules/3", **cells)
    assert answer.status_code == 302 and "at=" in answer.headers["Location"]
    rules = spec(model_company, MODEL)["decisions"][2]["logic"]["table"]["rules"]
    assert [one["when"][0] for one in rules] == ["<= 0.4", "(0.4..0.8]", "> 0.8", "null", "null"]
    assert rules[1]["then"] == ['"weak"']
    shown = html(admin.get(answer.headers["Location"]))
    assert "grid-said" in shown.partition(f'id="l-{STRESS[1:].replace("/", "-")}-rules-4"')[2], (
        "the copy meets its like"
    )
    post(admin, f"{here(MODEL)}grid", version="1", at=STRESS, act=f"line:remove:{STRESS}/rules/4")
    wrong = post(admin, f"{here(MODEL)}grid", version="2", at=STRESS, **{f"c:{STRESS}/rules/0/then/0": "很好"})
    assert wrong.status_code == 422 and "不在可选范围内" in html(wrong) and "很好" in html(wrong)
    tried = html(admin.get(f"{here(MODEL)}?view=grid&at={STRESS}&fact.burden=0.41"))
    assert "偏弱（收入下降时难以覆盖偿债）" in tried.partition("grid-result")[2]
    assert post(admin, f"{here(MODEL)}grid", version="2", at=STRESS, act="column:output:").status_code == 302
    assert "result_2" in html(admin.get(f"{here(MODEL)}?view=grid"))


def test_a_decision_that_says_nothing_becomes_a_table(admin, model_company) -> None:
    source = drafts.text_of(model_company, *MODEL.split("/")).partition("      logic:\n        table:")[0]
    post(admin, f"{here(MODEL)}text", source=source, version="")
    page = html(admin.get(f"{here(MODEL)}?view=grid"))
    assert "该模型中还没有决策表" in page and "改为决策表：还款韧性" in page and 'id="grid-table"' not in page
    answer = post(admin, f"{here(MODEL)}grid", version="1", act="table:new:/decisions/2")
    assert answer.status_code == 302
    table = spec(model_company, MODEL)["decisions"][2]["logic"]["table"]
    assert table["inputs"] == [{"value": "burden"}] and len(table["rules"]) == 1
    assert 'id="grid-table"' in html(admin.get(answer.headers["Location"]))
    again = post(admin, f"{here(MODEL)}grid", version="2", act="table:new:/decisions/2")
    assert again.status_code == 422, "it says something now"


def test_posting_rules_are_read_event_by_event_and_changed_by_lines(admin, model_company) -> None:
    rules = "posting_rules/loans"
    page = html(admin.get(here(rules)))
    assert "130301 贷款－本金" in page and "仅当：渠道 = 现金" in page and "收到还款" in page
    at = "/events/loan_disbursed"
    grid = html(admin.get(f"{here(rules)}?view=grid&at={at}"))
    assert 'value="130301 贷款－本金"' in grid and "全部业务事件" in grid
    line = {"new:/credit": "库存现金", "new:/amount": "费用", "new:/when/channel": "现金、柜面", "new:/memo/zh": "扣费"}
    cells = {f"c:{at}/0/debit": "贷款－本金", f"c:{at}/0/memo/zh": "放款"}
    answer = post(admin, f"{here(rules)}grid", version="", at=at, new_at=f"below:{at}/0", **line, **cells)
    assert answer.status_code == 302, html(answer)[-1500:]
    lines = spec(model_company, rules)["events"]["loan_disbursed"]
    assert lines[0] == {"debit": "130301", "amount": "principal", "memo": {"en": "Loan paid out", "zh": "放款"}}
    assert lines[1] == {
        "credit": "1001",
        "amount": "fee",
        "when": {"channel": ["cash", "counter"]},
        "memo": {"zh": "扣费"},
    }
    shown = html(admin.get(f"{here(rules)}?view=grid&at={at}"))
    assert "grid-said" in shown, "the event does not balance any more"
    nowhere = post(admin, f"{here(rules)}grid", version="1", at=at, **{"new:/amount": "费用"})
    assert nowhere.status_code == 422 and len(spec(model_company, rules)["events"]["loan_disbursed"]) == len(lines)
    wrong = post(admin, f"{here(rules)}grid", version="1", at=at, **{f"c:{at}/0/debit": "银行"})
    assert wrong.status_code == 422 and "不在可选范围内" in html(wrong)


def test_conditions_of_rules_are_read_back_and_written_line_by_line(person, model_company) -> None:
    admin = person(ADMIN, language="zh")
    rules = next(one for one in model_company.registry.all("ruleset") if one.at("/rules") and not one.builtin)
    of = f"ruleset/{rules.key}"
    typed = {"c:/rules/0/when": "application.amount between 50000 and 100000 and (application.term_months < 6 or "
                                "application.term_months > 24)"}  # fmt: skip
    assert post(admin, f"{here(of)}grid", version="", **typed).status_code == 302
    page = html(admin.get(f"{here(of)}?view=grid"))
    cell = page.partition('id="c-rules-0-when"')[2].partition("</td>")[0]
    assert "介于50000与100000之间" in cell.replace(",", "") and "，且（" in cell and "逐条设置" in cell
    where = unescape(re.search(r'grid-by-lines" href="([^"]+)"', cell)[1])
    lines = html(admin.get(where))
    assert 'name="1.1.path"' in lines and 'name="view" value="grid"' in lines
