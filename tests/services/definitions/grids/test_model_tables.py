"""Tables inside decision models: columns, lines, cells in which other tools keep something, a case that is tried."""

from __future__ import annotations

from datetime import date

from loanloom.metadata.bundle import source_text
from loanloom.metadata.document import Document
from loanloom.metadata.reader import read_document
from loanloom.problems import text
from loanloom.services.definitions.grids import (
    columns,
    laying,
    looking,
    model_tables,
    trying_models,
)

STRESS = "/decisions/2/logic/table"


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
