"""Grids of the model company's definitions: lines move as the tree shows, columns come and go, cells are
pasted and tried, and everything that may be done leaves a text of the right shape with its comments.
"""

from __future__ import annotations

from datetime import date

from tests.services.definitions.grids.conftest import KINDS, grids

from loanloom.metadata.bundle import source_text
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import resolve
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry
from loanloom.services.definitions.grids import (
    columns,
    laying,
    looking,
    moving,
    pasting,
    trying,
)

SMALL = """\
  items:
    - {key: a, title: {en: A}, url: /}
    - key: g
      title: {en: G}
      items:
        - {key: b, title: {en: B}, url: /b}  # kept
"""


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
