"""Grids of the model company's definitions: what a cell says is read back as the same, lines move as the tree shows,
and everything that may be done leaves a text of the right shape with its comments.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from loanloom.metadata.bundle import read_bundle, source_text
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.pointers import MISSING, resolve
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.problems import text
from loanloom.services.definitions.grids import (
    columns,
    laying,
    looking,
    model_tables,
    moving,
    pasting,
    posting_lines,
    reading,
    trying,
    trying_models,
)
from loanloom.services.definitions.grids.model import Column, Grid
from loanloom.services.definitions.outline import outline
from loanloom.services.definitions.sheet import cell_at
from loanloom.services.definitions.typed import parsed

ROOT = Path(__file__).parents[3]
KINDS = ("ruleset", "decision_model", "code_list", "menu", "authority", "rate_table", "calendar")
STRESS = "/decisions/2/logic/table"
NUMBER = Column(path="/when/0", label=text("Days", "天数"), kind="test", feel="number")
CODES = Column(path="/when/1", label=text("Grade", "等级"), kind="test", feel="string",
               options={"A": text("very good", "优"), "B": text("good", "良")})  # fmt: skip


SMALL = """\
  items:
    - {key: a, title: {en: A}, url: /}
    - key: g
      title: {en: G}
      items:
        - {key: b, title: {en: B}, url: /b}  # kept
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return build(read_bundle(ROOT, load_kinds()).documents, load_kinds()).registry


def grids(registry: Registry) -> list[tuple[Document, Grid]]:
    found = [one for kind in KINDS for one in registry.all(kind)]
    return [(one, laying.grid_of(one, registry, one, "zh", laying.table_at(one, ""))) for one in found]


def after(document: Document, step) -> dict:
    edited = step.edit(source_text(document))
    assert not edited.problems, [one.in_words("en") for one in edited.problems]
    comments = [line for line in source_text(document).splitlines() if line.startswith("#")]
    assert all(line in edited.text for line in comments)
    return read_document(edited.text).document.spec


def menu(registry: Registry) -> Document:
    return registry.require("menu", "workspace")


def keys(items, depth: int = 0) -> list[str]:
    return [key for one in items for key in ("  " * depth + one["key"], *keys(one.get("items", ()), depth + 1))]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_every_cell_shows_is_read_back_as_what_it_says(registry, language) -> None:
    counted = 0
    for document, _ in grids(registry):
        grid = laying.grid_of(document, registry, None, language, laying.table_at(document, ""))
        for cell in grid.cells():
            value, problem = reading.read(cell.column, cell.shown)
            said = resolve(document.spec, cell.pointer)
            same = value == (
                MISSING if said is None or said is MISSING else list(said) if isinstance(said, tuple) else said
            )
            assert problem is None and same, (document.key, cell.pointer, cell.shown, value)
            counted += 1
    assert counted > 500


@pytest.mark.parametrize(("typed", "wanted"), [
    ("1-90", "[1..90]"), ("1至90", "[1..90]"), ("≥ 5", ">= 5"), ("不超过10万", "<= 100000"), ("12%", "0.12"),
    ("10,000", None), ("10, 20", "10, 20"), ("> 1,234,567.5", "> 1234567.5"), ("", "-"), ("任意", "-"),
    ("[1..3)", "[1..3)"), ("loan.amount", "loan.amount"), ("1,234 - 5,678", "[1234..5678]"),
    ("between 1 and 90", "[1..90]"), ("介于 5% 与 10% 之间", "[0.05..0.1]"), ("> 0.5 and <= 0.8", "(0.5..0.8]"),
    ("大于 10万 且不超过 1.5亿", "(100000..150000000]"), ("less than 5, but at least 1", "[1..5)"),
    ("> 1 and > 2", "> 1 and > 2"),
])  # fmt: skip
def test_numbers_are_typed_as_in_a_spreadsheet(typed, wanted) -> None:
    value, problem = reading.read(NUMBER, typed)
    if wanted is None:
        assert problem is not None and problem.code == "cell.two_readings" and "10000" in problem.hint["en"]
    else:
        assert (value, problem) == (wanted, None)


@pytest.mark.parametrize(("typed", "wanted"), [
    ("2026-01-05", 'date("2026-01-05")'), ("≥ 2026-1-5", '>= date("2026-01-05")'), ("2026-02-30", "2026-02-30"),
    ("2026-01-01 至 2026-06-30", '[date("2026-01-01")..date("2026-06-30")]'),
    ("not before", "not before"), (">= 2026-01-01 and < 2026-07-01", '[date("2026-01-01")..date("2026-07-01"))'),
])  # fmt: skip
def test_days_are_typed_as_they_are_said(typed, wanted) -> None:
    assert reading.read(Column(path="/when/0", label=text("Day", "日期"), kind="test", feel="date"), typed) == (
        wanted,
        None,
    )


