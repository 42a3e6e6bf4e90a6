"""Posting rules as lines: accounts by name, amounts and conditions in words, and read back as what they say."""

from __future__ import annotations

import pytest

from loanloom.metadata.pointers import resolve
from loanloom.services.definitions.grids import (
    laying,
    posting_lines,
    reading,
)
from loanloom.services.definitions.outline import outline
from loanloom.services.definitions.sheet import cell_at
from loanloom.services.definitions.typed import parsed


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
