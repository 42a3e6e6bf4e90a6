"""The sheet of a definition names what it means: steps and fields by their titles, not by keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry, build
from loanloom.services.definitions import releases
from loanloom.services.definitions.own_names import named_at
from loanloom.services.definitions.sheet import Cell, cell_at, sheet
from loanloom.services.definitions.typed import parsed

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def registry() -> Registry:
    kinds = load_kinds()
    return build(read_bundle(ROOT, kinds).documents, kinds).registry


def cells(registry: Registry, key: str) -> list[Cell]:
    return [one for section in sheet(registry.require("flow", key), registry) for one in section.cells]


def test_a_flow_names_its_steps_and_the_fields_of_its_request(registry: Registry) -> None:
    said = {one.pointer: one.words["en"] for one in cells(registry, "credit-grant")}
    assert said["/reconsider/to"] == "Risk review"
    assert "Request" in said["/nodes/1/return_to"].split(", ")
    large = said["/nodes/1/routes/0/when"]
    assert "request." not in large and "500,000" in large
    assert not any(words.startswith("request.") for words in said.values())


def test_no_step_of_a_model_flow_is_named_by_its_key(registry: Registry) -> None:
    for document in registry.all("flow"):
        steps = {str(node["key"]): node["title"] for node in document.spec["nodes"]}
        for one in cells(registry, document.key):
            named = one.value if isinstance(one.value, str) else None
            if named in steps and named_at(document, registry, one.pointer) is not None:
                assert one.words == steps[named]


def test_a_way_is_led_elsewhere_by_choosing_a_step(registry: Registry) -> None:
    document = registry.require("flow", "credit-grant")
    cell = cell_at(document, registry, "/nodes/1/routes/0/to")
    assert cell.kind == "reference" and cell.options is not None
    assert cell.options["manager"]["en"] == "General manager"
    assert parsed(cell, ["manager"]) == ("manager", None)


def test_a_rule_gives_results_by_what_people_call_them(registry: Registry) -> None:
    document = registry.require("ruleset", "eligibility-farmer")
    given = cell_at(document, registry, "/rules/0/then/outcome")
    assert (given.label["zh"], given.words["zh"]) == ("结论", "否决") and given.kind == "reference"
    assert given.options is not None and given.options["pass"]["en"] == "pass"
    assert cell_at(document, registry, "/otherwise/outcome").words["zh"] == "通过"
    classed = cell_at(registry.require("ruleset", "five-classes"), registry, "/table/rows/0/then/asset_class")
    assert classed.words["zh"] == registry.code_title("asset_class", "normal", "zh")


def test_a_result_that_is_worked_out_stays_text(registry: Registry) -> None:
    document = registry.require("ruleset", "eligibility-farmer")
    rules = [*document.spec["rules"]]
    rules[0] = {**rules[0], "then": {"outcome": '= if application.amount > 1 then "pass" else "refuse"'}}
    changed = replace(document, spec={**document.spec, "rules": rules})
    assert named_at(changed, registry, "/rules/0/then/outcome") is None


def test_a_unit_names_the_one_above_it_by_title(registry: Registry) -> None:
    document = registry.require("organisation", "organisation")
    units = {one["key"]: one["title"] for one in document.spec["units"]}
    for place, unit in enumerate(document.spec["units"]):
        if "parent" in unit:
            assert cell_at(document, registry, f"/units/{place}/parent").words == units[unit["parent"]]


def test_a_price_cap_and_a_licence_name_lenders_and_provinces_by_title() -> None:
    known = releases.check_bundle(read_bundle(ROOT, load_kinds())).registry
    cap, house = known.require("price_cap", "small-loan-company"), next(iter(known.all("organisation")))
    lenders = cell_at(cap, known, "/lenders")
    assert lenders.words == {"en": "Small loan company", "zh": "小额贷款公司"}
    assert {"bank", "small_loan_company"} <= set(lenders.options or {})
    for pointer, words in (("/lender/type", "小额贷款公司"), ("/lender/province", "浙江省")):
        cell = cell_at(house, known, pointer)
        assert cell.words["zh"] == words
    assert named_at(house, known, "/units/0/type") is None, "a unit's own types stay"


def test_an_example_case_says_steps_and_conclusions_by_their_names(registry: Registry) -> None:
    document = registry.require("case", "consumer-approved")
    said = {one.pointer: one.words["zh"] for section in sheet(document, registry) for one in section.cells}
    assert said["/expect/decision"] == "规则通过" and said["/expect/eligibility"] == "符合"
    steps = {str(one["key"]): one["title"]["zh"] for one in registry.require("flow", "consumer-approval").spec["nodes"]}
    way = said["/expect/route"].split("、")
    assert way[1] == steps["screening"] and not set(way) & set(steps)
    decision = cell_at(document, registry, "/expect/decision")
    assert parsed(decision, ["refuse"]) == ("refuse", None)
    route = cell_at(document, registry, "/expect/route")
    assert route.kind == "words", "steps are passed in an order, so they are typed, not ticked"


def test_an_example_case_calls_the_fields_of_a_request_by_their_titles(registry: Registry) -> None:
    asked = [
        (document, one)
        for document in registry.all("case") if document.spec.get("request")
        for section in sheet(document, registry) for one in section.cells
        if one.pointer.startswith("/request/")
    ]  # fmt: skip
    assert asked
    for document, one in asked:
        assert one.label["en"] != one.pointer.rsplit("/", 1)[1], (document.key, one.pointer)


def test_a_layout_of_files_calls_columns_by_their_headings(registry: Registry) -> None:
    document = registry.require("import_mapping", "bank-statement-excel")
    cells_of = {one.pointer: one for section in sheet(document, registry) for one in section.cells}
    payer = cells_of["/values/bank_line.payer_name"]
    assert (payer.label["en"], payer.words["zh"]) == ("Other side's name", "对方户名")
    assert cells_of["/columns/reference"].label["zh"] == "交易流水号"