@pytest.mark.parametrize(("typed", "wanted"), [
    ("优", '"A"'), ("优、良", '"A", "B"'), ("a, Good", None), ("not very good", 'not("A")'), ("非优", 'not("A")'),
    ("缺失", "null"), ("not known", "null"), ('"A"', '"A"'), ("null", "null"), ("A", '"A"'),
])  # fmt: skip
def test_codes_are_typed_by_their_names(typed, wanted) -> None:
    value, problem = reading.read(CODES, typed)
    if wanted is None:
        assert problem is not None and problem.code == "cell.not_a_choice" and "优、良" in problem.hint["zh"]
    else:
        assert (value, problem) == (wanted, None)


def test_amounts_stand_in_groups_and_are_read_so(registry) -> None:
    grid = laying.grid_of(registry.require("authority", "approval"), registry, None, "zh")
    limit = next(cell for cell in grid.lines[0].cells if cell.column.path == "/limit")
    role = grid.lines[0].cells[0]
    assert (limit.shown, role.shown) == ("100,000", "一级审批人")
    assert reading.read(limit.column, "30万") == (300_000, None) and reading.read(role.column, "二级审批人")[1] is None


def test_everything_that_is_offered_can_be_done_and_keeps_the_shape(registry) -> None:
    done = 0
    seen = dict.fromkeys(KINDS, 0)
    for document, grid in grids(registry):
        seen[document.kind] += 1
        if seen[document.kind] > 4 and document.key != "area":
            continue
        kind = registry.kinds.require(document.kind)
        for line in (grid.lines[0], grid.lines[1 % len(grid.lines)], grid.lines[-1]):
            more = {"below"} | ({"child"} if grid.nature != "list" else {"copy"})
            blank = moving.blank(document, registry, grid, grid.lines_at)
            for do in sorted((line.may | more) - ({"child"} if grid.nature == "list" else set())):
                put = do in moving.PUT and grid.is_named
                step = (
                    moving.put(document, grid, blank, do, line.pointer)
                    if put
                    else moving.step_for(document, registry, grid, do, line.pointer)
                )
                assert step is not None, (document.key, do, line.pointer)
                assert not kind.compiled.faults(after(document, step)), (document.key, do, line.pointer)
                done += 1
    assert done > 100


def test_entries_of_a_menu_move_between_groups(registry) -> None:
    document = menu(registry)
    grid = laying.grid_of(document, registry, document, "en")
    at = {resolve(document.spec, f"{line.pointer}/key"): line.pointer for line in grid.lines}

    def moved(what: str, where: str, goal: str) -> list[str]:
        step = moving.moved(document, grid, at[what], where, at[goal])
        assert step is not None
        return keys(after(document, step)["items"])

    before = keys(document.spec["items"])
    assert sorted(one.strip() for one in moved("reports", "in", "money")) == sorted(one.strip() for one in before)
    inside = moved("reports", "in", "money")
    assert inside[inside.index("watch") - 1] == "  reports"
    out = moved("customers", "before", "lending")
    assert out[out.index("customers") + 1] == "lending"
    into_leaf = moved("to_do", "in", "home")
    assert into_leaf[:2] == ["home", "  to_do"]
    assert moving.moved(document, grid, at["lending"], "in", at["customers"]) is None


def test_a_group_that_loses_its_only_entry_is_no_group_any_more(registry) -> None:
    source = source_text(menu(registry)).partition("  items:")[0] + SMALL
    document = read_document(source).document
    grid = laying.grid_of(document, registry, None, "en")
    for where, goal in (("before", "/items/0"), ("after", "/items/1"), ("in", "/items/0")):
        edited = moving.moved(document, grid, "/items/1/items/0", where, goal).edit(source)
        items = read_document(edited.text).document.spec["items"]
        assert "items" not in next(one for one in items if one["key"] == "g")
        assert sorted(one.strip() for one in keys(items)) == ["a", "b", "g"]


