"""The German-credit card: prohibited attributes stay out along the whole chain, and its worth is stated as it is."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
METADATA = ROOT / "metadata"
PROHIBITED = {"age", "personal_status_sex", "foreign_worker"}
STAND_INS = {"job", "telephone"}


@pytest.fixture(scope="module")
def recipe() -> ModuleType:
    spec = importlib.util.spec_from_file_location("german_recipe", Path(__file__).with_name("german_recipe.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def spec_of(folder: str, key: str) -> dict:
    return yaml.safe_load((METADATA / folder / f"{key}.yaml").read_text(encoding="utf-8"))["spec"]


def columns_behind(expression: str, values: dict[str, str]) -> set[str]:
    """The columns of the file that an expression over facts can see, through the mapping."""
    fields = set(re.findall(r"(?:application|customer)\.[a-z_]+", expression))
    return {column for field in fields for column in re.findall(r"row\.([a-z_]+)", values.get(field, ""))}


def test_the_mapping_reads_no_prohibited_column() -> None:
    mapping = spec_of("import_mappings", "german-credit")
    assert not (PROHIBITED | STAND_INS) & set(mapping["columns"])
    named = {column for source in mapping["values"].values() for column in re.findall(r"row\.([a-z_]+)", source)}
    assert named <= set(mapping["columns"])


def test_no_characteristic_leads_back_to_a_prohibited_column() -> None:
    values = spec_of("import_mappings", "german-credit")["values"]
    seen: set[str] = set()
    for characteristic in spec_of("scorecards", "consumer-german")["characteristics"]:
        behind = columns_behind(spec_of("indicators", characteristic["indicator"])["value"], values)
        assert behind, f"{characteristic['indicator']} reads nothing of the file"
        seen |= behind
    assert not seen & (PROHIBITED | STAND_INS)


def test_rules_and_limit_of_the_product_read_no_prohibited_column() -> None:
    product = spec_of("products", "consumer-instalment")
    values = spec_of("import_mappings", "german-credit")["values"]
    for folder, key in (
        ("rulesets", product["eligibility"]),
        ("rulesets", product["decision"]),
        ("calculations", product["limit"]),
    ):
        assert not columns_behind(str(spec_of(folder, key)), values) & (PROHIBITED | STAND_INS)


def test_a_prohibited_column_would_be_noticed() -> None:
    values = {"application.years": "row.age"}
    assert columns_behind("application.years / 2", values) == {"age"}


def test_the_stated_gini_is_what_the_card_reaches(recipe: ModuleType) -> None:
    characteristics = recipe.card()
    raw, bad = recipe.load()
    rows = [recipe.places(characteristics, row) for row in raw]
    own = recipe.own_points(characteristics)
    assert sum(bad) == 300
    assert len(raw) == 1000
    reached = recipe.gini([recipe.score(own, row) for row in rows], bad)
    assert reached == pytest.approx(0.642, abs=0.0005)
    folds = recipe.cross_validated(rows, bad, [len(bands) for bands in own], repeats=2)
    honest = sum(folds) / len(folds)
    assert 0.55 < honest < 0.63
    assert honest < reached, "a card is worth less on people it has not seen"
    words = (ROOT / "docs" / "explanation" / "german-credit.md").read_text(encoding="utf-8")
    assert f"{reached:.3f}" in words
    assert "| 0.59 " in words


def test_the_data_carry_their_licence() -> None:
    note = (METADATA / "demo" / "german-credit" / "README.md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in note
    assert "Hofmann" in note
    assert "10.24432/C5NC77" in note
