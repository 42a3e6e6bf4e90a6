"""The page about the tools of the expression language: its console, Python and HTTP examples are run."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from loanloom.cli import cli

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/feel/tools.md").read_text("utf-8")
CASE = re.search(r"```yaml\n(.*?)```", PAGE, re.S)
COMMANDS = [
    (lines[0].removeprefix("$ loanloom "), lines[1:])
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.S)
    for lines in [one.strip("\n").split("\n") for one in re.split(r"(?m)^(?=\$ )", block) if one.strip()]
]


@pytest.mark.parametrize(("command", "expected"), COMMANDS, ids=[one for one, _ in COMMANDS])
def test_a_command_prints_what_the_page_shows(
    command: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CASE is not None
    case = tmp_path / "case.yaml"
    case.write_text(CASE[1], encoding="utf-8")
    monkeypatch.chdir(ROOT)
    words = [str(case) if word == case.name else word for word in shlex.split(command)]
    found = CliRunner().invoke(cli, words)
    lines = found.output.rstrip("\n").split("\n")
    at = 0
    for line in expected:  # `...` stands for any lines
        if line == "...":
            continue
        assert line in lines[at:], (line, found.output)
        at = lines.index(line, at) + 1
    assert "..." in expected or lines == expected


def test_the_python_examples_are_true() -> None:
    source = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.S))
    parsed = doctest.DocTestParser().get_doctest(source, {}, "tools.md", None, 0)
    assert len(parsed.examples) > 10
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_ONLY_FIRST_FAILURE)
    assert runner.run(parsed).failed == 0