def test_codes_move_below_one_another_and_live_ones_are_kept(registry) -> None:
    document = registry.require("code_list", "area")
    grid = laying.grid_of(document, registry, document, "zh")
    hangzhou = next(line for line in grid.lines if line.name["en"] == "Hangzhou")
    beijing = next(line for line in grid.lines if line.name["en"] == "Beijing")
    assert hangzhou.depth == 1 and "remove" not in hangzhou.may and hangzhou.cells[0].locked
    spec = after(document, moving.moved(document, grid, hangzhou.pointer, "in", beijing.pointer))
    assert next(one for one in spec["items"] if one["key"] == "3301")["parent"] == "11"
    spec = after(document, moving.moved(document, grid, hangzhou.pointer, "before", beijing.pointer))
    assert spec["items"][0]["key"] == "3301" and "parent" not in spec["items"][0]
    xihu = next(line for line in grid.lines if line.name["en"] == "Xihu")
    assert moving.moved(document, grid, hangzhou.pointer, "in", xihu.pointer) is None
    step = moving.put(document, grid, {"key": "new-town", "title": {"zh": "某区"}}, "child", hangzhou.pointer)
    assert step is not None and moving.step_for(document, registry, grid, "child", hangzhou.pointer) is None
    spec = after(document, step)
    assert [one["parent"] for one in spec["items"] if one["key"] not in {c["key"] for c in document.spec["items"]}] == [
        "3301"
    ]


def test_columns_of_a_decision_table_come_go_and_change_places_with_every_line(registry) -> None:
    document = registry.require("ruleset", "five-classes")

    def done(of: Document, do: str, head: str = "") -> Document:
        step = columns.step_for(of, registry, do, head)
        assert step is not None, (do, head)
        edited = step.edit(source_text(of))
        assert not edited.problems
        return read_document(edited.text).document

    wider = done(document, "input")
    rows = wider.spec["table"]["rows"]
    assert [len(one["when"]) for one in rows] == [2] * len(rows) and rows[1]["when"][1] == "-"
    turned = done(wider, "left", "/table/inputs/1")
    assert [one["when"][1] for one in turned.spec["table"]["rows"]] == [one["when"][0] for one in rows]
    narrow = done(turned, "out", "/table/inputs/0")
    assert narrow.spec["table"] == document.spec["table"]
    assert columns.step_for(narrow, registry, "out", "/table/inputs/0") is None
    more = done(document, "output")
    assert len(more.spec["outputs"]) == 2
    less = done(more, "out", "/outputs/1")
    assert less.spec["outputs"] == document.spec["outputs"]


def test_pasted_cells_fill_from_where_they_are_put_and_a_head_names_the_columns(registry) -> None:
    document = registry.require("ruleset", "five-classes")
    grid = laying.grid_of(document, registry, document, "zh")
    put = pasting.spread(grid, "1-60\t正常\r\n61-270\t次级\r\n", "/table/rows/3/when/0")
    assert put.cells == {"/table/rows/3/when/0": "1-60", "/table/rows/3/then/asset_class": "正常",
                         "/table/rows/4/when/0": "61-270", "/table/rows/4/then/asset_class": "次级"}  # fmt: skip
    named = pasting.spread(grid, '五级分类\t逾期天数\n正常\t0\n"次\n级"\t5', "")
    assert [dict(one) for one in named.new] == [{"/then/asset_class": "正常", "/when/0": "0"},
                                                {"/then/asset_class": "次\n级", "/when/0": "5"}]  # fmt: skip
    over = pasting.spread(grid, "1\n2\n3", "/table/rows/4/when/0")
    assert len(over.cells) == 1 and [one["/when/0"] for one in over.new] == ["2", "3"]


def test_overlaps_and_gaps_stand_at_their_lines(registry) -> None:
    document = registry.require("ruleset", "five-classes")
    source = source_text(document).replace("[91..270]", "[80..270]").replace("> 360", "> 400")
    broken = read_document(source).document
    grid = laying.grid_of(broken, registry, None, "en")
    found = looking.placed(grid, looking.problems_of(broken, registry))
    third = [one for at, told in (found.lines | found.cells).items() if at.startswith("/table/rows/2") for one in told]
    assert any("only one may" in one.message["en"] for one in third)
    assert any("No row applies" in one.message["en"] for one in found.whole)


def test_a_case_is_tried_and_the_line_that_counts_is_known(registry) -> None:
    document = registry.require("ruleset", "five-classes")
    grid = laying.grid_of(document, registry, None, "zh")
    asked = trying.asked(document, registry, {"fact.loan.days_past_due": "95"})
    assert [one.path for one in asked] == ["loan.days_past_due"]
    tried = trying.run(document, registry, grid, asked, date(2026, 1, 5), "zh")
    assert tried.hits == {"/table/rows/2"} and tried.stopped["/table/rows/0"] == "/table/rows/0/when/0"
    assert tried.results[0][1] == "次级"
    unsaid = trying.asked(document, registry, {"fact.loan.days_past_due": "ninety"})
    assert unsaid[0].problem is not None


