"""`loanloom feel`: one answer a call, problems marked in the text, exit codes, and the prompt."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loanloom.cli.feel import feel
from loanloom.cli.feel_place import surroundings
from loanloom.cli.feel_prompt import Prompt

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def call(*arguments: object, text: str | None = None) -> Result:
        return CliRunner().invoke(feel, [str(one) for one in arguments], input=text)

    return call


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A case as a person writes it down."""
    file = tmp_path / "facts.yaml"
    file.write_text(
        "income: 8000.10\n月供: 3210.5\nborn: 1990-02-28\nas_of: 2026-03-02\n"
        "guarantors: [{name: Wang, amount: 30000}]\n",
        encoding="utf-8",
    )
    return file


def test_an_expression_from_the_argument_or_from_standard_input(run: Run, facts: Path) -> None:
    assert run("eval", "income >= 2 * 月供", "--facts", facts, "--scope", "none").output == "true\n"
    given = run("eval", "--facts", facts, "--scope", "none", text="sum(guarantors.amount) + 0.1\n")
    assert (given.output, given.exit_code) == ("30000.1\n", 0)
    assert run("eval", "today().year - born.year", "--facts", facts, "--scope", "none").output == "36\n"
    assert run("eval", "today()", "--scope", "none", "--as-of", "2026-03-02").output == '@"2026-03-02"\n'


def test_a_problem_is_marked_below_wide_signs(run: Run, facts: Path) -> None:
    found = run("check", "月供 > 3 and 月共 > 5", "--facts", facts, "--scope", "none", "--language", "zh")
    assert found.exit_code == 1
    first, line, carets = found.stderr.splitlines()
    assert first.startswith("1:12: 错误[feel.unknown_name]:")
    assert carets.index("^") == len("  月供 > 3 and ") + 2 and carets.count("^") == 4
    assert line == "  月供 > 3 and 月共 > 5"


def test_what_has_no_value_says_why(run: Run) -> None:
    found = run("eval", "1 / 0", "--scope", "none", "--language", "en")
    assert found.exit_code == 1 and "feel.division_by_zero" in found.stderr
    assert run("eval", "1 +", "--scope", "none").exit_code == 1
    assert run("eval", "--scope", "moon", "1").exit_code == 2
    assert run("eval", "1", "--cell", "no_such", "--scope", "none").exit_code == 2


def test_the_definitions_of_a_project_give_names_types_and_titles(run: Run) -> None:
    found = run("check", "application.amount * 2", "--project", ROOT, "--language", "en")
    assert found.output.startswith("number, CNY")
    listed = run("inputs", 'customer.kind = "farmer"', "--project", ROOT, "--language", "zh")
    assert listed.output == "customer.kind  客户类型\n"
    wrong = run("check", 'customer.kind = "famer"', "--project", ROOT, "--language", "en")
    assert wrong.exit_code == 1 and "Did you mean `farmer`?" in wrong.stderr


def test_json_for_programs(run: Run, facts: Path) -> None:
    found = json.loads(run("eval", "{a: income, b: born}", "--facts", facts, "--scope", "none", "--json").output)
    assert found == {"ok": True, "value": {"a": "8000.1", "b": "1990-02-28"}, "text": found["text"]}
    wrong = run("check", "incme", "--facts", facts, "--scope", "none", "--json")
    problem = json.loads(wrong.output)["problems"][0]
    assert wrong.exit_code == 1 and (problem["start"], problem["end"]) == (0, 5) and problem["message"]["zh"]


def test_format_explain_and_residual(run: Run, facts: Path) -> None:
    assert run("format", "((1+2))*3//why", "--scope", "none").output == "//why\n(1 + 2) * 3\n"
    told = run("explain", "income >= 2 * 月供", "--facts", facts, "--scope", "none", "--language", "en").output
    assert "8,000.1" in told and "→ true" in told and "2 * 月供 → 6421" in told.replace("×", "*")
    known = facts.parent / "known.yaml"
    known.write_text("application: {amount: 5}\n", encoding="utf-8")
    text = "application.amount > 3 and application.term_months < 12"
    left = run("residual", text, "--facts", known, "--project", ROOT)
    assert left.output == "application.term_months < 12\n"


def test_targets_or_why_not(run: Run) -> None:
    made = run("sql", "application.amount * 2 > 5", "--project", ROOT)
    assert made.exit_code == 0 and '"application.amount"' in made.output
    refused = run("sql", "application.amount / 3", "--project", ROOT, "--language", "en")
    assert refused.exit_code == 1 and "error[feel.target" in refused.stderr
    assert run("polars", "application.amount * 2 > 5", "--project", ROOT).exit_code == 0


def test_a_cell_tests_a_value(run: Run, facts: Path) -> None:
    cell = ("eval", "--facts", facts, "--scope", "none", "--cell", "income")
    assert run(*cell, "[5000..9000]").output == "true\n"
    assert run(*cell, "< 月供").output == "false\n"


def test_functions_are_found_by_words_of_both_languages(run: Run) -> None:
    assert "round half up(n, scale)" in run("functions", "round").output
    found = run("functions", "等额本息", "--language", "zh", "--json")
    assert "instalment" in [one["name"] for one in json.loads(found.output)]
    assert run("functions", "no-such-thing").exit_code == 1


def test_the_prompt_keeps_facts_and_goes_on_over_lines(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = iter(["1 + 1", "sum([1,", "2])", "x := income * 2", "x > 5", ":type x", ":nonsense", "y +", "", ":quit"])
    Prompt(surroundings("none", None, facts, None, None), "en", read=lambda _: next(lines)).run()
    out, err = capsys.readouterr()
    assert out.splitlines()[:5] == ["2", "3", "16000.2", "true", "number, may be missing"]
    assert "An expression gives its value. Commands:" in out
    assert "feel.unexpected_end" in err


def test_the_prompt_ends_with_its_input(facts: Path) -> None:
    found = CliRunner().invoke(feel, ["--facts", str(facts), "--scope", "none"], input="月供 * 2\n:inputs 月供\n")
    assert found.exit_code == 0 and found.output.splitlines()[:2] == ["6421", "月供"]
