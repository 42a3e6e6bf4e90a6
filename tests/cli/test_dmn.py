"""`loanloom dmn` at the prompt: check, run, import, export, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from loanloom import dmn as models
from loanloom.cli.dmn import dmn

ROOT = Path(__file__).parents[2]
KIT = ROOT / "tests/dmn/kit/models"
IMPORTS = KIT / "compliance-level-3/9001-imports"


def called(*arguments: str | Path) -> Result:
    return CliRunner().invoke(dmn, [str(one) for one in arguments])


def test_check_says_every_mistake_with_its_line(tmp_path: Path) -> None:
    sound = called("check", IMPORTS / "9001-imports.dmn", "--with", IMPORTS / "rates.dmn", "--language", "en")
    assert sound.exit_code == 1, "the model of the kit has a wrong type on purpose"
    assert "9001-imports.dmn:21: dmn.wrong_type: Wrong: The result should be a string, but is a number." in sound.output
    lonely = called("check", IMPORTS / "9001-imports.dmn", "--language", "zh")
    assert "缺少引入的模型“rates”。" in lonely.output
    broken = tmp_path / "broken.dmn"
    broken.write_text("<definitions>")
    assert called("check", broken, "--language", "en").exit_code == 1
    assert "not well-formed" in called("check", broken, "--language", "en").output


def test_run_prints_values_and_how_they_came_about(tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("days past due: 100\n")
    table = KIT / "compliance-level-2/9002-table/9002-table.dmn"
    done = called("run", table, "--facts", facts, "--language", "en")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == ['asset class = "substandard"', "  rules: 2", "  days past due = 100"]
    found = json.loads(called("run", table, "--facts", facts, "--json").output)
    assert found["values"] == {"asset class": "substandard"}
    assert found["trace"][0]["rules"] == [2]


def test_run_without_value_is_exit_code_1_and_null_in_standard_mode(tmp_path: Path) -> None:
    model = tmp_path / "m.dmn"
    text = '<decision id="d" name="d"><literalExpression><text>1 / 0</text></literalExpression></decision>'
    model.write_text(f'<definitions xmlns="{models.namespaces.MODEL}" name="m" namespace="urn:m">{text}</definitions>')
    strict = called("run", model, "--language", "zh")
    assert strict.exit_code == 1
    assert "除数为零" in strict.output
    assert "d = null" in called("run", model, "--standard", "--language", "en").output


def test_the_company_s_model_goes_out_and_comes_back(tmp_path: Path) -> None:
    out = called("export", "resilience", "--project", ROOT)
    assert out.exit_code == 0, out.output
    file = tmp_path / "resilience.dmn"
    file.write_text(out.output)
    back = called("import", file, "--key", "resilience", "--project", ROOT)
    assert back.exit_code == 0, back.output
    document = yaml.safe_load(back.output)
    own = yaml.safe_load((ROOT / "metadata/decision_models/resilience.yaml").read_text())
    assert document["title"] == own["title"]
    assert [one["value"] for one in document["spec"]["inputs"]] == [one["value"] for one in own["spec"]["inputs"]]
    again = models.from_data(document["spec"], name="resilience", namespace="urn:x")
    read = models.read_xml(out.output).definitions
    assert read is not None
    assert again == replace(read, foreign=()), "the title stands in the envelope"


def test_a_strange_model_takes_the_facts_of_its_names(tmp_path: Path) -> None:
    file = tmp_path / "m.dmn"
    body = "".join(
        f'<inputData id="i{place}" name="{name}"><variable name="{name}" typeRef="number"/></inputData>'
        for place, name in enumerate(("Term Months", "Shoe size"))
    )
    file.write_text(f'<definitions xmlns="{models.namespaces.MODEL}" name="m" namespace="urn:m">{body}</definitions>')
    done = CliRunner().invoke(dmn, ["import", str(file), "--key", "m", "--project", str(ROOT), "--language", "en"])
    assert "value: application.term_months" in done.output
    assert "Say which facts these inputs take (value: in the document): Shoe size" in done.output


def test_the_table_of_a_rule_set_goes_out() -> None:
    done = called("export", "five-classes", "--project", ROOT, "--language", "en")
    read = models.read_xml(done.output)
    assert read.problems == ()
    assert read.definitions is not None
    compiled = models.compile_model(read.definitions)
    assert compiled.problems == ()
    found = compiled.evaluate("five_classes", {"loan": {"days_past_due": 95}})
    assert found.value == "substandard"


@pytest.mark.parametrize(
    ("key", "said"),
    [("nothing", "There is no decision model or rule set nothing."), ("decision-business", "is a list of rules")],
)
def test_what_cannot_go_out_is_said(key: str, said: str) -> None:
    done = called("export", key, "--project", ROOT, "--language", "en")
    assert done.exit_code == 1
    assert said in done.output