def test_a_move_to_nowhere_is_refused(registry) -> None:
    document = menu(registry)
    grid = laying.grid_of(document, registry, document, "en")
    assert moving.step_for(document, registry, grid, "up", "/items/0") is None
    assert moving.step_for(document, registry, grid, "up", "/items/999") is None
    assert moving.step_for(document, registry, grid, "copy", "/items/0/title") is None


ANSWER = Column(path="/then/0", label=text("Grade", "等级"), kind="answer", feel="string",
                options={"A": text("very good", "优"), "B": text("good", "良")})  # fmt: skip


@pytest.mark.parametrize(("feel", "typed", "wanted"), [
    ("string", "优", '"A"'), ("string", "B", '"B"'), ("string", "中", "cell.not_a_choice"), ("string", "", "null"),
    ("string", "=if burden > 1 then 5 else 6", "if burden > 1 then 5 else 6"), ("number", "30万", "300000"),
    ("number", "much", "cell.not_a_number"), ("number", "=payment * 2", "payment * 2"), ("boolean", "是", "true"),
    ("boolean", "perhaps", "cell.not_yes_or_no"), ("date", "2026-01-31", 'date("2026-01-31")'),
    ("date", "soon", "cell.not_a_date"), ("", "1,000", "1000"), ("", "payment * 2", "payment * 2"),
])  # fmt: skip
def test_results_of_a_models_table_are_typed_plainly_and_formulas_behind_a_sign(feel, typed, wanted) -> None:
    column = replace(ANSWER, feel=feel, options=ANSWER.options if feel == "string" else None)
    value, problem = reading.read(column, typed)
    assert (problem.code if problem else value) == wanted
    if problem is None:
        again = reading.read(column, reading.shown(column, value, "zh"))
        assert again == (value, None), "what is shown says the same"


def test_words_that_are_no_code_stand_in_quotes_and_come_back(registry) -> None:
    column = replace(ANSWER, options=None)
    for words in ('say "no"', "a\\b", "看 看", "true", "5"):
        source = reading.read(column, words)[0]
        assert source.startswith('"') and reading.shown(column, source, "en") == words


def test_a_table_inside_a_decision_model_names_what_it_asks_and_answers(registry) -> None:
    document = registry.require("decision_model", "resilience")
    assert [(one.at, one.title["zh"]) for one in model_tables.tables_in(document)] == [(STRESS, "还款韧性")]
    grid = laying.grid_of(document, registry, None, "zh", STRESS)
    assert [one.label["zh"] for one in grid.columns] == ["压力情景下偿债收入比", "还款韧性"]
    assert [[cell.shown for cell in line.cells] for line in grid.lines][1] == [
        "(0.5..0.8]",
        "偏紧（偿债后结余不低于两成）",
    ]
    for asked in ("", "/decisions/0/logic/table", "/nowhere", STRESS):
        assert laying.table_at(document, asked) == STRESS


def test_columns_of_a_models_table_come_go_and_change_places_with_every_line(registry) -> None:
    document = registry.require("decision_model", "resilience")

    def done(of: Document, do: str, head: str = "") -> Document:
        step = columns.step_for(of, registry, do, head, STRESS)
        assert step is not None, (do, head)
        return read_document(step.edit(source_text(of)).text).document

    def table(of: Document):
        return of.at(STRESS)

    wider = done(done(document, "input"), "output")
    first = table(wider)["rules"][0]
    assert (first["when"], first["then"]) == (("<= 0.5", "-"), ('"firm"', "null"))
    turned = done(done(wider, "left", f"{STRESS}/inputs/1"), "right", f"{STRESS}/outputs/0")
    assert table(turned)["rules"][0]["when"] == ("-", "<= 0.5") and table(turned)["rules"][0]["then"] == (
        "null",
        '"firm"',
    )
    narrow = done(done(turned, "out", f"{STRESS}/inputs/0"), "out", f"{STRESS}/outputs/0")
    assert narrow.spec == document.spec
    assert columns.step_for(narrow, registry, "out", f"{STRESS}/inputs/0", STRESS) is None


def test_cells_that_other_tools_keep_something_with_are_read_and_placed(registry) -> None:
    document = registry.require("decision_model", "resilience")
    held = source_text(document).replace('when: ["> 0.8"]', 'when: [{text: "> 0.7", kept: {id: _x}}]')
    document = read_document(held).document
    grid = laying.grid_of(document, registry, None, "en", STRESS)
    cell = grid.lines[2].cells[0]
    assert (cell.pointer, cell.shown) == (f"{STRESS}/rules/2/when/0/text", "> 0.7")
    found = looking.placed(grid, [document.problem("x", text("x", "x"), f"{STRESS}/rules/2/when/0")])
    assert list(found.cells) == [cell.pointer]


def test_posting_rules_show_accounts_by_name_and_amounts_in_words(registry) -> None:
    document = registry.require("posting_rules", "loans")
    shown = {one.at: (one, lines) for one, lines in posting_lines.overview(document, registry, "zh")}
    found, lines = shown["/events/loan_disbursed"]
    assert found.title["zh"] == "放款" and lines[0].debit == "130301 贷款－本金" and not lines[0].credit
    assert lines[3].amount == "本金 - 待付款项 - 费用" and lines[3].conditions == ("仅当：渠道 = 现金",)
    assert lines[4].conditions == ("除非：渠道 = 现金",) and lines[4].memo == "发放贷款"
    assert all(lines for _, lines in shown.values())
    english = {one.at: lines for one, lines in posting_lines.overview(document, registry, "en")}
    accrued = english["/events/interest_accrued"]
    assert accrued[0].conditions == ("Only when: The loan is in the books as = earning interest",)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_line_of_posting_rules_shows_is_read_back_as_what_it_says(registry, language) -> None:
    counted = 0
    for document in registry.all("posting_rules"):
        for event in posting_lines.events_in(document):
            grid = laying.grid_of(document, registry, None, language, event.at)
            for cell in grid.cells():
                value, problem = reading.read(cell.column, cell.shown)
                said = resolve(document.spec, cell.pointer)
                assert problem is None, (cell.pointer, cell.shown)
                assert value == (list(said) if isinstance(said, tuple) else said), (cell.pointer, cell.shown)
                counted += 1
    assert counted > 1000


def test_the_sheet_of_posting_rules_names_accounts_and_events(registry) -> None:
    document = registry.require("posting_rules", "loans")
    cell = cell_at(document, registry, "/events/loan_disbursed/0/debit")
    assert cell.words["zh"] == "130301 贷款－本金" and cell.options["1001"]["en"] == "1001 Cash in hand"
    assert parsed(cell, ["1001"]) == ("1001", None), "an account is no number"
    events = next(node for node in outline(document, registry) if node.pointer == "/events")
    assert [one.label["zh"] for one in events.children][:2] == ["放款", "提款"]


def test_an_account_is_typed_by_number_or_name(registry) -> None:
    document = registry.require("posting_rules", "loans")
    debit, _, amount, *_ = laying.grid_of(document, registry, None, "zh", "/events/loan_disbursed").columns
    assert [reading.read(debit, one)[0] for one in ("1001", "库存现金", "1001 库存现金", "Cash in hand")] == [
        "1001"
    ] * 4
    assert reading.read(debit, "1303")[1].code == "cell.not_a_choice", "a heading is nothing to book to"
    assert reading.read(amount, "本金－待付款项") == ("principal-payable", None)


def test_plain_values_of_yaml_in_a_test_say_what_they_mean() -> None:
    flag = Column(path="/when/0", label=text("Flag", "标志"), kind="test", feel="boolean")
    said = [reading.shown(flag, one, "zh") for one in (None, True, False, MISSING)]
    assert said == ["缺失", "是", "否", ""] and reading.shown(NUMBER, 5, "zh") == "5"
    assert [reading.read(flag, one)[0] for one in said] == ["null", "true", "false", "-"]


def test_a_models_table_is_tried_with_what_its_columns_look_at(registry) -> None:
    document = registry.require("decision_model", "resilience")
    grid = laying.grid_of(document, registry, None, "zh", STRESS)
    asked = trying_models.asked(document, registry, STRESS, {"fact.burden": "0.6"})
    assert [(one.path, one.column.label["zh"]) for one in asked] == [("burden", "压力情景下偿债收入比")]
    tried = trying_models.run(document, registry, grid, STRESS, asked, date(2026, 1, 5), "zh")
    assert tried.hits == {f"{STRESS}/rules/1"} and tried.stopped[f"{STRESS}/rules/0"] == f"{STRESS}/rules/0/when/0"
    assert tried.results == ((grid.columns[1].label, "偏紧（偿债后结余不低于两成）"),) and not tried.problems
    nothing = trying_models.asked(document, registry, STRESS, {})
    assert trying_models.run(document, registry, grid, STRESS, nothing, date(2026, 1, 5), "en").hits == {
        f"{STRESS}/rules/3"
    }
